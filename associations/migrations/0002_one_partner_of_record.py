"""What no row may say about who holds a scope, beside its unique constraints (domain.md part 3, Invariants)."""

from django.db import migrations

from foundation.journal.triggers import Trigger, keep

PENDING_BESIDE_ANOTHER_WITHOUT_NAMING_IT = """
NEW.state = 'pending_consent' AND EXISTS (
    SELECT 1 FROM associations_association holder
    WHERE holder.scope_id = NEW.scope_id AND holder.state = 'active'
    AND holder.organisation_id <> NEW.organisation_id
    AND (NEW.supersedes_id IS NULL OR NEW.supersedes_id <> holder.id OR NEW.decided_case_id IS NULL)
)
"""
GRANTED_WHILE_ANOTHER_WAITS = """
EXISTS (
    SELECT 1 FROM associations_association mine, associations_association other
    WHERE mine.id = NEW.association_id AND other.scope_id = mine.scope_id
    AND other.state = 'pending_consent' AND other.organisation_id <> mine.organisation_id
)
"""


class Migration(migrations.Migration):
    dependencies = [("associations", "0001_initial")]
    operations = [
        keep(
            Trigger(
                name="association_names_its_holder",
                table="associations_association",
                events=["INSERT", "UPDATE"],
                message="a pending association names the active one that a decided case lets it supersede",
                when=PENDING_BESIDE_ANOTHER_WITHOUT_NAMING_IT,
            ),
            Trigger(
                name="grant_waits_for_pending",
                table="associations_grant",
                events=["INSERT"],
                message="nothing is approved while another association on the scope is pending",
                when=GRANTED_WHILE_ANOTHER_WAITS,
            ),
        )
    ]
