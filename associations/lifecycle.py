"""Tables of acts on associations and on their grants (domain.md parts 2 and 8)."""

from django.utils.translation import gettext_lazy as _

from associations.enums import AssociationState as State
from foundation.kernel.lifecycle import Act, Lifecycle
from foundation.kernel.rights import CONSEQUENCE, UNATTENDED

ASSOCIATION = Lifecycle(
    name="association",
    field="state",
    initial=State.PENDING_CONSENT,
    label=lambda state: State(state).label,
    acts=[
        Act(
            name="activate",
            sources=frozenset({State.PENDING_CONSENT}),
            targets=frozenset({State.ACTIVE}),
            right=UNATTENDED,
            summary=_(
                "The consent window of its first grant passed; what it supersedes ends in the same step."
            ),
        ),
        Act(
            name="end",
            sources=State.LIVING,
            targets=frozenset({State.ENDED}),
            right=CONSEQUENCE,
            summary=_("Its last living grant ended."),
        ),
    ],
)
GRANT = Lifecycle(
    name="grant",
    field="state",
    initial=State.PENDING_CONSENT,
    label=lambda state: State(state).label,
    acts=[
        Act(
            name="activate",
            sources=frozenset({State.PENDING_CONSENT}),
            targets=frozenset({State.ACTIVE}),
            right=UNATTENDED,
            summary=_("The consent window passed without an objection of the customer."),
        ),
        Act(
            name="end",
            sources=State.LIVING,
            targets=frozenset({State.ENDED}),
            right=CONSEQUENCE,
            summary=_(
                "The customer, the partner or the desk ended it, it was superseded, or its subscription ended."
            ),
        ),
    ],
)
