"""Who may do what, changed at each door: the desk's pages, the commands and the partner's own page. Each change leaves
exactly one event; nobody seats himself at any of them (5.9)."""

import io
from collections.abc import Callable, Iterator

import pytest
import time_machine
from django.contrib.auth.hashers import check_password
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from foundation.journal.models import Event
from foundation.kernel.actor import DeskRole
from partners.models import ApiToken, DeskSeat, Member, User
from tests.access import access_events, journal_agrees, stored
from tests.desk.desk import Desk, words
from tests.responses import Response
from tests.world import World

PASSWORD = "correct-horse-9"


@pytest.fixture
def ada(world: World) -> Desk:
    """Return a desk admin without any of Django's own permissions."""
    user = User.objects.create(username="ada", last_name="Admin", is_staff=True)
    DeskSeat.objects.create(user=user, role=DeskRole.DESK_ADMIN)
    return Desk(user)


@pytest.fixture
def root(world: World) -> Desk:
    """Return a superuser without a seat, who gives the first ones."""
    return Desk(User.objects.create_superuser("root", "", PASSWORD))


@pytest.fixture(autouse=True)
def every_change_is_in_the_journal(
    request: pytest.FixtureRequest, world: World, ada: Desk, root: Desk
) -> Iterator[None]:
    if "own_membership" in request.fixturenames:
        request.getfixturevalue("own_membership")
    with journal_agrees():
        yield


def member_page(user: User) -> str:
    return f"/admin/partners/member/{Member.objects.get(user=user).pk}/change/"


def person_page(user: User, page: str = "change") -> str:
    return f"/admin/partners/user/{user.pk}/{page}/"


def seat_of(user: User) -> DeskSeat:
    return DeskSeat.objects.get(user=user)


def person(user: User, **changes: str) -> dict[str, str]:
    """Return the fields of an account's page as they are; "" unticks a box."""
    typed = {
        "username": user.username,
        "first_name": user.first_name,
        "last_name": user.last_name,
        "email": user.email,
        "is_active": "on",
        "is_staff": "on" if user.is_staff else "",
    }
    return {name: value for name, value in {**typed, **changes}.items() if value}


