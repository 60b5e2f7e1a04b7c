"""The life situations of domain.md part 10 that need nothing that comes later, one test each.

Each goes through the services; the same situations through their pages are tests of those doors.
"""

from functools import partial

import pytest

from arbitration.models import Case
from associations.models import Association
from claims.enums import ClaimStatus
from claims.inputs import Entry, Purpose, input_of
from claims.models import Claim
from claims.services import check_claim
from claims.validation import check
from partners.models import Location, Member, MemberRole, User
from partners.selectors import global_admins_of
from tests.filing import (
    DAY,
    add_proof,
    answer,
    approve,
    arbitration_clock,
    ask_parties,
    at,
    case_of,
    consent_passes,
    decide,
    decide_for,
    directory_says,
    draft,
    file_claim,
    grants_of,
    happened,
    held_and_claimed,
    hold,
    items_of,
    last_comment,
    notify,
    outcomes,
    parties_in,
    pending,
    refusal,
    reloaded,
    rounds_of,
    say,
    status,
    submit,
    take_up,
    time_passes,
    withdraw,
    workload_rivals,
    workloads,
    yes,
)
from tests.walk.invariants import check_all, check_replay
from tests.world import EXCHANGE, FINANCE, INTUNE, NOW, POWER_BI, SALES, TEAMS, World, actor


def findings_of(claim: Claim, user: User) -> list[str]:
    report = check(input_of(claim), actor=actor(user), now=NOW, purpose=Purpose.CHECK)
    return [finding.code for finding in report.findings if finding.severity != "info"]


@pytest.mark.parametrize("domain", ["contoso.com", "https://contoso.com/", "info@contoso.com", "CONTOSO"])
def test_1_a_custom_domain_of_the_tenant_is_accepted(world: World, domain: str) -> None:
    claim = file_claim(world, world.ana, domain=domain)

    assert status(claim) == ClaimStatus.SUBMITTED
    assert claim.domain in ("contoso.com", "contoso.onmicrosoft.com")


def test_2_an_order_number_or_a_tenant_id_is_no_subscription_id(world: World) -> None:
    for pasted in ("ORDER-12345", str(world.contoso.guid)):
        claim = draft(world, world.ana, items=(Entry(product=SALES, subscription_id=pasted),))
        report = check(input_of(claim), actor=actor(world.ana), now=NOW, purpose=Purpose.CHECK)
        (error,) = report.errors

        assert (error.code, error.pointer) == ("NOT_A_SUBSCRIPTION_ID", "/items/0/subscription_id")
        assert error.guidance


def test_4_one_company_cannot_claim_a_subscription_with_two_mpns(world: World) -> None:
    file_claim(world, world.ana)
    second = draft(world, world.ana, mpn_id="4391509")

    assert findings_of(second, world.ana) == ["SUBSCRIPTION_ALREADY_CLAIMED"]
    assert refusal(lambda: submit(second, world.ana)) == "VALIDATION_FAILED"


def test_5_two_rivals_are_never_both_approved(world: World) -> None:
    theirs, ours, case = workload_rivals(world)
    for claim in (theirs, ours):
        take_up(claim, world.rev1)

    refused = [refusal(partial(approve, claim, world.rev1)) for claim in (theirs, ours)]
    decide_for(case, world.arb, world.fabrikam)

    assert refused == ["CASE_OPEN", "CASE_OPEN"]
    assert (outcomes(theirs), outcomes(ours)) == (["declined LOST_ARBITRATION"], ["approved"])
    assert Association.objects.count() == 1


def test_6_of_three_products_one_is_contested_and_two_are_approved_at_once(world: World) -> None:
    hold(world, world.ned, *workloads(TEAMS))
    claim = file_claim(world, world.ana, *workloads(TEAMS, INTUNE, EXCHANGE))
    take_up(claim, world.rev1)

    decide(claim, world.rev1, *map(yes, items_of(claim)[1:]))
    consent_passes(claim, handed_over_at=NOW)

    assert outcomes(claim) == ["pending", "approved", "approved"]
    assert grants_of(claim) == [("usage", "active"), ("usage", "active")]
    assert (status(claim), case_of(claim).state) == (ClaimStatus.UNDER_REVIEW, "open")


