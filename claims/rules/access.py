"""Rules A: the caller's role, and the MPN that the claim is filed for (S2, S36-S41)."""

from collections.abc import Iterable, Sequence
from string import digits

from django.utils.translation import gettext_lazy as _

from claims.areas import programme_of
from claims.facts import ClaimFacts
from claims.guidance import (
    CONTACT_SUPPORT,
    HOW_TO_ENROL,
    WHICH_MPN,
    WHICH_TYPE,
    ask_global_admin,
)
from claims.inputs import Purpose
from claims.links import enrolment_link
from claims.rules.base import ClaimRule, finding_at, given
from foundation.kernel.actor import Actor
from foundation.kernel.findings import Finding, Severity, Text
from foundation.kernel.rights import DRAFTING, SUBMITTING
from foundation.kernel.text import pasted

MPN = "/mpn_id"


def role_findings(actor: Actor, purpose: Purpose, global_admins: Sequence[str] = ()) -> Iterable[Finding]:
    """Yield a finding unless the role allows this (A1): drafting for a check, submitting otherwise."""
    if purpose is Purpose.APPROVAL:
        return
    right = DRAFTING if purpose is Purpose.CHECK else SUBMITTING
    refusal = right.refusal(actor)
    if refusal is not None:
        yield Finding(
            code="ROLE_NOT_ALLOWED",
            severity=Severity.ERROR,
            message=refusal.message,
            cause=_("Your role in your company decides whether you can file and submit claims."),
            guidance=(_("Your company's global admins: %(names)s.") % {"names": ", ".join(global_admins)},)
            if global_admins
            else (),
        )


def _role_is_allowed(facts: ClaimFacts) -> Iterable[Finding]:
    return role_findings(facts.actor, facts.purpose, facts.global_admins)


def _what_is_wrong(typed: str) -> Text:
    """Return the cause in terms of what was typed."""
    mpn = pasted(typed)
    if not mpn:
        return _("It is missing.")
    strange = next((sign for sign in mpn if sign not in digits), None)
    if strange is not None and strange.isspace():
        return _("It contains a blank between other characters.")
    if strange is not None:
        return _("It contains “%(sign)s”, which is none of the digits 0 to 9.") % {"sign": strange}
    if mpn.startswith("0"):
        return _("It begins with 0.")
    return _("It has %(count)d digits.") % {"count": len(mpn)}


def _mpn_is_well_formed(facts: ClaimFacts) -> Iterable[Finding]:
    if facts.mpn_id is None:
        yield finding_at(
            "MPN_FORMAT",
            MPN,
            _("This is not an MPN. An MPN has four to ten digits and does not begin with 0."),
            _what_is_wrong(facts.given.mpn_id or ""),
            _("Choose the MPN from the list of your company's locations."),
            ask_global_admin(facts.global_admins, WHICH_MPN),
            links=(enrolment_link(),),
        )


def _mpn_is_own(facts: ClaimFacts) -> Iterable[Finding]:
    if facts.location is None:
        yield finding_at(
            "MPN_NOT_YOURS",
            MPN,
            _("You cannot claim with this MPN."),
            _(
                "A claim names one of your company's own MPNs, and some members can use only some of them. "
                "We do not reveal whether another company has an MPN."
            ),
            _("Choose an MPN from the list of your company's locations."),
            ask_global_admin(facts.global_admins, WHICH_MPN),
            last=CONTACT_SUPPORT,
            links=(enrolment_link(),),
        )


def _location_is_enrolled(facts: ClaimFacts) -> Iterable[Finding]:
    if facts.location is None:
        return
    for activity in facts.activities:
        programme = programme_of(facts.given.solution_area, activity)
        if programme is not None and programme not in facts.location.programmes:
            yield _not_enrolled(
                facts,
                Severity.ERROR,
                _(
                    "MPN %(mpn)s is not enrolled for %(year)d in “%(programme)s”, which the activity "
                    "“%(activity)s” needs."
                )
                % {
                    "mpn": facts.mpn_id,
                    "year": facts.today.year,
                    "activity": activity.label,
                    "programme": programme.label,
                },
            )
        if programme is None and not facts.location.programmes:
            yield _not_enrolled(
                facts,
                Severity.WARNING,
                _("MPN %(mpn)s is not enrolled in any programme for %(year)d.")
                % {"mpn": facts.mpn_id, "year": facts.today.year},
            )