CHANGES: dict[str, tuple[str, str, Callable[[Desk, World], Response]]] = {
    "a seat is given": (
        "seat_given",
        "Rita Reviewer (rev1): Reviewer → Arbiter, Reviewer",
        lambda desk, w: desk.post("/admin/partners/deskseat/add/", {"user": w.rev1.pk, "role": "arbiter"}),
    ),
    "a seat ends": (
        "seat_ended",
        "Rita Reviewer (rev1): Reviewer → none",
        lambda desk, w: desk.post(f"/admin/partners/deskseat/{seat_of(w.rev1).pk}/delete/", {"post": "yes"}),
    ),
    "seats end by the list's action": (
        "seat_ended",
        "Rita Reviewer (rev1): Reviewer → none",
        lambda desk, w: desk.post(
            "/admin/partners/deskseat/",
            {"action": "delete_selected", "_selected_action": [seat_of(w.rev1).pk], "post": "yes"},
        ),
    ),
    "a membership begins": (
        "member_added",
        "Rita Reviewer (rev1), Fabrikam: Billing admin, Incentives user; 4391507",
        lambda desk, w: desk.post(
            "/admin/partners/member/add/",
            {
                "user": w.rev1.pk,
                "organisation": w.fabrikam.pk,
                "roles": ["incentives_user", "billing_admin"],
                "locations": [w.locations["4391507"].pk],
            },
        ),
    ),
    "roles change": (
        "roles_changed",
        "Ana Alves (ana), Fabrikam: Incentives admin → Default user",
        lambda desk, w: desk.post(member_page(w.ana), {"roles": ["default_user"]}),
    ),
    "bounds change": (
        "bounds_changed",
        "Fre Faure (fre), Fabrikam: 4391508 → all locations",
        lambda desk, w: desk.post(member_page(w.fre), {"roles": ["incentives_admin"]}),
    ),
    "a membership ends": (
        "member_ended",
        "Fre Faure (fre), Fabrikam: Incentives admin; 4391508",
        lambda desk, w: desk.post(member_page(w.fre), {"ends": "on", "roles": ["global_admin"]}),
    ),
    "an account is created": (
        "account_created",
        "new (new): may sign in; has a password",
        lambda desk, _w: desk.post(
            "/admin/partners/user/add/",
            {
                "username": "new",
                "usable_password": "true",
                "password1": PASSWORD,
                "password2": PASSWORD,
            },
        ),
    ),
    "names change": (
        "account_changed",
        "Rita Reed (rev1): last name: Reviewer → Reed",
        lambda desk, w: desk.post(person_page(w.rev1), person(w.rev1, last_name="Reed")),
    ),
    "an account is switched off": (
        "access_changed",
        "Rita Reviewer (rev1): may sign in, may open the desk's pages → may open the desk's pages",
        lambda desk, w: desk.post(person_page(w.rev1), person(w.rev1, is_active="")),
    ),
    "a password is set": (
        "password_set",
        "Rita Reviewer (rev1): has a password → has a password",
        lambda desk, w: desk.post(
            person_page(w.rev1, "password"),
            {
                "usable_password": "true",
                "password1": PASSWORD,
                "password2": PASSWORD,
                "set-password": "Change",
            },
        ),
    ),
    "a password is taken away": (
        "password_set",
        "Rita Reviewer (rev1): has a password → has no password",
        lambda desk, w: desk.post(
            person_page(w.rev1, "password"), {"usable_password": "false", "unset-password": "Disable"}
        ),
    ),
}


@pytest.mark.parametrize("by", ["ada", "root"])
@pytest.mark.parametrize(("kind", "sentence", "act"), CHANGES.values(), ids=CHANGES)
def test_each_change_at_the_desk_is_one_event_that_the_journal_shows_in_words(
    world: World,
    ada: Desk,
    root: Desk,
    by: str,
    kind: str,
    sentence: str,
    act: Callable[[Desk, World], Response],
) -> None:
    acting, name = (ada, "Admin") if by == "ada" else (root, "root")

    answer = act(acting, world)

    assert answer.status_code == 302
    (event,) = access_events()
    assert (event.type, event.actor_name, event.channel) == (f"partners.{kind}", name, "admin")
    assert sentence in ada.read("/admin/journal/event/")
    assert sentence in ada.read(f"/admin/journal/event/{event.pk}/change/")


def test_a_token_is_revoked_at_the_desk(world: World, ada: Desk) -> None:
    call_command("issue_token", "ana", stdout=io.StringIO())
    token = ApiToken.objects.get()
    assert token.expiry is not None

    ada.post(f"/admin/partners/apitoken/{token.pk}/delete/", {"post": "yes"})

    assert [event.type for event in access_events()] == ["partners.token_issued", "partners.token_revoked"]
    assert ada.read("/admin/journal/event/").count("Ana Alves (ana), Fabrikam: valid until") == 2


def test_tokens_that_their_user_ends_are_in_the_journal_one_by_one(
    world: World, clock: time_machine.Traveller
) -> None:
    for name in ("ana", "ana", "ned"):
        clock.shift(1)
        call_command("issue_token", name, stdout=io.StringIO())
    client = Client()
    client.force_login(world.ana)

    client.post("/accounts/logout/everywhere/", {"tokens": "on"})
    client.force_login(world.ana)
    client.post("/accounts/logout/everywhere/", {"tokens": "on"})

    revoked = Event.objects.filter(type="partners.token_revoked")
    assert [(event.actor_name, event.channel, event.subject_id) for event in revoked] == [
        ("Ana Alves", "web", world.ana.pk)
    ] * 2


