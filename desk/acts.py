"""Desk acts, each declared once: its name, its form, the service it calls, and the message when it is done."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from http import HTTPStatus
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.http import Http404
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from foundation.kernel.actor import Actor
from foundation.kernel.errors import Conflict, DomainError, NotFound, StaleVersion
from foundation.kernel.findings import Finding, Severity

INVALID_FIELD = "INVALID_FIELD"
"""The code of a value of the wrong shape; rules have codes of their own."""


@dataclass(frozen=True, kw_only=True)
class Said:
    """One line of the summary on top. `anchor` is the id of the field with the same message, or empty."""

    code: str
    message: str
    anchor: str = ""
    pieces: tuple[tuple[str, bool], ...] = ()
    findings: tuple[Finding, ...] = ()


class ActionForm(forms.Form):
    """The fields of one service call about some rows: the items of a claim, the parties of a case.

    `pointers` maps the JSON pointers of refusals to field names; a refusal that points at none of them appears on top.
    """

    pointers: ClassVar[Mapping[str, str]] = {}
    fields_template = "desk/fields.html"
    told: ClassVar[tuple[str, ...]] = ()  # how the names of the fields begin that partners read
    cautioned = ""
    act: "DeskAct"
    use_required_attribute = False
    version = forms.CharField(required=False, widget=forms.HiddenInput)
    failed_with: DomainError | None = None
    refused_elsewhere = False
    result: object = None
    text_naming_others = ""  # the text that was refused because it names another party

    def __init__(self, *args: Any, about: Sequence[Any] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.take(about)

    def take(self, about: Sequence[Any]) -> None:
        """Fit the fields to the rows that the act is about."""

    def arguments(self) -> dict[str, Any]:
        """Return what the service is called with, by parameter name."""
        return dict(self.cleaned_data)

    def clean_version(self) -> int | None:
        """Return the version that the page was made from, or the later one that its reader ticked as read; without
        one nothing is compared."""
        text = (self.data.get("over") or self.cleaned_data["version"]).strip()
        if text and not (text.isdecimal() and len(text) < 10):
            raise ValidationError(_("Reload the page: the version in this form cannot be read."))
        return int(text) if text else None

    def attempt(self, call: Callable[[], object]) -> bool:
        """Make the call; return False if the form or the service refuses. Raises Http404 for NotFound."""
        if not self.is_valid():
            return False
        try:
            self.result = call()
        except NotFound:
            raise Http404 from None
        except DomainError as refusal:
            self.failed_with = refusal
            field = self.field_of(refusal)
            if refusal.passages and field:
                self.text_naming_others = str(self.cleaned_data.get(field, "")).strip()
            self.add_error(field, ValidationError(str(refusal.message), code=refusal.code))
            return False
        return True

    def texts_told(self) -> list[str]:
        """Return the texts of a valid form that partners would read."""
        return [
            str(text)
            for name, text in self.cleaned_data.items()
            if self.told and name.startswith(self.told) and isinstance(text, str)
        ]

    def caution(self, about: Callable[[str], list[str]], seen: str) -> list[Said]:
        """Return what the author should know before the texts are sent, unless these very texts were shown so before."""
        if not self.is_valid():
            return []
        texts = self.texts_told()
        self.cautioned = sha256("\0".join(texts).encode()).hexdigest()
        if seen == self.cautioned:
            return []
        hints = [Said(code="CAUTION", message=hint) for text in texts if text.strip() for hint in about(text)]
        self.cautioned = self.cautioned if hints else ""
        return hints

    def field_of(self, refusal: DomainError) -> str | None:
        """Return the field that a refusal is about."""
        return self.pointers.get(refusal.pointer)

    @property
    def is_overtaken(self) -> bool:
        """Return whether the row was changed after the page was made."""
        return isinstance(self.failed_with, StaleVersion)

    @property
    def is_behind(self) -> bool:
        """Return whether it was refused for something that may have happened after the page was made."""
        return isinstance(self.failed_with, StaleVersion | Conflict)

    @property
    def compares(self) -> Any:
        """Return the version that a form shown again goes on comparing: none that its reader has not read about."""
        return self.cleaned_data.get("version", self.data.get("version"))

    @property
    def seen_to(self) -> int | None:
        """Return the key of the last event that its page knew of; None if the form does not say."""
        text = str(self.data.get("seen_to", ""))
        return int(text) if text.isdecimal() and len(text) < 19 else None

    @property
    def http_status(self) -> int:
        """Return the HTTP status of the response that shows this form again."""
        return self.failed_with.http_status if self.failed_with else HTTPStatus.UNPROCESSABLE_ENTITY

    def said(self) -> Iterator[Said]:
        """Yield everything that was refused, for the summary."""
        for name, errors in self.errors.as_data().items():
            anchor = self[name].id_for_label if name in self.fields else ""
            for error in errors:
                for message in error.messages:
                    yield Said(
                        code=code_of(error),
                        message=message,
                        anchor=anchor,
                        pieces=self._pieces(error),
                        findings=self._findings(error),
                    )

    def _pieces(self, error: ValidationError) -> tuple[tuple[str, bool], ...]:
        """Return the refused text in pieces, those that name another party marked."""
        if self.failed_with is None or error.code != self.failed_with.code:
            return ()
        text, pieces, place = self.text_naming_others, [], 0
        for passage in self.failed_with.passages if text else ():
            pieces += [(text[place : passage.start], False), (text[passage.start : passage.end], True)]
            place = passage.end
        return (*pieces, (text[place:], False)) if pieces else ()

    def _findings(self, error: ValidationError) -> tuple[Finding, ...]:
        if self.failed_with is None or error.code != self.failed_with.code:
            return ()
        return tuple(finding for finding in self.failed_with.findings if finding.severity is Severity.ERROR)


@dataclass(frozen=True, kw_only=True)
class Button:
    """One button of a form, which posts its name.

    `service` is called with the row's public id, the form's arguments, actor and instant; without one the form is shown
    again as typed. A success shows the message `done` on the page, or shows the template `then`.
    """

    name: str
    label: str | Promise
    is_main: bool = False
    service: Callable[..., object] | None = None
    done: str | Promise = ""
    then: str = ""

    def attempt(self, form: ActionForm, key: Mapping[str, str], *, actor: Actor, now: datetime) -> bool:
        """Make the button's one service call; return whether it succeeded. Raises Http404 for NotFound."""
        service = self.service
        assert service is not None
        return form.attempt(lambda: service(**key, **form.arguments(), actor=actor, now=now))