def _not_enrolled(facts: ClaimFacts, severity: Severity, message: str) -> Finding:
    if severity is Severity.ERROR:
        cause = _("An activity can be claimed only with an MPN that is enrolled in its programme this year.")
    else:
        cause = _(
            "Revenue association needs no programme, but a location without any is often chosen by mistake."
        )
    return finding_at(
        "MPN_NOT_ENROLLED",
        MPN,
        message,
        cause,
        _("Check your company's enrolments and choose an MPN that is enrolled."),
        ask_global_admin(facts.global_admins, HOW_TO_ENROL),
        severity=severity,
        links=(enrolment_link(),),
    )


def _type_is_not_shown(facts: ClaimFacts) -> Iterable[Finding]:
    yield Finding(
        code="MPN_TYPE_NOT_SHOWN",
        severity=Severity.INFO,
        pointer=MPN,
        message=_("We show which MPNs are enrolled, but not whether an MPN has a special partner type."),
        cause=_("If the MPN is wrong, you have to file the claim again and may lose earnings."),
        guidance=(ask_global_admin(facts.global_admins, WHICH_TYPE),),
    )


def _country_is_the_customers(facts: ClaimFacts) -> Iterable[Finding]:
    location, tenant = facts.location, facts.tenant
    if location and tenant and location.country != tenant.country:
        yield finding_at(
            "MPN_REGION",
            MPN,
            _("MPN %(mpn)s is in %(country)s, which is not the customer's country.")
            % {"mpn": facts.mpn_id, "country": location.country},
            _("Partners usually claim with the location in the customer's country."),
            _(
                "Check whether your company has an MPN in the customer's country. If this one is "
                "right, continue."
            ),
            ask_global_admin(facts.global_admins, WHICH_MPN),
            severity=Severity.WARNING,
        )


RULES = (
    ClaimRule(
        id="A1",
        codes=("ROLE_NOT_ALLOWED",),
        statement=_(
            "The member has a role that can submit; for a check or a draft, incentives user is enough."
        ),
        basis="S2",
        judge=_role_is_allowed,
    ),
    ClaimRule(
        id="A2",
        codes=("MPN_FORMAT",),
        statement=_("The MPN is well-formed."),
        present=given("mpn_id"),
        inputs=("mpn_id",),
        judge=_mpn_is_well_formed,
    ),
    ClaimRule(
        id="A3",
        codes=("MPN_NOT_YOURS",),
        statement=_(
            "The MPN is a location of the member's company and within the member's bounds; an MPN that does "
            "not exist gets the same refusal."
        ),
        basis="S36, S40",
        needs=("A2",),
        present=given("mpn_id"),
        inputs=("mpn_id",),
        judge=_mpn_is_own,
    ),
    ClaimRule(
        id="A4",
        codes=("MPN_NOT_ENROLLED",),
        statement=_(
            "The location is enrolled this year in the programme of each chosen activity; for revenue "
            "association, a warning if it is enrolled in none."
        ),
        basis="S37, S41",
        needs=("A3", "C1"),
        inputs=("mpn_id", "solution_area", "activities"),
        judge=_location_is_enrolled,
    ),
    ClaimRule(
        id="A5",
        codes=("MPN_TYPE_NOT_SHOWN",),
        statement=_("Always: a reminder that special partner types are not shown."),
        basis="S38-S40",
        inputs=("mpn_id",),
        judge=_type_is_not_shown,
    ),
    ClaimRule(
        id="A6",
        codes=("MPN_REGION",),
        statement=_("The location is in the customer's country; otherwise a warning."),
        basis="domain.md part 4",
        needs=("A3", "B3"),
        inputs=("mpn_id", "tenant_guid", "domain"),
        judge=_country_is_the_customers,
    ),
)
