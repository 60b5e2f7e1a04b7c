"""The desk's acts on a case, with their forms."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import Promise, lazy
from django.utils.translation import gettext_lazy as _

from arbitration import services
from arbitration.models import CaseParty
from arbitration.selectors import liftable_people, waiting_proposal
from arbitration.services import Ruling, notice_to_challenger, notice_to_holder
from desk.acts import ActionForm, Button, DeskAct
from desk.fields import DecidingForm, ReasonedForm, Unopened, text_field
from foundation.kernel.rulebook import rulebook
from partners.models import Organisation

NOBODY = "nobody"


class NoticeForm(ActionForm):
    """The notice to parties without one, with texts that the reviewer can change."""

    pointers = {"/challenger_text": "challenger_text", "/holder_text": "holder_text"}
    told = ("challenger_text", "holder_text")
    challenger_text = text_field(_("Text to challengers"), initial=notice_to_challenger)
    holder_text = text_field(_("Text to the holder"), initial=notice_to_holder)

    def take(self, about: Sequence[CaseParty]) -> None:
        """Fit the fields to the parties."""
        unaware = [party for party in about if party.noticed_at is None]
        if not (any(party.is_holder for party in unaware) or "holder_text" in self.data):
            del self.fields["holder_text"]
        if not (any(not party.is_holder for party in unaware) or "challenger_text" in self.data):
            del self.fields["challenger_text"]


class AskPartiesForm(ReasonedForm):
    """One question to several parties."""

    parties = forms.TypedMultipleChoiceField(
        label=_("Ask"),
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        help_text=_(
            "All of them get the same question and the same deadline. A party without notice gets it first."
        ),
    )
    field_order = ("parties", "reason", "question")

    def arguments(self) -> dict[str, Any]:
        parties = self.cleaned_data.pop("parties")
        return {**super().arguments(), "party_ids": parties}

    def take(self, about: Sequence[CaseParty]) -> None:
        """Offer the parties of the case."""
        choices: Any = self.fields["parties"]
        choices.choices = [(party.pk, party_label(party)) for party in about]
        choices.initial = [party.pk for party in about]


class RulingForm(DecidingForm):
    """A winner or none, and the three texts (5.7)."""

    pointers = {
        **DecidingForm.pointers,
        "/rationale": "rationale",
        "/winner_text": "winner_text",
        "/loser_text": "loser_text",
    }
    told = ("winner_text", "loser_text")
    winner = forms.ChoiceField(label=_("Decide for"), required=False, widget=forms.RadioSelect)
    rationale = text_field(
        _("Rationale for the file"),
        help_text=_("Only the desk reads this. Say which proof counted and why it prevails."),
    )
    winner_text = text_field(_("Text to the winner"), help_text=_("Required if there is a winner."))
    loser_text = text_field(
        _("Text to the others"),
        help_text=_("All of them get this one text. It must not reveal who else took part."),
    )

    def take(self, about: Sequence[CaseParty]) -> None:
        """Fit the fields to the parties."""
        sides: dict[Organisation, str] = {}
        self.names = {party.organisation_id: party.organisation.name for party in about}
        for party in about:
            sides.setdefault(party.organisation, party_label(party))
        winners: Any = self.fields["winner"]
        winners.choices = [
            *((str(organisation.pk), label) for organisation, label in sides.items()),
            (NOBODY, _("No one: no proof is sufficient; a holder stays")),
        ]

    def clean_winner(self) -> int | None:
        chosen = self.cleaned_data["winner"]
        if not chosen:
            raise ValidationError(_("Choose a winner, or no one."))
        return None if chosen == NOBODY else int(chosen)

    def arguments(self) -> dict[str, Any]:
        typed = self.cleaned_data
        ruling = Ruling(
            winner_id=typed["winner"],
            rationale=typed["rationale"],
            winner_text=typed["winner_text"],
            loser_text=typed["loser_text"],
            unopened=tuple(typed["unopened"]),
        )
        return {"version": typed["version"], "ruling": ruling}

    @property
    def asks_about_files(self) -> bool:
        return "unopened" in self.errors

    @property
    def unopened_files(self) -> list[Unopened]:
        """Return the files that the arbiter has not opened, from the preview's result."""
        messages: Any = self.result
        return [
            Unopened(key=str(file.public_id), label=f"{file.name} ({message.party.organisation})")
            for message in messages
            for file in message.unopened
        ]

    @property
    def winner_name(self) -> str:
        """Return the winner's name, empty if none wins."""
        return self.names.get(self.cleaned_data["winner"], "")


class UnheardRulingForm(RulingForm):
    """A decision although a notice or an answer is missing (5.3)."""

    pointers = {**RulingForm.pointers, "/unheard_reason": "unheard_reason"}
    unheard_reason = text_field(
        _("Why you decide before every party has been heard"),
        help_text=_("Only the desk reads this. It goes on record with the decision. Open requests close."),
    )
    field_order = ("unheard_reason",)

    def arguments(self) -> dict[str, Any]:
        given = super().arguments()
        return {
            **given,
            "ruling": replace(given["ruling"], unheard_reason=self.cleaned_data["unheard_reason"]),
        }


