"""Who may do what changes by services alone; each leaves exactly one true event, and nobody seats himself (5.9)."""

import ast
import inspect
import sys
import textwrap
from collections.abc import Callable
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import pytest
from django.contrib.auth.hashers import make_password

from foundation.journal.models import Event, EventDetail
from foundation.journal.step import digest
from foundation.kernel.actor import SYSTEM, Actor, ActorKind, Channel, DeskRole
from foundation.kernel.errors import DomainError
from partners import events as access_event_types
from partners import services as partner_services
from partners.models import ApiToken, DeskSeat, Member, User
from tests.access import access_events, journal_agrees, keeper, stored
from tests.filing import refusal
from tests.world import NOW, World, actor, build_world

pytestmark = pytest.mark.django_db

Services = Any
SERVICES: Services = SimpleNamespace(
    **{name: getattr(partner_services, name) for name in partner_services.__all__}
)
HASH = make_password("correct-horse-9")


@pytest.fixture
def world() -> World:
    return build_world()


def member_of(user: User) -> Member:
    return Member.objects.get(user=user)


def account_of(user: User, **changes: Any) -> Any:
    same = {name: getattr(user, name) for name in ("username", "first_name", "last_name", "email")}
    flags = {name: getattr(user, name) for name in ("is_active", "is_staff", "is_superuser")}
    return SERVICES.AccountInput(**{**same, **flags, **changes})


def token_of(user: User) -> ApiToken:
    """Return the user's token, a new one if there is none."""
    if not ApiToken.objects.filter(user=user).exists():
        ApiToken.objects.create(user, organisation=member_of(user).organisation)
    token: ApiToken = ApiToken.objects.get(user=user)
    return token


def issued(token: ApiToken) -> dict[str, str]:
    assert token.expiry is not None
    return {"issued_at": token.created.isoformat(), "expires_at": token.expiry.isoformat()}


def give_himself_a_token(world: World) -> dict[str, str]:
    return issued(token_of(world.ana))


@dataclass(frozen=True, kw_only=True)
class Change:
    """One change by a service, and the event that it leaves: type, user, company, payload (personal values apart)."""

    service: str
    call: Callable[[Services, World, Actor], object]
    event: str
    about: str = "rev1"
    company: str = ""
    payload: Callable[[World], dict[str, Any]] = field(default=lambda _world: {})
    personal: dict[str, tuple[str, str]] = field(default_factory=dict)
    before: Callable[[World], dict[str, Any]] = field(default=lambda _world: {})


