"""Edits after submission (domain.md part 3, Editing; scenarios 63 and 64)."""

from collections.abc import Sequence
from functools import partial
from typing import Any

import pytest

from claims.enums import ClaimStatus
from claims.inputs import ContactInput, DraftChanges, Entry
from claims.models import Claim
from claims.selectors import history_of
from claims.services import change_items, save_claim
from foundation.kernel.errors import Refused
from partners.models import User
from tests.filing import (
    add_proof,
    answer,
    approve,
    ask,
    at,
    case_of,
    decide,
    decline,
    directory_says,
    draft,
    file_claim,
    grants_of,
    happened,
    hold,
    items_of,
    last_comment,
    outcomes,
    parties_in,
    refusal,
    reloaded,
    rounds_of,
    sales,
    say,
    status,
    submit,
    take_up,
    withdraw,
    workloads,
    yes,
)
from tests.tampering import without_triggers
from tests.world import EXCHANGE, INTUNE, NOW, TEAMS, World, actor

KIM = ContactInput(first_name="Kim", last_name="New", title="CTO", email="kim@contoso.com")


def edit(claim: Claim, user: User, **fields: Any) -> Claim:
    return save_claim(
        public_id=str(claim.public_id), changes=DraftChanges(**fields), actor=actor(user), now=NOW
    ).claim


def change(
    claim: Claim, user: User, *, add: Sequence[Entry] = (), remove: Sequence[int] = (), **given: Any
) -> Claim:
    """Add entries and remove the items with these positions."""
    items = items_of(claim)
    return change_items(
        public_id=str(claim.public_id),
        add=add,
        remove=[str(items[position].public_id) for position in remove],
        actor=actor(user),
        now=given.pop("now", NOW),
        **given,
    )


def claim_in(world: World, wanted: str, *entries: Entry) -> Claim:
    claim = file_claim(world, world.ana, *entries, now=at(3), confirmed=())
    if wanted != "submitted":
        take_up(claim, world.rev1)
    if wanted == "partner_action_required":
        ask(claim, world.rev1)
    if wanted in ("approved", "rejected"):
        {"approved": approve, "rejected": decline}[wanted](claim, world.rev1)
    assert status(claim) == wanted
    return claim


# --- Contacts ---


@pytest.mark.parametrize("name", ["ana", "uma"])
def test_contacts_of_a_submitted_claim_can_be_corrected(world: World, name: str) -> None:
    claim = claim_in(world, "submitted")

    edit(claim, getattr(world, name), contacts={"customer": KIM})

    assert claim.contacts.get(kind="customer").email == "kim@contoso.com"
    event = history_of(claim, actor(world.ana)).latest("pk")
    assert (event.type, sorted(detail.field for detail in event.details.all())) == (
        "claim.edited",
        ["customer.email", "customer.first_name", "customer.last_name", "customer.title"],
    )


@pytest.mark.parametrize("wanted", ["under_review", "approved", "rejected"])
def test_contacts_do_not_change_once_the_desk_has_started(world: World, wanted: str) -> None:
    claim = claim_in(world, wanted)

    assert refusal(lambda: edit(claim, world.ana, contacts={"customer": KIM})) == "INVALID_TRANSITION"
    assert claim.contacts.get(kind="customer").first_name == "Cora"


def test_a_contact_that_is_incomplete_is_refused(world: World) -> None:
    claim = claim_in(world, "submitted")

    assert (
        refusal(lambda: edit(claim, world.ana, contacts={"customer": ContactInput(first_name="Kim")}))
        == "VALIDATION_FAILED"
    )
    assert claim.contacts.get(kind="customer").first_name == "Cora"


def test_contacts_never_run_the_subscription_rules_again(world: World) -> None:
    claim = claim_in(world, "submitted")
    directory_says(world.s_a, state="suspended")

    edit(claim, world.ana, contacts={"customer": KIM})

    assert claim.contacts.get(kind="customer").first_name == "Kim"


# --- Location ---


def test_63_a_location_that_is_not_enrolled_is_refused(world: World) -> None:
    claim = claim_in(world, "partner_action_required")

    assert refusal(lambda: edit(claim, world.ana, mpn_id="4391508")) == "VALIDATION_FAILED"
    assert reloaded(claim).location == world.locations["4391507"]


def test_63_an_enrolled_location_of_the_company_is_accepted(world: World) -> None:
    claim = claim_in(world, "partner_action_required")

    edit(claim, world.ana, mpn_id="4391509")

    assert (reloaded(claim).location, reloaded(claim).mpn_id) == (world.locations["4391509"], "4391509")


OTHER_CLAIM = (
    {"tenant_guid": "0c39d6d5-c70d-4c55-bc02-f620844f3fd1"},
    {"domain": "adatum"},
    {"solution_area": "microsoft_365"},
    {"activities": ("presales",)},
    {"name": "Another name"},
)


