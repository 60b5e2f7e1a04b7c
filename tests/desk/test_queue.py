"""The queue lists what needs work, the most urgent first (scenarios 67 and 68)."""

import pytest
import time_machine

from claims.inputs import Entry
from claims.models import Claim
from desk.lists import CappedPaginator
from tenants.models import Tenant
from tests.desk.desk import CASES, QUEUE, Desk, queries_for, words
from tests.factories import SubscriptionFactory, TenantFactory
from tests.filing import (
    approve,
    ask,
    ask_parties,
    at,
    draft,
    file_claim,
    held_and_claimed,
    notify,
    reference_of,
    sales,
    take_up,
    time_passes,
    withdraw,
    workload_rivals,
    workloads,
)
from tests.remembered import remembered
from tests.world import EXCHANGE, INTUNE, SALES, TEAMS, World


def test_67_a_claim_untouched_by_the_end_of_day_five_is_flagged_as_breached(
    world: World, rev1: Desk, clock: time_machine.Traveller
) -> None:
    claim = file_claim(world, world.ana)
    clock.move_to(at(13, 23, 59))
    on_the_last_day = rev1.read(QUEUE)
    assert rev1.queue(breached="yes") == []

    clock.move_to(at(14, 0))
    unswept = rev1.read(QUEUE)
    found = rev1.queue(breached="yes")
    time_passes(at(14, 0))

    assert "Last business day CPOR-2020" in on_the_last_day
    assert "Breached" not in on_the_last_day.replace("All Breached", "")
    for page in (unswept, rev1.read(QUEUE)):
        assert f"Overdue {claim.reference}" in page
        assert "Mon 13 July 2020 Review: Overdue" in page
        assert "Breached: Review was due on Mon 13 July 2020 and is still open" in page
    assert found == rev1.queue(breached="yes") == [claim.reference]


def test_a_missed_deadline_stays_flagged_after_the_work_is_done(
    world: World, rev1: Desk, clock: time_machine.Traveller
) -> None:
    claim = file_claim(world, world.ana)
    clock.move_to(at(14, 9))
    time_passes(at(14, 9))
    take_up(claim, world.rev1, now=at(14, 9))
    approve(claim, world.rev1, now=at(14, 10))

    page = rev1.read(QUEUE, status="approved")

    assert "Breached: Review was due on Mon 13 July 2020" in page
    assert "and is still open" not in page


def test_the_queue_lists_only_claims_that_need_work(world: World, rev1: Desk) -> None:
    waiting = file_claim(world, world.ana)
    settled = file_claim(world, world.ana, *workloads(INTUNE))
    withdraw(settled, world.ana)
    draft(world, world.ana, *workloads(EXCHANGE))

    assert rev1.queue() == [waiting.reference]
    assert rev1.queue(status="withdrawn") == [settled.reference]
    assert rev1.queue(status="all") == [settled.reference, waiting.reference]
    assert rev1.queue(status="nonsense") == []


def test_rows_show_the_next_actor_the_action_and_the_deadline(world: World, rev1: Desk) -> None:
    claim = file_claim(world, world.ana)
    take_up(claim, world.rev1)

    page = rev1.read(QUEUE)

    assert (
        f"More than three business days left {claim.reference} Contoso Fabrikam Under review "
        "1 of 1 Dynamics 365 Sales Mon 13 July 2020 Review: 5 business days left – Rita Reviewer"
    ) in page


def test_the_most_urgent_claim_comes_first_and_claims_waiting_for_partners_last(
    world: World, rev1: Desk, clock: time_machine.Traveller
) -> None:
    asked = file_claim(world, world.ana, now=at(6))
    take_up(asked, world.rev1, now=at(6))
    ask(asked, world.rev1, now=at(6))
    old = file_claim(world, world.ana, *workloads(INTUNE), now=at(7))
    new = file_claim(world, world.tom, *workloads(EXCHANGE), now=at(13))
    clock.move_to(at(13, 12))

    page = rev1.read(QUEUE)

    assert rev1.queue() == [old.reference, new.reference, asked.reference]
    assert f"Two or three business days left {old.reference}" in page
    assert f"More than three business days left {new.reference}" in page
    assert f"Waiting for the partner {asked.reference}" in page
    assert rev1.queue(o="5") == [asked.reference, old.reference, new.reference]
    assert rev1.queue(o="-5") == [new.reference, old.reference, asked.reference]