CHANGES = (
    Change(
        service="give_seat",
        call=lambda do, world, by: do.give_seat(user_id=world.rev1.pk, role="arbiter", actor=by, now=NOW),
        event="seat_given",
        payload=lambda _world: {
            "role": "arbiter",
            "before": ["reviewer"],
            "after": ["arbiter", "reviewer"],
        },
    ),
    Change(
        service="end_seat",
        call=lambda do, world, by: do.end_seat(user_id=world.rev1.pk, role="reviewer", actor=by, now=NOW),
        event="seat_ended",
        payload=lambda _world: {"role": "reviewer", "before": ["reviewer"], "after": []},
    ),
    Change(
        service="add_member",
        call=lambda do, world, by: do.add_member(
            user_id=world.rev1.pk,
            organisation_id=world.fabrikam.pk,
            roles=["incentives_user", "billing_admin"],
            location_ids=[world.locations["4391508"].pk],
            actor=by,
            now=NOW,
        ),
        event="member_added",
        company="fabrikam",
        payload=lambda world: {
            "member": member_of(world.rev1).pk,
            "roles": ["billing_admin", "incentives_user"],
            "locations": [world.locations["4391508"].pk],
        },
    ),
    Change(
        service="end_member",
        call=lambda do, world, by: do.end_member(member_id=member_of(world.fre).pk, actor=by, now=NOW),
        event="member_ended",
        about="fre",
        company="fabrikam",
        payload=lambda world: {
            "member": member_of(world.fre).pk,
            "roles": ["incentives_admin"],
            "locations": [world.locations["4391508"].pk],
        },
    ),
    Change(
        service="change_member",
        call=lambda do, world, by: do.change_member(
            member_id=member_of(world.ana).pk, roles=["incentives_user"], actor=by, now=NOW
        ),
        event="roles_changed",
        about="ana",
        company="fabrikam",
        payload=lambda world: {
            "member": member_of(world.ana).pk,
            "before": ["incentives_admin"],
            "after": ["incentives_user"],
        },
    ),
    Change(
        service="change_member",
        call=lambda do, world, by: do.change_member(
            member_id=member_of(world.fre).pk,
            roles=["incentives_admin"],
            location_ids=[world.locations["4391507"].pk],
            actor=by,
            now=NOW,
        ),
        event="bounds_changed",
        about="fre",
        company="fabrikam",
        payload=lambda world: {
            "member": member_of(world.fre).pk,
            "before": [world.locations["4391508"].pk],
            "after": [world.locations["4391507"].pk],
        },
    ),
    Change(
        service="create_account",
        call=lambda do, _world, by: do.create_account(
            account=do.AccountInput(username="new", first_name="Nia", is_staff=True),
            encoded_password=HASH,
            actor=by,
            now=NOW,
        ),
        event="account_created",
        about="new",
        payload=lambda _world: {"access": ["active", "staff"], "password": "set"},
        personal={
            "username": ("", "new"),
            "first_name": ("", "Nia"),
            "last_name": ("", ""),
            "email": ("", ""),
        },
    ),
    Change(
        service="change_account",
        call=lambda do, world, by: do.change_account(
            user_id=world.rev1.pk, account=account_of(world.rev1, email="r@desk.example"), actor=by, now=NOW
        ),
        event="account_changed",
        payload=lambda _world: {"fields": ["email"]},
        personal={"email": ("rev1@desk.example", "r@desk.example")},
    ),
    Change(
        service="change_account",
        call=lambda do, world, by: do.change_account(
            user_id=world.rev1.pk, account=account_of(world.rev1, is_active=False), actor=by, now=NOW
        ),
        event="access_changed",
        payload=lambda _world: {"before": ["active", "staff"], "after": ["staff"]},
    ),
    Change(
        service="set_password",
        call=lambda do, world, by: do.set_password(
            user_id=world.rev1.pk, encoded_password=HASH, actor=by, now=NOW
        ),
        event="password_set",
        payload=lambda _world: {"before": "set", "after": "set"},
    ),
    Change(
        service="issue_token",
        call=lambda do, _world, by: do.issue_token(username="ana", organisation=None, actor=by, now=NOW),
        event="token_issued",
        about="ana",
        company="fabrikam",
        payload=give_himself_a_token,
    ),
    Change(
        service="revoke_token",
        call=lambda do, world, by: do.revoke_token(token_id=token_of(world.ana).pk, actor=by, now=NOW),
        before=give_himself_a_token,
        event="token_revoked",
        about="ana",
        company="fabrikam",
    ),
    Change(
        service="end_own_tokens",
        call=lambda do, world, _by: do.end_own_tokens(actor=keeper(world.ana), now=NOW),
        before=give_himself_a_token,
        event="token_revoked",
        about="ana",
        company="fabrikam",
    ),
)


def ids(change: Change) -> str:
    return f"{change.service}-{change.event}"


def prove(change: Change, services: Services, world: World) -> None:
    """Make the change through these services and assert that it left exactly the event that it should."""
    given = change.before(world)
    with journal_agrees():
        change.call(services, world, keeper())
    (event,) = access_events()
    payload = change.payload(world) or given
    details = {detail.field: (detail.old, detail.new) for detail in EventDetail.objects.all()}
    if change.personal:
        salts = {detail.field: detail.salt for detail in EventDetail.objects.all()}
        hashes = {name: digest(old, new, salts[name]) for name, (old, new) in change.personal.items()}
        payload = {**payload, "personal": hashes}
    company = getattr(world, change.company).pk if change.company else None
    assert (event.type, event.payload, details) == (f"partners.{change.event}", payload, change.personal)
    assert (event.subject_type, event.subject_id) == (
        "partners.user",
        User.objects.get(username=change.about).pk,
    )
    assert (event.organisation_id, event.claim_id, event.at) == (company, None, NOW)
    own = change.service == "end_own_tokens"
    assert (event.actor_name, event.channel) == ("Ana Alves" if own else "keeper", "admin")


