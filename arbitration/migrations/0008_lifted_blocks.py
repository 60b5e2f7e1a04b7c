"""A desk admin lets one person who proposed a decision in a case confirm another's there (5.9)."""

from importlib import import_module

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from foundation.journal.triggers import Kept, Trigger, history, keep, keep_rows, replace

second_person = import_module("arbitration.migrations.0005_second_person_is_another")

UNLESS_LIFTED = """
AND NOT EXISTS (
    SELECT 1 FROM arbitration_liftedblock lifted
    WHERE lifted.case_id = NEW.case_id AND lifted.person_id = NEW.reviewed_by_id
)
"""
BY_NO_PROPOSER = Trigger(
    name="decision_confirmed_by_no_proposer",
    table="arbitration_proposeddecision",
    events=["INSERT", "UPDATE"],
    message="who proposed a decision in a case confirms none there",
    when=second_person.CONFIRMED_BY_A_PROPOSER,
)
BY_NO_PROPOSER_UNLESS_LIFTED = Trigger(
    name="decision_confirmed_by_no_proposer",
    table="arbitration_proposeddecision",
    events=["INSERT", "UPDATE"],
    message="who proposed a decision in a case confirms none there, unless a desk admin lifted that",
    when=second_person.CONFIRMED_BY_A_PROPOSER + UNLESS_LIFTED,
)
LIFTED_FOR_NOBODY = """
NOT EXISTS (SELECT 1 FROM arbitration_case held WHERE held.id = NEW.case_id AND held.state = 'open')
OR NOT EXISTS (
    SELECT 1 FROM arbitration_proposeddecision proposal
    WHERE proposal.case_id = NEW.case_id AND proposal.proposed_by_id = NEW.person_id
)
"""
LIFTED_BY_OR_FOR_A_PARTY = """
EXISTS (
    SELECT 1 FROM partners_member member, arbitration_caseparty party
    WHERE member.user_id IN (NEW.person_id, NEW.lifted_by_id) AND party.case_id = NEW.case_id
    AND party.organisation_id = member.organisation_id
)
"""


class Migration(migrations.Migration):
    dependencies = [
        ("arbitration", "0007_decisions_are_not_replaced"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="LiftedBlock",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("reason", models.TextField(verbose_name="reason")),
                ("lifted_at", models.DateTimeField(verbose_name="lifted at")),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lifted_blocks",
                        to="arbitration.case",
                    ),
                ),
                (
                    "lifted_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="for whom",
                    ),
                ),
            ],
            options={
                "verbose_name": "lifted block",
                "verbose_name_plural": "lifted blocks",
                "ordering": ["id"],
                "constraints": [
                    models.UniqueConstraint(fields=("case", "person"), name="lifted_once_for_a_person"),
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True), name="lifted_with_reason"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("lifted_by", models.F("person")), _negated=True),
                        name="lifted_by_another",
                    ),
                ],
            },
        ),
        keep(
            Trigger(
                name="block_lifted_for_who_proposed",
                table="arbitration_liftedblock",
                events=["INSERT"],
                message="a block is lifted in an open case for who proposed a decision there",
                when=LIFTED_FOR_NOBODY,
            ),
            Trigger(
                name="block_lifted_by_and_for_no_party",
                table="arbitration_liftedblock",
                events=["INSERT"],
                message="a conflict of interest is never lifted, nor does one with it lift anything",
                when=LIFTED_BY_OR_FOR_A_PARTY,
            ),
            *history("arbitration_liftedblock", "what was lifted never changes"),
        ),
        keep_rows(Kept(table="arbitration_liftedblock")),
        replace(BY_NO_PROPOSER, BY_NO_PROPOSER_UNLESS_LIFTED),
    ]
