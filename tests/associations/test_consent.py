"""Consent, activation and the ends of associations (domain.md parts 5.5 and 8; scenarios 87 and 95)."""

from datetime import datetime

import pytest
from django.core import mail
from pytest_django import Settings

from associations.enums import EndReason
from associations.models import Association, ConsentRequest, Grant
from associations.services import (
    activate_consented,
    hold_undeliverable_consent,
    start_consent_window,
)
from associations.steps import end_grants
from claims.enums import ClaimStatus
from claims.inputs import DraftChanges
from claims.models import Claim
from claims.services import save_claim
from cpor.sweeps import sweep
from foundation.journal.models import Delivery, Event
from foundation.journal.relay import BACKOFF
from foundation.journal.step import Step
from foundation.kernel.actor import SYSTEM
from tenants.models import Product
from tests.filing import (
    DAY,
    approve,
    association_of,
    at,
    consent_passes,
    decide,
    decide_for,
    directory_says,
    file_claim,
    grants_of,
    happened,
    held_and_claimed,
    hold,
    items_of,
    no,
    pending,
    refusal,
    reloaded,
    sales,
    say,
    status,
    take_up,
    time_passes,
    workloads,
    yes,
)
from tests.world import EXCHANGE, INTUNE, NOW, SALES, TEAMS, World, actor


def requests_of(claim: Claim) -> list[ConsentRequest]:
    return list(ConsentRequest.objects.filter(claim_id=claim.pk).order_by("pk"))


def handed_over(claim: Claim) -> int:
    return Event.objects.filter(claim_id=claim.pk, type="association.grant_handed_over").count()


# --- One request for each call ---


def test_the_approvals_of_one_call_share_one_request(world: World) -> None:
    claim = file_claim(world, world.ana, *workloads(TEAMS, INTUNE, EXCHANGE))
    take_up(claim, world.rev1)
    teams, intune, exchange = items_of(claim)

    decide(claim, world.rev1, yes(teams), yes(intune))
    decide(claim, world.rev1, yes(exchange))

    first, second = requests_of(claim)
    assert (first.grants.count(), second.grants.count()) == (2, 1)
    assert Delivery.objects.filter(event__type="association.consent_requested").count() == 2


def test_a_call_that_only_declines_asks_the_customer_nothing(world: World) -> None:
    claim = file_claim(world, world.ana)
    take_up(claim, world.rev1)

    decide(claim, world.rev1, no(items_of(claim)[0]))

    assert requests_of(claim) == []


def test_two_activities_of_one_item_are_two_grants_of_one_association(world: World) -> None:
    claim = pending(world, world.ana, activities=("presales", "usage"))

    assert grants_of(claim) == [("presales", "pending_consent"), ("usage", "pending_consent")]
    assert (Association.objects.count(), len(requests_of(claim))) == (1, 1)


# --- The window ---


def test_the_window_starts_when_the_mail_was_handed_over(world: World) -> None:
    claim = pending(world, world.ana, now=at(10))
    (before,) = requests_of(claim)

    time_passes(at(10, 15))

    (request,) = requests_of(claim)
    assert (before.handed_over_at, before.window_ends_at) == (None, None)
    assert (request.handed_over_at, request.window_ends_at) == (at(10, 15), at(18, 0))
    assert [message.to for message in mail.outbox if "contoso.com" in message.to[0]] == [
        ["cora.ana@contoso.com"]
    ]


def test_a_mail_that_was_never_handed_over_starts_nothing(world: World) -> None:
    claim = pending(world, world.ana)

    assert activate_consented(consent_request_id=requests_of(claim)[0].pk, now=at(31)) == 0
    assert grants_of(claim) == [("usage", "pending_consent")]


def test_a_second_hand_over_does_not_move_the_window(world: World) -> None:
    claim = pending(world, world.ana)
    (request,) = requests_of(claim)

    for day in (7, 9):
        start_consent_window(consent_request_id=request.pk, zone="UTC", now=at(day))

    assert requests_of(claim)[0].window_ends_at == at(15, 0)
    assert happened(claim).count("association.consent_window_started") == 1


