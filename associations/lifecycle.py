"""The life of an association and of each grant under it (domain.md parts 2 and 8)."""

from django.utils.translation import gettext_lazy as _

from associations.enums import AssociationState as State
from foundation.kernel.lifecycle import Lifecycle, Transition

ASSOCIATION = Lifecycle(
    name="association",
    initial=State.PENDING_CONSENT,
    transitions=[
        Transition(
            name="activate",
            sources=frozenset({State.PENDING_CONSENT}),
            targets=frozenset({State.ACTIVE}),
            who="sweep",
            summary=_(
                "The consent window of its first grant passed; what it supersedes ends in the same step."
            ),
        ),
        Transition(
            name="end",
            sources=State.LIVING,
            targets=frozenset({State.ENDED}),
            who="customer, partner, directory, arbitration, desk",
            summary=_("Its last living grant ended."),
        ),
    ],
)
GRANT = Lifecycle(
    name="grant",
    initial=State.PENDING_CONSENT,
    transitions=[
        Transition(
            name="activate",
            sources=frozenset({State.PENDING_CONSENT}),
            targets=frozenset({State.ACTIVE}),
            who="sweep",
            summary=_("The customer's silence through the window agreed."),
        ),
        Transition(
            name="end",
            sources=State.LIVING,
            targets=frozenset({State.ENDED}),
            who="customer, partner, directory, arbitration, desk",
            summary=_("Declined, given up, superseded, ended by the desk, or its subscription ended."),
        ),
    ],
)
