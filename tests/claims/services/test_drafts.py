"""Drafts saved, discarded and left idle (domain.md part 3; scenarios 47 and 56; situation 18)."""

from datetime import UTC, datetime
from typing import Any

import pytest

from associations.models import Scope
from claims.enums import ClaimStatus
from claims.inputs import DraftChanges
from claims.models import Claim, ClaimItem
from claims.services import create_draft, edit_items, save_claim
from cpor.sweeps import sweep
from foundation.journal.models import Event
from foundation.kernel.references import parse_reference
from partners.models import User
from tests.filing import (
    DAY,
    add_proof,
    changes_of,
    draft,
    file_claim,
    happened,
    reference_of,
    refusal,
    reloaded,
    sales,
    say,
    status,
    submit,
    time_passes,
    withdraw,
)
from tests.world import NOW, World, actor


def save(
    claim: Claim, user: User, *, now: datetime = NOW, version: int | None = None, **fields: Any
) -> Claim:
    changes = DraftChanges(**fields)
    return save_claim(
        public_id=str(claim.public_id), changes=changes, actor=actor(user), now=now, version=version
    ).claim


def test_47_a_draft_exists_from_the_first_save_with_a_reference_and_a_history(world: World) -> None:
    claim = create_draft(changes=DraftChanges(name="Roll-out"), actor=actor(world.ana), now=NOW).claim

    assert parse_reference(reference_of(claim)) == claim.reference
    assert happened(claim) == ["claim.created", "claim.saved"]


def test_a_draft_may_be_invalid_and_keeps_its_input(world: World) -> None:
    saved = create_draft(
        changes=DraftChanges(mpn_id="43915O7", tenant_guid="contoso", domain="con toso"),
        actor=actor(world.ana),
        now=NOW,
    )

    assert (saved.claim.mpn_id, saved.claim.tenant_guid, saved.claim.domain) == (
        "43915O7",
        "contoso",
        "con toso",
    )
    assert [finding.code for finding in saved.report.errors] == [
        "MPN_FORMAT",
        "TENANT_ID_FORMAT",
        "SUBDOMAIN_FORMAT",
    ]


def test_nothing_is_saved_with_another_companys_mpn(world: World) -> None:
    claim = draft(world, world.ana)

    assert refusal(lambda: save(claim, world.ana, mpn_id="5120001")) == "MPN_NOT_YOURS"
    assert reloaded(claim).mpn_id == "4391507"


def test_56_an_incentives_user_drafts_and_edits_but_does_not_submit(world: World) -> None:
    claim = draft(world, world.uma)

    save(claim, world.uma, name="Second thoughts")

    assert reloaded(claim).name == "Second thoughts"
    assert refusal(lambda: submit(claim, world.uma)) == "ROLE_NOT_ALLOWED"
    assert status(claim) == ClaimStatus.DRAFT


def test_a_member_without_a_role_saves_no_draft(world: World) -> None:
    before = Claim.objects.count()

    code = refusal(
        lambda: create_draft(changes=changes_of(world, world.ana), actor=actor(world.dan), now=NOW)
    )

    assert (code, Claim.objects.count()) == ("ROLE_NOT_ALLOWED", before)


def test_everyone_with_a_drafting_role_discards_a_draft(world: World) -> None:
    claim = draft(world, world.ana)

    withdraw(claim, world.uma)

    assert status(claim) == ClaimStatus.WITHDRAWN
    assert reloaded(claim).settled_at == NOW
    assert happened(claim)[-1] == "claim.discarded"


def test_a_discarded_draft_is_neither_saved_nor_submitted_nor_discarded_again(world: World) -> None:
    claim = draft(world, world.ana)
    withdraw(claim, world.ana)

    assert refusal(lambda: save(claim, world.ana, name="Back")) == "INVALID_TRANSITION"
    assert refusal(lambda: submit(claim, world.ana)) == "INVALID_TRANSITION"
    assert refusal(lambda: withdraw(claim, world.ana)) == "INVALID_TRANSITION"
    assert refusal(lambda: add_proof(claim, world.ana)) == "INVALID_TRANSITION"
    assert refusal(lambda: say(claim, world.ana, "Hello?")) == "INVALID_TRANSITION"


