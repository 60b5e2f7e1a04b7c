"""Decisions that wait for a second arbiter (5.9): what they rest on, and what has changed since."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from arbitration.events import DECISION_PROPOSED
from arbitration.models import CaseParty, ProposedDecision
from arbitration.steps.parties import age_case
from arbitration.steps.rulings import Matter, Ruling, proved, weigh
from claims.models import Evidence, RequestParty
from foundation.journal.step import Step
from foundation.kernel.actor import Actor


def propose(step: Step, matter: Matter, ruling: Ruling) -> ProposedDecision:
    """Record the ruling as a decision that waits for a second arbiter. Pages opened before are stale."""
    proposal = ProposedDecision.objects.create(
        case=matter.case,
        winner_id=ruling.winner_id,
        rationale=ruling.rationale.strip(),
        winner_text=ruling.winner_text.strip(),
        loser_text=ruling.loser_text.strip(),
        unheard_reason=None if ruling.unheard_reason is None else ruling.unheard_reason.strip(),
        basis=basis_of(matter, step.actor),
        proposed_by_id=step.actor.person_id,
        proposed_at=step.at,
    )
    age_case(matter.case)
    kept = proved(ruling, matter, step.actor)
    step.record(DECISION_PROPOSED, proposal, case=matter.case.pk, to=proposal.state, **kept)
    return proposal


def ruling_of(proposal: ProposedDecision) -> Ruling:
    return Ruling(
        winner_id=proposal.winner_id,
        rationale=proposal.rationale,
        winner_text=proposal.winner_text,
        loser_text=proposal.loser_text,
        unheard_reason=proposal.unheard_reason,
    )


def basis_of(matter: Matter, actor: Actor) -> dict[str, Any]:
    """Return what a decision rests on: live parties, those with notice, open parts of requests, files on file."""
    return {
        "parties": [party.pk for party in matter.parties],
        "noticed": [party.pk for party in matter.parties if party.noticed_at is not None],
        "asked": [part.pk for part in matter.hearing.asked],
        "weighed": weigh(matter.parties, actor),
    }


def changes_since(proposal: ProposedDecision, matter: Matter, actor: Actor) -> list[str]:
    """Return in sentences what a proposed decision did not know, with names, for the desk only."""
    before, now = proposal.basis, basis_of(matter, actor)
    return [*_parties(before, now), *_requests(before, now), *_files(before, now)]


def _parties(before: dict[str, Any], now: dict[str, Any]) -> Iterator[str]:
    joined, left = set(now["parties"]) - set(before["parties"]), set(before["parties"]) - set(now["parties"])
    noticed = set(now["noticed"]) - set(before["noticed"]) - joined
    parties = CaseParty.objects.filter(pk__in=joined | left | noticed).select_related("organisation")
    for party in parties.order_by("pk"):
        name = {"name": party.organisation.name}
        if party.pk in joined:
            yield _("%(name)s joined the case.") % name
        elif party.pk in left:
            yield _("%(name)s left the case.") % name
        else:
            yield _("%(name)s got its notice.") % name


def _requests(before: dict[str, Any], now: dict[str, Any]) -> Iterator[str]:
    asked, ended = set(now["asked"]) - set(before["asked"]), set(before["asked"]) - set(now["asked"])
    parts = RequestParty.objects.filter(pk__in=asked | ended).select_related("claim__organisation")
    for part in parts.order_by("pk"):
        name = {"name": part.claim.organisation.name}
        if part.pk in asked:
            yield _("%(name)s was asked.") % name
        else:
            yield _("%(name)s answered, or its time is up.") % name


def _files(before: dict[str, Any], now: dict[str, Any]) -> Iterator[str]:
    known = {(file["party"], file["evidence"]): file for file in before["weighed"]}
    present = {(file["party"], file["evidence"]): file for file in now["weighed"]}
    stayed = set(before["parties"]) & set(now["parties"])
    moved = sorted(
        key
        for key in known.keys() | present.keys()
        if key[0] in stayed and known.get(key) != present.get(key)
    )
    names = dict(Evidence.objects.filter(pk__in=[key[1] for key in moved]).values_list("pk", "name"))
    owners = dict(
        CaseParty.objects.filter(pk__in=[key[0] for key in moved]).values_list("pk", "organisation__name")
    )
    for key in moved:
        said = {"name": owners[key[0]], "file": names[key[1]]}
        if key in known:
            yield _("%(name)s changed what it says about %(file)s.") % said
        else:
            yield _("%(name)s added %(file)s.") % said
