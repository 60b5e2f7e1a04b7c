"""A decision of a case can wait for a second arbiter, who is another than its author (5.9, SECOND_DECISION)."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from foundation.journal.triggers import Trigger, keep

PROPOSED_OTHERWISE = """
OLD.state <> 'proposed' OR NEW.case_id <> OLD.case_id OR COALESCE(NEW.winner_id, 0) <> COALESCE(OLD.winner_id, 0)
OR NEW.rationale <> OLD.rationale OR NEW.winner_text <> OLD.winner_text OR NEW.loser_text <> OLD.loser_text
OR COALESCE(NEW.unheard_reason, '-') <> COALESCE(OLD.unheard_reason, '-') OR NEW.basis <> OLD.basis
OR NEW.proposed_by_id <> OLD.proposed_by_id OR NEW.proposed_at <> OLD.proposed_at
"""


class Migration(migrations.Migration):
    dependencies = [
        ("arbitration", "0003_unheard_decisions"),
        ("partners", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ProposedDecision",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("proposed", "Waits for a second arbiter"),
                            ("confirmed", "Confirmed"),
                            ("returned", "Returned"),
                            ("void", "The case ended first"),
                        ],
                        default="proposed",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("version", models.PositiveIntegerField(default=1, verbose_name="version")),
                ("rationale", models.TextField(verbose_name="rationale")),
                ("winner_text", models.TextField(blank=True, verbose_name="text to the winner")),
                ("loser_text", models.TextField(blank=True, verbose_name="text to the others")),
                ("unheard_reason", models.TextField(null=True, verbose_name="why a party was not heard")),
                ("basis", models.JSONField(verbose_name="basis")),
                ("proposed_at", models.DateTimeField(verbose_name="proposed at")),
                ("reviewed_at", models.DateTimeField(null=True, verbose_name="reviewed at")),
                ("return_reason", models.TextField(blank=True, verbose_name="why it was returned")),
            ],
            options={
                "verbose_name": "proposed decision",
                "verbose_name_plural": "proposed decisions",
                "ordering": ["id"],
            },
        ),
        migrations.AddField(
            model_name="casedecision",
            name="confirmed_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddConstraint(
            model_name="casedecision",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("confirmed_by__isnull", True),
                    models.Q(("confirmed_by", models.F("decided_by")), _negated=True),
                    _connector="OR",
                ),
                name="decision_confirmed_by_another",
            ),
        ),
        migrations.AddField(
            model_name="proposeddecision",
            name="case",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="proposals", to="arbitration.case"
            ),
        ),
        migrations.AddField(
            model_name="proposeddecision",
            name="proposed_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="proposeddecision",
            name="reviewed_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="proposeddecision",
            name="winner",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="partners.organisation",
            ),
        ),
        migrations.AddConstraint(
            model_name="proposeddecision",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "proposed")),
                fields=("case",),
                name="proposal_one_waits_per_case",
            ),
        ),
        migrations.AddConstraint(
            model_name="proposeddecision",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("reviewed_at__isnull", True),
                        ("reviewed_by__isnull", True),
                        ("state__in", ["proposed", "void"]),
                    ),
                    models.Q(
                        ("reviewed_at__isnull", False),
                        ("reviewed_by__isnull", False),
                        ("state__in", ["confirmed", "returned"]),
                    ),
                    _connector="OR",
                ),
                name="proposal_reviewed_by_someone",
            ),
        ),
        migrations.AddConstraint(
            model_name="proposeddecision",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "confirmed"), _negated=True),
                    models.Q(("reviewed_by", models.F("proposed_by")), _negated=True),
                    _connector="OR",
                ),
                name="proposal_confirmed_by_another",
            ),
        ),
        migrations.AddConstraint(
            model_name="proposeddecision",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "returned"), models.Q(("return_reason", ""), _negated=True)),
                    models.Q(models.Q(("state", "returned"), _negated=True), ("return_reason", "")),
                    _connector="OR",
                ),
                name="proposal_returned_with_reason",
            ),
        ),
        keep(
            Trigger(
                name="proposal_stays_as_proposed",
                table="arbitration_proposeddecision",
                events=["UPDATE"],
                message="a proposed decision is confirmed, returned or void once, and never changes otherwise",
                when=PROPOSED_OTHERWISE,
            ),
            Trigger(
                name="proposal_is_history",
                table="arbitration_proposeddecision",
                events=["DELETE"],
                message="a proposed decision is never deleted",
            ),
        ),
    ]
