"""What each user sees at the desk (domain.md parts 5.9 and 9): seats admit users, conflicts of interest hide rows."""

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from arbitration.models import Case
from claims.models import Claim
from foundation.journal.models import Delivery, Event
from foundation.kernel.actor import DeskRole
from partners.models import DeskSeat, Member, User
from tests.desk.desk import CASES, QUEUE, Desk, address, outcome, words
from tests.filing import (
    at,
    everything_recorded,
    file_claim,
    held_and_claimed,
    items_of,
    notify,
    reference_of,
    sales,
    take_up,
    time_passes,
    workloads,
)
from tests.world import INTUNE, World

JOURNAL = ("/admin/journal/event/", "/admin/journal/delivery/")
ASSOCIATIONS = "/admin/associations/association/"
CONSENTS = "/admin/associations/consentrequest/"


@pytest.fixture
def both(world: World) -> Desk:
    """Return rev2, who is also a member of Fabrikam."""
    Member.objects.create(user=world.rev2, organisation=world.fabrikam)
    return Desk(world.rev2)


@pytest.fixture
def former(world: World) -> Desk:
    """Return arb2, who left Fabrikam long ago."""
    Member.objects.create(user=world.arb2, organisation=world.fabrikam, ended_at=at(1))
    return Desk(world.arb2)


@pytest.fixture
def keeper(world: World) -> Desk:
    """Return a desk admin."""
    user = User.objects.create(username="ada", is_staff=True)
    DeskSeat.objects.create(user=user, role=DeskRole.DESK_ADMIN)
    return Desk(user)


@pytest.mark.parametrize("person", ["both", "former"])
def test_68_a_reviewer_sees_nothing_of_a_partner_they_belong_or_belonged_to(
    world: World, person: str, request: pytest.FixtureRequest
) -> None:
    claim = file_claim(world, world.ana)
    [item] = items_of(claim)
    proof = claim.evidence.get()
    conflicted: Desk = request.getfixturevalue(person)
    before = everything_recorded()

    for action, data in (
        ("start_review", {}),
        ("decide_items", outcome(item, "approve")),
        ("comment", {"text": "Hello us."}),
        ("note", {"text": "Hello us."}),
    ):
        assert conflicted.act(claim, action, **data).status_code == 404
    assert conflicted.get(address(claim)).status_code == 404
    assert conflicted.get(f"{address(claim)}proof/{proof.public_id}/").status_code == 404
    assert conflicted.queue() == []
    assert conflicted.queue(status="all") == []
    assert conflicted.queue(q=reference_of(claim)) == []
    assert conflicted.queue(q="fabrikam") == []
    assert "0 claims" in conflicted.read(QUEUE)
    assert everything_recorded() == before


def test_68_a_hidden_claim_looks_like_a_missing_one(world: World, both: Desk) -> None:
    claim = file_claim(world, world.ana)

    hidden = both.get(address(claim))
    missing = both.get(f"/admin/claims/claim/{uuid.uuid4()}/")

    assert (hidden.status_code, missing.status_code) == (404, 404)
    assert words(hidden) == words(missing)


@pytest.mark.parametrize("person", ["both", "former"])
def test_68_cases_rivals_claims_and_associations_are_hidden_too(
    world: World, person: str, request: pytest.FixtureRequest
) -> None:
    theirs, ours, case = held_and_claimed(world)
    conflicted: Desk = request.getfixturevalue(person)

    assert conflicted.get(address(case)).status_code == 404
    assert conflicted.get(address(ours)).status_code == 404
    assert conflicted.get(address(theirs)).status_code == 404
    assert conflicted.act(case, "post_notice").status_code == 404
    for page in (CASES, QUEUE):
        listed = conflicted.read(page, **{"status" if page == QUEUE else "state": "all"})
        assert "Northwind" not in listed
        assert "Fabrikam" not in listed
    assert list(conflicted.get(CASES, q=str(case.pk)).context["cl"].result_list) == []
    assert Case.objects.get().version == case.version


