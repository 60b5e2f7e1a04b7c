"""Forms that could not be accepted, at the partners' door: whose company they are for decides what is shown.

What was typed for one company is shown and offered while its writer works for that company, and in no other.
"""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone

from foundation.doors.typed.keeping import filled_with, keep, kept_at
from foundation.doors.typed.models import KeptForm
from foundation.doors.typed.senders import DESK, company, sender_in, sender_of, side_of
from partners.models import Organisation, User
from partners.selectors import organisations_of
from portal.session.acting import ORGANISATION_KEY, PartnerRequest


def kept_fields(request: PartnerRequest) -> QueryDict | None:
    """Return the newest kept form of this page for the chosen company, and let the page say so; None if there is none.

    What is kept for another company of the same person is only named, with the way there.
    """
    kept, elsewhere = _sorted_by_company(request, page=request.path)
    request.kept_elsewhere = elsewhere
    if not kept:
        return None
    request.kept_form = kept[0]
    return filled_with(request, kept[0])


def show_kept(request: PartnerRequest) -> None:
    """Let a page that refuses show what its reader typed there, to read and to copy.

    Who works for no company any more sees it whatever company it was for; who works for another one does not.
    """
    came = sender_in(request.POST)
    if came is not None:
        keep(request, now=timezone.now())
    page = came.page if came is not None else request.path
    request.kept_forms, request.kept_elsewhere = _sorted_by_company(request, page=page)


def made_for_another(request: PartnerRequest) -> HttpResponse | None:
    """Return the answer to a form made for another person, or for a company that is not the chosen one; else None.

    It is kept for whom it was made. Who works for no company is left to the page, which refuses in its own words.
    """
    came, own = sender_in(request.POST), sender_of(request)
    if came is None or came.side == own.side or request.actor.organisation_id is None:
        return None
    kept = keep(request, now=timezone.now())
    is_own = came.person == own.person
    request.kept_elsewhere = (_company_of(request.user, came.side), came.page) if is_own else None
    shown = {"kept": kept, "is_own": is_own, "to": request.kept_elsewhere}
    return render(request, "portal/other_company.html", shown, status=HTTPStatus.CONFLICT)


def choose_company_of(request: HttpRequest, user: User, page: str) -> None:
    """Go on for the company for which the user typed what is kept at the page, after signing in again."""
    for kept in kept_at(request, page=page, now=timezone.now())[:1]:
        if chosen := _company_of(user, kept.side):
            request.session[ORGANISATION_KEY] = chosen.pk


def _sorted_by_company(
    request: PartnerRequest, *, page: str
) -> tuple[list[KeptForm], tuple[Organisation, str] | None]:
    """Return what may be shown now, and for which other company of the person something is kept at the page."""
    own, at_the_desk = sender_of(request), side_of(request.user, DESK)
    found = kept_at(request, page=page, now=timezone.now())
    kept = [each for each in found if each.side != at_the_desk]  # it may name what no partner may know
    if request.actor.organisation_id is None:
        return kept, None
    others = [each for each in kept if each.side != own.side]
    companies = (_company_of(request.user, each.side) for each in others)
    theirs = next(filter(None, companies), None)
    return [each for each in kept if each.side == own.side], (theirs, page) if theirs else None


def _company_of(user: User, side: str) -> Organisation | None:
    """Return the user's company that a form was made for; None if it is none of theirs now."""
    return next((own for own in organisations_of(user) if side_of(user, company(own.pk)) == side), None)