@pytest.mark.parametrize("wanted", ["submitted", "under_review", "partner_action_required", "approved"])
def test_63_customer_area_and_activity_never_change_after_submission(world: World, wanted: str) -> None:
    claim = claim_in(world, wanted)
    before = (claim.tenant_guid, claim.domain, claim.solution_area, claim.activities, claim.name)

    refused = [refusal(partial(edit, claim, world.ana, **fields)) for fields in OTHER_CLAIM]

    after = reloaded(claim)
    assert refused == ["INVALID_TRANSITION"] * len(OTHER_CLAIM)
    assert before == (after.tenant_guid, after.domain, after.solution_area, after.activities, after.name)


@pytest.mark.parametrize("wanted", ["submitted", "under_review", "approved"])
def test_the_location_changes_only_while_the_partner_is_asked(world: World, wanted: str) -> None:
    claim = claim_in(world, wanted)

    assert refusal(lambda: edit(claim, world.ana, mpn_id="4391509")) == "INVALID_TRANSITION"
    assert reloaded(claim).mpn_id == "4391507"


def test_an_incentives_user_does_not_edit_a_claim_that_is_asked(world: World) -> None:
    claim = claim_in(world, "partner_action_required")

    assert refusal(lambda: edit(claim, world.uma, contacts={"customer": KIM})) == "ROLE_NOT_ALLOWED"
    assert refusal(lambda: change(claim, world.uma, remove=[0])) == "ROLE_NOT_ALLOWED"


# --- Items ---


@pytest.mark.parametrize("wanted", ["submitted", "under_review", "approved", "rejected"])
def test_64_items_change_only_while_the_partner_is_asked(world: World, wanted: str) -> None:
    claim = claim_in(world, wanted)

    assert refusal(lambda: change(claim, world.ana, add=[sales(world.s_b)])) == "INVALID_TRANSITION"
    say(claim, world.ana, "We wanted the other subscription.")
    assert claim.comments.count() == 1


def test_replacing_an_item_withdraws_the_old_and_submits_the_new(world: World) -> None:
    claim = claim_in(world, "partner_action_required")

    change(claim, world.ana, add=[sales(world.s_b)], remove=[0])

    old, new = items_of(claim)
    assert outcomes(claim) == ["withdrawn", "pending"]
    assert (old.scope.subscription, new.scope.subscription) == (world.s_a, world.s_b)
    assert status(claim) == ClaimStatus.PARTNER_ACTION_REQUIRED


def test_the_answer_starts_the_round_of_the_replacement(world: World) -> None:
    claim = claim_in(world, "partner_action_required")
    change(claim, world.ana, add=[sales(world.s_b)], remove=[0])

    answer(claim, world.ana, comment="")

    _old, new = items_of(claim)
    assert rounds_of(claim) == [(1, "met"), (2, "running")]
    assert [row.item for row in claim.rounds.get(number=2).items.all()] == [new]


def test_removing_the_last_item_settles(world: World) -> None:
    claim = claim_in(world, "partner_action_required")

    change(claim, world.ana, remove=[0])

    assert (outcomes(claim), status(claim)) == (["withdrawn"], ClaimStatus.WITHDRAWN)


def test_an_added_item_that_is_contested_opens_a_case(world: World) -> None:
    hold(world, world.ned, *workloads(TEAMS))
    claim = claim_in(world, "partner_action_required", *workloads(INTUNE))

    unconfirmed = refusal(lambda: change(claim, world.ana, add=workloads(TEAMS)))
    change(claim, world.ana, add=workloads(TEAMS), confirmed_warnings=("COMPETING_CLAIM",))

    assert unconfirmed == "WARNINGS_NOT_CONFIRMED"
    assert parties_in(case_of(claim)) == ["northwind", "fabrikam"]


def test_a_warning_confirmed_at_submission_confirms_nothing_about_a_product_added_later(world: World) -> None:
    hold(world, world.ned, *workloads(TEAMS))
    claim = claim_in(world, "partner_action_required", *workloads(INTUNE))
    with without_triggers("claims_claim"):
        Claim.objects.filter(pk=claim.pk).update(confirmed_warnings=["COMPETING_CLAIM"])

    unconfirmed = refusal(lambda: change(claim, world.ana, add=workloads(TEAMS)))

    assert unconfirmed == "WARNINGS_NOT_CONFIRMED"
    assert outcomes(claim) == ["pending"]


def test_an_added_item_is_checked_like_a_new_one(world: World) -> None:
    claim = claim_in(world, "partner_action_required")

    assert refusal(lambda: change(claim, world.ana, add=[sales(world.s_x)])) == "VALIDATION_FAILED"
    assert outcomes(claim) == ["pending"]


def test_an_item_that_the_claim_has_open_is_not_added_again(world: World) -> None:
    claim = claim_in(world, "partner_action_required")

    assert refusal(lambda: change(claim, world.ana, add=[sales(world.s_a)])) == "ITEM_DUPLICATE"


