"""Only who won a decided case on a scope waits there to supersede another organisation (domain.md part 3, Invariants)."""

from django.db import migrations

from foundation.journal.triggers import Trigger, keep

SUPERSEDING_WITHOUT_A_DECISION = """
NEW.state = 'pending_consent' AND EXISTS (
    SELECT 1 FROM associations_association holder
    WHERE holder.scope_id = NEW.scope_id AND holder.state = 'active'
    AND holder.organisation_id <> NEW.organisation_id
) AND NOT EXISTS (
    SELECT 1 FROM arbitration_case decided
    WHERE decided.id = NEW.decided_case_id AND decided.scope_id = NEW.scope_id
    AND decided.state = 'decided' AND decided.winner_id = NEW.organisation_id
)
"""


class Migration(migrations.Migration):
    dependencies = [("arbitration", "0001_initial"), ("associations", "0003_nobody_beside_a_pending_one")]
    operations = [
        keep(
            Trigger(
                name="association_supersedes_by_decision",
                table="associations_association",
                events=["INSERT", "UPDATE"],
                message="only the winner of a decided case supersedes another organisation",
                when=SUPERSEDING_WITHOUT_A_DECISION,
            )
        )
    ]
