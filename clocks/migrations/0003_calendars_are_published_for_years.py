"""A calendar says for which years its holidays are known; the older ones, for the years of their holidays.

The trigger that keeps versions as published is taken away meanwhile; on SQLite a rebuilt table would lose it anyway.
"""

from importlib import import_module

from django.db import migrations, models

triggers = import_module("clocks.migrations.0002_calendar_versions_never_change")


def name_years(apps, _schema_editor):
    for version in apps.get_model("clocks", "CalendarVersion").objects.exclude(holidays=[]):
        version.years = sorted({int(row["date"][:4]) for row in version.holidays})
        version.save(update_fields=["years"])


class Migration(migrations.Migration):
    dependencies = [("clocks", "0002_calendar_versions_never_change")]
    operations = [
        migrations.RunPython(triggers.unprotect, triggers.protect),
        migrations.AddField(
            "calendarversion",
            "country",
            models.CharField(blank=True, default="", max_length=8, verbose_name="country"),
        ),
        migrations.AddField(
            "calendarversion",
            "subdivision",
            models.CharField(blank=True, default="", max_length=16, verbose_name="state or region"),
        ),
        migrations.AddField(
            "calendarversion",
            "years",
            models.JSONField(
                default=list,
                help_text="The years whose holidays are known; none: there are no others.",
                verbose_name="years",
            ),
        ),
        migrations.RunPython(name_years, migrations.RunPython.noop),
        migrations.RunPython(triggers.protect, triggers.unprotect),
    ]