def test_a_claim_in_a_case_leads_to_it_and_is_due_with_it(world: World, rev1: Desk) -> None:
    _theirs, _ours, case = workload_rivals(world)
    before = rev1.read(QUEUE)
    notify(case, world.rev1, now=at(6))
    after = rev1.read(QUEUE)
    ask_parties(case, world.arb, now=at(6))
    asked = rev1.read(QUEUE)

    assert f"{case} no notice yet" in before
    assert f"{case} notice posted" in after
    assert "Arbitration: 5 business days left" in after
    assert "Waiting for the partner" in asked
    assert "Answer: 5 business days left" in asked


def test_filters_narrow_by_assignee_area_and_status(world: World, rev1: Desk) -> None:
    mine = file_claim(world, world.ana)
    take_up(mine, world.rev1)
    other = file_claim(world, world.ana, *workloads(INTUNE))
    take_up(other, world.rev2)
    free = file_claim(world, world.tom, *workloads(EXCHANGE))

    assert rev1.queue(assignee="me") == [mine.reference]
    assert rev1.queue(assignee="nobody") == [free.reference]
    assert rev1.queue(area="microsoft_365") == [other.reference, free.reference]
    assert rev1.queue(status="submitted") == [free.reference]
    assert rev1.queue(area="business_applications", assignee="nobody") == []


def test_search_finds_claims_in_any_status(world: World, rev1: Desk) -> None:
    first = file_claim(world, world.ana)
    withdraw(first, world.ana)
    adatum = file_claim(world, world.tom, Entry(product=SALES), tenant="adatum")

    for term in (
        reference_of(first),
        reference_of(first).lower(),
        reference_of(first).replace("0", "o").replace("1", "I"),
        str(world.s_a.guid).upper(),
        "4391507",
        "fabri",
        "conto",
    ):
        assert rev1.queue(q=term) == [first.reference], term
    assert rev1.queue(q=str(world.adatum.guid)) == [adatum.reference]
    for nothing in ("Northwind", "4391508", "%", "CPOR-2020-999999", "' OR 1=1"):
        assert rev1.queue(q=nothing) == [], nothing
    assert rev1.get(QUEUE, q="\x00").status_code == 200


def test_a_claim_of_a_search_by_partner_is_found_once(world: World, rev1: Desk) -> None:
    claim = file_claim(world, world.ana, *workloads(TEAMS, INTUNE, EXCHANGE))

    assert rev1.queue(q="fabrikam") == [claim.reference]
    assert rev1.queue(q=str(world.contoso.guid)) == [claim.reference]


@pytest.mark.parametrize("query", [{}, {"status": "all"}, {"breached": "yes"}, {"q": "customer"}])
def test_the_queue_costs_the_same_queries_with_one_row_and_with_25(
    world: World, rev1: Desk, query: dict[str, str], clock: time_machine.Traveller
) -> None:
    _fill(world, 1)
    clock.move_to(at(14))
    one = queries_for(rev1, QUEUE, **query)

    _fill(world, 24)

    assert len(rev1.queue(**query)) == 25
    assert queries_for(rev1, QUEUE, **query) == one


def test_cases_cost_the_same_queries_with_one_row_and_with_25(world: World, rev1: Desk) -> None:
    _contest(world, 1)
    one = queries_for(rev1, CASES)

    _contest(world, 24)

    assert len(rev1.get(CASES).context["cl"].result_list) == 25
    assert queries_for(rev1, CASES) == one


@remembered
def _fill(world: World, number: int) -> None:
    for _number in range(number):
        _file_at_new_customer(world, "ana")


@remembered
def _contest(world: World, number: int) -> None:
    for _number in range(number):
        tenant = _file_at_new_customer(world, "ned")
        _file_at_new_customer(world, "ana", tenant)