@pytest.mark.parametrize("change", CHANGES, ids=ids)
def test_each_change_leaves_exactly_its_event(world: World, change: Change) -> None:
    prove(change, SERVICES, world)


@pytest.mark.parametrize("change", CHANGES, ids=ids)
def test_a_service_that_forgot_its_event_would_be_found(world: World, change: Change) -> None:
    """Leave every `record` out of a copy of the service, and expect the proof above to fail."""
    forgetful = SimpleNamespace(**{**vars(SERVICES), change.service: _without_records(change.service)})

    with pytest.raises((AssertionError, ValueError)):
        prove(change, forgetful, world)


def _without_records(name: str) -> Callable[..., object]:
    service = inspect.unwrap(getattr(partner_services, name))
    tree = ast.parse(textwrap.dedent(inspect.getsource(service)))
    before = sum(isinstance(node, ast.Expr) for node in ast.walk(tree))
    tree = ast.fix_missing_locations(_Forgetting().visit(tree))
    assert sum(isinstance(node, ast.Expr) for node in ast.walk(tree)) < before, "nothing was left out"
    namespace = dict(vars(sys.modules[service.__module__]))
    exec(compile(tree, service.__module__, "exec"), namespace)
    mutated: Callable[..., object] = namespace[name]
    return mutated


class _Forgetting(ast.NodeTransformer):
    def visit_Expr(self, node: ast.Expr) -> ast.AST:
        call = node.value
        records = (
            isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr == "record"
        )
        return ast.Pass() if records else node


def test_the_table_has_every_service_and_every_type_of_event() -> None:
    services = {name for name in partner_services.__all__ if name != "AccountInput"}

    assert {change.service for change in CHANGES} == services
    assert {f"partners.{change.event}" for change in CHANGES} == {
        event_type.name for event_type in access_event_types.EVENT_TYPES
    }


def test_names_and_access_changed_at_once_are_an_event_each(world: World) -> None:
    with journal_agrees():
        SERVICES.change_account(
            user_id=world.rev1.pk,
            account=account_of(world.rev1, first_name="Ria", is_staff=False),
            actor=keeper(),
            now=NOW,
        )

    assert [event.type for event in access_events()] == [
        "partners.account_changed",
        "partners.access_changed",
    ]


def test_what_stays_the_same_is_no_event(world: World) -> None:
    SERVICES.change_account(user_id=world.rev1.pk, account=account_of(world.rev1), actor=keeper(), now=NOW)
    SERVICES.change_member(
        member_id=member_of(world.fre).pk,
        roles=["incentives_admin"],
        location_ids=[world.locations["4391508"].pk],
        actor=keeper(),
        now=NOW,
    )

    assert access_events() == []


def test_a_password_that_one_sets_for_oneself_is_no_event(world: World) -> None:
    SERVICES.set_password(user_id=world.ana.pk, encoded_password=HASH, actor=actor(world.ana), now=NOW)

    world.ana.refresh_from_db()
    assert (world.ana.password, access_events()) == (HASH, [])


def test_no_event_has_a_secret(world: World) -> None:
    SERVICES.create_account(
        account=SERVICES.AccountInput(username="new"), encoded_password=HASH, actor=keeper(), now=NOW
    )
    token, secret = SERVICES.issue_token(username="ana", organisation=None, actor=keeper(), now=NOW)
    SERVICES.revoke_token(token_id=token.pk, actor=keeper(), now=NOW)

    written = str([*Event.objects.values(), *EventDetail.objects.values()])
    assert [part for part in (HASH, secret, token.digest, token.token_key) if part in written] == []


# --- Refusals: nothing changes, the journal included ---


def own(world: World) -> Member:
    return Member.objects.create(user=world.rev1, organisation=world.northwind)


SELF = {
    "an own seat": lambda by, world: SERVICES.give_seat(
        user_id=world.rev1.pk, role="arbiter", actor=by, now=NOW
    ),
    "an own seat's end": lambda by, world: SERVICES.end_seat(
        user_id=world.rev1.pk, role="reviewer", actor=by, now=NOW
    ),
    "an own membership": lambda by, world: SERVICES.add_member(
        user_id=world.rev1.pk, organisation_id=world.fabrikam.pk, roles=[], actor=by, now=NOW
    ),
    "own roles": lambda by, world: SERVICES.change_member(
        member_id=member_of(world.rev1).pk, roles=["incentives_admin"], actor=by, now=NOW
    ),
    "own access": lambda by, world: SERVICES.change_account(
        user_id=world.rev1.pk, account=account_of(world.rev1, is_staff=False), actor=by, now=NOW
    ),
}


