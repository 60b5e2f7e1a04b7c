"""A file of proof and what the partner says about it."""

from collections.abc import Mapping
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from claims import limits
from claims.enums import EvidenceKind
from claims.services import ProofDetails
from portal.forms.base import ClaimForm, CodesField, line_field


class ProofForm(ClaimForm):
    """One upload. `covered` maps the claim's products to their names."""

    places = {"/file": "file", "/signed_on": "signed_on"}

    file = forms.FileField(
        label=_("File"),
        help_text=_("PDF, PNG, JPEG, DOCX, XLSX or PPTX, up to 25 MB, without macros or passwords."),
        allow_empty_file=True,
        error_messages={"required": _("Choose the file to upload.")},
    )
    kind = forms.ChoiceField(
        label=_("What kind of document is it?"),
        choices=EvidenceKind.choices,
        error_messages={
            "required": _("Choose the kind of document."),
            "invalid_choice": _("Choose the kind of document from the list."),
        },
    )
    signed_on = forms.DateField(
        label=_("Date of the customer's signature"),
        help_text=_(
            "The date beside the signature. We usually do not accept proof older than twelve months."
        ),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": _("This is not a date. Enter it as year, month and day: 2020-07-06.")},
    )
    signer_name = line_field(_("Name of the customer's signatory"), limits.PERSON_LENGTH, autocomplete="off")
    signer_title = line_field(_("Title of the signatory"), limits.PERSON_LENGTH, autocomplete="off")
    covers = CodesField(label=_("Which products does it name?"), at_most=limits.ENTRIES)

    def __init__(self, *args: Any, covered: Mapping[str, str], **options: Any) -> None:
        super().__init__(*args, **options)
        cast(CodesField, self.fields["covers"]).choices = list(covered.items())

    def place_of(self, pointer: str) -> str | None:
        """Return the field that a finding belongs to; a product is one of several in the field of products."""
        return "covers" if pointer.startswith("/covers/") else super().place_of(pointer)

    def details(self) -> ProofDetails:
        return ProofDetails(
            kind=EvidenceKind(self.cleaned_data["kind"]),
            signed_on=self.cleaned_data["signed_on"],
            signer_name=self.cleaned_data["signer_name"],
            signer_title=self.cleaned_data["signer_title"],
            covers=self.cleaned_data["covers"],
        )