def test_an_item_that_the_claim_was_granted_is_not_added_again(world: World) -> None:
    claim = file_claim(world, world.ana, sales(world.s_a), sales(world.s_b))
    take_up(claim, world.rev1)
    decide(claim, world.rev1, yes(items_of(claim)[0]))
    ask(claim, world.rev1)

    assert refusal(lambda: change(claim, world.ana, add=[sales(world.s_a)])) == "ITEM_DUPLICATE"
    assert grants_of(claim) == [("usage", "pending_consent")]


def test_an_item_that_is_not_open_is_not_removed(world: World) -> None:
    claim = file_claim(world, world.ana, *workloads(TEAMS, INTUNE))
    take_up(claim, world.rev1)
    decide(claim, world.rev1, yes(items_of(claim)[0]))
    ask(claim, world.rev1)

    assert refusal(lambda: change(claim, world.ana, remove=[0])) == "NOT_FOUND"
    assert outcomes(claim) == ["approved", "pending"]


def test_the_place_of_a_removed_item_is_free_for_a_rival(world: World) -> None:
    claim = claim_in(world, "partner_action_required", *workloads(TEAMS, INTUNE))
    change(claim, world.ana, remove=[0])

    theirs = file_claim(world, world.ned, *workloads(TEAMS), confirmed=())

    assert theirs.case_parties.count() == 0


def test_from_the_due_instant_on_nothing_can_be_edited(world: World) -> None:
    claim = claim_in(world, "partner_action_required")

    code = refusal(lambda: change(claim, world.ana, add=[sales(world.s_b)], now=at(20)))

    assert (code, outcomes(claim)) == ("INVALID_TRANSITION", ["pending"])


# --- Proof and comments ---


@pytest.mark.parametrize(
    "wanted", ["submitted", "under_review", "partner_action_required", "approved", "rejected"]
)
def test_76_proof_and_comments_are_added_in_every_status_that_is_not_closed(
    world: World, wanted: str
) -> None:
    claim = claim_in(world, wanted)

    add_proof(claim, world.uma)
    say(claim, world.uma, "One more page.")

    assert (claim.evidence.count(), last_comment(claim)) == (2, "One more page.")
    assert status(claim) == wanted


@pytest.mark.parametrize("wanted", ["withdrawn", "ended"])
def test_a_closed_claim_takes_no_proof_and_no_comment(world: World, wanted: str) -> None:
    claim = hold(world, world.ana) if wanted == "ended" else claim_in(world, "submitted")
    if wanted == "ended":
        directory_says(world.s_a, state="expired")
    else:
        withdraw(claim, world.ana)
    before = happened(claim)

    assert refusal(lambda: add_proof(claim, world.ana)) == "INVALID_TRANSITION"
    assert refusal(lambda: say(claim, world.ana, "Why?")) == "INVALID_TRANSITION"
    assert refusal(lambda: say(claim, world.rev1, "Closed.")) == "INVALID_TRANSITION"
    assert (status(claim), happened(claim)) == (wanted, before)


@pytest.mark.parametrize("wanted", ["draft", "submitted"])
def test_a_file_covers_only_products_that_the_claim_has(world: World, wanted: str) -> None:
    """Point 29 of issue 6: whatever door calls."""
    claim = draft(world, world.ana, *workloads(TEAMS, INTUNE))
    if wanted == "submitted":
        submit(claim, world.ana)

    with pytest.raises(Refused) as refused:
        add_proof(claim, world.ana, covers=(TEAMS, EXCHANGE))
    kept = add_proof(claim, world.ana, covers=(INTUNE,))

    assert (refused.value.code, refused.value.pointer) == ("INVALID_FIELD", "/covers/1")
    assert list(claim.evidence.order_by("pk"))[1:] == [kept]
    assert kept.covers == [INTUNE]


def test_the_desk_adds_no_proof(world: World) -> None:
    claim = claim_in(world, "under_review")

    assert refusal(lambda: add_proof(claim, world.rev1)) == "ROLE_NOT_ALLOWED"


@pytest.mark.parametrize("text", ["", "  \n "])
def test_an_empty_comment_is_refused(world: World, text: str) -> None:
    claim = claim_in(world, "submitted")

    assert refusal(lambda: say(claim, world.ana, text)) == "COMMENT_REQUIRED"


def test_a_comment_has_at_most_four_thousand_characters(world: World) -> None:
    claim = claim_in(world, "submitted")

    say(claim, world.ana, "x" * 4_000)

    assert refusal(lambda: say(claim, world.ana, "x" * 4_001)) == "COMMENT_TOO_LONG"


def test_an_edit_that_only_repeats_stored_values_is_not_an_edit(world: World) -> None:
    claim = claim_in(world, "partner_action_required", *workloads(EXCHANGE))
    before = happened(claim)

    edit(claim, world.ana, mpn_id="4391507")

    assert happened(claim) == before
    assert refusal(lambda: answer(claim, world.ana, comment="")) == "COMMENT_REQUIRED"
