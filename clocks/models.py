"""Calendar versions and the deadlines computed from them."""

from datetime import date

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from clocks.enums import ClockKind, ClockState
from clocks.limits import CALENDAR_REASON_MAX, DESK_WEEKEND
from foundation.kernel.workdays import Calendar, Pause

_OPEN_STATES = sorted(ClockState.open_states())


def default_weekend() -> list[int]:
    return list(DESK_WEEKEND)


class CalendarVersion(models.Model):
    """One published version of a calendar. Due dates depend on it, so a trigger makes it immutable (part 6)."""

    name = models.SlugField(_("name"), max_length=32)
    number = models.PositiveIntegerField(_("version"))
    zone = models.CharField(_("time zone"), max_length=64)
    weekend = models.JSONField(
        _("weekend"), default=default_weekend, help_text=_("0 is Monday, 6 is Sunday.")
    )
    holidays = models.JSONField(_("holidays"), default=list)  # [{"date": ISO 8601, "name": text}]
    working_days = models.JSONField(_("extra working days"), default=list)  # [ISO 8601]
    country = models.CharField(_("country"), max_length=8, blank=True, default="")
    subdivision = models.CharField(_("state or region"), max_length=16, blank=True, default="")
    years = models.JSONField(
        _("years"),
        default=list,
        help_text=_("The years whose holidays are known; none: there are no others."),
    )
    published_at = models.DateTimeField(_("published at"))
    reason = models.CharField(
        _("reason"),
        max_length=CALENDAR_REASON_MAX,
        blank=True,
        default="",
        help_text=_("Why it was published."),
    )

    class Meta:
        verbose_name = _("calendar version")
        verbose_name_plural = _("calendar versions")
        ordering = ["name", "-number"]
        constraints = [models.UniqueConstraint(fields=["name", "number"], name="calendar_version_once")]

    def __str__(self) -> str:
        return f"{self.name} {self.number}"

    @property
    def holiday_names(self) -> dict[date, str]:
        return {date.fromisoformat(row["date"]): row["name"] for row in self.holidays}

    @property
    def ends_with(self) -> int | None:
        """Return the last year whose holidays are known, or None if the calendar ends with no year."""
        return max(self.years, default=None)

    def as_calendar(self) -> Calendar:
        return Calendar(
            zone=self.zone,
            weekend=frozenset(self.weekend),
            holidays=frozenset(self.holiday_names),
            working_days=frozenset(map(date.fromisoformat, self.working_days)),
            years=frozenset(self.years),
            version_id=self.pk,
        )


class Clock(models.Model):
    """One deadline. `due_at` and `warn_at` are derived from the rest and empty while unknown (part 6)."""

    kind = models.CharField(_("kind"), max_length=12, choices=ClockKind.choices)
    subject_id = models.BigIntegerField(_("subject id"))  # of a claim, a case or a request, as the kind says
    round = models.PositiveSmallIntegerField(_("round"), default=1)
    calendar_version = models.ForeignKey(CalendarVersion, models.PROTECT, verbose_name=_("calendar version"))
    started_at = models.DateTimeField(_("started at"))
    target_days = models.PositiveSmallIntegerField(_("business days"))
    extension_days = models.PositiveSmallIntegerField(_("business days added"), default=0)
    due_at = models.DateTimeField(_("due at"), null=True)
    warn_at = models.DateTimeField(_("warning at"), null=True)
    state = models.CharField(
        _("state"), max_length=10, choices=ClockState.choices, default=ClockState.RUNNING
    )
    met_at = models.DateTimeField(_("met at"), null=True)
    cancelled_at = models.DateTimeField(_("cancelled at"), null=True)
    breached_at = models.DateTimeField(
        _("breached at"), null=True
    )  # the missed due instant, not when a sweep noticed it
    warned_at = models.DateTimeField(_("warned at"), null=True)
    version = models.PositiveIntegerField(_("version"), default=1)

    class Meta:
        verbose_name = _("clock")
        verbose_name_plural = _("clocks")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "subject_id", "round"], name="clock_once"),
            models.CheckConstraint(condition=Q(target_days__gte=1), name="clock_target_days"),
            models.CheckConstraint(
                condition=~Q(state=ClockState.RUNNING) | Q(due_at__isnull=False, warn_at__isnull=False),
                name="clock_running_is_due",
            ),
            models.CheckConstraint(
                condition=Q(state=ClockState.MET, met_at__isnull=False)
                | (~Q(state=ClockState.MET) & Q(met_at__isnull=True)),
                name="clock_met_at",
            ),
            models.CheckConstraint(
                condition=Q(state=ClockState.CANCELLED, cancelled_at__isnull=False)
                | (~Q(state=ClockState.CANCELLED) & Q(cancelled_at__isnull=True)),
                name="clock_cancelled_at",
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_at", "id"],
                name="clock_due",
                condition=Q(state__in=_OPEN_STATES, breached_at__isnull=True),
            ),
            models.Index(fields=["due_at", "id"], name="clock_open", condition=Q(state__in=_OPEN_STATES)),
            models.Index(
                fields=["due_at", "id"], name="clock_missed", condition=Q(breached_at__isnull=False)
            ),
            models.Index(
                fields=["warn_at", "id"],
                name="clock_warn",
                condition=Q(state__in=_OPEN_STATES, warned_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject_id}/{self.round}"

    @property
    def is_open(self) -> bool:
        return self.state in ClockState.open_states()


class ClockPause(models.Model):
    """A time during which a cause holds the clock. Pauses may overlap; the clock runs when none is open."""

    clock = models.ForeignKey(Clock, models.CASCADE, related_name="pauses", verbose_name=_("clock"))
    cause = models.CharField(_("cause"), max_length=32)
    cause_ref = models.BigIntegerField(_("cause id"))
    started_at = models.DateTimeField(_("started at"))
    ended_at = models.DateTimeField(_("ended at"), null=True)

    class Meta:
        verbose_name = _("pause")
        verbose_name_plural = _("pauses")
        ordering = ["started_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["clock", "cause", "cause_ref"],
                name="clock_pause_open_once",
                condition=Q(ended_at__isnull=True),
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("started_at")),
                name="clock_pause_order",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.cause} {self.cause_ref}"

    def as_pause(self) -> Pause:
        return Pause(start=self.started_at, end=self.ended_at)


class ClockExtension(models.Model):
    """Business days that a desk admin added, and why."""

    clock = models.ForeignKey(Clock, models.CASCADE, related_name="extensions", verbose_name=_("clock"))
    days = models.PositiveSmallIntegerField(_("business days"))
    reason = models.TextField(_("reason"))
    by_name = models.CharField(_("by"), max_length=150)
    by_user_id = models.BigIntegerField(_("user id"), null=True)
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("extension")
        verbose_name_plural = _("extensions")
        ordering = ["id"]
        constraints = [models.CheckConstraint(condition=Q(days__gte=1), name="clock_extension_days")]

    def __str__(self) -> str:
        return f"+{self.days}"
