"""Whoever confirms a decision proposed none in its case, never belonged to a party, and is named as recorded (5.9)."""

from django.db import migrations

from foundation.journal.triggers import Trigger, keep

CONFIRMED_BY_A_PROPOSER = """
NEW.state = 'confirmed' AND EXISTS (
    SELECT 1 FROM arbitration_proposeddecision other
    WHERE other.case_id = NEW.case_id AND other.proposed_by_id = NEW.reviewed_by_id
)
"""
CONFIRMED_BY_A_PARTY = """
NEW.state = 'confirmed' AND EXISTS (
    SELECT 1 FROM partners_member member, arbitration_caseparty party
    WHERE member.user_id = NEW.reviewed_by_id AND party.case_id = NEW.case_id
    AND party.organisation_id = member.organisation_id
)
"""
CONFIRMED_WITHOUT_A_PROPOSAL = """
NEW.confirmed_by_id IS NOT NULL AND NOT EXISTS (
    SELECT 1 FROM arbitration_proposeddecision proposal
    WHERE proposal.case_id = NEW.case_id AND proposal.state = 'confirmed'
    AND proposal.reviewed_by_id = NEW.confirmed_by_id AND proposal.proposed_by_id = NEW.decided_by_id
)
"""


class Migration(migrations.Migration):
    dependencies = [("arbitration", "0004_second_decision"), ("partners", "0001_initial")]
    operations = [
        keep(
            Trigger(
                name="decision_confirmed_by_no_proposer",
                table="arbitration_proposeddecision",
                events=["INSERT", "UPDATE"],
                message="who proposed a decision in a case confirms none there",
                when=CONFIRMED_BY_A_PROPOSER,
            ),
            Trigger(
                name="decision_confirmed_by_no_party",
                table="arbitration_proposeddecision",
                events=["INSERT", "UPDATE"],
                message="no present or former member of a party confirms a decision of its case",
                when=CONFIRMED_BY_A_PARTY,
            ),
            Trigger(
                name="decision_confirmed_as_proposed",
                table="arbitration_casedecision",
                events=["INSERT", "UPDATE"],
                message="a confirmed decision has the author and the second arbiter of its proposal",
                when=CONFIRMED_WITHOUT_A_PROPOSAL,
            ),
        )
    ]
