"""Scenarios of group A on the pages: access, and the MPNs that a user sees."""

import re

import pytest
from django.test import Client

from claims.models import Claim
from foundation.journal.models import Event
from partners.models import Location, Member, MemberRole, Organisation
from tests.filing import reference_of
from tests.portal.conftest import SignIn
from tests.portal.pages import activity, path_of, send, start, text_of, title_of
from tests.portal.queries import queries_of
from tests.responses import Response
from tests.world import World


@pytest.mark.parametrize("name", ["ana", "gil", "bea"])
def test_01_roles_that_can_submit_see_the_first_step(world: World, sign_in: SignIn, name: str) -> None:
    response = sign_in(getattr(world, name)).get("/claims/new/", follow=True)

    assert response.status_code == 200
    assert "Step 1 of 7" in text_of(response)
    assert 'name="tenant_id"' in response.content.decode()


@pytest.mark.parametrize("method", ["get", "post"])
def test_02_a_user_without_a_role_sees_which_one_to_ask_for_and_no_claim_is_created(
    world: World, sign_in: SignIn, method: str
) -> None:
    response = getattr(sign_in(world.dan), method)("/claims/new/", {"tenant_id": "x", "domain": "contoso"})

    assert response.status_code == 403
    assert "ROLE_NOT_ALLOWED" in text_of(response)
    assert "incentives admin or incentives user" in text_of(response)
    assert "Gil Garcia" in text_of(response)
    assert Claim.objects.count() == 0
    assert Event.objects.filter(type__startswith="claim.").count() == 0


@pytest.mark.parametrize(
    "path", ["/claims/", "/claims/new/", "/claims/1316cd1f-b0c7-4253-a7f3-ccc9041aaab9/check/"]
)
def test_03_a_visitor_signs_in_first_and_returns_to_the_page(world: World, path: str) -> None:
    client = Client()

    asked = client.get(path, follow=False)
    signed_in = client.post(asked["Location"], {"login": "ana", "password": "demo", "next": path})

    assert asked.status_code == 302
    assert asked["Location"] == f"/accounts/login/?next={path}"
    assert signed_in.status_code == 302
    assert signed_in["Location"] == path


def test_03_a_wrong_password_is_reported(world: World) -> None:
    response = Client().post("/accounts/login/", {"login": "ana", "password": "wrong"})

    assert response.status_code == 200
    assert "There is a problem" in text_of(response)
    assert 'value="ana"' in response.content.decode()


@pytest.mark.parametrize("page", ["signup", "email", "password/change", "password/reset"])
def test_users_cannot_sign_up_or_change_their_accounts(world: World, page: str) -> None:
    assert Client().get(f"/accounts/{page}/").status_code == 404


def test_after_five_wrong_passwords_the_page_says_how_long_to_wait(world: World) -> None:
    client = Client()
    for _attempt in range(5):
        client.post("/accounts/login/", {"login": "ana", "password": "wrong"})

    refused = client.post("/accounts/login/", {"login": "ana", "password": "demo"})

    assert refused.status_code == 429
    assert "There were too many wrong passwords. Wait 5 minutes, then try again." in text_of(refused)
    assert title_of(refused).startswith("Error:")


def test_signing_out_ends_the_session(world: World, sign_in: SignIn) -> None:
    client = sign_in(world.ana)

    asked = client.get("/accounts/logout/")
    client.post("/accounts/logout/")

    assert asked.status_code == 200
    assert client.get("/claims/").status_code == 302


def test_04_each_mpn_of_the_partner_is_listed_with_its_enrolment(world: World, sign_in: SignIn) -> None:
    client = sign_in(world.ana)
    claim = start(client, world)
    send(client, claim, "activity", activity("business_applications", "presales"))

    page = text_of(client.get(path_of(claim, "location/")))

    assert re.findall(r"\b(?:4391507|4391508|4391509|5120001)\b(?= ·)", page) == [
        "4391507",
        "4391508",
        "4391509",
    ]
    assert page.count("Enrolled for 2020:") == 2
    assert page.count("Not enrolled for 2020") == 1
    assert page.count("Enrolled for your activities") == 2
    assert "5120001" not in page


def test_05_no_page_shows_a_partner_type(world: World, sign_in: SignIn) -> None:
    client = sign_in(world.ana)
    claim = start(client, world)
    send(client, claim, "location", {"mpn_id": "4391509"})

    pages = [
        client.get(path) for path in ("/company/locations/", path_of(claim), path_of(claim, "location/"))
    ]

    assert all("FRP" not in page.content.decode() for page in pages)
    assert "We do not show whether an MPN has a special partner type" in text_of(pages[0])
    assert "not whether an MPN has a special partner type" in text_of(pages[2])


def test_06_an_mpn_that_is_not_enrolled_is_saved_and_reported(world: World, sign_in: SignIn) -> None:
    client = sign_in(world.ana)
    claim = start(client, world)
    send(client, claim, "activity", activity("business_applications", "presales"))

    page = send(client, claim, "location", {"mpn_id": "4391508"}, follow=True)

    claim.refresh_from_db()
    assert claim.mpn_id == "4391508"
    assert "MPN_NOT_ENROLLED" in text_of(page)
    assert '<a href="/company/locations/">' in page.content.decode()
    assert page.redirect_chain == [(path_of(claim, "location/"), 302)]


