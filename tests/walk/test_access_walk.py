"""A random walk over all that changes access: whatever is tried, the journal tells it, and nobody seats himself."""

import random
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.hashers import make_password

from foundation.kernel.actor import SYSTEM, Actor, Channel, DeskRole, PartnerRole
from foundation.kernel.errors import DomainError
from partners.models import ApiToken, Location, Member, Organisation, User
from partners.services import (
    AccountInput,
    add_member,
    change_account,
    change_member,
    create_account,
    end_member,
    end_own_tokens,
    end_seat,
    give_seat,
    issue_token,
    revoke_token,
    set_password,
)
from tests.access import access_events, journal_agrees, keeper
from tests.world import NOW, World, actor, build_world

STEPS = 80
ONLY_BY_OTHERS = {
    "seat_given",
    "seat_ended",
    "member_added",
    "roles_changed",
    "bounds_changed",
    "access_changed",
    "password_set",
}


class AccessWalker:
    """Changes access at random, as one of three desk admins, the system, or somebody who may not."""

    def __init__(self, world: World, seed: int) -> None:
        self.random, self.done = random.Random(seed), Counter[str]()
        self.others = (SYSTEM.through(Channel.COMMAND), actor(world.arb), actor(world.ana))
        self.keepers = (world.rev1, world.rev2, world.sup)
        self.acts: tuple[Callable[[User, Actor], object], ...] = (
            self.give_or_end_a_seat,
            self.add_a_member,
            self.change_or_end_a_member,
            self.change_an_account,
            self.set_a_password,
            self.touch_tokens,
        )

    def step(self) -> str:
        """Do one random act and return the code of its refusal, or nothing."""
        by = self.random.choice([*map(keeper, self.keepers), *self.others])
        users = User.objects.order_by("pk")
        itself = [user for user in users if user.pk == by.user_id and self.random.random() < 0.3]
        user = self.random.choice(itself or list(users))
        act = self.random.choice(self.acts)
        try:
            act(user, by)
        except DomainError as refusal:
            return refusal.code
        self.done[act.__name__] += 1
        return ""

    def give_or_end_a_seat(self, user: User, by: Actor) -> None:
        service = self.random.choice([give_seat, end_seat])
        service(user_id=user.pk, role=self.random.choice(list(DeskRole)), actor=by, now=NOW)

    def _rights(self, organisation: Organisation) -> dict[str, Any]:
        places = list(
            Location.objects.filter(organisation=organisation).order_by("pk").values_list("pk", flat=True)
        )
        return {
            "roles": self.random.sample(list(PartnerRole), self.random.randint(0, 3)),
            "location_ids": self.random.sample(places, self.random.randint(0, len(places))),
        }

    def add_a_member(self, user: User, by: Actor) -> None:
        company = self.random.choice(list(Organisation.objects.order_by("pk")))
        add_member(
            user_id=user.pk,
            organisation_id=company.pk,
            **self._rights(company),
            actor=by,
            now=NOW,
        )

    def change_or_end_a_member(self, _user: User, by: Actor) -> None:
        member = self.random.choice(list(Member.objects.order_by("pk")))
        if self.random.random() < 0.3:
            end_member(member_id=member.pk, actor=by, now=NOW)
            return
        change_member(member_id=member.pk, **self._rights(member.organisation), actor=by, now=NOW)

    def change_an_account(self, user: User, by: Actor) -> None:
        account = AccountInput(
            username=self.random.choice([user.username, f"user{self.random.randint(0, 9)}"]),
            last_name=self.random.choice([user.last_name, "Other"]),
            is_active=self.random.random() < 0.9,
            is_staff=self.random.choice([user.is_staff, not user.is_staff]),
            is_superuser=self.random.random() < 0.1,
        )
        if self.random.random() < 0.3:
            create_account(account=account, encoded_password=make_password(None), actor=by, now=NOW)
        else:
            change_account(user_id=user.pk, account=account, actor=by, now=NOW)

    def set_a_password(self, user: User, by: Actor) -> None:
        if by.user_id == user.pk:
            return  # one's own is no event
        password = make_password(f"{self.random.random()}")
        set_password(user_id=user.pk, encoded_password=password, actor=by, now=NOW)

    def touch_tokens(self, user: User, by: Actor) -> None:
        token = ApiToken.objects.filter(user=user).first()
        if token is None:
            issue_token(username=user.username, organisation=None, actor=by, now=NOW)
        elif self.random.random() < 0.5:
            revoke_token(token_id=token.pk, actor=by, now=NOW)
        else:
            end_own_tokens(actor=actor(user), now=NOW)


@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(2))
def test_whatever_changes_access_is_in_the_journal_and_nobody_seats_himself(seed: int) -> None:
    walker = AccessWalker(build_world(), seed)

    for _step in range(STEPS):
        with journal_agrees():
            walker.step()

    events = access_events()
    own = [
        event.type
        for event in events
        if event.actor_id == event.subject_id and event.type.removeprefix("partners.") in ONLY_BY_OTHERS
    ]
    assert own == []
    assert len(events) > 15, walker.done
