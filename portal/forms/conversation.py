"""Comments, answers to the desk, and withdrawing."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from foundation.kernel.text import parse_guid
from portal.forms.base import NOT_TEXT, ClaimForm, CodeField


def words(label: Any, hint: Any) -> forms.CharField:
    """Return a field for several lines of text."""
    return forms.CharField(
        label=label,
        help_text=hint,
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"null_characters_not_allowed": NOT_TEXT},
    )


class CommentForm(ClaimForm):
    """A text to the desk."""

    places = {"/text": "text"}

    text = words(_("Your comment"), _("The claim desk reads it. Up to 4,000 characters, plain text."))

    def clean_text(self) -> str:
        return str(self.cleaned_data["text"]).replace("\r\n", "\n")


class AnswerForm(ClaimForm):
    """The answer to one open question of the desk, or to all of them."""

    places = {"/comment": "comment", "/text": "comment"}

    comment = words(
        _("Your answer"),
        _(
            "Say what you changed or added. You can leave this empty if you have added proof or changed the claim "
            "since we asked."
        ),
    )
    request = CodeField(label=_("Which question are you answering?"))

    def clean_comment(self) -> str:
        return str(self.cleaned_data["comment"]).replace("\r\n", "\n")

    @property
    def request_named(self) -> str | None:
        """Return the ID of the question that is answered; None for all of them."""
        named = self.cleaned_data["request"]
        return str(parsed) if (parsed := parse_guid(named)) else None


class WithdrawForm(ClaimForm):
    """Only the version that was shown: pressing the button is the decision."""