def test_07_the_mpn_step_names_the_global_admin(world: World, sign_in: SignIn) -> None:
    client = sign_in(world.ana)
    claim = start(client, world)

    page = text_of(client.get(path_of(claim, "location/")))

    assert "If you are not sure, ask your company’s global admin: Gil Garcia." in page


def test_08_another_companys_mpn_is_refused_like_one_that_does_not_exist(
    world: World, sign_in: SignIn
) -> None:
    client = sign_in(world.ana)
    claim = start(client, world)
    version = Claim.objects.get().version

    answers = [send(client, claim, "location", {"mpn_id": mpn}) for mpn in ("5120001", "9999999")]

    claim.refresh_from_db()
    assert [answer.status_code for answer in answers] == [422, 422]
    assert "MPN_NOT_YOURS" in text_of(answers[0])
    assert _without_tokens(answers[0], "5120001") == _without_tokens(answers[1], "9999999")
    assert (claim.mpn_id, claim.version) == ("", version)


def _without_tokens(response: Response, mpn: str) -> str:
    body = response.content.decode()
    return re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", body).replace(mpn, "MPN")


def test_09_a_letter_in_the_mpn_is_refused_beside_the_field(world: World, sign_in: SignIn) -> None:
    client = sign_in(world.ana)
    claim = start(client, world)

    page = send(client, claim, "location", {"mpn_id": "43915O7"}, follow=True)

    assert "MPN_FORMAT" in text_of(page)
    assert 'href="#id_mpn_id"' in page.content.decode()
    assert "43915O7 (as typed)" in text_of(page)


def test_10_a_member_with_bounds_does_not_see_claims_of_other_locations(
    world: World, sign_in: SignIn
) -> None:
    ana, fre = sign_in(world.ana), sign_in(world.fre)
    claim = start(ana, world)
    send(ana, claim, "location", {"mpn_id": "4391507"})

    listed = fre.get("/claims/")
    answers = [fre.get(path_of(claim, step)) for step in ("", "history/", "location/", "check/", "proof/")]
    missing = fre.get("/claims/1316cd1f-b0c7-4253-a7f3-ccc9041aaab9/")

    assert reference_of(claim) not in text_of(listed)
    assert [answer.status_code for answer in answers] == [404] * 5
    assert _without_tokens(answers[0], "-") == _without_tokens(missing, "-")


def test_41_the_company_page_lists_only_locations_within_the_users_bounds(
    world: World, sign_in: SignIn
) -> None:
    own = text_of(sign_in(world.ana).get("/company/locations/"))
    bounded = text_of(sign_in(world.fre).get("/company/locations/"))

    assert "4391507" in own
    assert "5120001" not in own
    assert "4391508" in bounded
    assert "4391507" not in bounded


def test_a_member_of_two_companies_chooses_which_one_to_work_for(world: World, sign_in: SignIn) -> None:
    member = Member.objects.create(user=world.ana, organisation=world.tailspin)
    MemberRole.objects.create(member=member, role="incentives_admin")
    client = sign_in(world.ana)

    before = text_of(client.get("/company/locations/"))
    client.post("/company/switch/", {"organisation": world.tailspin.code})
    after = text_of(client.get("/company/locations/"))
    foreign = client.post("/company/switch/", {"organisation": world.northwind.code})

    assert ("4391507" in before, "6230001" in before) == (True, False)
    assert ("4391507" in after, "6230001" in after) == (False, True)
    assert foreign.status_code == 404


def test_a_former_member_no_longer_works_for_the_company(world: World, sign_in: SignIn) -> None:
    member = Member.objects.create(user=world.ana, organisation=world.tailspin)
    client = sign_in(world.ana)
    client.post("/company/switch/", {"organisation": world.tailspin.code})
    Member.objects.filter(pk=member.pk).update(ended_at="2020-07-06T09:00Z")

    page = text_of(client.get("/company/locations/"))

    assert "4391507" in page
    assert "6230001" not in page


def test_desk_users_are_redirected_to_the_desk(world: World, sign_in: SignIn) -> None:
    client = sign_in(world.rev1)

    assert client.get("/")["Location"] == "/admin/"
    assert client.get("/claims/").status_code == 403
    assert sign_in(world.ana).get("/")["Location"] == "/claims/"


def test_the_company_page_takes_the_same_number_of_queries_for_few_locations_and_many(
    world: World, sign_in: SignIn
) -> None:
    client = sign_in(world.tom)
    counted = [queries_of(client, "/company/locations/")]
    Location.objects.bulk_create(
        Location(
            organisation=Organisation.objects.get(code="tailspin"), mpn_id=str(7_000_000 + n), country="US"
        )
        for n in range(24)
    )
    counted.append(queries_of(client, "/company/locations/"))

    assert counted[0] == counted[1]
