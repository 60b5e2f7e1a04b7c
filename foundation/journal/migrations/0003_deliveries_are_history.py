"""What was delivered to whom is history: it stays as it was recorded."""

from django.db import migrations

from foundation.journal.triggers import history, keep

FINAL = "OLD.state <> 'pending'"


class Migration(migrations.Migration):
    dependencies = [("journal", "0002_history_is_append_only")]
    operations = [
        keep(
            *history(
                "journal_delivery",
                "a delivery that arrived or was given up never changes",
                when=FINAL,
                deleted_when=FINAL,
            )
        )
    ]
