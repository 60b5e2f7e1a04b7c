"""Partners and people in the desk's admin: what each user sees, and what a desk admin may change."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from foundation.kernel.actor import DeskRole
from partners.models import ApiToken, DeskSeat, Enrolment, Member, User
from tests.world import World, build_world

pytestmark = pytest.mark.django_db

MODELS = ("organisation", "location", "enrolment", "member", "deskseat", "apitoken", "user")


@pytest.fixture
def world() -> World:
    return build_world()


@pytest.fixture
def admin(world: World) -> Client:
    """Return a desk admin without any of Django's own permissions."""
    user = User.objects.create(username="ada", is_staff=True)
    DeskSeat.objects.create(user=user, role=DeskRole.DESK_ADMIN)
    return signed_in(user)


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.mark.parametrize("model", MODELS)
def test_the_desk_sees_lists_and_details(world: World, model: str) -> None:
    ApiToken.objects.create(world.ana, organisation=world.fabrikam)
    reviewer = signed_in(world.rev1)

    assert reviewer.get(f"/admin/partners/{model}/").status_code == 200
    assert reviewer.get(f"/admin/partners/{model}/", {"q": "a"}).status_code == 200


@pytest.mark.parametrize("model", MODELS)
def test_a_reviewer_cannot_change_anyone(world: World, model: str) -> None:
    reviewer = signed_in(world.rev1)

    assert reviewer.get(f"/admin/partners/{model}/add/").status_code == 403


@pytest.mark.parametrize("model", MODELS)
def test_staff_without_a_seat_see_nothing(world: World, model: str) -> None:
    stranger = signed_in(User.objects.create(username="stranger", is_staff=True))

    assert stranger.get(f"/admin/partners/{model}/").status_code == 403


def test_partners_cannot_enter(world: World) -> None:
    assert signed_in(world.ana).get("/admin/partners/location/").status_code == 403


@pytest.mark.parametrize("model", ["organisation", "location"])
def test_imported_rows_cannot_be_edited(world: World, admin: Client, model: str) -> None:
    for page in ("add/", f"{world.fabrikam.pk}/delete/"):
        assert admin.get(f"/admin/partners/{model}/{page}").status_code == 403
    answer = admin.post(f"/admin/partners/organisation/{world.fabrikam.pk}/change/", {"name": "Other"})

    assert answer.status_code == 403
    world.fabrikam.refresh_from_db()
    assert world.fabrikam.name == "Fabrikam"


def test_a_desk_admin_makes_a_member_with_roles_and_bounds(world: World, admin: Client) -> None:
    answer = admin.post(
        "/admin/partners/member/add/",
        {
            "user": world.sup.pk,
            "organisation": world.fabrikam.pk,
            "locations": [world.locations["4391507"].pk],
            "roles": ["incentives_user"],
        },
    )

    assert answer.status_code == 302
    member = Member.objects.get(user=world.sup)
    assert [role.role for role in member.roles.all()] == ["incentives_user"]
    assert list(member.locations.all()) == [world.locations["4391507"]]


def test_bounds_are_locations_of_the_members_own_organisation(world: World, admin: Client) -> None:
    member = Member.objects.get(user=world.fre)

    answer = admin.post(
        f"/admin/partners/member/{member.pk}/change/",
        {"locations": [world.locations["5120001"].pk]},
    )

    assert answer.status_code == 200
    assert "Not locations of this organisation: 5120001." in answer.content.decode()
    assert list(member.locations.all()) == [world.locations["4391508"]]


def test_a_members_person_and_organisation_never_change(world: World, admin: Client) -> None:
    member = Member.objects.get(user=world.ana)

    answer = admin.post(
        f"/admin/partners/member/{member.pk}/change/",
        {
            "user": world.ned.pk,
            "organisation": world.northwind.pk,
            "ends": "on",
        },
    )

    assert answer.status_code == 302
    member.refresh_from_db()
    assert (member.user, member.organisation) == (world.ana, world.fabrikam)
    assert member.ended_at is not None
    assert admin.get(f"/admin/partners/member/{member.pk}/delete/").status_code == 403


def test_a_desk_admin_gives_and_takes_seats_and_enrolments(world: World, admin: Client) -> None:
    seat = DeskSeat.objects.get(user=world.rev1)
    enrolment = Enrolment.objects.first()
    assert enrolment is not None

    admin.post("/admin/partners/deskseat/add/", {"user": world.rev1.pk, "role": "arbiter"})
    admin.post(f"/admin/partners/deskseat/{seat.pk}/delete/", {"post": "yes"})
    admin.post(f"/admin/partners/enrolment/{enrolment.pk}/delete/", {"post": "yes"})

    assert [seat.role for seat in world.rev1.desk_seats.all()] == ["arbiter"]
    assert not Enrolment.objects.filter(pk=enrolment.pk).exists()


def test_a_token_is_revoked_here_and_its_hash_not_shown(world: World, admin: Client) -> None:
    token, _secret = ApiToken.objects.create(world.ana, organisation=world.fabrikam, name="Nightly")

    page = admin.get(f"/admin/partners/apitoken/{token.pk}/change/").content.decode()
    admin.post(f"/admin/partners/apitoken/{token.pk}/delete/", {"post": "yes"})

    assert "Nightly" in page
    assert ApiToken.objects.count() == 0


def test_a_desk_admin_makes_accounts_but_no_superusers(world: World, admin: Client) -> None:
    answer = admin.post(
        "/admin/partners/user/add/",
        {
            "username": "new",
            "usable_password": "true",
            "password1": "correct-horse-9",
            "password2": "correct-horse-9",
            "is_superuser": "on",
        },
    )

    assert answer.status_code == 302
    new = User.objects.get(username="new")
    admin.post(
        f"/admin/partners/user/{new.pk}/change/",
        {"username": "new", "is_active": "on", "is_staff": "on", "is_superuser": "on", "first_name": "Nia"},
    )
    new.refresh_from_db()
    assert (new.first_name, new.is_staff, new.is_superuser) == ("Nia", True, False)


def test_a_superusers_account_is_beyond_a_desk_admin(world: World, admin: Client) -> None:
    root = User.objects.create_superuser(username="root", password="root-password-1")

    answer = admin.post(f"/admin/partners/user/{root.pk}/change/", {"username": "mine"})
    password = admin.get(f"/admin/partners/user/{root.pk}/password/")

    assert (answer.status_code, password.status_code) == (403, 403)
    root.refresh_from_db()
    assert root.username == "root"


@pytest.mark.parametrize("model", MODELS)
def test_lists_cost_the_same_queries_with_few_rows_and_with_many(world: World, model: str) -> None:
    reviewer = signed_in(world.rev1)
    reviewer.get(f"/admin/partners/{model}/")

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert reviewer.get(f"/admin/partners/{model}/").status_code == 200
        return len(captured)

    ApiToken.objects.create(world.ana, organisation=world.fabrikam)
    few = queries()
    for number in range(5):
        user = User.objects.create(username=f"user{number}")
        member = Member.objects.create(user=user, organisation=world.northwind)
        DeskSeat.objects.create(user=user, role=DeskRole.SUPPORT)
        ApiToken.objects.create(member.user, organisation=world.northwind)

    assert queries() == few