@pytest.mark.parametrize("is_superuser", [False, True])
@pytest.mark.parametrize("act", SELF.values(), ids=SELF)
def test_nobody_changes_his_own_seats_roles_or_access(
    world: World, act: Callable[[Actor, World], object], is_superuser: bool
) -> None:
    own(world)
    User.objects.filter(pk=world.rev1.pk).update(is_superuser=is_superuser)
    before = stored()

    assert refusal(lambda: act(keeper(world.rev1), world)) == "NOT_FOR_ONESELF"
    assert stored() == before


def test_a_desk_admin_may_end_his_own_membership(world: World) -> None:
    member = own(world)

    with journal_agrees():
        SERVICES.end_member(member_id=member.pk, actor=keeper(world.rev1), now=NOW)

    member.refresh_from_db()
    assert member.ended_at == NOW


OTHERS = (
    Actor(kind=ActorKind.PARTNER, name="partner", user_id=0, roles=frozenset({"global_admin"})),
    Actor(kind=ActorKind.CUSTOMER, name="customer"),
    Actor(
        kind=ActorKind.DESK,
        name="desk",
        user_id=0,
        desk_roles=frozenset({DeskRole.REVIEWER, DeskRole.ARBITER, DeskRole.SUPPORT}),
    ),
)


@pytest.mark.parametrize("by", OTHERS, ids=lambda by: by.name)
@pytest.mark.parametrize(
    "change", [change for change in CHANGES if change.service != "end_own_tokens"], ids=ids
)
def test_only_a_desk_admin_or_the_system_changes_access(world: World, change: Change, by: Actor) -> None:
    change.before(world)
    before = stored()

    assert refusal(lambda: change.call(SERVICES, world, by)) == "ROLE_NOT_ALLOWED"
    assert stored() == before


@pytest.mark.parametrize(
    "change", [change for change in CHANGES if change.service != "end_own_tokens"], ids=ids
)
def test_the_system_may_and_its_events_name_it(world: World, change: Change) -> None:
    change.before(world)

    change.call(SERVICES, world, SYSTEM.through(Channel.COMMAND))

    assert [(event.actor_name, event.channel) for event in access_events()] == [("system", "command")]


SUPERUSERS = {
    "names": lambda root, by: SERVICES.change_account(
        user_id=root.pk, account=account_of(root, username="mine"), actor=by, now=NOW
    ),
    "access": lambda root, by: SERVICES.change_account(
        user_id=root.pk, account=account_of(root, is_superuser=False), actor=by, now=NOW
    ),
    "password": lambda root, by: SERVICES.set_password(
        user_id=root.pk, encoded_password=HASH, actor=by, now=NOW
    ),
    "another one": lambda _root, by: SERVICES.create_account(
        account=SERVICES.AccountInput(username="more", is_superuser=True),
        encoded_password=HASH,
        actor=by,
        now=NOW,
    ),
}


@pytest.mark.parametrize("act", SUPERUSERS.values(), ids=SUPERUSERS)
def test_a_superuser_is_made_and_changed_by_superusers_alone(
    world: World, act: Callable[[User, Actor], object]
) -> None:
    root = User.objects.create(username="root", password="!", is_superuser=True)

    code = refusal(lambda: act(root, keeper(world.rev1)))
    User.objects.filter(pk=world.rev1.pk).update(is_superuser=True)
    with journal_agrees():
        act(root, keeper(world.rev1))

    assert code == "ROLE_NOT_ALLOWED"