def test_saving_an_older_version_is_stale(world: World) -> None:
    claim = draft(world, world.ana)
    seen = claim.version
    save(claim, world.gil, name="Gil was first", version=seen)

    assert refusal(lambda: save(claim, world.ana, name="Ana too", version=seen)) == "STALE_VERSION"
    assert reloaded(claim).name == "Gil was first"


def test_items_of_drafts_are_entries_that_count_nowhere(world: World) -> None:
    claim = draft(world, world.ana)

    edit_items(public_id=str(claim.public_id), add=[sales(world.s_b)], actor=actor(world.ana), now=NOW)
    edit_items(public_id=str(claim.public_id), remove=["0"], actor=actor(world.ana), now=NOW)

    assert [entry["subscription_id"] for entry in reloaded(claim).entries] == [str(world.s_b.guid)]
    assert (ClaimItem.objects.count(), Scope.objects.count()) == (0, 0)


def days_later(days: int) -> datetime:
    return NOW + days * DAY


def test_18_an_idle_draft_is_warned_a_week_before_and_withdrawn_after_ninety_days(world: World) -> None:
    claim = draft(world, world.ana)

    time_passes(days_later(82))
    untouched = happened(claim)
    time_passes(days_later(83))
    time_passes(days_later(84))
    warned = happened(claim)
    time_passes(days_later(89))
    still = status(claim)
    time_passes(days_later(90))

    assert untouched[-1] == "claim.proof_added"
    assert warned[len(untouched) :] == ["claim.expiry_warned"]
    assert still == ClaimStatus.DRAFT
    assert status(claim) == ClaimStatus.WITHDRAWN
    assert happened(claim)[len(warned) :] == ["claim.expired"]


def test_a_change_restarts_the_ninety_days_of_a_draft(world: World) -> None:
    claim = draft(world, world.ana)
    time_passes(days_later(83))

    save(claim, world.ana, now=days_later(85), name="Still wanted")
    time_passes(days_later(90))
    time_passes(days_later(167))
    before_the_second_warning = happened(claim).count("claim.expiry_warned")
    time_passes(days_later(168))

    assert status(claim) == ClaimStatus.DRAFT
    assert before_the_second_warning == 1
    assert happened(claim).count("claim.expiry_warned") == 2


def test_proof_and_comments_touch_a_draft_too(world: World) -> None:
    with_proof, with_comment = draft(world, world.ana), draft(world, world.ana)
    time_passes(days_later(83))

    add_proof(with_proof, world.ana, now=days_later(84))
    say(with_comment, world.uma, "Waiting for the signature.", now=days_later(84))
    time_passes(days_later(91))

    assert [status(with_proof), status(with_comment)] == [ClaimStatus.DRAFT, ClaimStatus.DRAFT]


def test_a_full_week_lies_between_warning_and_end_even_after_a_late_sweep(world: World) -> None:
    claim = draft(world, world.ana)

    time_passes(days_later(200))
    time_passes(days_later(206))
    waiting = status(claim)
    time_passes(days_later(207))

    assert (waiting, status(claim)) == (ClaimStatus.DRAFT, ClaimStatus.WITHDRAWN)
    assert happened(claim)[-2:] == ["claim.expiry_warned", "claim.expired"]


def test_18_a_draft_left_for_months_is_checked_again_at_submission(world: World) -> None:
    claim = draft(world, world.ana)
    world.s_a.state = "expired"
    world.s_a.save(update_fields=["state"])

    assert refusal(lambda: submit(claim, world.ana, now=days_later(80))) == "VALIDATION_FAILED"
    assert status(claim) == ClaimStatus.DRAFT


def test_a_submitted_claim_never_goes_idle(world: World) -> None:
    claim = file_claim(world, world.ana)

    sweep(now=datetime(2022, 7, 6, 9, tzinfo=UTC))

    assert status(claim) == ClaimStatus.SUBMITTED


def test_a_reference_that_another_claim_has_is_drawn_again(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn = iter("AAAAAAAAAAAABBBBBB")
    monkeypatch.setattr("secrets.choice", lambda _alphabet: next(drawn))

    first = create_draft(changes=DraftChanges(), actor=actor(world.ana), now=NOW).claim
    second = create_draft(changes=DraftChanges(), actor=actor(world.ned), now=NOW).claim

    assert (first.reference, second.reference) == ("CPOR-2020-AAAAAA", "CPOR-2020-BBBBBB")
    assert Event.objects.filter(type="claim.created").count() == 2
