"""Events, and deliveries that came to an end, are never replaced or emptied, which no DELETE trigger would notice."""

from django.db import migrations

from foundation.journal.triggers import Kept, keep_rows


class Migration(migrations.Migration):
    dependencies = [("journal", "0003_deliveries_are_history")]
    operations = [
        keep_rows(
            Kept(table="journal_event"),
            Kept(table="journal_delivery", when="kept.state <> 'pending'"),
        )
    ]
