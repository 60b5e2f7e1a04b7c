"""Fields that several forms of the desk share. They check shapes; services check everything else."""

from dataclasses import dataclass
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


class AnyOf(forms.MultipleChoiceField):
    """Any number of values; the service knows which of them mean something."""

    widget = forms.MultipleHiddenInput

    def valid_value(self, value: Any) -> bool:
        return True


@dataclass(frozen=True, kw_only=True)
class Unopened:
    """A file that the reader has not opened."""

    key: str
    label: str


def asks_about_files(form: ActionForm) -> bool:
    """Return whether the form names the files that its reader has not opened."""
    return isinstance(form, DecidingForm) and form.asks_about_files


class DecidingForm(ActionForm):
    """A decision, by someone who ticks each file that he has not opened."""

    pointers: ClassVar[dict[str, str]] = {"/unopened": "unopened"}
    fields_template = "desk/deciding.html"
    unopened = AnyOf(required=False)  # desk/unopened.html shows the ticks

    @property
    def asks_about_files(self) -> bool:
        """Return whether the form itself names the files: others name them in a preview, unless they were refused."""
        return True

    @property
    def ticked(self) -> list[str]:
        """Return the files that were ticked."""
        return list(self["unopened"].value() or ())


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
