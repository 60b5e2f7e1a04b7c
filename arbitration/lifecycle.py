"""The life of a case (domain.md part 5)."""

from django.utils.translation import gettext_lazy as _

from arbitration.enums import CaseState
from foundation.kernel.lifecycle import Lifecycle, Transition

CASE = Lifecycle(
    name="case",
    initial=CaseState.OPEN,
    transitions=[
        Transition(
            name="decide",
            sources=frozenset({CaseState.OPEN}),
            targets=frozenset({CaseState.DECIDED}),
            who="arbiter",
            summary=_("For one organisation or for none, once no request is open."),
        ),
        Transition(
            name="close",
            sources=frozenset({CaseState.OPEN}),
            targets=frozenset({CaseState.CLOSED}),
            who="whatever leaves fewer than two parties, or ends the subscription",
            summary=_("No contest any more: the remaining claim goes back to ordinary review."),
        ),
    ],
)