@pytest.mark.parametrize(
    ("now", "state"), [(at(17, 23, 59), "pending_consent"), (at(18, 0), "active")], ids=["before", "at"]
)
def test_87_the_association_is_active_from_the_end_of_the_window_on(
    world: World, now: datetime, state: str
) -> None:
    claim = pending(world, world.ana, now=at(10))
    time_passes(at(10))

    time_passes(now)

    association = association_of(world.fabrikam)
    assert (association.state, grants_of(claim)) == (state, [("usage", state)])
    assert status(claim) == ClaimStatus.APPROVED


def test_87_one_hand_over_however_often_the_sweep_comes(world: World) -> None:
    claim = pending(world, world.ana, now=at(10))
    time_passes(at(10))

    for day in (18, 18, 19, 25):
        time_passes(at(day))

    assert handed_over(claim) == 1
    assert Grant.objects.get().handed_over_at == at(18)


def test_87_the_revenue_lane_is_never_handed_over(world: World) -> None:
    claim = pending(world, world.ana, activities=("revenue_association",))

    consent_passes(claim, handed_over_at=NOW)

    assert (grants_of(claim), handed_over(claim)) == ([("revenue_association", "active")], 0)
    assert Grant.objects.get().handed_over_at is None


def test_a_product_that_earns_nothing_is_not_handed_over(world: World) -> None:
    Product.objects.filter(code=SALES).update(incentive_eligible=False)
    claim = pending(world, world.ana)

    consent_passes(claim, handed_over_at=NOW)

    assert (grants_of(claim), handed_over(claim)) == ([("usage", "active")], 0)


def test_each_grant_is_handed_over_by_itself(world: World) -> None:
    claim = pending(world, world.ana, activities=("presales", "usage"))

    consent_passes(claim, handed_over_at=NOW)

    assert handed_over(claim) == 2


# --- A mail that cannot be delivered ---


def test_an_undeliverable_mail_blocks_the_activation_and_alerts_the_desk(
    world: World, settings: Settings
) -> None:
    settings.EMAIL_BACKEND = "tests.associations.broken_mail.Backend"
    claim = pending(world, world.ana)
    now = NOW
    for pause in (*BACKOFF, BACKOFF[-1]):
        sweep(now=now)
        now += pause
    sweep(now=now + 40 * DAY)

    (request,) = requests_of(claim)
    assert (request.handed_over_at, request.window_ends_at) == (None, None)
    assert request.undeliverable_at is not None
    assert grants_of(claim) == [("usage", "pending_consent")]
    assert happened(claim).count("association.consent_undeliverable") == 1


def test_a_request_is_held_once_and_never_after_its_mail_went_out(world: World) -> None:
    claim = pending(world, world.ana)
    (request,) = requests_of(claim)
    for day in (7, 8):
        hold_undeliverable_consent(consent_request_id=request.pk, now=at(day))
    other = pending(world, world.ned, *workloads(TEAMS))
    time_passes(at(8))
    hold_undeliverable_consent(consent_request_id=requests_of(other)[0].pk, now=at(9))

    assert happened(claim).count("association.consent_undeliverable") == 1
    assert requests_of(other)[0].undeliverable_at is None


# --- The swap ---


def test_the_swap_leaves_no_instant_with_two_or_none(world: World) -> None:
    theirs, ours, case = held_and_claimed(world)
    decide_for(case, world.arb, world.fabrikam, now=at(7))
    time_passes(at(7))
    before = set(Association.objects.values_list("organisation__code", "state"))

    time_passes(at(20))

    assert before == {("northwind", "active"), ("fabrikam", "pending_consent")}
    assert set(Association.objects.values_list("organisation__code", "state", "end_reason")) == {
        ("northwind", "ended", "superseded"),
        ("fabrikam", "active", ""),
    }
    new, old = association_of(world.fabrikam), association_of(world.northwind)
    assert new.activated_at == old.ended_at
    assert [status(claim) for claim in (theirs, ours)] == [ClaimStatus.ENDED, ClaimStatus.APPROVED]


def test_the_superseded_holder_can_claim_again_and_opens_a_case(world: World) -> None:
    _theirs, ours, case = held_and_claimed(world)
    decide_for(case, world.arb, world.fabrikam, now=at(7))
    consent_passes(ours, handed_over_at=at(7))

    again = file_claim(world, world.ned, now=at(20))

    assert again.case_parties.get().case.state == "open"