def test_68_associations_and_consent_of_the_users_own_company_are_hidden(
    world: World, both: Desk, rev1: Desk
) -> None:
    claim = file_claim(world, world.ana)
    take_up(claim, world.rev1)
    rev1.act(claim, "decide_items", **outcome(items_of(claim)[0], "approve"))
    association = f"{ASSOCIATIONS}{world.fabrikam.associations.get().pk}/change/"

    assert "Fabrikam" in rev1.read(ASSOCIATIONS)
    assert rev1.get(association).status_code == 200
    assert "0 associations" in both.read(ASSOCIATIONS)
    assert both.get(association).status_code == 404
    assert "0 associations" in both.read(ASSOCIATIONS, q="fabrikam")
    assert "0 consent requests" in both.read(CONSENTS)
    assert "1 consent request" in rev1.read(CONSENTS)


def test_claims_of_other_partners_stay_visible(world: World, both: Desk) -> None:
    free = file_claim(world, world.ned, *workloads(INTUNE))

    assert both.queue() == [free.reference]
    assert both.get(address(free)).status_code == 200


def test_staff_without_a_seat_see_nothing(world: World) -> None:
    claim = file_claim(world, world.ana)
    stranger = Desk(User.objects.create(username="stranger", is_staff=True))

    for page in ("/admin/", QUEUE, CASES, ASSOCIATIONS, *JOURNAL, address(claim), "/admin/partners/user/"):
        assert stranger.get(page).status_code == 403, page
    assert stranger.act(claim, "start_review").status_code == 403


def test_a_superuser_without_a_seat_sees_no_claim(world: World) -> None:
    claim = file_claim(world, world.ana)
    root = Desk(User.objects.create_superuser(username="root", password="a-root-password"))

    assert root.get("/admin/").status_code == 200
    assert root.queue(status="all") == []
    assert root.get(address(claim)).status_code == 404
    assert "0 associations" in root.read(ASSOCIATIONS)


def test_a_desk_seat_without_staff_status_opens_no_page(world: World) -> None:
    DeskSeat.objects.create(user=world.tom, role=DeskRole.REVIEWER)
    claim = file_claim(world, world.ana)

    assert Desk(world.tom).get(address(claim)).status_code == 403


def test_partners_are_refused_at_the_desk(world: World) -> None:
    claim = file_claim(world, world.ana)
    ana = Desk(world.ana)

    pages = ("/admin/", address(claim), "/admin/nothing/")

    assert [ana.get(page).status_code for page in pages] == [403, 403, 403]


def test_signing_in_is_the_products_own_page_and_leads_back(world: World) -> None:
    claim = file_claim(world, world.ana)
    visitor = Client()

    asked = visitor.get(address(claim), follow=True)

    assert asked.redirect_chain[-1][0].startswith("/accounts/login/?next=")
    signed_in = visitor.post(
        asked.redirect_chain[-1][0], {"login": "rev1", "password": "demo", "next": address(claim)}
    )
    assert (signed_in.status_code, signed_in["Location"]) == (302, address(claim))


def test_no_one_signs_in_on_django_s_own_page(world: World) -> None:
    answered = Client().post("/admin/login/?next=/admin/", {"username": "rev1", "password": "demo"})

    assert answered.status_code == 302
    assert answered["Location"].startswith("/accounts/login/")


@pytest.mark.parametrize("journal", JOURNAL)
def test_the_raw_journal_is_for_desk_admins(
    world: World, rev1: Desk, arb: Desk, sup: Desk, keeper: Desk, journal: str
) -> None:
    file_claim(world, world.ana)

    assert keeper.get(journal).status_code == 200
    for desk in (rev1, arb, sup):
        assert desk.get(journal).status_code == 403


