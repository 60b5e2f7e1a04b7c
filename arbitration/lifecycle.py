"""The tables of acts on a case and on a proposed decision (domain.md parts 5 and 9)."""

from enum import StrEnum

from django.utils.translation import gettext_lazy as _

from arbitration.enums import CaseState, ProposalState
from foundation.kernel.lifecycle import Act, Lifecycle
from foundation.kernel.rights import ARBITRATING, CONSEQUENCE, LIFTING, REVIEWING


class CaseFact(StrEnum):
    """Facts that an act on a case can need besides the state and the caller's right."""

    PARTY_WITHOUT_NOTICE = "a live party has had no notice"
    EVERYONE_HEARD = "every live party has had its notice, and no request about an item of the case is open"
    SOMEONE_UNHEARD = "a notice or an answer is missing"
    NOTHING_PROPOSED = "no decision waits for a second arbiter"
    DECISION_WAITS = "a decision waits for a second arbiter"
    IS_SECOND_PERSON = (
        "a decision waits in a case in which the arbiter has proposed none, or may decide all the same"
    )
    SOMEONE_BLOCKED = "someone else has proposed a decision in the case and so confirms none there"


_OPEN = frozenset({CaseState.OPEN})

CASE = Lifecycle(
    name="case",
    field="state",
    initial=CaseState.OPEN,
    label=lambda state: CaseState(state).label,
    acts=[
        Act(
            name="post_notice",
            sources=_OPEN,
            right=REVIEWING,
            needs=frozenset({CaseFact.PARTY_WITHOUT_NOTICE}),
            summary=_("Every party without notice gets it; the first one starts the arbitration clock."),
        ),
        Act(
            name="ask_parties",
            sources=_OPEN,
            right=REVIEWING,
            summary=_("One or several parties get one question with one deadline."),
        ),
        Act(
            name="decide",
            sources=_OPEN,
            targets=frozenset({CaseState.DECIDED}),
            right=ARBITRATING,
            needs=frozenset({CaseFact.EVERYONE_HEARD, CaseFact.NOTHING_PROPOSED}),
            offered_as="decide_case",
            summary=_(
                "The arbiter decides for one organisation or for none, once every party has been heard. "
                "With SECOND_DECISION on, that proposes the decision to a second arbiter."
            ),
        ),
        Act(
            name="decide_unheard",
            sources=_OPEN,
            targets=frozenset({CaseState.DECIDED}),
            right=ARBITRATING,
            needs=frozenset({CaseFact.SOMEONE_UNHEARD, CaseFact.NOTHING_PROPOSED}),
            summary=_(
                "The arbiter decides although a notice or an answer is missing, records why, and closes open requests."
            ),
        ),
        Act(
            name="confirm_decision",
            sources=_OPEN,
            targets=frozenset({CaseState.DECIDED}),
            right=ARBITRATING,
            needs=frozenset({CaseFact.IS_SECOND_PERSON}),
            summary=_("A second arbiter confirms the proposed decision, which then takes effect."),
        ),
        Act(
            name="return_decision",
            sources=_OPEN,
            right=ARBITRATING,
            needs=frozenset({CaseFact.DECISION_WAITS}),
            summary=_(
                "An arbiter returns the proposed decision with a reason; the case can be decided again."
            ),
        ),
        Act(
            name="lift_block",
            sources=_OPEN,
            right=LIFTING,
            needs=frozenset({CaseFact.SOMEONE_BLOCKED}),
            summary=_(
                "A desk admin lets one other person who proposed a decision in the case confirm another's, and says why."
            ),
        ),
        Act(
            name="close",
            sources=_OPEN,
            targets=frozenset({CaseState.CLOSED}),
            right=CONSEQUENCE,
            summary=_("Fewer than two parties are left, or the subscription ended, so there is no contest."),
        ),
    ],
)

_WAITING = frozenset({ProposalState.PROPOSED})

PROPOSAL = Lifecycle(
    name="proposed decision",
    field="state",
    initial=ProposalState.PROPOSED,
    label=lambda state: ProposalState(state).label,
    acts=[
        Act(
            name="confirm",
            sources=_WAITING,
            targets=frozenset({ProposalState.CONFIRMED}),
            right=ARBITRATING,
            summary=_("Another arbiter confirms it; the case is decided in the same transaction."),
        ),
        Act(
            name="return",
            sources=_WAITING,
            targets=frozenset({ProposalState.RETURNED}),
            right=ARBITRATING,
            summary=_("Another arbiter returns it, or its author takes it back, with a reason."),
        ),
        Act(
            name="void",
            sources=_WAITING,
            targets=frozenset({ProposalState.VOID}),
            right=CONSEQUENCE,
            summary=_("The case ended without a decision."),
        ),
    ],
)