REFUSED: dict[str, tuple[str, str, Callable[[World], object]]] = {
    "a seat twice": (
        "INVALID_TRANSITION",
        "",
        lambda w: SERVICES.give_seat(user_id=w.rev1.pk, role="reviewer", actor=keeper(), now=NOW),
    ),
    "a seat that does not exist": (
        "VALIDATION_FAILED",
        "/role",
        lambda w: SERVICES.give_seat(user_id=w.rev1.pk, role="emperor", actor=keeper(), now=NOW),
    ),
    "a seat of nobody": (
        "NOT_FOUND",
        "",
        lambda _w: SERVICES.give_seat(user_id=0, role="reviewer", actor=keeper_of_another(), now=NOW),
    ),
    "the end of a seat that he has not": (
        "INVALID_TRANSITION",
        "",
        lambda w: SERVICES.end_seat(user_id=w.rev1.pk, role="arbiter", actor=keeper(), now=NOW),
    ),
    "a membership twice": (
        "INVALID_TRANSITION",
        "",
        lambda w: SERVICES.add_member(
            user_id=w.ana.pk, organisation_id=w.fabrikam.pk, roles=[], actor=keeper(), now=NOW
        ),
    ),
    "a member of no company": (
        "NOT_FOUND",
        "",
        lambda w: SERVICES.add_member(user_id=w.ana.pk, organisation_id=0, roles=[], actor=keeper(), now=NOW),
    ),
    "a role that does not exist": (
        "VALIDATION_FAILED",
        "/roles",
        lambda w: SERVICES.change_member(
            member_id=member_of(w.ana).pk, roles=["emperor"], actor=keeper(), now=NOW
        ),
    ),
    "another company's location": (
        "VALIDATION_FAILED",
        "/locations",
        lambda w: SERVICES.change_member(
            member_id=member_of(w.ana).pk,
            roles=[],
            location_ids=[w.locations["5120001"].pk],
            actor=keeper(),
            now=NOW,
        ),
    ),
    "no member": (
        "NOT_FOUND",
        "",
        lambda _w: SERVICES.end_member(member_id=0, actor=keeper(), now=NOW),
    ),
    "a name that is taken": (
        "USER_NAME_TAKEN",
        "/username",
        lambda _w: SERVICES.create_account(
            account=SERVICES.AccountInput(username="ana"), encoded_password=HASH, actor=keeper(), now=NOW
        ),
    ),
    "another's name": (
        "USER_NAME_TAKEN",
        "/username",
        lambda w: SERVICES.change_account(
            user_id=w.rev1.pk, account=account_of(w.rev1, username="ana"), actor=keeper(), now=NOW
        ),
    ),
    "no token": (
        "NOT_FOUND",
        "",
        lambda _w: SERVICES.revoke_token(token_id="0" * 64, actor=keeper(), now=NOW),
    ),
}


def keeper_of_another() -> Actor:
    return keeper(User(pk=-1, username="other"))


@pytest.mark.parametrize(("code", "pointer", "act"), REFUSED.values(), ids=REFUSED)
def test_a_refused_change_changes_nothing(
    world: World, code: str, pointer: str, act: Callable[[World], object]
) -> None:
    before = stored()

    with pytest.raises(DomainError) as refused:
        act(world)

    assert (refused.value.code, refused.value.pointer) == (code, pointer)
    assert (stored(), access_events()) == (before, [])


@pytest.mark.parametrize("service", ["change_member", "end_member"])
def test_an_ended_membership_changes_no_more(world: World, service: str) -> None:
    member = member_of(world.ana)
    SERVICES.end_member(member_id=member.pk, actor=keeper(), now=NOW)
    given: dict[str, Any] = {"roles": []} if service == "change_member" else {}

    code = refusal(lambda: getattr(SERVICES, service)(member_id=member.pk, **given, actor=keeper(), now=NOW))

    assert code == "INVALID_TRANSITION"


def test_a_person_may_revoke_his_own_token(world: World) -> None:
    token = token_of(world.ana)

    with journal_agrees():
        SERVICES.revoke_token(token_id=token.pk, actor=actor(world.ana), now=NOW)

    assert [event.actor_name for event in access_events()] == ["Ana Alves"]


def test_after_a_seat_has_ended_it_can_be_given_again(world: World) -> None:
    with journal_agrees():
        SERVICES.end_seat(user_id=world.rev1.pk, role="reviewer", actor=keeper(), now=NOW)
        SERVICES.give_seat(user_id=world.rev1.pk, role="reviewer", actor=keeper(), now=NOW)

    assert DeskSeat.objects.filter(user=world.rev1, role="reviewer").count() == 1