def party_label(party: CaseParty) -> str:
    """Return an organisation with its part in the case, for the desk only."""
    part = _("holder") if party.is_holder else _("challenger")
    return f"{party.organisation.name} ({part})"


class ConfirmForm(DecidingForm):
    """A button, with ticks for the files that the second arbiter has not opened; he is told what the texts hint at."""

    def take(self, about: Sequence[CaseParty]) -> None:
        """Read what was proposed."""
        self.proposal = waiting_proposal(about[0].case) if self.is_bound and about else None

    def texts_told(self) -> list[str]:
        proposal = self.proposal
        return [] if proposal is None else [proposal.winner_text, proposal.loser_text]


class ReturnForm(ActionForm):
    """Why a proposed decision goes back."""

    pointers = {"/reason": "reason"}
    reason = text_field(_("Why you return it"), help_text=_("Only the desk reads this."))

    def arguments(self) -> dict[str, Any]:
        return {"version": self.cleaned_data["version"], "reason": self.cleaned_data["reason"]}


class LiftForm(ActionForm):
    """For whom a block is lifted, and why (5.9)."""

    pointers = {"/reason": "reason"}
    person = forms.TypedChoiceField(label=_("For whom"), required=False, coerce=int, empty_value=None)
    reason = text_field(_("Why"), help_text=_("Only the desk reads this. It stays on record with the case."))

    def take(self, about: Sequence[CaseParty]) -> None:
        """Offer who is blocked in the case of these parties."""
        people = liftable_people(about[0].case) if about else ()
        choices: Any = self.fields["person"]
        choices.choices = [("", _("Choose a person")), *((each.pk, each.shown_name) for each in people)]

    def clean_person(self) -> int:
        if self.cleaned_data["person"] is None:
            raise ValidationError(_("Choose the person who may confirm."))
        return int(self.cleaned_data["person"])

    def arguments(self) -> dict[str, Any]:
        typed = self.cleaned_data
        return {"version": typed["version"], "person_id": typed["person"], "reason": typed["reason"]}


def _by_setting(alone: str | Promise, with_second: str | Promise) -> str:
    """Return the first text or, where a second arbiter confirms decisions, the other one."""
    return lazy(lambda: str(with_second if rulebook.second_decision else alone), str)()


def _deciding(name: str, form: type[RulingForm], *, texts: str) -> DeskAct:
    """Return a deciding act: its texts are previewed before they are sent."""
    return DeskAct(
        name=name,
        form=form,
        before=(
            Button(
                name=f"preview_{texts}",
                service=services.preview_decision,
                label=_("See what each party receives"),
                is_main=True,
                then="desk/case_preview.html",
            ),
            Button(name=f"change_{texts}", label=_("Change the texts")),
        ),
        service=services.decide_case,
        label=_by_setting(_("Confirm and send"), _("Propose to a second arbiter")),
        is_main=True,
        note=_by_setting(
            _("Nothing is sent before you confirm."),
            _("Nothing is sent before a second arbiter confirms."),
        ),
        done=_by_setting(
            _("Decided. Each party reads its own text in its claim."),
            _("Proposed. The decision takes effect once a second arbiter confirms it."),
        ),
    )


CASE_ACTS = (
    DeskAct(
        name="post_notice",
        form=NoticeForm,
        service=services.post_notice,
        label=_("Post the notice"),
        is_main=True,
        note=_(
            "It goes into the comments of every party that has none yet. The first one starts the arbitration clock."
        ),
        done=_("You have posted the notice in the comments of each party's claim."),
    ),
    DeskAct(
        name="ask_parties",
        form=AskPartiesForm,
        service=services.ask_parties,
        label=_("Send to the chosen parties"),
        done=_("You have asked the parties. Their answers stay sealed until all are in."),
    ),
    _deciding("decide_case", RulingForm, texts="decision"),
    _deciding("decide_unheard", UnheardRulingForm, texts="unheard_decision"),
    DeskAct(
        name="confirm_decision",
        form=ConfirmForm,
        service=services.confirm_decision,
        label=_("Confirm and send"),
        is_main=True,
        note=_("Each party then reads its own text in its claim."),
        done=_("Confirmed. Each party reads its own text in its claim."),
    ),
    DeskAct(
        name="return_decision",
        form=ReturnForm,
        service=services.return_decision,
        label=_("Return the decision"),
        done=_("Returned. The case can be decided again."),
    ),
    DeskAct(
        name="lift_block",
        form=LiftForm,
        service=services.lift_block,
        label=_("Let this person confirm"),
        note=_("It stays impossible to confirm a decision of one's own."),
        done=_("Recorded. This person can now confirm a decision here that another proposes."),
    ),
)
