"""A calendar version says why it was published."""

from django.db import migrations, models

from foundation.journal.triggers import around_triggers


class Migration(migrations.Migration):
    dependencies = [("clocks", "0005_clocks_are_not_replaced")]

    operations = around_triggers(
        migrations.AddField(
            model_name="calendarversion",
            name="reason",
            field=models.CharField(
                blank=True,
                default="",
                help_text="Why it was published.",
                max_length=200,
                verbose_name="reason",
            ),
        ),
    )