def _file_at_new_customer(world: World, who: str, tenant: Tenant | None = None) -> Tenant:
    tenant = tenant or SubscriptionFactory.create(products=[world.products[SALES]]).tenant
    claim = file_claim(
        world,
        getattr(world, who),
        sales(tenant.subscriptions.get()),
        tenant_guid=str(tenant.guid),
        domain=tenant.domains.get().name,
        confirmed=("COMPETING_CLAIM", "CONTACT_DOMAIN_MISMATCH"),
        now=at(6),
    )
    take_up(claim, world.rev1, now=at(6))
    return tenant


def test_no_list_counts_a_whole_table(world: World, rev1: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(CappedPaginator, "CAP", 2)
    for code in (TEAMS, INTUNE, EXCHANGE):
        file_claim(world, world.ana, *workloads(code))

    page = rev1.read(QUEUE)

    assert "More than 2 claims. Search or filter to see the others." in page


def test_pages_turn_without_repeating_a_row(world: World, rev1: Desk) -> None:
    _fill(world, 27)

    first, second = rev1.queue(), rev1.queue(p="2")

    assert (len(first), len(second)) == (25, 2)
    assert sorted(first + second) == sorted(map(reference_of, Claim.objects.all()))
    assert rev1.get(QUEUE, p="3").status_code == 302  # a page that does not exist redirects to the list
    assert rev1.get(QUEUE, p="x").status_code == 200


def test_cases_are_sorted_by_due_date_those_without_notice_by_their_parties_review(
    world: World, rev1: Desk, clock: time_machine.Traveller
) -> None:
    _theirs, _ours, noticed = held_and_claimed(world)
    notify(noticed, world.rev1)
    _theirs, _ours, fresh = workload_rivals(world, now=at(7))
    clock.move_to(at(14))

    page = rev1.read(CASES)

    assert [row.case.pk for row in rev1.get(CASES).context["cl"].result_list] == [noticed.pk, fresh.pk]
    assert (
        f"{fresh} Contoso Microsoft Teams Incentive Northwind, Fabrikam Not posted yet "
        "Tue 14 July 2020 Review: 1 business day left"
    ) in page
    assert "Breached: Arbitration was due on Mon 13 July 2020 and is still open" in page
    for query, found in (
        ({"breached": "yes"}, [noticed]),
        ({"notice": "missing"}, [fresh]),
        ({"state": "decided"}, []),
        ({"state": "all"}, [fresh, noticed]),
        ({"q": str(noticed)}, [noticed]),
        ({"q": str(fresh.pk)}, [fresh]),
        ({"q": str(world.s_a.guid)}, [noticed]),
        ({"q": str(world.contoso.guid)}, [fresh, noticed]),
        ({"q": _ours.reference}, [fresh]),
        ({"q": "9" * 30}, []),
    ):
        cases = [row.case for row in rev1.get(CASES, **query).context["cl"].result_list]
        assert cases == found, query


def test_74_the_list_of_cases_shows_a_review_that_was_missed_before_the_notice(
    world: World, rev1: Desk, clock: time_machine.Traveller
) -> None:
    _theirs, ours, case = workload_rivals(world)
    take_up(ours, world.rev1)
    clock.move_to(at(14))

    page = rev1.read(CASES)
    late = [row.case for row in rev1.get(CASES, breached="yes").context["cl"].result_list]
    claim = rev1.read(ours)

    assert "Mon 13 July 2020 Review: Overdue" in page
    assert "Breached: Review was due on Mon 13 July 2020 and is still open" in page
    assert late == [case]
    assert f"{case}: Next: post the notice." in claim


def test_an_empty_queue_says_so(world: World, rev1: Desk) -> None:
    assert "No claim needs work." in rev1.read(QUEUE)
    assert "No claim matches." in rev1.read(QUEUE, assignee="me")


def test_wrong_filters_lead_back_to_the_list(world: World, rev1: Desk) -> None:
    TenantFactory.create()

    answered = rev1.get(QUEUE, organisation__name="Fabrikam")

    assert answered.status_code in (302, 400)
    assert "Fabrikam" not in words(answered)
