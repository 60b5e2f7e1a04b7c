"""What all forms about claims share: the version that was shown, and findings beside their fields."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from http import HTTPStatus
from typing import Any, ClassVar, TypeVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from claims import limits
from claims.inputs import DraftChanges
from claims.models import Claim
from foundation.kernel.errors import DomainError, RateLimited, Refused, StaleVersion, Unavailable
from foundation.kernel.findings import Severity
from portal.presentation.notices import Notice, notices_of_refusal

SHAPE_CODE = "INPUT_NOT_ACCEPTED"
TOO_LONG = gettext_lazy("This is too long: enter at most %(limit_value)d characters; it has %(show_value)d.")
NOT_TEXT = gettext_lazy(
    "This contains a character that we cannot store. Type the text instead of pasting it."
)
LARGEST_VERSION = 2_147_483_647
SHOWN_IN_THE_FORM = (Refused, StaleVersion, RateLimited, Unavailable)
"""Refusals after which the same form is shown again; any other becomes a page of its own with what was typed."""

R = TypeVar("R")


def line_field(label: Any, limit: int, hint: Any = "", **attributes: Any) -> forms.CharField:
    """Return a field for one line of text. Empty is allowed; too long is refused, never cut."""
    field = forms.CharField(
        label=label,
        help_text=hint,
        required=False,
        max_length=limit,
        widget=forms.TextInput(attrs={"spellcheck": "false", **attributes}),
        error_messages={"max_length": TOO_LONG, "null_characters_not_allowed": NOT_TEXT},
    )
    # The browser would cut a pasted text off without a word.
    field.widget.attrs.pop("maxlength", None)
    return field


class CodesField(forms.MultipleChoiceField):
    """Codes of which several can be ticked. Any code is accepted: the rules know which ones exist."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self, *, at_most: int, **options: Any) -> None:
        self.at_most = at_most
        super().__init__(required=False, **options)

    def validate(self, value: Sequence[str]) -> None:
        if len(value) > self.at_most or any(len(code) > limits.CODE_LENGTH for code in value):
            raise ValidationError(_("Choose from the list."), code="invalid_choice")
        if any("\x00" in code for code in value):
            raise ValidationError(NOT_TEXT, code="null_characters_not_allowed")

    def clean(self, value: Any) -> tuple[str, ...]:
        return tuple(dict.fromkeys(super().clean(value)))


class CodeField(forms.ChoiceField):
    """One code of several; any code is accepted."""

    widget = forms.RadioSelect

    def __init__(self, *, limit: int = limits.CODE_LENGTH, **options: Any) -> None:
        self.limit = limit
        super().__init__(required=False, **options)

    def validate(self, value: str) -> None:
        if len(value) > self.limit:
            raise ValidationError(_("Choose from the list."), code="invalid_choice")
        if "\x00" in value:
            raise ValidationError(NOT_TEXT, code="null_characters_not_allowed")


def _in_words(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value or "").strip()


class ClaimForm(forms.Form):
    """A form with places for findings: `places` maps JSON pointers of the claim to fields of the form."""

    use_required_attribute = False
    http_status: int = HTTPStatus.OK
    refusal: DomainError | None = None
    places: ClassVar[Mapping[str, str]] = {}

    version = forms.IntegerField(
        required=False, min_value=0, max_value=LARGEST_VERSION, widget=forms.HiddenInput
    )
    told = forms.IntegerField(
        required=False, min_value=0, max_value=LARGEST_VERSION, widget=forms.HiddenInput
    )
    over = forms.IntegerField(
        required=False, min_value=0, max_value=LARGEST_VERSION, widget=forms.HiddenInput
    )
    tab = forms.CharField(
        required=False,
        max_length=32,
        widget=forms.HiddenInput,
        error_messages={"null_characters_not_allowed": NOT_TEXT},
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        options.setdefault("label_suffix", "")
        super().__init__(*args, **options)
        self._said: dict[str, list[Notice]] = defaultdict(list)
        self.about_all: list[Notice] = []

    @classmethod
    def typed(cls, claim: Claim) -> dict[str, Any]:
        """Return what is stored of the claim, in the form's own shape."""
        raise NotImplementedError

    def changes(self) -> DraftChanges:
        """Return what a step's form changes in its claim."""
        raise NotImplementedError

    @property
    def version_seen(self) -> int | None:
        """Return the claim's version when the page was opened, or the later one whose changes the sender has read.

        None if the form does not carry it.
        """
        over: int | None = self.cleaned_data.get("over")
        return self.cleaned_data.get("version") if over is None else over

    @property
    def tab_named(self) -> str:
        """Return the mark of the page that sent the form; empty if the form does not carry it."""
        return str(self.cleaned_data.get("tab", ""))

    def differences(self, claim: Claim) -> list[tuple[str, str]]:
        """Return, by label, what is stored now where it is not what was typed."""
        try:
            stored = self.typed(claim)
        except NotImplementedError:
            return []
        return [
            (str(self[name].label), _in_words(value))
            for name, value in stored.items()
            if name in self.fields
            and not self[name].is_hidden
            and _in_words(self[name].value()) != _in_words(value)
        ]

    def attempt(self, call: Callable[[], R], *, public_id: object = None) -> R | None:
        """Make the service call and return its result; None if form or service refuses, which the form then shows.

        Raises a refusal that no change to this form could mend.
        """
        if not self.is_valid():
            self.http_status = HTTPStatus.UNPROCESSABLE_ENTITY
            return None
        try:
            return call()
        except SHOWN_IN_THE_FORM as refusal:
            self.refusal, self.http_status = refusal, refusal.http_status
            self.take(notices_of_refusal(refusal, public_id=public_id))
            return None

    def place_of(self, pointer: str) -> str | None:
        """Return the field that a finding belongs to; None if it is not in this form."""
        return self.places.get(pointer)

    def take(self, notices: Iterable[Notice]) -> None:
        """Put each notice beside its field; those about no field belong to the form as a whole."""
        for notice in notices:
            name = self.place_of(notice.pointer)
            if name is None:
                self.about_all.append(notice)
                continue
            self._said[name].append(notice.at(f"#{self[name].auto_id}"))
            if notice.is_error:
                self.add_error(name, ValidationError(notice.message, code=notice.code))

    def notices_about(self, name: str) -> list[Notice]:
        """Return the field's notices: faults of shape first, then findings in the order of the rules."""
        said = self._said.get(name, [])
        known = {notice.message for notice in said}
        shapes = [
            Notice(
                severity=Severity.ERROR,
                code=SHAPE_CODE,
                message=str(message),
                anchor="" if self[name].is_hidden else f"#{self[name].auto_id}",
            )
            for message in self.errors.get(name, [])
            if message not in known
        ]
        return [*shapes, *said]

    @property
    def notices(self) -> list[Notice]:
        """Return every notice in the order of the page."""
        beside = [notice for name in self.fields for notice in self.notices_about(name)]
        return [*self.about_all, *beside]

    @property
    def problems(self) -> list[Notice]:
        return [notice for notice in self.notices if notice.is_error]

    @property
    def cautions(self) -> list[Notice]:
        return [notice for notice in self.notices if notice.is_warning]
