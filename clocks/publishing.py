"""Versions of a calendar follow one another; each keeps what the one before it says, unless it begins afresh."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from clocks.events import CALENDAR_PUBLISHED
from clocks.limits import CALENDAR_WARNING_DAYS, DESK_CALENDAR, DESK_WEEKEND
from clocks.models import CalendarVersion
from clocks.public_holidays import UnknownCountryError, public_holidays
from foundation.journal.step import Step
from foundation.kernel.rulebook import rulebook
from foundation.kernel.workdays import time_zones

SAID = ("zone", "weekend", "holidays", "working_days", "country", "subdivision", "years")


@dataclass(frozen=True, kw_only=True)
class Content:
    """What a version says: which days are free, worked in spite of it, and for which years this is known."""

    zone: str
    weekend: tuple[int, ...] = DESK_WEEKEND
    names: Mapping[date, str]
    working_days: frozenset[date] = frozenset()
    country: str = ""
    subdivision: str = ""
    years: frozenset[int] = frozenset()

    def with_years(self, years: Iterable[int]) -> "Content":
        """Return the content with the country's holidays of further years; years known already stay as they are.

        Raises UnknownCountryError if nobody knows the country's holidays.
        """
        added = frozenset(years) - self.years
        if not self.country or not added:
            return replace(self, years=self.years | added)
        public = public_holidays(self.country, self.subdivision or None, added)
        return replace(
            self,
            names={**public.names, **self.names},
            working_days=self.working_days | public.working_days - set(self.names),
            years=self.years | added,
        )

    def with_own_days(self, holidays: Mapping[date, str], working_days: Iterable[date]) -> "Content":
        """Return the content with days of our own, which win over what is known of them so far."""
        worked = self.working_days - set(holidays) | set(working_days)
        return replace(self, names={**self.names, **holidays}, working_days=frozenset(worked))


def newest_version(name: str = DESK_CALENDAR) -> CalendarVersion | None:
    """Return the newest version of the calendar, or None if it has none."""
    return CalendarVersion.objects.filter(name=name).order_by("-number").first()


def content_of(version: CalendarVersion) -> Content:
    """Return what the version says, in the zone of the settings where its own does not exist."""
    return Content(
        zone=version.zone if version.zone in time_zones() else rulebook.desk_time_zone,
        weekend=tuple(version.weekend),
        names=version.holiday_names,
        working_days=frozenset(map(date.fromisoformat, version.working_days)),
        country=version.country,
        subdivision=version.subdivision,
        years=frozenset(version.years),
    )


def store_next(
    step: Step,
    newest: CalendarVersion | None,
    content: Content,
    name: str = DESK_CALENDAR,
    *,
    reason: str = "",
) -> tuple[CalendarVersion, bool]:
    """Publish the version that follows `newest`; return it and True, or another caller's version and False.

    Raises ValueError if the zone does not exist, so that a wrong one is never stored.
    """
    if content.zone not in time_zones():
        raise ValueError(f"{content.zone!r} is no IANA time zone")
    version, created = CalendarVersion.objects.get_or_create(
        name=name,
        number=newest.number + 1 if newest else 1,
        defaults={
            "zone": content.zone,
            "weekend": list(content.weekend),
            "holidays": [
                {"date": day.isoformat(), "name": content.names[day]} for day in sorted(content.names)
            ],
            "working_days": [day.isoformat() for day in sorted(content.working_days)],
            "country": content.country,
            "subdivision": content.subdivision,
            "years": sorted(content.years),
            "published_at": step.at,
            "reason": reason,
        },
    )
    if created:
        step.record(
            CALENDAR_PUBLISHED,
            version,
            name=version.name,
            number=version.number,
            previous=newest.number if newest else None,
            changed=_changed(newest, version),
        )
    return version, created


def _changed(before: CalendarVersion | None, after: CalendarVersion) -> list[str]:
    """Return what the version says differently; what each says is in the versions, which never change."""
    return [name for name in SAID if before is None or getattr(before, name) != getattr(after, name)]


def continue_through(step: Step, version: CalendarVersion, years: Iterable[int]) -> CalendarVersion:
    """Return the newest version of this calendar, continued by these years and one more unless they are published.

    A calendar whose country nobody knows cannot be continued: its days are counted, and shown as not published.
    """
    wanted = frozenset(years)
    newest = newest_version(version.name) or version
    while newest.country and not wanted <= frozenset(newest.years):
        try:
            content = content_of(newest).with_years(wanted | {max(wanted) + 1})
        except UnknownCountryError:
            break
        newest, _created = store_next(step, newest, content, newest.name)
    return newest


def ends_soon(version: CalendarVersion, now: datetime) -> bool:
    """Return whether the last year whose holidays are known ends within the time of warning, or is over."""
    last = version.ends_with
    return last is not None and (now + timedelta(days=CALENDAR_WARNING_DAYS)).year > last