def test_6_the_company_sees_its_locations_and_its_global_admins(world: World) -> None:
    mpns = Location.objects.filter(organisation=world.fabrikam).values_list("mpn_id", flat=True)

    assert sorted(mpns) == ["4391507", "4391508", "4391509"]
    assert global_admins_of(world.fabrikam.pk) == ("Gil Garcia",)


def test_7_a_third_claimant_on_day_four_joins_and_is_asked(world: World) -> None:
    _theirs, _ours, case = workload_rivals(world)
    notify(case, world.rev1, now=at(7))
    third = file_claim(world, world.tom, *workloads(TEAMS), now=at(9))

    ask_parties(Case.objects.get(pk=case.pk), world.arb, third, now=at(10))

    assert parties_in(case) == ["northwind", "fabrikam", "tailspin"]
    assert [comment.side for comment in third.comments.all()] == ["desk", "desk"]
    assert (rounds_of(third), status(third)) == ([(1, "met")], ClaimStatus.PARTNER_ACTION_REQUIRED)
    assert (arbitration_clock(case).started_at, arbitration_clock(case).state) == (at(7), "paused")
    answer(third, world.tom, now=at(13))
    assert arbitration_clock(case).state == "running"


def test_8_a_challenger_withdraws_and_the_holder_stays(world: World) -> None:
    theirs, ours, case = held_and_claimed(world)
    notify(case, world.rev1, now=at(7))

    withdraw(ours, world.ana, now=at(8))

    assert Case.objects.get(pk=case.pk).outcome == "no_contest"
    assert (status(theirs), grants_of(theirs)) == (ClaimStatus.APPROVED, [("usage", "active")])
    assert status(ours) == ClaimStatus.WITHDRAWN


def test_9_without_a_holder_the_remaining_challenger_continues_alone(world: World) -> None:
    theirs, ours, case = workload_rivals(world)
    notify(case, world.rev1, now=at(7))

    withdraw(theirs, world.ned, now=at(8))
    approve(ours, world.rev1, now=at(9))

    assert (Case.objects.get(pk=case.pk).outcome, outcomes(ours)) == ("no_contest", ["approved"])
    assert rounds_of(ours) == [(1, "met"), (2, "met")]


def test_12_a_subscription_in_its_grace_period_can_be_approved(world: World) -> None:
    directory_says(world.s_a, state="in_grace")
    claim = pending(world, world.ana)

    consent_passes(claim, handed_over_at=NOW)

    assert (status(claim), grants_of(claim)) == (ClaimStatus.APPROVED, [("usage", "active")])


def test_12_a_subscription_that_ends_before_the_approval_is_declined(world: World) -> None:
    claim = file_claim(world, world.ana)
    take_up(claim, world.rev1)

    directory_says(world.s_a, state="expired", now=at(7))

    assert (outcomes(claim), status(claim)) == (["declined SUBSCRIPTION_ENDED"], ClaimStatus.REJECTED)
    assert refusal(lambda: approve(claim, world.rev1)) == "INVALID_TRANSITION"


def test_14_an_approved_claim_is_not_a_payout_yet(world: World) -> None:
    """A payout also needs consent, and assessment, which gets its event once."""
    claim = pending(world, world.ana)
    before = happened(claim).count("association.grant_handed_over")

    consent_passes(claim, handed_over_at=NOW)

    assert (before, happened(claim).count("association.grant_handed_over")) == (0, 1)
    assert status(claim) == ClaimStatus.APPROVED


