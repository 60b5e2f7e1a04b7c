"""Access: every route, for every kind of user."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone

from arbitration import services as desk
from arbitration.models import Case
from claims.enums import RequestReason
from claims.models import Claim, Comment, Evidence
from foundation.journal.models import Event
from partners.models import ApiToken, DeskSeat, Member, User
from tests.api.client import (
    JSON,
    PROBLEM,
    ApiClient,
    api,
    check_body,
    claim_body,
    drafted,
    pdf,
    refused,
    submitted,
    teams_body,
)
from tests.responses import Response
from tests.world import NOW, World, actor

Call = Callable[[ApiClient, str], Response]

ON_A_CLAIM: dict[str, Call] = {
    "GET claim": lambda caller, claim: caller.get(f"claims/{claim}/"),
    "PATCH claim": lambda caller, claim: caller.patch(f"claims/{claim}/", {"name": "Renamed"}),
    "POST submit": lambda caller, claim: caller.post(f"claims/{claim}/submit/"),
    "POST withdraw": lambda caller, claim: caller.post(f"claims/{claim}/withdraw/"),
    "POST respond": lambda caller, claim: caller.post(f"claims/{claim}/respond/", {"comment": "Here."}),
    "GET items": lambda caller, claim: caller.get(f"claims/{claim}/items/"),
    "POST items": lambda caller, claim: caller.post(
        f"claims/{claim}/items/", {"add": [{"product": "intune"}]}
    ),
    "GET evidence": lambda caller, claim: caller.get(f"claims/{claim}/evidence/"),
    "POST evidence": lambda caller, claim: caller.upload(f"claims/{claim}/evidence/", pdf("another")),
    "GET file": lambda caller, claim: caller.get(f"claims/{claim}/evidence/{_proof(claim)}/file/"),
    "GET comments": lambda caller, claim: caller.get(f"claims/{claim}/comments/"),
    "POST comments": lambda caller, claim: caller.post(f"claims/{claim}/comments/", {"text": "Hello."}),
    "GET history": lambda caller, claim: caller.get(f"claims/{claim}/history/"),
}
OK = dict.fromkeys(ON_A_CLAIM, 200) | {"POST evidence": 201, "POST comments": 201}
NOT_ALLOWED = (403, "ROLE_NOT_ALLOWED")
MISSING = (404, "NOT_FOUND")
NOT_NOW = (409, "INVALID_TRANSITION")

FOR_PARTNERS = ["PATCH claim", "POST submit", "POST withdraw", "POST respond", "POST items", "POST evidence"]

# What each user gets on Ana's draft; routes not named here return what OK lists.
DRAFT_EXCEPTIONS: dict[str, dict[str, tuple[int, str]]] = {
    "ana": {"POST respond": NOT_NOW},
    "gil": {"POST respond": NOT_NOW},
    "bea": {"POST respond": NOT_NOW},
    "uma": {"POST submit": NOT_ALLOWED, "POST respond": NOT_ALLOWED},
    "dan": dict.fromkeys(ON_A_CLAIM, NOT_ALLOWED),
    "fre": dict.fromkeys(ON_A_CLAIM, MISSING),
    "ned": dict.fromkeys(ON_A_CLAIM, MISSING),
    "rev1": dict.fromkeys(ON_A_CLAIM, MISSING),
}
# What each user gets on Ana's claim after submission.
SUBMITTED_EXCEPTIONS: dict[str, dict[str, tuple[int, str]]] = {
    "ana": dict.fromkeys(["PATCH claim", "POST submit", "POST respond", "POST items"], NOT_NOW),
    "uma": {"PATCH claim": NOT_NOW}
    | dict.fromkeys(["POST submit", "POST withdraw", "POST respond", "POST items"], NOT_ALLOWED),
    "dan": dict.fromkeys(ON_A_CLAIM, NOT_ALLOWED),
    "fre": dict.fromkeys(ON_A_CLAIM, MISSING),
    "ned": dict.fromkeys(ON_A_CLAIM, MISSING),
    "rev1": dict.fromkeys(
        FOR_PARTNERS,
        NOT_ALLOWED,
    ),
    "sup": dict.fromkeys(
        FOR_PARTNERS,
        NOT_ALLOWED,
    ),
}


def _proof(claim_id: str) -> str:
    return str(Evidence.objects.get(claim__public_id=claim_id, name="sow.pdf").public_id)


def _outcome(answer: Response) -> object:
    return answer.status_code if answer.status_code < 300 else refused(answer)


def _outcomes(caller: ApiClient, claim_id: str) -> dict[str, object]:
    """Return the outcome of each route on the same claim; every call is undone before the next."""
    outcomes: dict[str, object] = {}
    for route, call in ON_A_CLAIM.items():
        start, before = transaction.savepoint(), _traces()
        outcomes[route] = _outcome(call(caller, claim_id))
        if outcomes[route] not in (200, 201):
            assert _traces() == before, route
        transaction.savepoint_rollback(start)
    return outcomes


@pytest.mark.parametrize("user", DRAFT_EXCEPTIONS)
def test_each_user_can_make_only_permitted_calls_on_a_draft(world: World, ana: ApiClient, user: str) -> None:
    claim_id = drafted(ana, teams_body(world))

    outcomes = _outcomes(ApiClient(getattr(world, user)), claim_id)

    assert outcomes == OK | DRAFT_EXCEPTIONS[user]


@pytest.mark.parametrize("user", SUBMITTED_EXCEPTIONS)
def test_each_user_can_make_only_permitted_calls_on_a_submitted_claim(
    world: World, ana: ApiClient, user: str
) -> None:
    claim_id = submitted(ana, teams_body(world))

    outcomes = _outcomes(ApiClient(getattr(world, user)), claim_id)

    assert outcomes == OK | SUBMITTED_EXCEPTIONS[user]


def _traces() -> tuple[object, ...]:
    claims = Claim.objects.order_by("pk").values_list("status", "version", "name")
    return tuple(claims), Comment.objects.count(), Evidence.objects.count(), Event.objects.count()


@pytest.mark.parametrize(
    ("user", "listed", "created", "checked"),
    [
        ("ana", (200, 1), 201, 200),
        ("uma", (200, 1), 201, 200),
        ("fre", (200, 0), (422, "MPN_NOT_YOURS"), 200),
        ("ned", (200, 0), (422, "MPN_NOT_YOURS"), 200),
        ("dan", NOT_ALLOWED, NOT_ALLOWED, NOT_ALLOWED),
        ("rev1", (200, 1), NOT_ALLOWED, NOT_ALLOWED),
    ],
)
def test_only_permitted_users_can_list_create_and_check(
    world: World, ana: ApiClient, user: str, listed: object, created: object, checked: object
) -> None:
    submitted(ana, teams_body(world))
    caller = ApiClient(getattr(world, user))

    listing = caller.get("claims/")
    creation = caller.post("claims/", claim_body(world))
    check = caller.post("claim-checks/", check_body(world))

    seen = (200, len(listing.json()["results"])) if listing.status_code == 200 else refused(listing)
    assert (seen, _outcome(creation), _outcome(check)) == (listed, created, checked)


ROUTES = ["claims/", *(f"claims/{{claim}}/{part}" for part in ("", "items/", "comments/", "history/"))]


def _inactive(world: World) -> ApiClient:
    caller = ApiClient(world.ana)
    User.objects.filter(pk=world.ana.pk).update(is_active=False)
    return caller


def _expired(world: World) -> ApiClient:
    caller = ApiClient(world.ana)
    ApiToken.objects.filter(pk=caller.token.pk).update(expiry=timezone.now() - timedelta(seconds=1))
    return caller


def _with(header: str) -> Callable[[World], ApiClient]:
    def client(world: World) -> ApiClient:
        caller = ApiClient()
        caller.headers["Authorization"] = header
        return caller

    return client


@pytest.mark.parametrize(
    ("caller", "code"),
    [
        (lambda world: ApiClient(), "NOT_AUTHENTICATED"),
        (_with("Basic YW5hOmRlbW8="), "NOT_AUTHENTICATED"),
        (_with("Bearer"), "INVALID_TOKEN"),
        (_with("Bearer two words"), "INVALID_TOKEN"),
        (_with("Bearer " + "0" * 64), "INVALID_TOKEN"),
        (_with("Bearer zzz"), "INVALID_TOKEN"),
        (_with("Bearer \x00\x00"), "INVALID_TOKEN"),
        (_with("Bearer ünïcode"), "INVALID_TOKEN"),
        (_inactive, "INVALID_TOKEN"),
        (_expired, "INVALID_TOKEN"),
    ],
)
def test_every_route_requires_a_valid_token(
    world: World, ana: ApiClient, caller: Callable[[World], ApiClient], code: str
) -> None:
    claim_id = drafted(ana, teams_body(world))
    stranger = caller(world)

    answers = [call(stranger, claim_id) for call in ON_A_CLAIM.values()]
    answers += [stranger.get("claims/"), stranger.post("claims/"), stranger.post("claim-checks/")]

    assert {refused(answer) for answer in answers} == {(401, code)}
    assert {answer.headers["WWW-Authenticate"] for answer in answers} == {"Bearer"}
    assert {answer.json()["detail"] for answer in answers} == {answers[0].json()["detail"]}


def test_10_another_partners_claim_is_refused_like_a_missing_one(
    world: World, ana: ApiClient, ned: ApiClient
) -> None:
    claim_id = drafted(ana, teams_body(world))
    nowhere = "00000000-0000-4000-8000-000000000000"
    proof = _proof(claim_id)

    for route, call in ON_A_CLAIM.items():
        if route == "GET file":
            foreign = ned.get(f"claims/{claim_id}/evidence/{proof}/file/")
            missing = ned.get(f"claims/{nowhere}/evidence/{proof}/file/")
        else:
            foreign, missing = call(ned, claim_id), call(ned, nowhere)
        assert refused(foreign) == refused(missing) == MISSING, route
        documents = [foreign.json(), missing.json()]
        for document in documents:
            del document["instance"], document["request_id"]
        assert documents[0] == documents[1], route
        assert foreign.headers.keys() == missing.headers.keys(), route


def test_10_a_member_does_not_see_claims_of_other_locations(world: World, ana: ApiClient) -> None:
    fre = ApiClient(world.fre)
    drafted(ana, teams_body(world))
    own = fre.post("claims/", teams_body(world, mpn_id="4391508")).json()["id"]

    listed = fre.get("claims/").json()["results"]
    refusal = fre.post("claims/", teams_body(world, mpn_id="4391507"))

    assert [claim["id"] for claim in listed] == [own]
    assert refused(refusal) == (422, "MPN_NOT_YOURS")


def test_a_token_acts_for_its_organisation_only(world: World, ana: ApiClient) -> None:
    Member.objects.create(user=world.ned, organisation=world.fabrikam)
    DeskSeat.objects.create(user=world.ned, role="reviewer")
    claim_id = submitted(ana, teams_body(world))
    caller = ApiClient(world.ned, organisation=world.northwind)

    as_member = caller.get(f"claims/{claim_id}/")
    Member.objects.filter(user=world.ned, organisation=world.northwind).update(ended_at=NOW)
    as_former_member = caller.get(f"claims/{claim_id}/")

    assert refused(as_member) == MISSING
    assert refused(as_former_member) == NOT_ALLOWED


def test_a_desk_token_stays_one_when_its_user_joins_a_partner(world: World, ana: ApiClient) -> None:
    caller = ApiClient(world.rev1)
    Member.objects.create(user=world.rev1, organisation=world.tailspin)
    claim_id = submitted(ana, teams_body(world))

    assert caller.get(f"claims/{claim_id}/").status_code == 200
    assert refused(caller.post("claims/")) == NOT_ALLOWED


def test_a_user_without_organisation_or_seat_is_refused(world: World) -> None:
    stranger = ApiClient(User.objects.create(username="stranger", is_superuser=True, is_staff=True))

    assert refused(stranger.get("claims/")) == NOT_ALLOWED
    assert refused(stranger.post("claim-checks/")) == NOT_ALLOWED


def test_the_desk_sees_submitted_claims_and_no_drafts(world: World, ana: ApiClient) -> None:
    draft = drafted(ana, teams_body(world))
    claim_id = submitted(ana, claim_body(world))
    reviewer = ApiClient(world.rev1)

    listed = reviewer.get("claims/").json()["results"]
    document = reviewer.get(f"claims/{claim_id}/").json()

    assert [claim["id"] for claim in listed] == [claim_id]
    assert refused(reviewer.get(f"claims/{draft}/")) == MISSING
    assert (document["allowed_actions"], document["editable_fields"]) == (["comment"], [])


def test_68_a_former_member_at_the_desk_sees_none_of_its_claims(world: World, ana: ApiClient) -> None:
    Member.objects.create(user=world.rev2, organisation=world.fabrikam, ended_at=NOW)
    claim_id = submitted(ana, teams_body(world))
    caller = ApiClient(world.rev2, for_the_desk=True)

    assert refused(caller.get(f"claims/{claim_id}/")) == MISSING
    assert caller.get("claims/").json()["results"] == []


# --- Sessions ---


def test_a_browser_session_can_read(world: World, session: Client) -> None:
    answer = session.get(api("claims/"))

    assert (answer.status_code, answer.headers["Content-Type"]) == (200, JSON)


def test_a_browser_session_can_write_only_with_its_csrf_token(world: World) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(world.ana)
    browser.cookies["csrftoken"] = "a" * 32

    without = browser.post(api("claims/"), {}, content_type=JSON)
    with_it = browser.post(api("claims/"), {}, content_type=JSON, headers={"X-CSRFToken": "a" * 32})

    assert refused(without) == (403, "CSRF_FAILED")
    assert with_it.status_code == 201
    assert Claim.objects.count() == 1


def test_a_token_needs_no_csrf_token(world: World) -> None:
    caller = ApiClient(world.ana)
    caller.client = Client(enforce_csrf_checks=True)

    assert caller.post("claims/").status_code == 201


def test_3_an_anonymous_program_gets_401_and_no_redirect(world: World, client: Client) -> None:
    answer = client.get(api("claims/"))

    assert (answer.status_code, answer.headers["Content-Type"]) == (401, PROBLEM)


# --- Rivals ---


def test_no_response_to_a_partner_contains_anything_about_a_rival(
    world: World, ana: ApiClient, ned: ApiClient
) -> None:
    theirs = submitted(ned, claim_body(world, mpn_id="5120001", name="Northwind's own"))
    ours = submitted(ana, claim_body(world), "COMPETING_CLAIM")
    reviewer, arbiter = actor(world.rev1), actor(world.arb)
    desk.start_review(public_id=ours, actor=reviewer, now=NOW)
    case = Case.objects.get(parties__claim__public_id=ours)
    desk.post_notice(case_id=str(case.public_id), actor=reviewer, now=NOW)
    desk.ask_parties(
        case_id=str(case.public_id),
        party_ids=[party.pk for party in case.parties.all()],
        reason=RequestReason.OTHER,
        question="Who did the work?",
        actor=arbiter,
        now=NOW,
    )
    sealed = ned.post(f"claims/{theirs}/comments/", {"text": "Northwind did it."})
    withdrawn = ned.post(f"claims/{theirs}/withdraw/")

    read = b"".join(
        ana.get(path).content
        for path in (
            "claims/",
            f"claims/{ours}/",
            *(f"claims/{ours}/{part}/" for part in ("items", "comments", "evidence", "history")),
        )
    ).decode()

    assert (sealed.status_code, withdrawn.status_code) == (201, 200)
    assert ana.get(f"claims/{ours}/").json()["status"] == "under_review"
    for secret in ("northwind", "5120001", "nolan", theirs, "did it", '"case', "frp"):
        assert secret not in read.lower()


def test_5_no_response_contains_a_partner_type(world: World, ana: ApiClient) -> None:
    body = teams_body(world, mpn_id="4391509")
    claim_id = submitted(ana, body)

    checked = ana.post("claim-checks/", check_body(world, mpn_id="4391509"))
    read = ana.get(f"claims/{claim_id}/").content + ana.get("claims/").content + checked.content

    assert b"FRP" not in read
    assert "MPN_TYPE_NOT_SHOWN" in [finding["code"] for finding in checked.json()["findings"]]
