"""Following claims: the list, the one page that every claim has in every status, and its history."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.core.exceptions import BadRequest
from django.db.models import Q
from django.http import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from associations.models import ConsentRequest, Grant
from claims.areas import area_label
from claims.enums import ClaimStatus
from claims.models import Claim, RequestParty
from claims.policies import allowed_actions, editable_fields
from claims.selectors import (
    claim_for,
    detailed_claim_for,
    history_of,
    loaded_requests,
    one_or_not_found,
    visible_claims,
    visible_comments,
    visible_evidence,
    with_details,
)
from clocks.enums import ClockKind
from clocks.selectors import clock_for, clocks_for_subjects
from foundation.journal.models import Event
from portal.forms import CommentForm
from portal.pages.checking import UNCHECKED, notices_on, placed
from portal.pages.claims import claims_page, page_of, show_form
from portal.pages.kept import kept_fields
from portal.presentation.claims import Question, claim_row, item_cards
from portal.presentation.consents import open_consents
from portal.presentation.notices import errors_in, warnings_in
from portal.presentation.tasks import tasks_of
from portal.session.acting import PartnerRequest
from wording.deadlines import ClockDeadline, Reason, deadline_at, deadline_of, reason_of_consent
from wording.history import history_rows, openings_of
from wording.items import activity_labels, product_names
from wording.statuses import StatusLine, status_line

PAGE_SIZE = 25
HISTORY_SIZE = 50


@require_safe
@claims_page
def claim_list(request: PartnerRequest) -> HttpResponseBase:
    """List the claims that the member may see, newest first; `status` filters, `after` continues from a claim."""
    status = request.GET.get("status", "")
    if status and status not in ClaimStatus.values:
        raise BadRequest
    claims = visible_claims(request.actor).order_by("-created_at", "-id")
    if status:
        claims = claims.filter(status=status)
    last = _claim_named(request, request.GET.get("after", ""))
    if last is not None:
        # The outer condition is the one that an index can seek.
        claims = claims.filter(
            Q(created_at__lt=last.created_at) | Q(id__lt=last.pk), created_at__lte=last.created_at
        )
    found = list(with_details(claims)[: PAGE_SIZE + 1])
    shown, now = found[:PAGE_SIZE], timezone.now()
    clocks = clocks_for_subjects(ClockKind.REVIEW, [claim.pk for claim in shown])
    reviews = {
        claim_id: deadline_at(clock.due_at, clock.calendar_version.zone)
        for claim_id, clock in clocks.items()
        if clock.is_open and clock.due_at is not None
    }
    names = product_names()
    consents = open_consents(claim.pk for claim in shown)
    return render(
        request,
        "portal/claims/list.html",
        {
            "rows": [
                claim_row(
                    claim,
                    actor=request.actor,
                    review=reviews.get(claim.pk),
                    consents=consents.get(claim.pk, ()),
                    names=names,
                    now=now,
                )
                for claim in shown
            ],
            "status": status,
            "statuses": ClaimStatus.choices,
            "next": shown[-1].public_id if len(found) > PAGE_SIZE else None,
            "is_first_page": last is None,
            "section": "claims",
        },
    )


def _claim_named(request: PartnerRequest, text: str) -> Claim | None:
    """Return the claim that a page continues from; one that the reader may not see is not found."""
    if not text:
        return None
    try:
        public_id = UUID(text)
    except ValueError:
        raise BadRequest from None
    return one_or_not_found(visible_claims(request.actor).filter(public_id=public_id))


@require_safe
@claims_page
def claim_page(request: PartnerRequest, public_id: UUID) -> HttpResponseBase:
    """Show one claim: its tasks while it is a draft, later its items, questions, proof and comments."""
    claim = detailed_claim_for(request.actor, public_id)
    return show_claim(request, claim, CommentForm(kept_fields(request), initial=page_of(request, claim)))


def show_claim(request: PartnerRequest, claim: Claim, form: CommentForm) -> HttpResponseBase:
    """Return the claim's page, with a comment as typed; `claim` has its details prefetched."""
    now, asked = timezone.now(), loaded_requests(claim)
    clock = clock_for(ClockKind.REVIEW, claim.pk)
    review = deadline_of(clock, now) if clock is not None and clock.is_open else None
    files = list(visible_evidence(claim, request.actor))
    names = product_names()
    grants = (
        Grant.objects.filter(item_activity__item__claim=claim)
        .select_related("item_activity", "association", "consent_request")
        .order_by("pk")
    )
    notices = notices_on(request, claim, now=now)
    consents = open_consents([claim.pk]).get(claim.pk, ())
    line = status_line(claim, actor=request.actor, review=review, asked=asked, consents=consents, now=now)
    return show_form(
        request,
        "portal/claims/claim.html",
        form,
        claim,
        line=line,
        actions=allowed_actions(request.actor, claim, asked=bool(asked)),
        editable=editable_fields(request.actor, claim),
        tasks=tasks_of(claim, notices, names=names, files=[file.name for file in files])
        if claim.status == ClaimStatus.DRAFT
        else [],
        problems=placed(claim, errors_in(notices), tab=form["tab"].value()),
        cautions=placed(claim, warnings_in(notices), tab=form["tab"].value()),
        unchecked=next((notice for notice in notices if notice.code in UNCHECKED), None),
        items=item_cards(claim, list(grants)),
        questions=[Question(party=party) for party in asked],
        why=_why(line, review, asked, consents, now),
        files=files,
        opened=openings_of(files, request.actor),
        comments=list(visible_comments(claim, request.actor)),
        area=area_label(claim.solution_area),
        activities=activity_labels(claim.activities),
    )


def _why(
    line: StatusLine,
    review: ClockDeadline | None,
    asked: Sequence[RequestParty],
    consents: Sequence[ConsentRequest],
    now: datetime,
) -> ClockDeadline | Reason | None:
    """Return the explanation of the date that the status line names, and of no other."""
    if line.by is None:
        return None
    if line.by is review:
        return review
    if asked:
        first = min(asked, key=lambda party: party.request.due_at)
        clock = clock_for(ClockKind.RESPONSE, first.request_id)
        return deadline_of(clock, now) if clock is not None and clock.due_at == line.by.at else None
    return next(
        (reason_of_consent(consent) for consent in consents if consent.window_ends_at == line.by.at), None
    )


@require_safe
@claims_page
def history(request: PartnerRequest, public_id: UUID) -> HttpResponseBase:
    """Show all that the partner and the desk did with the claim, newest first, in pages.

    `before` counts the claim's own entries from the oldest, since a row's number would count everybody's.
    """
    claim = claim_for(request.actor, public_id)
    events = history_of(claim, request.actor)
    before = request.GET.get("before", "")
    if before and not (before.isascii() and before.isdecimal() and len(before) <= 18):
        raise BadRequest
    end = max(0, int(before) - 1) if before else events.count()
    first = max(0, end - HISTORY_SIZE)
    shown: list[Event] = list(events[first:end])[::-1]
    return render(
        request,
        "portal/claims/history.html",
        {
            "claim": claim,
            "rows": history_rows(shown, claim),
            "next": first + 1 if first else None,
            "is_first_page": not before,
            "section": "claims",
        },
    )
