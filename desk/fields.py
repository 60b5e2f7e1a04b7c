"""Fields that several forms of the desk share. Shapes are checked here; everything else is for the service."""

from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from claims.enums import RequestReason
from claims.limits import COMMENT_LENGTH
from desk.acts import ActionForm


def text_field(label: Any, *, rows: int = 4, **kwargs: Any) -> forms.CharField:
    """A text of several lines; whether it may be empty or is too long is the service's to say."""
    widget = forms.Textarea(attrs={"rows": rows, "maxlength": COMMENT_LENGTH})
    return forms.CharField(label=label, required=False, strip=False, widget=widget, **kwargs)


class ReasonedForm(ActionForm):
    """A question with its reason from the list."""

    pointers: ClassVar[dict[str, str]] = {"/question": "question", "/text": "question", "/reason": "reason"}
    reason = forms.ChoiceField(
        label=_("Reason"), required=False, choices=[("", _("Choose a reason")), *RequestReason.choices]
    )
    question = text_field(
        _("Question"),
        help_text=_("What is to be sent or explained. The answer is due in five business days."),
    )

    def clean_reason(self) -> RequestReason:
        if not self.cleaned_data["reason"]:
            raise ValidationError(_("Choose the reason for asking."), code="REASON_REQUIRED")
        return RequestReason(self.cleaned_data["reason"])
