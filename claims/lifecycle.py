"""Tables of acts on claims, items and information requests (domain.md parts 3 and 9)."""

from enum import StrEnum

from django.utils.translation import gettext_lazy as _

from claims.enums import ClaimStatus as Status
from claims.enums import ItemOutcome as Outcome
from claims.enums import RequestState
from foundation.kernel.lifecycle import Act, Lifecycle
from foundation.kernel.rights import (
    CONSEQUENCE,
    DECIDING,
    DRAFTING,
    READING,
    REVIEWING,
    SUBMITTING,
    UNATTENDED,
)


class ClaimFact(StrEnum):
    """Facts that an act on a claim can need besides the status and the caller's right."""

    ASKED = "an open request waits for it"
    UNDISPUTED = "no dispute waits behind the request"
    OVERRIDE_WAITS = "a text waits for a second person, who is not its author"
    HAS_FREE_ITEM = "an open item is contested by no one"


ANY_STATUS = frozenset(Status)
OPEN_TO_ADDITIONS = ANY_STATUS - Status.CLOSED_TO_ADDITIONS

CLAIM = Lifecycle(
    name="claim",
    initial=Status.DRAFT,
    label=lambda status: Status(status).label,
    acts=[
        Act(
            name="save",
            sources=frozenset({Status.DRAFT}),
            right=DRAFTING,
            offered_as="edit",
            summary=_("A draft is stored as typed and can be wrong."),
        ),
        Act(
            name="correct_contacts",
            sources=frozenset({Status.SUBMITTED}),
            right=DRAFTING,
            offered_as="edit",
            summary=_("Contacts can be corrected until the review starts."),
        ),
        Act(
            name="amend",
            sources=frozenset({Status.PARTNER_ACTION_REQUIRED}),
            right=SUBMITTING,
            needs=frozenset({ClaimFact.UNDISPUTED}),
            offered_as="edit",
            summary=_("Contacts, location and open items can change while the partner is asked."),
        ),
        Act(
            name="submit",
            sources=frozenset({Status.DRAFT}),
            targets=frozenset({Status.SUBMITTED}),
            right=SUBMITTING,
            summary=_("No error, every warning confirmed; the review clock starts."),
        ),
        Act(
            name="discard",
            sources=frozenset({Status.DRAFT}),
            targets=frozenset({Status.WITHDRAWN}),
            right=DRAFTING,
            offered_as="withdraw",
            summary=_("The partner gives up the draft."),
        ),
        Act(
            name="expire",
            sources=frozenset({Status.DRAFT}),
            targets=frozenset({Status.WITHDRAWN}),
            right=UNATTENDED,
            summary=_("The draft was idle for ninety days and its author was warned a week before."),
        ),
        Act(
            name="withdraw",
            sources=Status.OPEN,
            right=SUBMITTING,
            summary=_("Open items are withdrawn and leave their cases; the claim settles."),
        ),
        Act(
            name="respond",
            sources=ANY_STATUS - {Status.DRAFT},
            right=SUBMITTING,
            needs=frozenset({ClaimFact.ASKED}),
            summary=_("At least one new comment, file or edit, before the due instant."),
        ),
        Act(
            name="add_evidence",
            sources=OPEN_TO_ADDITIONS,
            right=DRAFTING,
            summary=_("A file of proof is added; nothing is replaced."),
        ),
        Act(
            name="comment",
            sources=OPEN_TO_ADDITIONS,
            right=READING,
            summary=_("The partner and the desk write to each other."),
        ),
        Act(
            name="start_review",
            sources=frozenset({Status.SUBMITTED}),
            targets=frozenset({Status.UNDER_REVIEW}),
            right=REVIEWING,
            summary=_("The reviewer becomes the assignee."),
        ),
        Act(
            name="request_information",
            sources=Status.REVIEWABLE,
            targets=frozenset({Status.PARTNER_ACTION_REQUIRED}),
            right=REVIEWING,
            needs=frozenset({ClaimFact.HAS_FREE_ITEM}),
            summary=_(
                "The desk names uncontested items, a reason and a question; the response clock starts. "
                "Contested items are asked about in their case."
            ),
        ),
        Act(
            name="decide_items",
            sources=Status.REVIEWABLE,
            right=REVIEWING,
            needs=frozenset({ClaimFact.HAS_FREE_ITEM}),
            summary=_(
                "Uncontested open items are approved or declined; contested ones are decided in their case."
            ),
        ),
        Act(
            name="note",
            sources=ANY_STATUS,
            right=REVIEWING,
            summary=_("An internal note that only the desk reads."),
        ),
        Act(
            name="ask_override",
            sources=OPEN_TO_ADDITIONS - {Status.DRAFT},
            right=REVIEWING,
            summary=_("A second person is asked to allow a text that names another party of a case."),
        ),
        Act(
            name="confirm_override",
            sources=OPEN_TO_ADDITIONS - {Status.DRAFT},
            right=REVIEWING,
            needs=frozenset({ClaimFact.OVERRIDE_WAITS}),
            summary=_("The second person allows the text, which can then be sent to this partner."),
        ),
        Act(
            name="resume",
            sources=frozenset({Status.PARTNER_ACTION_REQUIRED}),
            targets=frozenset({Status.UNDER_REVIEW, Status.DISPUTED}),
            right=CONSEQUENCE,
            summary=_("No request is open any more: the claim returns to the status it left."),
        ),
        Act(
            name="settle",
            sources=Status.OPEN,
            targets=Status.SETTLED,
            right=CONSEQUENCE,
            summary=_("No item is open any more."),
        ),
        Act(
            name="end",
            sources=frozenset({Status.APPROVED}),
            targets=frozenset({Status.ENDED}),
            right=CONSEQUENCE,
            summary=_("Everything that was approved has ended."),
        ),
    ],
)

ITEM = Lifecycle(
    name="item",
    field="outcome",
    initial=Outcome.PENDING,
    label=lambda outcome: Outcome(outcome).label,
    acts=[
        Act(
            name="approve",
            sources=frozenset({Outcome.PENDING}),
            targets=frozenset({Outcome.APPROVED}),
            right=REVIEWING,
            summary=_(
                "Grants are made and the customer is asked for consent; contested items by an arbiter."
            ),
        ),
        Act(
            name="decline",
            sources=frozenset({Outcome.PENDING}),
            targets=frozenset({Outcome.DECLINED}),
            right=DECIDING,
            summary=_("The desk gives a reason code and a text."),
        ),
        Act(
            name="withdraw",
            sources=frozenset({Outcome.PENDING}),
            targets=frozenset({Outcome.WITHDRAWN}),
            right=SUBMITTING,
            summary=_("The partner gives up the item or replaces it."),
        ),
    ],
)

REQUEST = Lifecycle(
    name="request",
    field="state",
    initial=RequestState.OPEN,
    label=lambda state: RequestState(state).label,
    acts=[
        Act(
            name="answer",
            sources=frozenset({RequestState.OPEN}),
            targets=frozenset({RequestState.ANSWERED}),
            right=SUBMITTING,
            summary=_("At least one new comment, file or edit, before the due instant."),
        ),
        Act(
            name="lapse",
            sources=frozenset({RequestState.OPEN}),
            targets=frozenset({RequestState.LAPSED}),
            right=UNATTENDED,
            summary=_("The due instant passed: the named open items are declined."),
        ),
        Act(
            name="close",
            sources=frozenset({RequestState.OPEN}),
            targets=frozenset({RequestState.CLOSED}),
            right=CONSEQUENCE,
            summary=_("What it asked about is closed: no answer is needed any more."),
        ),
    ],
)
