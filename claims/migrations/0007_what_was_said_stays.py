"""Comments, proof, decided items, questions and answers are history: the database refuses to rewrite them.

What follows a row through its life stays open: an item until it is decided, a request until it closes, the scan of a
file, and its place in storage, which retention empties.
"""

from django.db import migrations

from foundation.journal.triggers import changed, changed_again, history, keep

FILE = changed(
    "id",
    "public_id",
    "claim_id",
    "name",
    "size",
    "content_type",
    "sha256",
    "kind",
    "signed_on",
    "signer_name",
    "signer_title",
    "covers",
    "added_by_id",
    "added_at",
)
MOVED = "(NEW.file IS DISTINCT FROM OLD.file AND NEW.file <> '')"
SUBMITTED = "EXISTS (SELECT 1 FROM claims_claim owner WHERE owner.id = OLD.claim_id AND owner.submitted_at IS NOT NULL)"
ITEM = changed("id", "public_id", "claim_id", "scope_id", "subscription_attached")
DECIDED = changed("outcome", "version", "reason_code", "reason_text", "decided_at", "decided_by_id")
QUESTION = changed("id", "public_id", "case_id", "reason_code", "question", "asked_by_id", "asked_at")
ASKED = changed("id", "request_id", "claim_id")


class Migration(migrations.Migration):
    dependencies = [
        ("claims", "0006_text_overrides"),
        ("journal", "0002_history_is_append_only"),
    ]
    operations = [
        keep(
            *history("claims_comment", "a comment never changes"),
            *history("claims_comment_sealed_by", "what was sealed stays on record"),
            *history(
                "claims_evidence",
                "a file of proof and its details never change",
                when=f"{FILE} OR {MOVED}",
                deleted_when=SUBMITTED,
            ),
            *history("claims_evidence_sealed_by", "what was sealed stays on record"),
            *history(
                "claims_claimitem",
                "a decided item never changes",
                when=f"{ITEM} OR (OLD.outcome <> 'pending' AND ({DECIDED}))",
            ),
            *history(
                "claims_informationrequest",
                "a question never changes",
                when=f"{QUESTION} OR {changed_again('closed_at')} "
                f"OR (OLD.closed_at IS NOT NULL AND ({changed('due_at')}))",
            ),
            *history(
                "claims_requestparty",
                "an answered request never changes",
                when=f"{ASKED} OR OLD.state <> 'open'",
            ),
        )
    ]
