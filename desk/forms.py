"""What is typed at the desk. Shapes are judged here, everything else by the service that gets it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from arbitration.models import CaseParty
from arbitration.services import Verdict, notice_to_challenger, notice_to_holder
from claims.enums import DeclineReason, RequestReason
from claims.limits import COMMENT_LENGTH
from claims.models import ClaimItem
from claims.services import Decision
from desk.base import ActionForm
from foundation.kernel.errors import DomainError
from partners.models import Organisation

NOBODY = "nobody"


def _text(label: Any, *, rows: int = 4, **kwargs: Any) -> forms.CharField:
    """A text of several lines; whether it may be empty or is too long is the service's to say."""
    widget = forms.Textarea(attrs={"rows": rows, "maxlength": COMMENT_LENGTH})
    return forms.CharField(label=label, required=False, strip=False, widget=widget, **kwargs)


class StartReviewForm(ActionForm):
    """Only a button."""


class CommentForm(ActionForm):
    pointers = {"/text": "text"}
    text = _text(_("Message"))


class NoteForm(ActionForm):
    pointers = {"/text": "text"}
    text = _text(_("Note"), rows=3)


class _ReasonedForm(ActionForm):
    """A question with its reason from the list."""

    pointers: ClassVar[dict[str, str]] = {"/question": "question", "/text": "question", "/reason": "reason"}
    reason = forms.ChoiceField(
        label=_("Reason"), required=False, choices=[("", _("Choose a reason")), *RequestReason.choices]
    )
    question = _text(
        _("Question"),
        help_text=_("What is to be sent or explained. The answer is due in five business days."),
    )

    def clean_reason(self) -> RequestReason:
        if not self.cleaned_data["reason"]:
            raise ValidationError(_("Choose the reason for asking."), code="REASON_REQUIRED")
        return RequestReason(self.cleaned_data["reason"])


