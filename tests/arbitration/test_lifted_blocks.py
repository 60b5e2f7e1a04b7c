"""Whoever proposed a decision in a case confirms another's there only if a desk admin lets him, with a reason (5.9)."""

from hashlib import sha256

import pytest
from django.core import mail
from django.db import IntegrityError, connection, transaction

from arbitration import services as desk
from arbitration.models import Case, CaseDecision, LiftedBlock
from claims.models import Claim
from foundation.journal.models import Event
from foundation.kernel.actor import DeskRole
from foundation.kernel.errors import NotFound
from partners.models import DeskSeat, Member, User
from tests.api.client import ApiClient
from tests.arbitration.test_leaks import readable_by
from tests.filing import (
    at,
    at_desk,
    confirm,
    desk_admin,
    everything_recorded,
    held_and_claimed,
    lift,
    notify,
    outcomes,
    propose_for,
    refusal,
    send_back,
    time_passes,
    withdraw,
    workload_rivals,
)
from tests.world import World

REASON = "Aila Arbiter and Arne Arbiter are the only two who know Northwind."
Contest = tuple[Claim, Claim, Case]


@pytest.fixture
def contest(world: World) -> Contest:
    """Arne proposed to decide for Fabrikam, which Aila returned; then she proposed to decide for Northwind."""
    theirs, ours, case = held_and_claimed(world)
    notify(case, world.rev1, now=at(7))
    propose_for(case, world.arb, world.fabrikam, now=at(8))
    send_back(case, world.arb2, now=at(8))
    propose_for(case, world.arb2, world.northwind, now=at(8))
    return theirs, ours, Case.objects.get(pk=case.pk)


def test_a_desk_admin_lets_one_person_confirm_anothers_decision(world: World, contest: Contest) -> None:
    _theirs, ours, case = contest
    before = refusal(lambda: confirm(case, world.arb, now=at(9)))

    lifted = lift(case, desk_admin(), world.arb, reason=f" {REASON} ", now=at(9))
    confirm(case, world.arb, now=at(9))

    assert before == "SECOND_PERSON_REQUIRED"
    assert (lifted.case, lifted.person, lifted.reason, lifted.lifted_by, lifted.lifted_at) == (
        case,
        world.arb,
        REASON,
        desk_admin(),
        at(9),
    )
    decision = CaseDecision.objects.get()
    assert (decision.decided_by, decision.confirmed_by) == (world.arb2, world.arb)
    assert outcomes(ours) == ["declined LOST_ARBITRATION"]


def test_the_event_names_the_person_and_proves_the_reason(world: World, contest: Contest) -> None:
    _theirs, _ours, case = contest

    lift(case, desk_admin(), world.arb, reason=REASON, now=at(9))

    event = Event.objects.get(type="case.block_lifted")
    assert (event.audience, event.claim_id, event.organisation_id) == ("desk", None, None)
    assert (event.actor_id, event.subject_id, event.at) == (desk_admin().pk, case.pk, at(9))
    assert event.payload == {"person": world.arb.pk, "reason_sha256": sha256(REASON.encode()).hexdigest()}


def test_it_is_lifted_in_that_case_alone(world: World, contest: Contest) -> None:
    _theirs, _ours, other = workload_rivals(world)
    propose_for(other, world.arb, world.fabrikam, now=at(8))
    send_back(other, world.arb2, now=at(8))
    propose_for(other, world.arb2, world.northwind, now=at(8))

    lift(contest[2], desk_admin(), world.arb, now=at(9))

    assert refusal(lambda: confirm(other, world.arb, now=at(9))) == "SECOND_PERSON_REQUIRED"


def test_it_never_lets_anybody_confirm_a_decision_of_ones_own(world: World, contest: Contest) -> None:
    _theirs, ours, case = contest

    lift(case, desk_admin(), world.arb2, now=at(9))

    assert refusal(lambda: confirm(case, world.arb2, now=at(9))) == "SECOND_PERSON_REQUIRED"
    assert outcomes(ours) == ["pending"]


def test_it_is_lifted_for_who_is_blocked_and_once(world: World, contest: Contest) -> None:
    _theirs, _ours, case = contest
    lift(case, desk_admin(), world.arb, now=at(9))
    before = everything_recorded()

    again = refusal(lambda: lift(case, desk_admin("ada"), world.arb, now=at(9)))
    for_nothing = refusal(lambda: lift(case, desk_admin(), world.rev1, now=at(9)))

    assert (again, for_nothing) == ("INVALID_TRANSITION", "INVALID_TRANSITION")
    assert (everything_recorded(), LiftedBlock.objects.count()) == (before, 1)


def test_a_conflict_of_interest_is_not_lifted(world: World, contest: Contest) -> None:
    _theirs, _ours, case = contest
    Member.objects.create(user=world.arb, organisation=world.northwind, ended_at=at(1))

    assert refusal(lambda: lift(case, desk_admin(), world.arb, now=at(9))) == "INVALID_TRANSITION"
    assert not LiftedBlock.objects.exists()


