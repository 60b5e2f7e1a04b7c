"""The last step: warnings confirmed one by one, and the acknowledgement."""

from django import forms
from django.utils.translation import gettext_lazy as _

from claims import limits
from portal.forms.base import ClaimForm, CodesField


class SubmitForm(ClaimForm):
    """What submitting needs besides the draft itself."""

    places = {"/acknowledged": "acknowledged", "/confirmed_warnings": "confirmed_warnings"}

    confirmed_warnings = CodesField(label=_("Warnings"), at_most=limits.ENTRIES)
    acknowledged = forms.BooleanField(
        label=_(
            "What this claim says is true, the customer knows about it, and my company has the customer's "
            "permission to share the proof with the claim desk."
        ),
        required=False,
    )
