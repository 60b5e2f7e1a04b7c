"""The whole story of a claim, of its items and of what it is asked (domain.md part 3)."""

from django.utils.translation import gettext_lazy as _

from claims.enums import ClaimStatus as Status
from claims.enums import ItemOutcome as Outcome
from claims.enums import RequestState
from foundation.kernel.lifecycle import Lifecycle, Transition

CLAIM = Lifecycle(
    name="claim",
    initial=Status.DRAFT,
    transitions=[
        Transition(
            name="discard",
            sources=frozenset({Status.DRAFT}),
            targets=frozenset({Status.WITHDRAWN}),
            who="whoever may draft",
            summary=_("The draft is given up."),
        ),
        Transition(
            name="expire",
            sources=frozenset({Status.DRAFT}),
            targets=frozenset({Status.WITHDRAWN}),
            who="sweep",
            summary=_("Ninety idle days, warned a week before."),
        ),
        Transition(
            name="submit",
            sources=frozenset({Status.DRAFT}),
            targets=frozenset({Status.SUBMITTED}),
            who="submitting roles",
            summary=_("No error, every warning confirmed; the review clock starts."),
        ),
        Transition(
            name="start_review",
            sources=frozenset({Status.SUBMITTED}),
            targets=frozenset({Status.UNDER_REVIEW}),
            who="reviewer",
            summary=_("The reviewer becomes the assignee."),
        ),
        Transition(
            name="request_information",
            sources=Status.REVIEWABLE,
            targets=frozenset({Status.PARTNER_ACTION_REQUIRED}),
            who="reviewer",
            summary=_("Names items, a reason and a question; the response clock starts."),
        ),
        Transition(
            name="resume",
            sources=frozenset({Status.PARTNER_ACTION_REQUIRED}),
            targets=frozenset({Status.UNDER_REVIEW, Status.DISPUTED}),
            who="submitting roles, sweep, desk",
            summary=_("No request is open any more: back to the status it left."),
        ),
        Transition(
            name="settle",
            sources=Status.OPEN | {Status.APPROVED},
            targets=Status.SETTLED,
            who="whatever closes the last item or ends the last grant",
            summary=_("No item is open any more, or what was approved has ended."),
        ),
    ],
)

ITEM = Lifecycle(
    name="item",
    initial=Outcome.PENDING,
    transitions=[
        Transition(
            name="approve",
            sources=frozenset({Outcome.PENDING}),
            targets=frozenset({Outcome.APPROVED}),
            who="reviewer; arbiter where contested",
            summary=_("Grants are made; the customer is asked for consent."),
        ),
        Transition(
            name="decline",
            sources=frozenset({Outcome.PENDING}),
            targets=frozenset({Outcome.DECLINED}),
            who="reviewer, arbiter, sweep, directory",
            summary=_("With a reason code and a text."),
        ),
        Transition(
            name="withdraw",
            sources=frozenset({Outcome.PENDING}),
            targets=frozenset({Outcome.WITHDRAWN}),
            who="submitting roles",
            summary=_("Given up or replaced by the partner."),
        ),
    ],
)

REQUEST = Lifecycle(
    name="request",
    initial=RequestState.OPEN,
    transitions=[
        Transition(
            name="answer",
            sources=frozenset({RequestState.OPEN}),
            targets=frozenset({RequestState.ANSWERED}),
            who="submitting roles",
            summary=_("At least one new comment, proof or edit before the due instant."),
        ),
        Transition(
            name="lapse",
            sources=frozenset({RequestState.OPEN}),
            targets=frozenset({RequestState.LAPSED}),
            who="sweep, or any act at or after the due instant",
            summary=_("The named open items are declined."),
        ),
        Transition(
            name="close",
            sources=frozenset({RequestState.OPEN}),
            targets=frozenset({RequestState.CLOSED}),
            who="arbiter, or whatever closed its items",
            summary=_("Nothing is waited for any more."),
        ),
    ],
)
