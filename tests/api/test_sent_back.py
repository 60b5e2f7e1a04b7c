"""A claim as it was read can be sent back, whatever is in it: nothing changes and nothing is recorded."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from claims import policies
from claims.enums import ClaimStatus
from claims.models import Claim
from foundation.journal.models import Event
from tests.api.client import ApiClient, check_body, person
from tests.doors import scenes
from tests.filing import reloaded
from tests.world import CONTOSO_GUID, MARKETING, SALES, TEAMS, World, actor

EDITABLE = {
    "a draft": scenes.a_draft,
    "a draft of who cannot submit": scenes.umas_draft,
    "a draft with ten files": scenes.ten_files,
    "a submitted claim": scenes.a_claim,
    "an open question": scenes.asked,
    "an open question beside a rival": scenes.asked_with_a_rival,
    "a question in a case": scenes.parties_asked,
}


def _recorded(claim: Claim) -> tuple[object, ...]:
    claim = reloaded(claim)
    return (claim.version, claim.revision, claim.updated_at, claim.touched_at, Event.objects.count())


@pytest.mark.parametrize("stage", EDITABLE.values(), ids=EDITABLE)
def test_a_claim_as_read_is_patched_back_and_nothing_moves(
    world: World, stage: Callable[[World], SimpleNamespace]
) -> None:
    """Point 29, in every situation in which a partner can edit."""
    scene = stage(world)
    caller = ApiClient(scene.user)
    before = caller.get(f"claims/{scene.id}/")
    recorded = _recorded(scene.claim)

    answer = caller.patch(f"claims/{scene.id}/", before.json(), If_Match=before.headers["ETag"])

    after = caller.get(f"claims/{scene.id}/")
    assert before.json()["editable_fields"] != []
    assert (answer.status_code, answer.headers["ETag"]) == (200, before.headers["ETag"])
    assert (after.content, _recorded(scene.claim)) == (before.content, recorded)


def test_no_other_status_can_be_edited(world: World) -> None:
    editable = [
        status
        for status in ClaimStatus
        if policies.editable_fields(actor(world.ana), Claim(organisation=world.fabrikam, status=status))
    ]

    assert editable == ["draft", "submitted", "partner_action_required"]


TEXTS = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cs"], exclude_characters="\x00"), max_size=12
)
IDS = st.sampled_from(
    ["", " ", "4391507", "43915O7", "{1316CD1F-B0C7-4253-A7F3-CCC9041AAAB9}", str(CONTOSO_GUID)]
)
BODIES = st.fixed_dictionaries(
    {},
    optional={
        "name": TEXTS,
        "mpn_id": st.sampled_from(["", "4391507", " ４３９１５０７ ", "43915O7"]),
        "tenant_id": IDS | TEXTS,
        "domain": TEXTS | st.sampled_from(["contoso", "https://contoso.com:8080/x", "info@contoso.com"]),
        "solution_area": st.sampled_from(["", "business_applications", "microsoft_365", "office"]),
        "activities": st.lists(
            st.sampled_from(["usage", "presales", "revenue_association", "x"]), max_size=3
        ),
        "items": st.lists(
            st.fixed_dictionaries(
                {"product": st.sampled_from([SALES, MARKETING, TEAMS, "", "golf"])},
                optional={"subscription_id": IDS | TEXTS},
            ),
            max_size=3,
        ),
        "contacts": st.dictionaries(
            st.sampled_from(["customer", "partner", "technical"]),
            st.none()
            | st.dictionaries(st.sampled_from(["first_name", "last_name", "title", "email"]), TEXTS),
        ),
        "revenue_details": st.none() | st.dictionaries(st.just("seller_name"), TEXTS),
        "acknowledged": st.booleans(),
        "confirmed_warnings": st.lists(st.sampled_from(["COMPETING_CLAIM", "X", "MPN_REGION"]), max_size=3),
    },
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=BODIES)
def test_a_draft_is_patched_back_whatever_was_typed(
    world: World, ana: ApiClient, body: dict[str, Any]
) -> None:
    created = ana.post("claims/", body)
    assert created.status_code == 201, created.content
    path = created.headers["Location"]
    before = ana.get(path)
    claim = Claim.objects.get(public_id=before.json()["id"])
    recorded = _recorded(claim)

    answer = ana.patch(path, before.json(), If_Match=before.headers["ETag"])
    with_findings = ana.patch(path, created.json(), If_Match=before.headers["ETag"])

    assert (answer.status_code, with_findings.status_code) == (200, 200)
    assert (ana.get(path).content, _recorded(claim)) == (before.content, recorded)


# --- Findings of a draft ---


def test_the_findings_that_are_read_are_those_of_a_save_and_nothing_is_recorded(
    world: World, ana: ApiClient
) -> None:
    """Point 29: a draft's findings can be read without writing, in whatever state the draft is."""
    wrong = check_body(world, mpn_id="43915O7", contacts={"customer": person("Cora", "elsewhere.example")})
    for body in ({}, check_body(world), wrong):
        created = ana.post("claims/", body)
        path = created.headers["Location"]
        claim = Claim.objects.get(public_id=created.json()["id"])
        before, recorded = ana.get(path), _recorded(claim)

        read = ana.get(f"{path}findings/")
        head = ana.client.head(f"{path}findings/", headers=ana.headers)

        assert (read.status_code, head.status_code) == (200, 200)
        assert read.json()["findings"] == created.json()["findings"]
        assert read.json()["withheld"] == created.json()["withheld"]
        assert (ana.get(path).content, _recorded(claim)) == (before.content, recorded)
