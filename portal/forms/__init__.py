"""Forms hold shapes only (lengths from `claims.limits`); what an entry means is for the rules to say."""

from claims.web.forms.base import ClaimForm
from claims.web.forms.conversation import AnswerForm, CommentForm, WithdrawForm
from claims.web.forms.filing import ActivityForm, ContactsForm, CustomerForm, LocationForm, RevenueForm
from claims.web.forms.products import ItemsForm, ProductsForm, SubscriptionsForm, WorkloadsForm
from claims.web.forms.proof import ProofForm
from claims.web.forms.submission import SubmitForm

__all__ = [
    "ActivityForm",
    "AnswerForm",
    "ClaimForm",
    "CommentForm",
    "ContactsForm",
    "CustomerForm",
    "ItemsForm",
    "LocationForm",
    "ProductsForm",
    "ProofForm",
    "RevenueForm",
    "SubmitForm",
    "SubscriptionsForm",
    "WithdrawForm",
    "WorkloadsForm",
]
