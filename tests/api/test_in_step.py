"""What an integrator follows: `ETag`, `version` and `updated_at` of a claim, and the filter that finds what changed."""

from datetime import timedelta

import pytest
import time_machine
from django.db import connection

from claims.models import Claim
from claims.selectors import visible_claims
from tests.api.client import ApiClient, drafted, refused, submitted, teams_body
from tests.filing import say
from tests.world import NOW, World, actor

pytestmark = pytest.mark.django_db


def test_a_comment_of_the_desk_moves_the_tag_and_is_found(
    world: World, ana: ApiClient, clock: time_machine.Traveller
) -> None:
    claim_id = submitted(ana, teams_body(world))
    claim = Claim.objects.get()
    read = ana.get(f"claims/{claim_id}/")
    clock.shift(timedelta(hours=1))

    say(claim, world.rev1, "Noted.", now=NOW + timedelta(hours=1))

    again = ana.get(f"claims/{claim_id}/")
    found = ana.get("claims/?updated_since=2020-07-06T10:00:00Z").json()["results"]
    assert again.headers["ETag"] != read.headers["ETag"]
    assert again.json()["version"] > read.json()["version"]
    assert again.json()["updated_at"] == "2020-07-06T10:00:00Z"
    assert [each["id"] for each in found] == [claim_id]


def test_a_tag_from_before_a_comment_is_stale_and_changes_nothing(world: World, ana: ApiClient) -> None:
    claim_id = submitted(ana, teams_body(world))
    read = ana.get(f"claims/{claim_id}/").headers["ETag"]
    say(Claim.objects.get(), world.rev1, "Please correct the contact.")

    answer = ana.patch(f"claims/{claim_id}/", {"contacts": {"customer": {"title": "CTO"}}}, If_Match=read)

    assert refused(answer) == (412, "STALE_VERSION")
    assert Claim.objects.get().contacts.get(kind="customer").title != "CTO"


def test_the_tag_of_an_answer_is_the_tag_of_what_is_read_next(world: World, ana: ApiClient) -> None:
    claim_id = drafted(ana, teams_body(world))

    saved = ana.patch(f"claims/{claim_id}/", {"name": "New"})
    read = ana.get(f"claims/{claim_id}/")

    assert saved.headers["ETag"] == read.headers["ETag"] == f'"{saved.json()["version"]}"'
    assert saved.json()["updated_at"] == read.json()["updated_at"]


@pytest.mark.postgres
def test_what_changed_lately_is_found_by_an_index(world: World) -> None:
    Claim.objects.bulk_create(
        Claim(
            organisation=world.fabrikam,
            created_by=world.ana,
            created_at=NOW - timedelta(minutes=number),
            touched_at=NOW,
            updated_at=NOW - timedelta(minutes=number),
            reference=f"CPOR-2020-{number:06d}",
        )
        for number in range(3000)
    )
    plans = []
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE claims_claim")
    for reader in (world.ana, world.rev1):
        recent = visible_claims(actor(reader)).filter(updated_at__gte=NOW - timedelta(minutes=3))
        plans.append(recent.order_by("-created_at", "-pk").explain())

    assert "claim_org_updated" in plans[0] or "claim_updated" in plans[0], plans[0]
    assert "claim_updated" in plans[1], plans[1]