def test_a_winner_whose_grant_ends_before_consent_leaves_the_holder_untouched(world: World) -> None:
    """Until the consent page exists, the desk ends the grant for the customer; nothing else ends."""
    theirs, ours, case = held_and_claimed(world)
    decide_for(case, world.arb, world.fabrikam, now=at(7))
    time_passes(at(7))

    ours_granted = Grant.objects.filter(association=association_of(world.fabrikam))
    end_grants(
        Step(actor=SYSTEM, at=at(9)),
        ours_granted.values_list("pk", flat=True),
        reason=EndReason.CUSTOMER_DECLINED,
    )
    time_passes(at(20))

    assert (association_of(world.fabrikam).state, status(ours)) == ("ended", ClaimStatus.ENDED)
    assert (association_of(world.northwind).state, status(theirs)) == ("active", ClaimStatus.APPROVED)


# --- Ends ---


def test_95_grace_ends_nothing(world: World) -> None:
    claim = hold(world, world.ana)

    directory_says(world.s_a, state="in_grace")

    assert (association_of(world.fabrikam).state, status(claim)) == ("active", ClaimStatus.APPROVED)


def test_an_association_lives_while_one_of_its_grants_does(world: World) -> None:
    claim = hold(world, world.ana, activities=("presales", "usage"))
    first, second = Grant.objects.order_by("pk")

    end_grants(Step(actor=SYSTEM, at=at(7)), [first.pk], reason=EndReason.DESK)
    between = association_of(world.fabrikam).state, status(claim)
    end_grants(Step(actor=SYSTEM, at=at(8)), [second.pk], reason=EndReason.DESK)

    assert between == ("active", ClaimStatus.APPROVED)
    assert (association_of(world.fabrikam).state, status(claim)) == ("ended", ClaimStatus.ENDED)


def test_ending_twice_is_ending_once(world: World) -> None:
    claim = hold(world, world.ana)
    grant = Grant.objects.get()

    for day in (7, 8):
        end_grants(Step(actor=SYSTEM, at=at(day)), [grant.pk], reason=EndReason.DESK)

    assert Grant.objects.get().ended_at == at(7)
    assert happened(claim).count("association.grant_ended") == 1


def test_a_second_activity_activates_in_its_own_time(world: World) -> None:
    hold(world, world.ana)
    side = pending(world, world.ana, activities=("presales",), now=at(6))
    time_passes(at(6))
    before = grants_of(side)

    time_passes(at(14))

    assert (before, grants_of(side)) == ([("presales", "pending_consent")], [("presales", "active")])
    assert Association.objects.count() == 1


def test_the_first_activity_to_pass_makes_the_association_active(world: World) -> None:
    usage = pending(world, world.ana)
    presales = pending(world, world.ana, activities=("presales",), now=at(8))
    (late,) = requests_of(usage)

    start_consent_window(consent_request_id=requests_of(presales)[0].pk, zone="UTC", now=at(8))
    time_passes(at(16))

    assert association_of(world.fabrikam).state == "active"
    assert grants_of(presales) == [("presales", "active")]
    assert grants_of(usage) == [("usage", "pending_consent")]
    assert ConsentRequest.objects.get(pk=late.pk).handed_over_at == at(16)


def test_a_partner_cannot_change_the_customer_contact_of_an_approved_claim(world: World) -> None:
    claim = pending(world, world.ana)
    person = claim.contacts.get(kind="customer")

    code = refusal(
        lambda: save_claim(
            public_id=str(claim.public_id),
            changes=DraftChanges(contact_fields={"customer": {"email": "me@fabrikam.example"}}),
            actor=actor(world.ana),
            now=NOW,
        )
    )

    assert (code, claim.contacts.get(kind="customer").email) == ("INVALID_TRANSITION", person.email)


def test_an_approved_claim_still_takes_comments(world: World) -> None:
    claim = pending(world, world.ana, sales(world.s_b))

    say(claim, world.ana, "When is it active?")

    assert reloaded(claim).comments.count() == 1


def test_an_approval_sends_each_reader_one_mail(world: World) -> None:
    claim = file_claim(world, world.ana)
    take_up(claim, world.rev1)
    time_passes(NOW)
    mail.outbox.clear()

    approve(claim, world.rev1)
    time_passes(NOW)
    time_passes(NOW)

    readers = sorted(message.to[0] for message in mail.outbox)
    assert readers == sorted(set(readers))
    assert "cora.ana@contoso.com" in readers
