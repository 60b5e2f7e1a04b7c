"""What was imported when, and what that changed, is history."""

from django.db import migrations

from foundation.journal.triggers import Kept, history, keep, keep_rows


class Migration(migrations.Migration):
    dependencies = [("tenants", "0004_names_as_searched"), ("journal", "0002_history_is_append_only")]
    operations = [
        keep(*history("tenants_directoryimport", "what an import did never changes")),
        keep_rows(Kept(table="tenants_directoryimport")),
    ]
