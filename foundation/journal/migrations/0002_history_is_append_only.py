"""History rows never change (domain.md part 3, Invariants); personal details may be erased, never altered."""

from django.db import migrations

from foundation.journal.triggers import Trigger, keep


class Migration(migrations.Migration):
    dependencies = [("journal", "0001_initial")]
    operations = [
        keep(
            Trigger(
                name="journal_event_is_history",
                table="journal_event",
                events=["UPDATE", "DELETE"],
                message="an event never changes",
            ),
            Trigger(
                name="journal_detail_is_history",
                table="journal_eventdetail",
                events=["UPDATE"],
                message="a detail is erased, never altered",
            ),
        )
    ]
