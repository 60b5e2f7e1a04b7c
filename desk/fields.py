"""Fields that several forms of the desk share. They check shapes; services check everything else."""

from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from claims.enums import RequestReason
from claims.limits import COMMENT_LENGTH
from desk.acts import ActionForm


def text_field(label: Any, *, rows: int = 4, **kwargs: Any) -> forms.CharField:
    """Return a field of several lines; the service decides whether it may be empty and how long it may be."""
    widget = forms.Textarea(attrs={"rows": rows, "maxlength": COMMENT_LENGTH})
    return forms.CharField(label=label, required=False, strip=False, widget=widget, **kwargs)


class ReasonedForm(ActionForm):
    """A question with a reason from the list."""

    pointers: ClassVar[dict[str, str]] = {"/question": "question", "/text": "question", "/reason": "reason"}
    told = ("question",)
    reason = forms.ChoiceField(
        label=_("Reason"), required=False, choices=[("", _("Choose a reason")), *RequestReason.choices]
    )
    question = text_field(
        _("Question"),
        help_text=_("Say what to send or explain. The answer is due in five business days."),
    )

    def clean_reason(self) -> RequestReason:
        if not self.cleaned_data["reason"]:
            raise ValidationError(_("Choose the reason for asking."), code="REASON_REQUIRED")
        return RequestReason(self.cleaned_data["reason"])
