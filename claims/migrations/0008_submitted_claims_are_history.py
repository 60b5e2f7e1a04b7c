"""A claim stays as it was submitted, with its items' contents and the texts that two persons allowed.

Open stays what follows a submitted claim through its life: status, assignee, round, the counts and instants of its
changes; the location while its partner is asked; everything but these counts once it has settled for good.
"""

from django.db import migrations

from foundation.journal.triggers import Kept, changed, changed_again, history, keep, keep_rows

IDENTITY = changed("id", "public_id", "organisation_id", "created_by_id", "created_at")
SUBMITTED = changed(
    "name",
    "tenant_guid",
    "domain",
    "tenant_id",
    "solution_area",
    "activities",
    "entries",
    "lane",
    "seller_name",
    "customer_name",
    "solution_name",
    "acknowledged",
    "confirmed_warnings",
    "report",
)
RELOCATED = changed("mpn_id", "location_id")
SETTLED = changed("status", "resume_status", "settled_at", "assignee_id")
FOR_GOOD = "OLD.status IN ('withdrawn', 'rejected', 'rejected_final', 'ended')"
BACKWARDS = (
    "NEW.version < OLD.version OR NEW.revision < OLD.revision OR NEW.review_round < OLD.review_round "
    "OR NEW.updated_at < OLD.updated_at"
)
ACTIVITY = changed("id", "item_id", "organisation_id", "scope_id", "lane", "activity")
ASKED = changed("id", "claim_id", "text", "text_sha256", "words", "reason", "asked_by_id", "asked_at")
WAS_SUBMITTED = "EXISTS (SELECT 1 FROM claims_claim owner WHERE owner.id = kept.claim_id AND owner.submitted_at IS NOT NULL)"


class Migration(migrations.Migration):
    dependencies = [("claims", "0007_what_was_said_stays")]
    operations = [
        keep(
            *history(
                "claims_claim",
                "a claim never changes from what was submitted",
                when=f"{IDENTITY} OR {changed_again('reference', 'submitted_at')} OR {BACKWARDS} "
                f"OR (OLD.submitted_at IS NOT NULL AND ({SUBMITTED})) "
                f"OR (OLD.submitted_at IS NOT NULL AND OLD.status <> 'partner_action_required' AND ({RELOCATED})) "
                f"OR ({FOR_GOOD} AND ({SETTLED}))",
                deleted_when="OLD.submitted_at IS NOT NULL",
            ),
            *history("claims_itemproduct", "the products of an item never change"),
            *history(
                "claims_itemactivity",
                "an activity of an item never changes, but for its grant and its end",
                when=f"{ACTIVITY} OR {changed_again('grant_id')} OR (NEW.is_open AND NOT OLD.is_open)",
            ),
            *history("claims_requestparty_items", "what was asked about never changes"),
            *history(
                "claims_textoverride",
                "a text that was to be allowed, and who allowed it, never change",
                when=f"{ASKED} OR {changed_again('confirmed_by_id', 'confirmed_at')}",
            ),
        ),
        keep_rows(
            Kept(table="claims_claim", when="kept.submitted_at IS NOT NULL"),
            Kept(table="claims_claimitem"),
            Kept(table="claims_comment"),
            Kept(table="claims_comment_sealed_by"),
            Kept(table="claims_evidence", when=WAS_SUBMITTED),
            Kept(table="claims_evidence_sealed_by"),
            Kept(table="claims_informationrequest"),
            Kept(table="claims_itemactivity"),
            Kept(table="claims_itemproduct"),
            Kept(table="claims_requestparty"),
            Kept(table="claims_requestparty_items"),
            Kept(table="claims_textoverride"),
        ),
    ]
