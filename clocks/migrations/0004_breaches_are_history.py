"""What a clock was asked to measure, and that it was met, cancelled or breached, is history."""

from django.db import migrations

from foundation.journal.triggers import changed, changed_again, history, keep

MEASURED = changed("id", "kind", "subject_id", "round", "started_at")
CLOSED = changed(
    "calendar_version_id",
    "target_days",
    "extension_days",
    "due_at",
    "warn_at",
    "state",
    "version",
    "warned_at",
    "met_at",
    "cancelled_at",
    "breached_at",
)
PAUSE = changed("id", "clock_id", "cause", "cause_ref", "started_at")


class Migration(migrations.Migration):
    dependencies = [
        ("clocks", "0003_calendars_are_published_for_years"),
        ("journal", "0002_history_is_append_only"),
    ]
    operations = [
        keep(
            *history(
                "clocks_clock",
                "what a clock measured, and its breach, never change",
                when=f"{MEASURED} OR {changed_again('met_at', 'cancelled_at', 'breached_at')} "
                f"OR (OLD.state IN ('met', 'cancelled') AND ({CLOSED}))",
            ),
            *history(
                "clocks_clockpause",
                "a pause that ended never changes",
                when=f"{PAUSE} OR {changed_again('ended_at')}",
            ),
            *history("clocks_clockextension", "an extension never changes"),
        )
    ]
