"""Nobody becomes the holder of a scope while another organisation's association there waits for consent, unless that
one supersedes it (domain.md part 3, Invariants)."""

from django.db import migrations

from foundation.journal.triggers import Trigger, keep

ACTIVE_BESIDE_ANOTHERS_PENDING = """
NEW.state = 'active' AND EXISTS (
    SELECT 1 FROM associations_association waiting
    WHERE waiting.scope_id = NEW.scope_id AND waiting.state = 'pending_consent'
    AND waiting.organisation_id <> NEW.organisation_id
    AND (waiting.supersedes_id IS NULL OR waiting.supersedes_id <> NEW.id)
)
"""


class Migration(migrations.Migration):
    dependencies = [("associations", "0002_one_partner_of_record")]
    operations = [
        keep(
            Trigger(
                name="association_not_beside_pending",
                table="associations_association",
                events=["INSERT", "UPDATE"],
                message="nobody becomes active beside a pending association that does not supersede it",
                when=ACTIVE_BESIDE_ANOTHERS_PENDING,
            )
        )
    ]
