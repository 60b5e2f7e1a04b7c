import argparse
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from clocks.limits import DESK_CALENDAR
from clocks.models import CalendarVersion
from clocks.services import publish_calendar
from foundation.kernel.actor import SYSTEM, Channel
from foundation.kernel.errors import DomainError


class Command(BaseCommand):
    help = (
        "Publish the next version of the desk's calendar: what the newest one says, and what is given here. "
        "Running clocks keep their version. Example: "
        "publish_calendar --country US --years 2026-2028 --holiday 2026-12-24='Desk closed'"
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--name", default=DESK_CALENDAR, help="name of the calendar (default: %(default)s)"
        )
        parser.add_argument("--zone", help="IANA time zone (default: as before, at first DESK_TIME_ZONE)")
        parser.add_argument(
            "--weekend",
            type=int,
            nargs="*",
            help="weekdays, 0 is Monday (default: as before, at first 5 6)",
        )
        parser.add_argument("--country", help="country whose public holidays to include, for example US")
        parser.add_argument(
            "--subdivision", help="state or region whose holidays to include too, for example CA"
        )
        parser.add_argument(
            "--years", type=_years, default=(), help="years of the public holidays, for example 2026-2028"
        )
        parser.add_argument(
            "--afresh", action="store_true", help="keep nothing of the newest version, no own days either"
        )
        parser.add_argument(
            "--holiday",
            type=_own_holiday,
            action="append",
            default=[],
            metavar="DATE=NAME",
            help="an extra holiday",
        )
        parser.add_argument(
            "--working-day",
            type=_day,
            action="append",
            default=[],
            metavar="DATE",
            help="an extra working day",
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            calendar = publish_calendar(
                name=options["name"],
                zone=options["zone"],
                weekend=options["weekend"],
                country=options["country"],
                subdivision=options["subdivision"],
                years=options["years"],
                own_holidays=dict(options["holiday"]),
                working_days=options["working_day"],
                afresh=options["afresh"],
                actor=SYSTEM.through(Channel.COMMAND),
                now=timezone.now(),
            )
        except DomainError as error:
            raise CommandError(str(error.message)) from error
        self.stdout.write(
            f"Published {calendar}: {calendar.zone}, {len(calendar.holidays)} holidays, "
            f"{len(calendar.working_days)} extra working days, {_known(calendar)}."
        )


def _known(calendar: CalendarVersion) -> str:
    years = ", ".join(map(str, calendar.years))
    return f"public holidays of {years}" if years else "no public holidays in any year"


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"“{text}” is not a date like 2026-12-24") from None


def _own_holiday(text: str) -> tuple[date, str]:
    day, _, name = text.partition("=")
    if not name.strip():
        raise argparse.ArgumentTypeError(f"“{text}” is not like 2026-12-24=Christmas Eve")
    return _day(day), name.strip()


def _years(text: str) -> range:
    first, _, last = text.partition("-")
    if not first.isdecimal() or not (last or first).isdecimal():
        raise argparse.ArgumentTypeError(f"“{text}” is not like 2026 or 2026-2028")
    years = range(int(first), int(last or first) + 1)
    if not years or years[0] < 1900 or years[-1] > 2200:
        raise argparse.ArgumentTypeError(f"“{text}” has no years from 1900 to 2200, first to last")
    return years
