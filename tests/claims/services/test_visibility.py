"""Which callers see which claims and cases (domain.md parts 5.9 and 9)."""

import pytest

from arbitration.models import Case
from arbitration.selectors import visible_cases
from claims.models import Claim
from claims.selectors import claim_for, visible_claims
from foundation.kernel.actor import SYSTEM, Actor, Channel, DeskRole
from foundation.kernel.errors import NotFound
from partners.actors import partner_actor
from partners.models import DeskSeat, Location, Member, User
from tests.filing import (
    at_desk,
    decide_for,
    draft,
    file_claim,
    hold,
    sales,
    say,
    take_up,
    withdraw,
    workload_rivals,
    workloads,
)
from tests.world import INTUNE, NOW, TEAMS, World, actor


def seen(who: Actor) -> set[Claim]:
    return set(visible_claims(who))


@pytest.fixture
def claims(world: World) -> dict[str, Claim]:
    """A draft and a submitted claim of Fabrikam, one claim of Northwind, and a discarded draft of Tailspin."""
    given_up = draft(world, world.tom)
    withdraw(given_up, world.tom)
    return {
        "draft": draft(world, world.ana),
        "submitted": file_claim(world, world.ana, *workloads(INTUNE)),
        "northwind": file_claim(world, world.ned, *workloads(TEAMS)),
        "given up": given_up,
    }


@pytest.mark.parametrize("name", ["ana", "uma", "gil", "bea"])
def test_members_see_their_organisations_claims(world: World, claims: dict[str, Claim], name: str) -> None:
    assert seen(actor(getattr(world, name))) == {claims["draft"], claims["submitted"]}


def test_a_member_without_a_role_sees_nothing(world: World, claims: dict[str, Claim]) -> None:
    assert seen(actor(world.dan)) == set()


@pytest.mark.parametrize("name", ["rev1", "arb", "sup"])
def test_the_desk_sees_every_claim_that_was_ever_submitted(
    world: World, claims: dict[str, Claim], name: str
) -> None:
    assert seen(actor(getattr(world, name))) == {claims["submitted"], claims["northwind"]}


def test_a_desk_admin_sees_every_claim_that_was_ever_submitted(
    world: World, claims: dict[str, Claim]
) -> None:
    DeskSeat.objects.filter(user=world.sup).update(role=DeskRole.DESK_ADMIN)

    assert seen(actor(world.sup)) == {claims["submitted"], claims["northwind"]}


def test_the_system_sees_everything(claims: dict[str, Claim]) -> None:
    assert seen(SYSTEM) == set(claims.values())


def test_10_a_bounded_member_sees_its_locations_and_drafts_of_its_own_without_one(world: World) -> None:
    paris = Location.objects.get(mpn_id="4391508")
    file_claim(world, world.ana)
    own = draft(world, world.fre, mpn_id="4391508")
    somebodys = draft(world, world.ana, mpn_id="4391508")
    untold = draft(world, world.fre, mpn_id="")
    draft(world, world.ana, mpn_id="")

    assert {claim.location for claim in (own, somebodys)} == {paris}
    assert seen(actor(world.fre)) == {own, somebodys, untold}


def test_a_foreign_claim_looks_like_a_missing_one(world: World, claims: dict[str, Claim]) -> None:
    answers = []
    for public_id in (claims["northwind"].public_id, "00000000-0000-4000-8000-000000000000"):
        with pytest.raises(NotFound) as refused:
            claim_for(actor(world.ana), public_id)
        answers.append(str(refused.value))

    assert answers[0] == answers[1]


# --- Former members and rivals (5.9) ---


def seated(user: User, role: DeskRole = DeskRole.ARBITER) -> None:
    DeskSeat.objects.get_or_create(user=user, role=role)


@pytest.mark.parametrize("ended", [False, True])
def test_a_present_or_former_member_sees_none_of_its_claims_as_desk(world: World, ended: bool) -> None:
    ours = file_claim(world, world.ana, *workloads(INTUNE))
    theirs = file_claim(world, world.ned, *workloads(TEAMS))
    seated(world.uma)
    if ended:
        Member.objects.filter(user=world.uma).update(ended_at=NOW)

    assert seen(at_desk(world.uma)) == {theirs}
    with pytest.raises(NotFound):
        claim_for(at_desk(world.uma), ours.public_id)


def test_a_former_member_has_no_partner_access(world: World) -> None:
    file_claim(world, world.ana)
    Member.objects.filter(user=world.uma).update(ended_at=NOW)

    assert partner_actor(world.uma, channel=Channel.WEB) is None


def test_a_member_at_the_desk_sees_no_case_of_its_organisation_and_no_rival_in_one(world: World) -> None:
    theirs, _ours, _case = workload_rivals(world)
    elsewhere = file_claim(world, world.tom, sales(world.s_x), tenant="adatum")
    third = file_claim(world, world.tom, *workloads(TEAMS))
    seated(world.uma)

    assert seen(at_desk(world.uma)) == {elsewhere}
    assert not visible_claims(at_desk(world.uma)).filter(pk__in=[theirs.pk, third.pk]).exists()
    assert list(visible_cases(at_desk(world.uma))) == []


def test_a_member_at_the_desk_sees_no_decided_case_of_its_organisation(world: World) -> None:
    theirs, _ours, case = workload_rivals(world)
    decide_for(case, world.arb, world.northwind)
    seated(world.uma)

    assert seen(at_desk(world.uma)) == set()
    with pytest.raises(NotFound):
        say(theirs, world.uma, "As desk?")


def test_others_at_the_desk_see_every_case(world: World) -> None:
    _theirs, _ours, case = workload_rivals(world)

    assert [list(visible_cases(actor(user))) for user in (world.rev1, world.arb, world.sup)] == [[case]] * 3


@pytest.mark.parametrize("name", ["ana", "ned", "gil"])
def test_no_partner_sees_a_case(world: World, name: str) -> None:
    workload_rivals(world)

    assert list(visible_cases(actor(getattr(world, name)))) == []
    assert Case.objects.count() == 1


def test_a_conflicted_arbiter_does_not_decide(world: World) -> None:
    _theirs, _ours, case = workload_rivals(world)
    Member.objects.create(user=world.arb, organisation=world.northwind, ended_at=NOW)

    with pytest.raises(NotFound):
        decide_for(case, world.arb, world.fabrikam)
    assert Case.objects.get(pk=case.pk).state == "open"


def test_a_conflicted_reviewer_does_not_review_a_holders_rival(world: World) -> None:
    hold(world, world.ned)
    ours = file_claim(world, world.ana)
    Member.objects.create(user=world.rev1, organisation=world.northwind, ended_at=NOW)

    with pytest.raises(NotFound):
        take_up(ours, world.rev1)
