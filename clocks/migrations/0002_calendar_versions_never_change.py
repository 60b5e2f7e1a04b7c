"""Due dates hang on published calendars, so the database itself refuses to change one.

Rows may still be deleted: foreign keys protect those in use.
"""

from django.db import migrations

POSTGRESQL = (
    """
    CREATE FUNCTION clocks_calendar_is_published() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION 'a published calendar version never changes' USING ERRCODE = 'integrity_constraint_violation';
    END $$
    """,
    """
    CREATE TRIGGER clocks_calendar_is_published BEFORE UPDATE ON clocks_calendarversion
    FOR EACH ROW EXECUTE FUNCTION clocks_calendar_is_published()
    """,
)
SQLITE = (
    """
    CREATE TRIGGER clocks_calendar_is_published BEFORE UPDATE ON clocks_calendarversion
    BEGIN
        SELECT RAISE(ABORT, 'a published calendar version never changes');
    END
    """,
)
UNDO_POSTGRESQL = (
    "DROP TRIGGER clocks_calendar_is_published ON clocks_calendarversion",
    "DROP FUNCTION clocks_calendar_is_published()",
)
UNDO_SQLITE = ("DROP TRIGGER clocks_calendar_is_published",)


def protect(_apps, schema_editor):
    for statement in POSTGRESQL if schema_editor.connection.vendor == "postgresql" else SQLITE:
        schema_editor.execute(statement)


def unprotect(_apps, schema_editor):
    for statement in UNDO_POSTGRESQL if schema_editor.connection.vendor == "postgresql" else UNDO_SQLITE:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("clocks", "0001_initial")]
    operations = [migrations.RunPython(protect, unprotect)]
