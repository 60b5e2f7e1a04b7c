"""A claim counts and dates the changes that its partner can see, so that whoever reads again finds them."""

from typing import Any

from django.db import migrations, models
from django.db.models import F
from django.utils import timezone

from foundation.journal.triggers import around_triggers


def _go_on_counting(apps: Any, _schema_editor: object) -> None:
    """Begin with the version and the instant that the API has told so far."""
    apps.get_model("claims", "Claim").objects.update(revision=F("version"), updated_at=F("touched_at"))


class Migration(migrations.Migration):
    dependencies = [("claims", "0004_tenant_guid_as_typed"), ("journal", "0002_history_is_append_only")]

    operations = [
        *around_triggers(
            migrations.AddField(
                model_name="claim",
                name="revision",
                field=models.PositiveIntegerField(
                    default=1,
                    help_text="Counts the changes that the claim's partner can see.",
                    verbose_name="revision",
                ),
            ),
            migrations.AddField(
                model_name="claim",
                name="updated_at",
                field=models.DateTimeField(
                    default=timezone.now,
                    help_text="The last change that the claim's partner can see.",
                    verbose_name="last changed at",
                ),
                preserve_default=False,
            ),
            migrations.AlterField(
                model_name="claim",
                name="touched_at",
                field=models.DateTimeField(
                    help_text="Idle drafts are counted from here.", verbose_name="last worked on at"
                ),
            ),
        ),
        migrations.RunPython(_go_on_counting, migrations.RunPython.noop),
        migrations.AddIndex(
            model_name="claim",
            index=models.Index(fields=["organisation", "updated_at"], name="claim_org_updated"),
        ),
        migrations.AddIndex(
            model_name="claim", index=models.Index(fields=["updated_at"], name="claim_updated")
        ),
    ]
