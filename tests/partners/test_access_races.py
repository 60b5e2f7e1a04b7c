"""Changes of one person's access at the same moment, on PostgreSQL: each event tells the truth of its own instant."""

from functools import partial

import pytest

from partners.models import DeskSeat, Member, MemberRole, User
from partners.services import (
    add_member,
    change_member,
    end_member,
    end_seat,
    give_seat,
    issue_token,
    revoke_token,
)
from tests.access import access_events, journal_agrees, keeper
from tests.filing import at_once, codes
from tests.world import NOW, World, build_world

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

ROLES = ("arbiter", "desk_admin", "support")
BY = partial(keeper, None)


@pytest.fixture
def world(transactional_db: None) -> World:
    return build_world()


def seats(user: User) -> list[str]:
    return sorted(DeskSeat.objects.filter(user=user).values_list("role", flat=True))


def test_seats_given_and_ended_at_once_are_as_many_true_events(world: World) -> None:
    """Each event begins where the one before it ended."""
    with journal_agrees():
        answers = at_once(
            *(partial(give_seat, user_id=world.rev1.pk, role=role, actor=BY(), now=NOW) for role in ROLES),
            partial(end_seat, user_id=world.rev1.pk, role="reviewer", actor=BY(), now=NOW),
        )

    events = access_events()
    assert (codes(answers), len(events), seats(world.rev1)) == ([], 4, sorted(ROLES))
    assert [event.payload["before"] for event in events[1:]] == [
        event.payload["after"] for event in events[:-1]
    ]


def test_the_same_seat_given_by_eight_is_one_seat_and_one_event(world: World) -> None:
    give = partial(give_seat, user_id=world.rev1.pk, role="arbiter", actor=BY(), now=NOW)

    with journal_agrees():
        answers = at_once(*[give] * 8)

    assert codes(answers) == ["INVALID_TRANSITION"] * 7
    assert [event.type for event in access_events()] == ["partners.seat_given"]


def test_the_same_seat_ended_by_eight_ends_once(world: World) -> None:
    end = partial(end_seat, user_id=world.rev1.pk, role="reviewer", actor=BY(), now=NOW)

    with journal_agrees():
        answers = at_once(*[end] * 8)

    assert codes(answers) == ["INVALID_TRANSITION"] * 7
    assert [event.payload for event in access_events()] == [
        {"role": "reviewer", "before": ["reviewer"], "after": []}
    ]


def test_a_membership_begun_by_eight_is_one(world: World) -> None:
    add = partial(
        add_member,
        user_id=world.rev1.pk,
        organisation_id=world.fabrikam.pk,
        roles=["incentives_user"],
        actor=BY(),
        now=NOW,
    )

    with journal_agrees():
        answers = at_once(*[add] * 8)

    assert codes(answers) == ["INVALID_TRANSITION"] * 7
    assert MemberRole.objects.filter(member__user=world.rev1).count() == 1


def test_roles_that_change_while_the_membership_ends_are_told_in_a_true_order(world: World) -> None:
    member = Member.objects.get(user=world.ana)

    with journal_agrees():
        at_once(
            partial(change_member, member_id=member.pk, roles=["global_admin"], actor=BY(), now=NOW),
            partial(change_member, member_id=member.pk, roles=["default_user"], actor=BY(), now=NOW),
            partial(end_member, member_id=member.pk, actor=BY(), now=NOW),
        )

    kinds = [event.type.removeprefix("partners.") for event in access_events()]
    assert kinds[-1] == "member_ended"
    assert set(kinds[:-1]) <= {"roles_changed"}


def test_a_token_revoked_by_eight_is_revoked_once(world: World) -> None:
    token, _secret = issue_token(username="ana", organisation=None, actor=BY(), now=NOW)
    revoke = partial(revoke_token, token_id=token.pk, actor=BY(), now=NOW)

    with journal_agrees():
        answers = at_once(*[revoke] * 8)

    assert codes(answers) == ["NOT_FOUND"] * 7
    assert [event.type for event in access_events()][1:] == ["partners.token_revoked"]