def test_15_the_revenue_lane_does_not_contest_another_partners_incentive_lane(world: World) -> None:
    hold(world, world.ned)

    ours = pending(world, world.ana, activities=("revenue_association",))
    consent_passes(ours, handed_over_at=NOW)

    assert Case.objects.count() == 0
    assert sorted(Association.objects.values_list("organisation__code", "scope__lane", "state")) == [
        ("fabrikam", "revenue", "active"),
        ("northwind", "incentive", "active"),
    ]


def test_16_a_workload_bought_through_csp_is_allowed(world: World) -> None:
    world.s_f.channel = "csp"
    world.s_f.save(update_fields=["channel"])

    claim = file_claim(world, world.ana, *workloads(TEAMS), confirmed=())

    assert status(claim) == ClaimStatus.SUBMITTED


def test_17_power_bi_is_not_claimable(world: World) -> None:
    claim = draft(world, world.ana, items=(Entry(product=POWER_BI),))

    assert "PRODUCT_NOT_CLAIMABLE" in findings_of(claim, world.ana)
    assert refusal(lambda: submit(claim, world.ana)) == "VALIDATION_FAILED"


def test_18_an_idle_draft_is_withdrawn_and_an_edited_one_is_checked_again(world: World) -> None:
    kept, forgotten = draft(world, world.ana), draft(world, world.ned, *workloads(TEAMS))
    time_passes(NOW + 83 * DAY)
    add_proof(kept, world.ana, now=NOW + 84 * DAY)
    directory_says(world.s_a, state="suspended", now=NOW + 84 * DAY)

    time_passes(NOW + 90 * DAY)

    assert [status(claim) for claim in (kept, forgotten)] == [ClaimStatus.DRAFT, ClaimStatus.WITHDRAWN]
    assert refusal(lambda: submit(kept, world.ana, now=NOW + 91 * DAY)) == "VALIDATION_FAILED"


def test_19_a_role_lost_while_a_page_is_open_refuses_and_loses_nothing(world: World) -> None:
    claim = draft(world, world.ana)
    MemberRole.objects.filter(member__user=world.ana).update(role="incentives_user")

    assert refusal(lambda: submit(claim, world.ana)) == "ROLE_NOT_ALLOWED"
    assert (status(claim), claim.evidence.count()) == (ClaimStatus.DRAFT, 1)
    Member.objects.filter(user=world.ana).update(ended_at=NOW)
    assert reloaded(claim).name == "Roll-out by ana"


def test_a_check_of_a_draft_reports_its_findings(world: World) -> None:
    claim = draft(world, world.ana, *workloads(FINANCE))

    live = check_claim(claim_input=input_of(claim), actor=actor(world.ana), now=NOW)

    assert [finding.code for finding in live.errors] == ["SUBSCRIPTION_NOT_PROVISIONED"]


def test_a_whole_contest_from_filing_to_the_swap_keeps_every_invariant(world: World) -> None:
    """Follow the issue's own story: a competing claim, a notice, two answers, a decision, and consent."""
    theirs, ours, case = held_and_claimed(world)
    take_up(ours, world.rev1, now=at(7))
    notify(case, world.rev1, now=at(9))
    ask_parties(Case.objects.get(pk=case.pk), world.arb, now=at(10))
    say(theirs, world.ned, "The project began in May 2019.", now=at(13))
    answer(theirs, world.ned, comment="", now=at(13))
    answer(ours, world.ana, comment="The contract is signed in June 2020.", now=at(14))
    decide_for(Case.objects.get(pk=case.pk), world.arb, world.fabrikam, now=at(15))
    time_passes(at(15))
    time_passes(at(24))

    assert [status(claim) for claim in (theirs, ours)] == [ClaimStatus.ENDED, ClaimStatus.APPROVED]
    assert (grants_of(theirs), grants_of(ours)) == ([("usage", "ended")], [("usage", "active")])
    assert last_comment(theirs) == "Other proof was decisive."
    check_all()
    check_replay()