def test_who_joins_a_party_afterwards_confirms_nothing(world: World, contest: Contest) -> None:
    _theirs, ours, case = contest
    lift(case, desk_admin(), world.arb, now=at(9))
    Member.objects.create(user=world.arb, organisation=world.northwind)

    with pytest.raises(NotFound):
        desk.confirm_decision(case_id=str(case.public_id), actor=at_desk(world.arb), now=at(9))

    assert outcomes(ours) == ["pending"]


def test_a_desk_admin_who_belonged_to_a_party_finds_no_case(world: World, contest: Contest) -> None:
    admin = desk_admin()
    Member.objects.create(user=admin, organisation=world.fabrikam, ended_at=at(1))

    with pytest.raises(NotFound):
        lift(contest[2], admin, world.arb, now=at(9))

    assert not LiftedBlock.objects.exists()


def test_a_case_that_ended_has_nothing_to_lift(world: World, contest: Contest) -> None:
    _theirs, ours, case = contest
    withdraw(ours, world.ana, now=at(9))

    assert refusal(lambda: lift(case, desk_admin(), world.arb, now=at(9))) == "INVALID_TRANSITION"


def test_no_partner_learns_of_it(world: World, contest: Contest) -> None:
    theirs, ours, case = contest
    time_passes(at(9))
    before = (seen_by_partners(world, theirs, ours), len(mail.outbox))

    lift(case, desk_admin(), world.arb, reason=REASON, now=at(9))
    time_passes(at(9))

    assert (seen_by_partners(world, theirs, ours), len(mail.outbox)) == before


def seen_by_partners(world: World, theirs: Claim, ours: Claim) -> list[object]:
    """Return all that the parties can read, through the selectors and in the documents of the API."""
    return [
        (
            readable_by(user),
            [ApiClient(user).get(f"claims/{claim.public_id}/{part}").json() for part in PARTS],
        )
        for user, claim in ((world.ned, theirs), (world.ana, ours))
    ]


PARTS = ("", "history/", "comments/")


# --- What the database keeps ---


def _insert(case: Case, person: User, admin: User, reason: str = "It is so.") -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO arbitration_liftedblock (case_id, person_id, lifted_by_id, reason, lifted_at) "
            "VALUES (%s, %s, %s, %s, '2020-07-09 09:00:00+00:00')",
            [case.pk, person.pk, admin.pk, reason],
        )


def test_the_database_refuses_to_lift_for_oneself_for_nobody_twice_and_without_a_reason(
    world: World, contest: Contest
) -> None:
    _theirs, _ours, case = contest
    lift(case, desk_admin(), world.arb2, now=at(9))

    for person, admin, reason in (
        (world.arb, world.arb, "It is so."),
        (world.rev1, desk_admin(), "It is so."),
        (world.arb2, desk_admin(), "It is so."),
        (world.arb, desk_admin(), ""),
    ):
        with pytest.raises(IntegrityError):
            _insert(case, person, admin, reason)

    assert [each.person for each in LiftedBlock.objects.all()] == [world.arb2]


@pytest.mark.parametrize("conflicted", ["person", "admin"])
def test_the_database_lifts_no_conflict_of_interest(world: World, contest: Contest, conflicted: str) -> None:
    user = {"person": world.arb, "admin": desk_admin()}[conflicted]
    Member.objects.create(user=user, organisation=world.fabrikam, ended_at=at(1))

    with pytest.raises(IntegrityError, match="conflict of interest"):
        _insert(contest[2], world.arb, desk_admin())


def test_the_database_lifts_nothing_in_a_case_that_ended(world: World, contest: Contest) -> None:
    _theirs, ours, case = contest
    withdraw(ours, world.ana, now=at(9))

    with pytest.raises(IntegrityError, match="in an open case"):
        _insert(case, world.arb, desk_admin())


@pytest.mark.parametrize("is_lifted", [False, True])
def test_the_database_lets_one_who_proposed_confirm_only_if_that_was_lifted(
    world: World, contest: Contest, is_lifted: bool
) -> None:
    _theirs, _ours, case = contest
    if is_lifted:
        lift(case, desk_admin(), world.arb, now=at(9))
    confirmed = (
        "UPDATE arbitration_proposeddecision SET state = 'confirmed', reviewed_by_id = %s, "
        "reviewed_at = '2020-07-09 09:00:00+00:00' WHERE state = 'proposed'"
    )

    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(confirmed, [world.arb.pk])
        went_through = True
    except IntegrityError:
        went_through = False

    assert went_through is is_lifted


def test_an_arbiter_who_is_a_desk_admin_too_lifts_nothing_for_himself(world: World, contest: Contest) -> None:
    _theirs, _ours, case = contest
    DeskSeat.objects.create(user=world.arb, role=DeskRole.DESK_ADMIN)

    own = refusal(lambda: lift(case, world.arb, world.arb, now=at(9)))
    lift(case, world.arb, world.arb2, now=at(9))

    assert own == "SECOND_PERSON_REQUIRED"
    assert refusal(lambda: confirm(case, world.arb, now=at(9))) == "SECOND_PERSON_REQUIRED"
