"""Clocks with their breaches, pauses and extensions, and published calendars, are never replaced or emptied."""

from django.db import migrations

from foundation.journal.triggers import Kept, Trigger, keep, keep_rows


class Migration(migrations.Migration):
    dependencies = [("clocks", "0004_breaches_are_history")]
    operations = [
        keep(
            Trigger(
                name="clocks_calendarversion_is_kept",
                table="clocks_calendarversion",
                events=["DELETE"],
                message="a published calendar version is never deleted",
            )
        ),
        keep_rows(
            Kept(table="clocks_calendarversion"),
            Kept(table="clocks_clock"),
            Kept(table="clocks_clockextension"),
            Kept(table="clocks_clockpause"),
        ),
    ]