# --- Nobody seats himself ---

OWN_SEAT = "You cannot change your own seats at the desk. Ask another desk admin."
OWN_ROLE = "You cannot change your own roles in a company. Ask another desk admin."
OWN_ACCESS = "You cannot change what your own account opens. Ask another desk admin."

SELF: dict[str, tuple[str, Callable[[Desk, World], Response]]] = {
    "gives himself a seat": (
        OWN_SEAT,
        lambda desk, _w: desk.post(
            "/admin/partners/deskseat/add/", {"user": desk.user.pk, "role": "arbiter"}
        ),
    ),
    "ends his own seat": (
        OWN_SEAT,
        lambda desk, _w: desk.post(
            f"/admin/partners/deskseat/{seat_of(desk.user).pk}/delete/", {"post": "yes"}
        ),
    ),
    "ends his own seat among others": (
        OWN_SEAT,
        lambda desk, w: desk.post(
            "/admin/partners/deskseat/",
            {
                "action": "delete_selected",
                "_selected_action": [seat_of(w.rev1).pk, seat_of(desk.user).pk],
                "post": "yes",
            },
        ),
    ),
    "makes himself a member": (
        OWN_ROLE,
        lambda desk, w: desk.post(
            "/admin/partners/member/add/",
            {"user": desk.user.pk, "organisation": w.fabrikam.pk, "roles": ["incentives_admin"]},
        ),
    ),
    "gives himself a role": (
        OWN_ROLE,
        lambda desk, _w: desk.post(member_page(desk.user), {"roles": ["incentives_admin"]}),
    ),
    "changes what he opens": (
        OWN_ACCESS,
        lambda desk, _w: desk.post(person_page(desk.user), person(desk.user, is_staff="")),
    ),
}


@pytest.fixture
def own_membership(world: World, ada: Desk, root: Desk) -> None:
    """Make both members, and seat the superuser; before the journal is watched, as in an older database."""
    for desk in (ada, root):
        Member.objects.create(user=desk.user, organisation=world.northwind)
    DeskSeat.objects.create(user=root.user, role=DeskRole.DESK_ADMIN)


@pytest.mark.parametrize("by", ["ada", "root"])
@pytest.mark.parametrize(("told", "act"), SELF.values(), ids=SELF)
def test_nobody_seats_himself(
    own_membership: None,
    world: World,
    ada: Desk,
    root: Desk,
    by: str,
    told: str,
    act: Callable[[Desk, World], Response],
) -> None:
    acting, before = (ada if by == "ada" else root), stored()

    answer = act(acting, world)

    page = answer if answer.status_code == 200 else acting.get(answer.headers["Location"])
    assert told in words(page)
    assert (stored(), access_events()) == (before, [])


def test_a_desk_admin_ends_his_own_membership(own_membership: None, ada: Desk) -> None:
    answer = ada.post(member_page(ada.user), {"ends": "on"})

    assert answer.status_code == 302
    assert Member.objects.get(user=ada.user).ended_at is not None
    assert [event.type for event in access_events()] == ["partners.member_ended"]


def test_an_ended_membership_is_shown_and_cannot_be_changed(world: World, ada: Desk) -> None:
    ada.post(member_page(world.fre), {"ends": "on"})

    page, answer = ada.read(member_page(world.fre)), ada.post(member_page(world.fre), {"roles": []})

    assert "Incentives admin" in page
    assert answer.status_code == 403
    assert [event.type for event in access_events()] == ["partners.member_ended"]


def test_a_refused_form_keeps_what_was_typed(world: World, ada: Desk) -> None:
    answer = ada.post(
        member_page(world.ana), {"roles": ["global_admin"], "locations": [world.locations["5120001"].pk]}
    )

    assert answer.context["adminform"].form.errors.as_data()["locations"][0].code == "VALIDATION_FAILED"
    assert answer.context["adminform"].form.data.getlist("roles") == ["global_admin"]


