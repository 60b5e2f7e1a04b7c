"""The desk's acts on a claim, with their forms."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from arbitration import services
from arbitration.services import Decision
from claims.enums import DeclineReason
from claims.models import ClaimItem
from claims.services import add_comment, ask_override, confirm_override
from desk.acts import ActionForm, DeskAct
from desk.fields import DecidingForm, ReasonedForm, text_field
from foundation.kernel.errors import DomainError
from wording.items import item_label


class StartReviewForm(ActionForm):
    """A button without fields."""


class CommentForm(ActionForm):
    pointers = {"/text": "text"}
    told: ClassVar[tuple[str, ...]] = ("text",)
    text = text_field(_("Message"))

    def arguments(self) -> dict[str, Any]:
        return {"text": self.cleaned_data["text"]}


class NoteForm(CommentForm):
    told = ()
    text = text_field(_("Note"), rows=3)


class RequestForm(ReasonedForm):
    """Asks about some of the claim's uncontested items, by default every open one."""

    items = forms.MultipleChoiceField(
        label=_("Items"),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Items that you do not choose can be decided meanwhile."),
    )
    field_order = ("items", "reason", "question")

    def take(self, about: Sequence[ClaimItem]) -> None:
        """Offer the items; a form from an older page may name others, which the service refuses."""
        choices: Any = self.fields["items"]
        choices.choices = [(str(item.public_id), item_label(item)) for item in about]
        choices.initial = [value for value, _label in choices.choices]

    def arguments(self) -> dict[str, Any]:
        items = self.cleaned_data.pop("items")
        return {**super().arguments(), "item_ids": items}


class AskOverrideForm(ActionForm):
    """Asks a second person to allow a text that was refused because it names another party."""

    pointers = {"/text": "text", "/reason": "reason"}
    text = text_field(_("Text, exactly as it is to be sent"))
    reason = text_field(_("Why it has to be sent so"), rows=2)

    def arguments(self) -> dict[str, Any]:
        return {"text": self.cleaned_data["text"], "reason": self.cleaned_data["reason"]}


class ConfirmOverrideForm(ActionForm):
    """Allows one of the texts that wait for a second person."""

    override = forms.IntegerField(label=_("Text"), widget=forms.HiddenInput)

    def arguments(self) -> dict[str, Any]:
        return {"override_id": self.cleaned_data["override"]}


@dataclass(frozen=True, kw_only=True)
class DecisionRow:
    """The fields about one item."""

    item: ClaimItem
    outcome: forms.BoundField
    reason: forms.BoundField
    text: forms.BoundField


class DecideForm(DecidingForm):
    """Outcomes for some items; all of them go to the service in one call."""

    APPROVE, DECLINE = "approve", "decline"
    OUTCOMES = [("", _("Leave open")), (APPROVE, _("Approve")), (DECLINE, _("Decline"))]
    REASONS = [(code, label) for code, label in DeclineReason.choices if code in DeclineReason.BY_REVIEWER]
    pointers: ClassVar[dict[str, str]] = {**DecidingForm.pointers, "/comment": "comment"}
    told = ("comment", "text_")
    fields_template = "desk/decisions.html"
    comment = text_field(
        _("Message about the decision"),
        rows=3,
        help_text=_(
            "The partner reads this with the outcome. Optional: each declined item has its own text."
        ),
    )

    def take(self, about: Sequence[ClaimItem]) -> None:
        """Add the fields of each item."""
        self.items = {item.pk: item for item in about}
        for item in about:
            self.fields[f"outcome_{item.pk}"] = forms.ChoiceField(
                label=_("Outcome of %(item)s") % {"item": item_label(item)},
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
            self.fields[f"text_{item.pk}"] = text_field(_("Text to the partner"), rows=3)

    def rows(self) -> Iterator[DecisionRow]:
        """Yield the fields, item by item."""
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

    def arguments(self) -> dict[str, Any]:
        version, comment = self.cleaned_data["version"], self.cleaned_data["comment"]
        unopened = self.cleaned_data["unopened"]
        return {
            "version": version,
            "comment": comment,
            "decisions": self.decisions(),
            "unopened": unopened,
        }

    def decisions(self) -> list[Decision]:
        """Return the decisions; items left open are omitted."""
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
        """Return the field of the first declined item that a refusal fits."""
        declined = [decision for decision in self.decisions() if not decision.approve]
        fitting = {
            "/reason": [each for each in declined if each.reason is None],
            "/text": [each for each in declined if not each.text.strip()] or declined,
        }
        found = fitting.get(refusal.pointer)
        if found:
            return f"{refusal.pointer[1:]}_{found[0].item_id}"
        return super().field_of(refusal)


CLAIM_ACTS = (
    DeskAct(
        name="start_review",
        form=StartReviewForm,
        service=services.start_review,
        label=_("Start the review"),
        is_main=True,
        done=_("You have started the review. The claim is yours."),
    ),
    DeskAct(
        name="comment",
        form=CommentForm,
        service=add_comment,
        label=_("Send to %(partner)s"),
        done=_("Sent to %(partner)s."),
    ),
    DeskAct(
        name="note",
        form=NoteForm,
        service=services.add_note,
        label=_("Save internal note"),
        done=_("Note saved. Only the desk reads it."),
    ),
    DeskAct(
        name="ask_override",
        form=AskOverrideForm,
        service=ask_override,
        label=_("Ask a second person"),
        done=_("A second person is asked. Once the text is allowed, send it unchanged."),
    ),
    DeskAct(
        name="confirm_override",
        form=ConfirmOverrideForm,
        service=confirm_override,
        label=_("Allow this text"),
        done=_("Allowed. Exactly this text can now be sent to %(partner)s."),
    ),
    DeskAct(
        name="decide_items",
        form=DecideForm,
        service=services.decide_items,
        title=_("Decide items"),
        label=_("Record decisions"),
        is_main=True,
        note=_("We tell %(partner)s at once. An approval asks the customer for consent."),
        done=_("Decided. %(partner)s reads the outcome in the claim."),
    ),
    DeskAct(
        name="request_information",
        form=RequestForm,
        service=services.request_information,
        title=_("Ask %(partner)s"),
        label=_("Send to %(partner)s"),
        done=_("You have asked %(partner)s."),
    ),
)
