"""Decisions, notes, ended cases and rounds that were met are history: the database refuses to rewrite them."""

from django.db import migrations

from foundation.journal.triggers import changed, changed_again, history, keep

CASE = changed("id", "public_id", "scope_id", "opened_at")
PARTY = changed("id", "case_id", "organisation_id", "claim_id", "item_id", "association_id", "joined_at")


class Migration(migrations.Migration):
    dependencies = [
        ("arbitration", "0005_second_person_is_another"),
        ("journal", "0002_history_is_append_only"),
    ]
    operations = [
        keep(
            *history("arbitration_casedecision", "a decision never changes"),
            *history("arbitration_internalnote", "a note never changes"),
            *history(
                "arbitration_case",
                "a case that ended never changes",
                when=f"{CASE} OR {changed_again('notice_at', 'clock_id')} OR OLD.state <> 'open'",
            ),
            *history(
                "arbitration_caseparty",
                "who was a party of a case, and since when, never changes",
                when=f"{PARTY} OR {changed_again('noticed_at', 'left_at')}",
            ),
            *history("arbitration_reviewround", "a round of the review never changes"),
            *history(
                "arbitration_rounditem",
                "when a round met its item never changes",
                when=f"{changed('id', 'round_id', 'item_id')} OR {changed_again('met_at', 'left_at')}",
            ),
        )
    ]
