"""The table of a clock. A second pause, an extension and another calendar version keep its state."""

from django.utils.translation import gettext_lazy as _

from clocks.enums import ClockState
from foundation.kernel.lifecycle import Act, Lifecycle
from foundation.kernel.rights import CONSEQUENCE, KEEPING_CLOCKS

_OPEN = ClockState.open_states()

CLOCK = Lifecycle(
    name="clock",
    field="state",
    initial=ClockState.RUNNING,
    label=lambda state: ClockState(state).label,
    acts=[
        Act(
            name="pause",
            sources=_OPEN,
            targets=frozenset({ClockState.PAUSED}),
            right=CONSEQUENCE,
            summary=_("The desk is waiting for an answer."),
        ),
        Act(
            name="resume",
            sources=frozenset({ClockState.PAUSED}),
            targets=_OPEN,
            right=CONSEQUENCE,
            summary=_("The answer has arrived; other pauses may still hold the clock."),
        ),
        Act(
            name="meet",
            sources=_OPEN,
            targets=frozenset({ClockState.MET}),
            right=CONSEQUENCE,
            summary=_("What the clock was measuring has happened."),
        ),
        Act(
            name="cancel",
            sources=_OPEN,
            targets=frozenset({ClockState.CANCELLED}),
            right=CONSEQUENCE,
            summary=_("Nothing is left to wait for."),
        ),
        Act(
            name="extend",
            sources=_OPEN,
            targets=_OPEN,
            right=KEEPING_CLOCKS,
            summary=_("Business days are added, with a reason."),
        ),
        Act(
            name="pin_calendar",
            sources=_OPEN,
            targets=_OPEN,
            right=KEEPING_CLOCKS,
            summary=_("The whole count moves to another calendar version."),
        ),
    ],
)