def test_the_journal_hides_the_events_of_claims_hidden_by_a_conflict(world: World, keeper: Desk) -> None:
    theirs, ours, case = held_and_claimed(world)
    free = file_claim(world, world.tom, *workloads(INTUNE))
    notify(case, world.rev1)
    time_passes(at(6, 10))
    everything = _listed(keeper, JOURNAL[0])
    Member.objects.create(user=keeper.user, organisation=world.northwind, ended_at=at(2))

    rest = _listed(keeper, JOURNAL[0])

    assert {event.claim_id for event in everything} > {theirs.pk, ours.pk, free.pk}
    without_claim = [event for event in rest if event.claim_id is None]
    assert {event.claim_id for event in rest} == {free.pk, None}
    assert {event.type for event in without_claim} == {"desk.settings_changed"}
    hidden = Event.objects.filter(claim_id=ours.pk).earliest("pk")
    assert keeper.get(f"{JOURNAL[0]}{hidden.pk}/change/").status_code == 404
    assert {delivery.event.claim_id for delivery in _listed(keeper, JOURNAL[1])} <= {free.pk}
    assert Delivery.objects.exclude(event__claim_id=free.pk).exists()


def _listed(desk: Desk, page: str) -> list[Any]:
    rows: list[Any] = []
    for number in range(1, 20):
        answered = desk.get(page, p=str(number))
        if answered.status_code != 200:
            break
        changelist = answered.context["cl"]
        rows += list(changelist.result_list)
        if len(rows) >= changelist.result_count:
            break
    return rows


@pytest.mark.parametrize("page", [*JOURNAL, ASSOCIATIONS, CONSENTS])
def test_read_only_rows_cannot_be_added_changed_or_deleted(
    world: World, rev1: Desk, keeper: Desk, page: str
) -> None:
    claim = file_claim(world, world.ana)
    take_up(claim, world.rev1)
    rev1.act(claim, "decide_items", **outcome(items_of(claim)[0], "approve"))
    row = keeper.get(page).context["cl"].result_list[0]
    before = everything_recorded()

    assert keeper.get(f"{page}{row.pk}/change/").status_code == 200
    assert keeper.get(f"{page}add/").status_code == 403
    assert keeper.post(f"{page}{row.pk}/change/", {"state": "active"}).status_code == 403
    assert keeper.post(f"{page}{row.pk}/delete/", {"post": "yes"}).status_code == 403
    assert everything_recorded() == before


@pytest.mark.parametrize("person", ["rev1", "arb", "sup", "keeper"])
def test_every_seat_reads_queue_cases_and_index(
    world: World, person: str, request: pytest.FixtureRequest
) -> None:
    _theirs, ours, case = held_and_claimed(world)
    desk: Desk = request.getfixturevalue(person)

    for page in ("/admin/", QUEUE, CASES, ASSOCIATIONS, address(ours), address(case)):
        assert desk.get(page).status_code == 200, page


@pytest.mark.parametrize(
    "page",
    [
        lambda claim, case: "/admin/",
        lambda claim, case: QUEUE,
        lambda claim, case: CASES,
        lambda claim, case: address(claim),
        lambda claim, case: address(case),
    ],
)
def test_pages_keep_to_the_strict_content_policy(
    world: World, arb: Desk, page: Callable[[Claim, Case], str]
) -> None:
    _theirs, ours, case = held_and_claimed(world)

    answered = arb.get(page(ours, case))

    raw = answered.content.decode()
    assert "default-src 'self'" in answered["Content-Security-Policy"]
    assert "unsafe" not in answered["Content-Security-Policy"]
    assert "<style" not in raw
    assert "<script>" not in raw
    assert ' style="' not in raw


def test_a_form_without_its_token_is_refused(world: World) -> None:
    claim = file_claim(world, world.ana, sales(world.s_a))
    client = Client(enforce_csrf_checks=True)
    client.force_login(world.rev1, backend="django.contrib.auth.backends.ModelBackend")

    answered = client.post(address(claim), {"action": "start_review"})

    assert answered.status_code == 403
    assert Claim.objects.get().status == "submitted"
