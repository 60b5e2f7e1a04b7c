"""Cases, decisions, notes and rounds are never replaced or emptied, which no DELETE trigger would notice."""

from django.db import migrations

from foundation.journal.triggers import Kept, keep_rows


class Migration(migrations.Migration):
    dependencies = [("arbitration", "0006_decisions_are_history")]
    operations = [
        keep_rows(
            Kept(table="arbitration_case"),
            Kept(table="arbitration_casedecision"),
            Kept(table="arbitration_caseparty"),
            Kept(table="arbitration_internalnote"),
            Kept(table="arbitration_proposeddecision"),
            Kept(table="arbitration_reviewround"),
            Kept(table="arbitration_rounditem"),
        )
    ]
