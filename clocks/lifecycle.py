"""The life of a clock. A second pause, an extension or another calendar is a step that stays where it is."""

from django.utils.translation import gettext_lazy as _

from clocks.enums import ClockState
from foundation.kernel.lifecycle import Lifecycle, Transition

_OPEN = ClockState.open_states()

CLOCK_LIFECYCLE = Lifecycle(
    name="clock",
    initial=ClockState.RUNNING,
    transitions=[
        Transition(
            name="pause",
            sources=_OPEN,
            targets=frozenset({ClockState.PAUSED}),
            who="system",
            summary=_("Somebody else owes an answer"),
        ),
        Transition(
            name="resume",
            sources=frozenset({ClockState.PAUSED}),
            targets=_OPEN,
            who="system",
            summary=_("The answer is in; other pauses may still hold the clock"),
        ),
        Transition(
            name="meet",
            sources=_OPEN,
            targets=frozenset({ClockState.MET}),
            who="system",
            summary=_("What the clock waited for happened"),
        ),
        Transition(
            name="cancel",
            sources=_OPEN,
            targets=frozenset({ClockState.CANCELLED}),
            who="system",
            summary=_("There is nothing left to wait for"),
        ),
        Transition(
            name="extend",
            sources=_OPEN,
            targets=_OPEN,
            who="desk admin",
            summary=_("Business days are added, with a reason"),
        ),
        Transition(
            name="pin_calendar",
            sources=_OPEN,
            targets=_OPEN,
            who="desk admin",
            summary=_("Another calendar version applies to the whole count"),
        ),
    ],
)
