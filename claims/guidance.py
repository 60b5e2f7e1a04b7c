"""Texts that rules and pages share: whom to ask, in which order, and the usual causes of a refusal."""

from collections.abc import Mapping, Sequence
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from foundation.kernel.findings import Text

# --- Whom to ask (S19-S21, S24-S25, S40) ---

CONFIRM_SUBSCRIPTION_AND_TENANT = _(
    "Ask the customer to confirm the subscription ID and the tenant ID, and compare them with what you "
    "entered."
)
CONFIRM_WORKLOAD_AND_TENANT = _(
    "Ask the customer to confirm the subscription that contains this workload and the tenant ID."
)
CONFIRM_TENANT_AND_DOMAIN = _(
    "Ask the customer to confirm both: the tenant ID and a domain, as their admin center shows them."
)
CONTACT_SUPPORT = _("If what you entered is right and we still refuse it, contact support.")
NOT_ASKED = _("The desk is not waiting for an answer to this claim.")
ASK_FOR_HELP = _("If you are not sure how to continue, contact support.")


def ask_global_admin(names: Sequence[str], question: Text) -> str:
    """Return the step for a question about MPNs or roles, with the names of the global admins if there are any."""
    if not names:
        return _("Ask your company's global admin %(question)s.") % {"question": question}
    return _("Ask your company's global admin %(question)s: %(names)s.") % {
        "question": question,
        "names": ", ".join(names),
    }


WHICH_MPN = _("which MPN to use for this claim")
HOW_TO_ENROL = _("to enrol the MPN, or for another MPN that is enrolled")
WHICH_TYPE = _("whether the MPN has a special partner type")

# --- What usually lies behind a refused subscription (S12-S18) ---


class Cause(StrEnum):
    """The six causes. A finding names the known one and lists the others as help."""

    NOT_ON_TENANT = "not_on_tenant"
    NOT_DYNAMICS = "not_dynamics"
    IS_CSP = "is_csp"
    NOT_PROVISIONED = "not_provisioned"
    ALREADY_CLAIMED = "already_claimed"
    NO_SUBSCRIPTION_ID = "no_subscription_id"


CAUSE_TEXTS: Mapping[Cause, Promise] = {
    Cause.NOT_ON_TENANT: _("the customer's tenant does not have the product"),
    Cause.NOT_DYNAMICS: _("the subscription is not a Dynamics 365 subscription"),
    Cause.IS_CSP: _("the subscription was bought through a Cloud Solution Provider (CSP)"),
    Cause.NOT_PROVISIONED: _("the customer has not activated or provisioned the subscription"),
    Cause.ALREADY_CLAIMED: _("your company has already claimed it"),
    Cause.NO_SUBSCRIPTION_ID: _("what was entered is not a subscription ID"),
}


def with_other_causes(known: Text, *causes: Cause) -> str:
    """Return `known`, followed by the causes that it does not name, in case the known one cannot be right."""
    others = [str(text) for cause, text in CAUSE_TEXTS.items() if cause not in causes]
    return _("%(known)s A subscription can also be refused for these reasons: %(others)s.") % {
        "known": known,
        "others": "; ".join(others),
    }


# --- What a wrong activity costs, shown at the choice (S34, S35) ---

WRONG_ACTIVITY = _(
    "If the activity is wrong, you have to file the claim again and may lose eligibility and earnings."
)
