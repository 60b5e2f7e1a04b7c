"""How a case begins and which parties join it (domain.md 5.1; scenarios 70, 71, 85; situations 5, 7, 9, 15)."""

from arbitration.models import Case
from arbitration.selectors import live_parties
from associations.models import Association
from claims.enums import ClaimStatus
from claims.selectors import visible_comments
from tests.filing import (
    approve,
    at,
    case_of,
    consent_passes,
    file_claim,
    grants_of,
    happened,
    held_and_claimed,
    hold,
    items_of,
    outcomes,
    parties_in,
    party_of,
    pending,
    refusal,
    rounds_of,
    sales,
    status,
    take_up,
    withdraw,
    workload_rivals,
    workloads,
)
from tests.filing import draft as draft_of
from tests.world import INTUNE, NOW, TEAMS, World, actor


def test_70_a_claim_on_a_held_scope_opens_a_case_with_both_parties(world: World) -> None:
    theirs, ours, case = held_and_claimed(world)

    holder, challenger = party_of(case, theirs), party_of(case, ours)
    assert (case.state, case.scope, case.opened_at) == ("open", items_of(ours)[0].scope, NOW)
    assert (holder.organisation, holder.association) == (world.northwind, Association.objects.get())
    assert (challenger.organisation, challenger.association) == (world.fabrikam, None)
    assert [status(theirs), status(ours)] == [ClaimStatus.APPROVED, ClaimStatus.SUBMITTED]


def test_71_two_open_items_without_a_holder_are_parties_of_one_case(world: World) -> None:
    theirs, ours, case = workload_rivals(world)

    assert parties_in(case) == ["northwind", "fabrikam"]
    assert {party.item for party in live_parties(case)} == {*items_of(theirs), *items_of(ours)}
    assert Case.objects.count() == 1


def test_a_pending_association_is_a_holder_too(world: World) -> None:
    theirs = pending(world, world.ned)

    ours = file_claim(world, world.ana)

    assert party_of(case_of(ours), theirs).association == Association.objects.get()


def test_until_the_notice_partners_learn_nothing_of_the_case(world: World) -> None:
    theirs, ours, _case = held_and_claimed(world)

    for claim, user in ((theirs, world.ned), (ours, world.ana)):
        assert list(visible_comments(claim, actor(user))) == []
        assert [item.in_arbitration_since for item in items_of(claim)] == [None]
    assert happened(theirs)[-1] == "case.joined"


def test_7_a_third_claimant_joins_the_open_case(world: World) -> None:
    _theirs, _ours, case = workload_rivals(world)

    third = file_claim(world, world.tom, *workloads(TEAMS), now=at(9))

    assert (case_of(third), parties_in(case)) == (case, ["northwind", "fabrikam", "tailspin"])
    assert party_of(case, third).joined_at == at(9)
    assert rounds_of(third) == [(1, "running")]


def test_15_the_revenue_lane_is_no_contest_to_the_incentive_lane(world: World) -> None:
    hold(world, world.ned)

    ours = file_claim(world, world.ana, activities=("revenue_association",), confirmed=())

    assert (Case.objects.count(), status(ours)) == (0, ClaimStatus.SUBMITTED)


def test_the_revenue_lane_has_contests_of_its_own(world: World) -> None:
    hold(world, world.ned, activities=("revenue_association",))

    ours = file_claim(world, world.ana, activities=("revenue_association",))

    assert parties_in(case_of(ours)) == ["northwind", "fabrikam"]


def test_a_second_claim_of_an_organisation_is_no_case_by_itself(world: World) -> None:
    file_claim(world, world.ana, activities=("usage",))

    file_claim(world, world.ana, activities=("presales",), confirmed=())

    assert Case.objects.count() == 0


def test_another_activity_of_the_holder_is_approved_without_a_contest(world: World) -> None:
    usage = hold(world, world.ana)

    presales = file_claim(world, world.ana, activities=("presales",), confirmed=())
    take_up(presales, world.rev1)
    approve(presales, world.rev1)

    assert Case.objects.count() == 0
    assert Association.objects.count() == 1
    assert (grants_of(usage), grants_of(presales)) == (
        [("usage", "active")],
        [("presales", "pending_consent")],
    )


def test_another_activity_of_the_holder_joins_an_open_case_on_its_side(world: World) -> None:
    _theirs, _ours, case = held_and_claimed(world)

    side = file_claim(world, world.ned, activities=("presales",))

    take_up(side, world.rev1)
    assert parties_in(case) == ["northwind", "fabrikam", "northwind"]
    assert party_of(case, side).association is None
    assert refusal(lambda: approve(side, world.rev1)) == "CASE_OPEN"


def test_a_claimants_own_second_activity_comes_along_when_a_rival_opens_the_case(world: World) -> None:
    usage = file_claim(world, world.ana, activities=("usage",))
    presales = file_claim(world, world.ana, activities=("presales",))

    theirs = file_claim(world, world.ned)

    case = case_of(theirs)
    assert sorted(parties_in(case)) == ["fabrikam", "fabrikam", "northwind"]
    assert {party.claim for party in live_parties(case)} == {usage, presales, theirs}


def test_a_holders_open_item_comes_along_when_a_rival_opens_the_case(world: World) -> None:
    held = hold(world, world.ana)
    side = file_claim(world, world.ana, activities=("presales",), confirmed=())

    theirs = file_claim(world, world.ned)

    case = case_of(theirs)
    assert {party.claim for party in live_parties(case)} == {held, side, theirs}
    assert party_of(case, held).is_holder
    assert not party_of(case, side).is_holder


def test_a_draft_is_no_party(world: World) -> None:
    hold(world, world.ned)

    draft_of(world, world.ana)

    assert Case.objects.count() == 0


def test_each_contested_item_has_its_own_case(world: World) -> None:
    hold(world, world.ned, *workloads(TEAMS))
    hold(world, world.tom, *workloads(INTUNE))

    ours = file_claim(world, world.ana, *workloads(TEAMS, INTUNE))

    assert [parties_in(case) for case in Case.objects.order_by("pk")] == [
        ["northwind", "fabrikam"],
        ["tailspin", "fabrikam"],
    ]
    assert outcomes(ours) == ["pending", "pending"]


def test_a_case_on_one_subscription_is_none_on_the_other(world: World) -> None:
    hold(world, world.ned, sales(world.s_a))

    ours = file_claim(world, world.ana, sales(world.s_a), sales(world.s_b))

    assert [case.scope.subscription for case in Case.objects.all()] == [world.s_a]
    assert items_of(ours)[1].case_parties.count() == 0


def test_a_partner_that_withdrew_and_claims_again_joins_as_a_new_party(world: World) -> None:
    _theirs, ours, case = workload_rivals(world)
    third = file_claim(world, world.tom, *workloads(TEAMS))
    withdraw(ours, world.ana)

    again = file_claim(world, world.ana, *workloads(TEAMS))

    assert (case_of(again), third.pk) == (case, case.parties.get(organisation=world.tailspin).claim_id)
    assert parties_in(case) == ["northwind", "tailspin", "fabrikam"]


def test_after_consent_the_new_holder_is_the_party_of_the_next_case(world: World) -> None:
    claim = pending(world, world.ana)
    consent_passes(claim, handed_over_at=NOW)

    rival = file_claim(world, world.ned, now=at(20))

    assert party_of(case_of(rival), claim).association == Association.objects.get()