class RequestForm(_ReasonedForm):
    """Asks about some of the claim's items; every open one unless told otherwise."""

    items = forms.MultipleChoiceField(
        label=_("Items"),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Items that you do not choose can be decided meanwhile."),
    )
    field_order = ("items", "reason", "question")

    def __init__(self, *args: Any, items: Sequence[tuple[ClaimItem, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices: Any = self.fields["items"]
        choices.choices = [(str(item.public_id), label) for item, label in items]
        choices.initial = [value for value, _label in choices.choices]


@dataclass(frozen=True, kw_only=True)
class DecisionRow:
    """The fields about one item."""

    item: ClaimItem
    outcome: forms.BoundField
    reason: forms.BoundField
    text: forms.BoundField


class DecideForm(ActionForm):
    """An outcome for each item that is to have one now; all of them go to the service in one call."""

    APPROVE, DECLINE = "approve", "decline"
    OUTCOMES = [("", _("Leave open")), (APPROVE, _("Approve")), (DECLINE, _("Decline"))]
    REASONS = [(code, label) for code, label in DeclineReason.choices if code in DeclineReason.BY_REVIEWER]
    pointers = {"/comment": "comment"}
    comment = _text(
        _("Message about the decision"),
        rows=3,
        help_text=_(
            "The partner reads it with the outcome. Optional: an item that is declined has its own text."
        ),
    )

    def __init__(self, *args: Any, items: Sequence[tuple[ClaimItem, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.items = {item.pk: item for item, _label in items}
        for item, label in items:
            self.fields[f"outcome_{item.pk}"] = forms.ChoiceField(
                label=_("Outcome of %(item)s") % {"item": label},
                choices=self.OUTCOMES,
                required=False,
                initial="",
                widget=forms.RadioSelect,
            )
            self.fields[f"reason_{item.pk}"] = forms.ChoiceField(
                label=_("Reason for declining"),
                choices=[("", _("Choose a reason")), *self.REASONS],
                required=False,
            )
            self.fields[f"text_{item.pk}"] = _text(_("Text to the partner"), rows=3)

    def rows(self) -> Iterator[DecisionRow]:
        """The fields, item by item."""
        for pk, item in self.items.items():
            yield DecisionRow(
                item=item,
                outcome=self[f"outcome_{pk}"],
                reason=self[f"reason_{pk}"],
                text=self[f"text_{pk}"],
            )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not any(cleaned.get(f"outcome_{pk}") for pk in self.items) and not self.errors:
            raise ValidationError(_("Choose an outcome for at least one item."))
        return cleaned

    def decisions(self) -> list[Decision]:
        """What was decided; items left open are left out."""
        cleaned = self.cleaned_data
        return [
            Decision(
                item_id=pk,
                approve=cleaned[f"outcome_{pk}"] == self.APPROVE,
                reason=DeclineReason(cleaned[f"reason_{pk}"]) if cleaned[f"reason_{pk}"] else None,
                text=cleaned[f"text_{pk}"],
            )
            for pk in self.items
            if cleaned[f"outcome_{pk}"]
        ]

    def field_of(self, refusal: DomainError) -> str | None:
        """What is missing or wrong about a declined item stands beside the first item that it fits."""
        declined = [decision for decision in self.decisions() if not decision.approve]
        fitting = {
            "/reason": [each for each in declined if each.reason is None],
            "/text": [each for each in declined if not each.text.strip()] or declined,
        }
        found = fitting.get(refusal.pointer)
        if found:
            return f"{refusal.pointer[1:]}_{found[0].item_id}"
        return super().field_of(refusal)


class NoticeForm(ActionForm):
    """The notice to those who have none yet, in texts that may be changed."""

    pointers = {"/challenger_text": "challenger_text", "/holder_text": "holder_text"}
    challenger_text = _text(_("Text to challengers"), initial=notice_to_challenger)
    holder_text = _text(_("Text to the holder"), initial=notice_to_holder)

    def __init__(self, *args: Any, parties: Sequence[CaseParty], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        unaware = [party for party in parties if party.noticed_at is None]
        if not (any(party.is_holder for party in unaware) or "holder_text" in self.data):
            del self.fields["holder_text"]
        if not (any(not party.is_holder for party in unaware) or "challenger_text" in self.data):
            del self.fields["challenger_text"]


class AskPartiesForm(_ReasonedForm):
    """One question to several parties."""

    parties = forms.TypedMultipleChoiceField(
        label=_("Ask"),
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        help_text=_(
            "All of them get the same question and the same deadline. Who has had no notice yet gets it first."
        ),
    )
    field_order = ("parties", "reason", "question")

    def __init__(self, *args: Any, parties: Sequence[CaseParty], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices: Any = self.fields["parties"]
        choices.choices = [(party.pk, party_label(party)) for party in parties]
        choices.initial = [party.pk for party in parties]


class VerdictForm(ActionForm):
    """A winner or nobody, and the three texts (5.7)."""

    pointers = {
        "/rationale": "rationale",
        "/winner_text": "winner_text",
        "/loser_text": "loser_text",
    }
    winner = forms.ChoiceField(label=_("Decide for"), required=False, widget=forms.RadioSelect)
    rationale = _text(
        _("Rationale for the file"),
        help_text=_("Only the desk reads this. Which proof counted, and why it prevails."),
    )
    winner_text = _text(_("Text to the winner"), help_text=_("Needed where somebody wins."))
    loser_text = _text(
        _("Text to the others"),
        help_text=_("One text for all of them. It must not tell them who else took part."),
    )

    def __init__(self, *args: Any, parties: Sequence[CaseParty], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        sides: dict[Organisation, str] = {}
        for party in parties:
            sides.setdefault(party.organisation, party_label(party))
        winners: Any = self.fields["winner"]
        winners.choices = [
            *((str(organisation.pk), label) for organisation, label in sides.items()),
            (NOBODY, _("Nobody: the proof of no challenger suffices; a holder stays")),
        ]

    def clean_winner(self) -> int | None:
        chosen = self.cleaned_data["winner"]
        if not chosen:
            raise ValidationError(_("Choose a winner, or nobody."))
        return None if chosen == NOBODY else int(chosen)

    def verdict(self) -> Verdict:
        return Verdict(
            winner_id=self.cleaned_data["winner"],
            rationale=self.cleaned_data["rationale"],
            winner_text=self.cleaned_data["winner_text"],
            loser_text=self.cleaned_data["loser_text"],
        )


def party_label(party: CaseParty) -> str:
    """An organisation with its part in the case, for the desk only."""
    part = _("holder") if party.is_holder else _("challenger")
    return f"{party.organisation.name} ({part})"
