"""Who may do what, and by which settings, in words: the journal's events of accounts, seats, members and settings."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.dateparse import parse_datetime
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clocks.events import CALENDAR_PUBLISHED
from foundation.journal.models import Event
from partners import events as access
from partners.enums import DESK_ROLE_LABELS, PARTNER_ROLE_LABELS
from partners.models import Location, Organisation, User
from wording.filters import instant

LABELS: Mapping[str, Any] = {
    **{str(role): label for role, label in PARTNER_ROLE_LABELS.items()},
    **{str(role): label for role, label in DESK_ROLE_LABELS.items()},
    "active": gettext_lazy("may sign in"),
    "staff": gettext_lazy("may open the desk's pages"),
    "superuser": gettext_lazy("superuser"),
    "set": gettext_lazy("has a password"),
    "none": gettext_lazy("has no password"),
    "username": gettext_lazy("user name"),
    "first_name": gettext_lazy("first name"),
    "last_name": gettext_lazy("last name"),
    "email": gettext_lazy("email"),
    "zone": gettext_lazy("time zone"),
    "weekend": gettext_lazy("weekend"),
    "holidays": gettext_lazy("holidays"),
    "working_days": gettext_lazy("extra working days"),
    "country": gettext_lazy("country"),
    "subdivision": gettext_lazy("state or region"),
    "years": gettext_lazy("years"),
}
NO_ROLES: Promise = gettext_lazy("none")
ALL_LOCATIONS: Promise = gettext_lazy("all locations")
TYPES = frozenset(event_type.name for event_type in access.EVENT_TYPES)
SETTINGS_CHANGED = "desk.settings_changed"  # the roof's, which no room below imports
OF_LOCATIONS = frozenset({access.BOUNDS_CHANGED.name})


def access_sentences(events: Sequence[Event]) -> dict[int, str]:
    """Return what changed, by the key of each event of access or settings; others are left out. Three queries."""
    names = _Names.of([event for event in events if event.type in TYPES])
    told = {event.pk: _sentence(event, names) for event in events}
    return {pk: sentence for pk, sentence in told.items() if sentence}


@dataclass(frozen=True, kw_only=True)
class _Names:
    """What the identifiers of the events stand for."""

    users: Mapping[int, str]
    organisations: Mapping[int, str]
    locations: Mapping[int, str]

    @classmethod
    def of(cls, events: Sequence[Event]) -> "_Names":
        companies = {event.organisation_id for event in events if event.organisation_id}
        users = User.objects.filter(pk__in={event.subject_id for event in events})
        return cls(
            users={user.pk: f"{user.shown_name} ({user.username})" for user in users},
            organisations=dict(Organisation.objects.filter(pk__in=companies).values_list("pk", "name")),
            locations=dict(
                Location.objects.filter(organisation_id__in=companies).values_list("pk", "mpn_id")
            ),
        )

    def whom(self, event: Event) -> str:
        """Return the person and, where there is one, the company."""
        user = self.users.get(event.subject_id, _("a user who is gone"))
        company = self.organisations.get(event.organisation_id or 0)
        return f"{user}, {company}" if company else user

    def places(self, keys: Iterable[int]) -> str:
        return ", ".join(self.locations.get(key, str(key)) for key in keys) or str(ALL_LOCATIONS)


def _sentence(event: Event, names: _Names) -> str:
    payload = event.payload
    if event.type in TYPES:
        return f"{names.whom(event)}: {_facts(event, names)}"
    if event.type == SETTINGS_CHANGED:
        return "; ".join(_setting(name, payload) for name in sorted(payload["after"]))
    if event.type == CALENDAR_PUBLISHED.name and "changed" in payload:
        what = {"name": payload["name"], "number": payload["number"], "changed": _words(payload["changed"])}
        if payload["previous"] is None:
            return _("%(name)s, version %(number)d: the first one") % what
        told = _("%(name)s, version %(number)d after version %(previous)d; changed: %(changed)s")
        return told % {**what, "previous": payload["previous"]}
    return ""


def _facts(event: Event, names: _Names) -> str:
    payload = event.payload
    if event.type in OF_LOCATIONS:
        return _arrow(names.places(payload["before"]), names.places(payload["after"]))
    if "before" in payload:
        return _arrow(_words(payload["before"]), _words(payload["after"]))
    if "roles" in payload:
        return f"{_words(payload['roles'])}; {names.places(payload['locations'])}"
    if "access" in payload:
        return f"{_words(payload['access'])}; {_words(payload['password'])}"
    if "fields" in payload:
        changes = [
            f"{LABELS.get(detail.field, detail.field)}: {_arrow(detail.old or '–', detail.new or '–')}"
            for detail in event.details.all()
        ]
        return "; ".join(changes) or _words(payload["fields"])
    expires_at = parse_datetime(payload.get("expires_at") or "")
    return _("valid until %s") % instant(expires_at) if expires_at else _("valid without end")


def _setting(name: str, payload: Mapping[str, Any]) -> str:
    before, after = payload["before"], payload["after"]
    return f"{name}: {_arrow(str(before[name]), str(after[name])) if name in before else after[name]}"


def _words(codes: str | Sequence[str]) -> str:
    listed = [codes] if isinstance(codes, str) else codes
    return ", ".join(str(LABELS.get(code, code)) for code in listed) or str(NO_ROLES)


def _arrow(before: str, after: str) -> str:
    return _("%(before)s → %(after)s") % {"before": before, "after": after}
