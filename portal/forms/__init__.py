"""Forms check only shapes (lengths from `claims.limits`); the rules judge what an entry means."""

from portal.forms.base import ClaimForm
from portal.forms.conversation import AnswerForm, CommentForm, WithdrawForm
from portal.forms.filing import ActivityForm, ContactsForm, CustomerForm, LocationForm, RevenueForm
from portal.forms.products import ItemsForm, ProductsForm, SubscriptionsForm, WorkloadsForm
from portal.forms.proof import ProofForm
from portal.forms.submission import SubmitForm

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
