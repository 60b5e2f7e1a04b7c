"""Bearer tokens: how they are issued, and which calls they authenticate."""

import io
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request
from rest_framework.test import APIRequestFactory

from api.authentication import BearerAuthentication
from foundation.journal.models import Event
from foundation.kernel.actor import SYSTEM, Actor, ActorKind, Channel
from foundation.kernel.errors import NotPermitted
from partners.models import ApiToken, Member, User
from partners.services import issue_token
from tests.world import NOW, World, build_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return build_world()


def issue(*arguments: str) -> str:
    out = io.StringIO()
    call_command("issue_token", *arguments, stdout=out)
    return out.getvalue().strip()


def call(header: str | bytes) -> tuple[User, ApiToken] | None:
    request = APIRequestFactory().get("/", headers={})
    request.META["HTTP_AUTHORIZATION"] = header
    found: tuple[User, ApiToken] | None = BearerAuthentication().authenticate(Request(request))
    return found


def test_a_token_is_printed_once_and_stored_as_a_hash(world: World) -> None:
    secret = issue("ana", "--name", "Nightly")

    token = ApiToken.objects.get()
    assert (token.user, token.organisation, token.name) == (world.ana, world.fabrikam, "Nightly")
    assert secret not in (token.digest, token.token_key)
    assert token.expiry is not None
    assert call(f"Bearer {secret}") == (world.ana, token)


def test_issuing_is_recorded_without_the_secret(world: World) -> None:
    secret = issue("ana", "--organisation", "fabrikam")

    event = Event.objects.get()
    assert (event.type, event.subject_type, event.subject_id, event.organisation_id) == (
        "partners.token_issued",
        "partners.user",
        world.ana.pk,
        world.fabrikam.pk,
    )
    assert secret not in str(event.payload)


def test_a_user_with_only_a_desk_seat_gets_a_token_for_the_desk(world: World) -> None:
    issue("rev1")

    assert ApiToken.objects.get().organisation is None


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["eve"], "There is no user called eve."),
        (["ana", "--organisation", "wingtip"], "There is no organisation with the code wingtip."),
        (["ana", "--organisation", "northwind"], "ana is not a member of northwind."),
        (["rev1", "--organisation", "fabrikam"], "rev1 is not a member of fabrikam."),
        (["gus"], "gus is neither a member of an organisation nor on the desk."),
        (["off"], "The user off is inactive."),
        (["two"], "two is a member of several organisations. Name one of northwind, tailspin."),
        (["past"], "past is neither a member of an organisation nor on the desk."),
        (["past", "--organisation", "fabrikam"], "past is not a member of fabrikam."),
        (["ana", "--name", "x" * 101], "The name of a token can have at most 100 characters."),
    ],
)
def test_a_token_is_refused_with_one_sentence(world: World, arguments: list[str], sentence: str) -> None:
    User.objects.create(username="gus")
    User.objects.create(username="off", is_active=False)
    two, past = User.objects.create(username="two"), User.objects.create(username="past")
    for organisation in (world.northwind, world.tailspin):
        Member.objects.create(user=two, organisation=organisation)
    Member.objects.create(user=past, organisation=world.fabrikam, ended_at=NOW)

    with pytest.raises(CommandError) as error:
        issue(*arguments)

    assert str(error.value) == sentence
    assert ApiToken.objects.count() == 0


def test_a_member_of_several_organisations_gets_a_token_for_the_chosen_one(world: World) -> None:
    Member.objects.create(user=world.ana, organisation=world.tailspin)

    issue("ana", "--organisation", "tailspin")

    assert ApiToken.objects.get().organisation == world.tailspin


def test_partners_cannot_issue_tokens(world: World) -> None:
    ana = Actor(kind=ActorKind.PARTNER, name="Ana", user_id=world.ana.pk, channel=Channel.API)

    with pytest.raises(NotPermitted):
        issue_token(username="ana", organisation=None, actor=ana, now=NOW)

    assert ApiToken.objects.count() == 0


@pytest.mark.parametrize(
    "header",
    [
        "Bearer nonsense",
        "Bearer",
        "Bearer two words",
        "Bearer " + "0" * 64,
        b"Bearer \xff\xfe\xff",
        "Bearer \x00",
        "Bearer ü",
        "Bearer " + "x" * 10_000,
    ],
)
def test_a_malformed_token_is_refused(world: World, header: str | bytes) -> None:
    issue("ana")

    with pytest.raises(AuthenticationFailed):
        call(header)


def test_a_token_with_a_wrong_ending_is_refused(world: World) -> None:
    secret = issue("ana")

    with pytest.raises(AuthenticationFailed):
        call(f"Bearer {secret[:-1]}{'0' if secret[-1] != '0' else '1'}")


def test_other_authentication_schemes_are_ignored(world: World) -> None:
    assert call("Basic YW5hOmRlbW8=") is None
    assert call("") is None


def test_an_inactive_users_token_is_refused(world: World) -> None:
    secret = issue("ana")
    User.objects.filter(pk=world.ana.pk).update(is_active=False)

    with pytest.raises(AuthenticationFailed):
        call(f"Bearer {secret}")

    assert ApiToken.objects.get().last_used_at is None


def test_an_expired_token_is_refused_but_kept(world: World) -> None:
    secret = issue("ana")
    ApiToken.objects.update(expiry=timezone.now() - timedelta(seconds=1))

    with pytest.raises(AuthenticationFailed):
        call(f"Bearer {secret}")

    assert ApiToken.objects.count() == 1


def test_the_last_use_is_stored_at_most_once_a_minute(world: World) -> None:
    secret = issue("ana")
    call(f"Bearer {secret}")
    first = ApiToken.objects.get().last_used_at
    assert first is not None

    with CaptureQueriesContext(connection) as captured:
        call(f"bearer {secret}")
    assert len(captured) == 1
    assert ApiToken.objects.get().last_used_at == first

    ApiToken.objects.update(last_used_at=first - timedelta(minutes=2))
    call(f"Bearer {secret}")
    last = ApiToken.objects.get().last_used_at
    assert last is not None
    assert last >= first


def test_the_number_of_queries_does_not_depend_on_the_number_of_tokens(world: World) -> None:
    *_others, secret = [issue("ana") for _ in range(5)]

    with CaptureQueriesContext(connection) as captured:
        call(f"Bearer {secret}")

    assert len(captured) == 2


def test_the_command_acts_for_the_system(world: World) -> None:
    issue_token(username="ana", organisation=None, actor=SYSTEM, now=NOW)

    assert Event.objects.get().at == NOW