@dataclass(frozen=True, kw_only=True)
class DeskAct(Button):
    """One thing that can be done on a page of the desk. Page, buttons, forms and POST read this declaration.

    An act is the last button of its form; `before` it come others, such as a preview. The page shows the first one, with
    `note` beside it. Texts may name what the page lists in `names`.
    """

    form: type[ActionForm]
    title: str | Promise = ""
    note: str | Promise = ""
    before: tuple[Button, ...] = ()

    @property
    def buttons(self) -> tuple[Button, ...]:
        return (*self.before, self)

    def bind(self, data: Any, about: Sequence[Any]) -> ActionForm:
        """Return the act's form, filled with what was posted or, without data, blank."""
        form = self.form(data, auto_id=f"{self.name}-%s", about=about)
        form.act = self
        return form


def blank_forms(
    acts: Sequence[DeskAct], offered: Collection[str], about: Sequence[Any]
) -> dict[str, ActionForm]:
    """Return a blank form for each act that is offered now, in the order of the declarations."""
    return {act.name: act.bind(None, about) for act in acts if act.name in offered}


def code_of(error: ValidationError) -> str:
    """Return the rule's code, or INVALID_FIELD for a value of the wrong shape."""
    code = error.code or ""
    return code if code.isupper() else INVALID_FIELD