# --- Commands ---


def at_the_terminal(monkeypatch: pytest.MonkeyPatch, *typed: str) -> None:
    """Let the next prompts for a password get these answers."""
    answers = iter(typed)
    monkeypatch.setattr("cpor.management.passwords.getpass", lambda _prompt: next(answers))


def test_the_first_superuser_is_in_the_journal(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    at_the_terminal(monkeypatch, PASSWORD, PASSWORD)

    call_command("createsuperuser", username="first", email="first@desk.example", stdout=io.StringIO())

    (event,) = access_events()
    assert (event.type, event.actor_name, event.channel, event.payload["access"]) == (
        "partners.account_created",
        "system",
        "command",
        ["active", "staff", "superuser"],
    )
    assert check_password(PASSWORD, User.objects.get(username="first").password)


def test_a_superuser_without_questions_has_the_password_of_the_environment_or_none(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    call_command("createsuperuser", username="one", noinput=True, stdout=io.StringIO())
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", PASSWORD)
    call_command("createsuperuser", username="two", noinput=True, stdout=io.StringIO())

    assert [event.payload["password"] for event in access_events()] == ["none", "set"]


def test_a_password_set_at_the_terminal_is_in_the_journal(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_the_terminal(monkeypatch, PASSWORD, PASSWORD)

    call_command("changepassword", "ana", stdout=io.StringIO())

    assert [(event.type, event.channel) for event in access_events()] == [
        ("partners.password_set", "command")
    ]


@pytest.mark.parametrize(
    ("command", "typed", "told"),
    [
        (("changepassword", "ana"), (PASSWORD, "other"), "The two passwords differ. Nothing was changed."),
        (("changepassword", "ana"), ("12", "12"), "This password is too short."),
        (("changepassword", "eve"), (), "There is no user called eve."),
        (
            ("createsuperuser", "--username", "ana"),
            (PASSWORD, PASSWORD),
            "There is already a user called ana.",
        ),
        (("createsuperuser", "--username", "a b"), (), "Enter a valid username."),
    ],
)
def test_a_command_refuses_in_one_sentence_and_changes_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...], typed: tuple[str, ...], told: str
) -> None:
    at_the_terminal(monkeypatch, *typed)
    before = stored()

    with pytest.raises(CommandError) as error:
        call_command(*command, stdout=io.StringIO())

    assert str(error.value).startswith(told)
    assert (stored(), access_events()) == (before, [])


# --- The journal ---


def test_a_person_s_history_is_what_the_journal_says_of_him(world: World, ada: Desk) -> None:
    ada.post(member_page(world.ana), {"roles": ["default_user"]})
    ada.post(member_page(world.ned), {"roles": ["default_user"]})

    for page in (person_page(world.ana, "history"), member_page(world.ana).replace("change", "history")):
        answer = ada.get(page)
        text = ada.read(answer.headers["Location"])
        assert ("Ana Alves (ana), Fabrikam" in text, "Ned Nolan" in text) == (True, False)


def test_a_conflict_of_interest_hides_no_change_of_access(
    own_membership: None, world: World, ada: Desk
) -> None:
    ada.post(member_page(world.ned), {"roles": ["default_user"]})

    assert "Ned Nolan (ned), Northwind: Incentives admin → Default user" in ada.read("/admin/journal/event/")


def test_the_journal_s_words_cost_the_same_queries_for_few_events_and_for_many(
    world: World, ada: Desk
) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            ada.client.get("/admin/journal/event/")
        return len(captured)

    ada.post(member_page(world.ana), {"roles": ["default_user"]})
    ada.get("/admin/journal/event/")
    few = queries()
    for user in (world.ned, world.tom, world.uma, world.gil):
        ada.post(member_page(user), {"roles": ["default_user"]})
        ada.post(person_page(user), person(user, last_name="Other"))

    assert queries() == few
