"""Rules C1 to C3: the solution area and the activities (S26-S35)."""

from collections.abc import Iterable

from django.utils.text import get_text_list
from django.utils.translation import gettext_lazy as _

from associations.enums import Activity
from claims.areas import AREAS
from claims.facts import ClaimFacts
from claims.guidance import WRONG_ACTIVITY
from claims.rules.base import ClaimRule, finding_at
from foundation.kernel.findings import Finding, Severity, Text

AREA = "/solution_area"
ACTIVITIES = "/activities"


def _activities_can_be_judged(facts: ClaimFacts) -> bool:
    """Return whether both are there, or one of them was sent empty, which fails alone."""
    area, activities = facts.given.solution_area, facts.given.activities
    return (area is not None and activities is not None) or area == "" or activities == ()


def _not_for_area(pointer: str, message: Text) -> Finding:
    return finding_at(
        "ACTIVITY_NOT_FOR_AREA",
        pointer,
        message,
        " ".join(
            _("%(area)s has these activities: %(activities)s.")
            % {"area": area.label, "activities": ", ".join(str(each.label) for each in area.activities)}
            for area in AREAS.values()
        ),
        _("First choose the solution area of the product, then what you do or did for the customer."),
    )


def _activities_belong_to_area(facts: ClaimFacts) -> Iterable[Finding]:
    area, activities = facts.given.solution_area, facts.given.activities
    if area is not None and facts.area is None:
        yield _not_for_area(
            AREA,
            _("Choose a solution area: %(areas)s.")
            % {"areas": get_text_list([area.label for area in AREAS.values()], _("or"))},
        )
    if activities == ():
        yield _not_for_area(ACTIVITIES, _("Choose at least one activity."))
    if facts.area is None:
        return
    for index, code in enumerate(activities or ()):
        if code not in facts.area.activities:
            yield _not_for_area(
                f"{ACTIVITIES}/{index}",
                _("%(area)s does not have the activity “%(activity)s”.")
                % {"area": facts.area.label, "activity": _label(code)},
            )


def _label(code: str) -> str:
    return str(Activity(code).label) if code in Activity.values else code


def _combination_is_allowed(facts: ClaimFacts) -> Iterable[Finding]:
    if len(facts.lanes) > 1:
        yield finding_at(
            "ACTIVITY_COMBINATION",
            ACTIVITIES,
            _("You cannot claim revenue association together with another activity."),
            _("Presales and usage can share a claim; revenue association needs a claim of its own."),
            _("File one claim for revenue association and another for presales and usage."),
        )


def _activity_is_explained(facts: ClaimFacts) -> Iterable[Finding]:
    for activity in facts.activities:
        text = facts.area.activities.get(activity) if facts.area else None
        yield Finding(
            code="ACTIVITY_CHECK",
            severity=Severity.INFO,
            pointer=f"{ACTIVITIES}/{_position(facts, activity)}",
            message=text.description
            if text
            else _("You chose the activity “%(activity)s”.") % {"activity": activity.label},
            cause=WRONG_ACTIVITY,
            guidance=(text.condition,) if text else (),
        )


def _position(facts: ClaimFacts, activity: Activity) -> int:
    return (facts.given.activities or ()).index(activity)


RULES = (
    ClaimRule(
        id="C1",
        codes=("ACTIVITY_NOT_FOR_AREA",),
        statement=_("Every activity belongs to the solution area."),
        basis="S27, S33",
        present=_activities_can_be_judged,
        inputs=("solution_area", "activities"),
        judge=_activities_belong_to_area,
    ),
    ClaimRule(
        id="C2",
        codes=("ACTIVITY_COMBINATION",),
        statement=_("The activities can share a claim; revenue association needs a claim of its own."),
        needs=("C1",),
        inputs=("activities",),
        judge=_combination_is_allowed,
    ),
    ClaimRule(
        id="C3",
        codes=("ACTIVITY_CHECK",),
        statement=_("Always: what each chosen activity means and what a wrong one costs."),
        basis="S34, S35",
        inputs=("activities",),
        judge=_activity_is_explained,
    ),
)
