"""The table of acts on a case (domain.md parts 5 and 9)."""

from enum import StrEnum

from django.utils.translation import gettext_lazy as _

from arbitration.enums import CaseState
from foundation.kernel.lifecycle import Act, Lifecycle
from foundation.kernel.rights import ARBITRATING, CONSEQUENCE, REVIEWING


class CaseFact(StrEnum):
    """Facts that an act on a case can need besides the state and the caller's right."""

    PARTY_WITHOUT_NOTICE = "a live party has had no notice"
    EVERYONE_HEARD = "every live party has had its notice, and no request about an item of the case is open"
    SOMEONE_UNHEARD = "a notice or an answer is missing"


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
            needs=frozenset({CaseFact.EVERYONE_HEARD}),
            offered_as="decide_case",
            summary=_(
                "The arbiter decides for one organisation or for none, once every party has been heard."
            ),
        ),
        Act(
            name="decide_unheard",
            sources=_OPEN,
            targets=frozenset({CaseState.DECIDED}),
            right=ARBITRATING,
            needs=frozenset({CaseFact.SOMEONE_UNHEARD}),
            summary=_(
                "The arbiter decides although a notice or an answer is missing, records why, and closes open requests."
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
