"""No number that a partner sees counts what others do (part 2): neither references nor addresses, forms, pages, mails."""

import re
from base64 import urlsafe_b64decode

import pytest
from django.apps import apps
from django.core import mail
from django.db import connection
from django.db.models import BigAutoField
from django.test import Client
from pytest_django import Settings

from claims.models import Claim
from foundation.journal.relay import drain
from partners.models import Member, MemberRole
from tests.api.client import ApiClient
from tests.doors.crawling import pages_of
from tests.filing import (
    at,
    decide_for,
    file_claim,
    held_and_claimed,
    notify,
    reference_of,
    sales,
    say,
    take_up,
    workloads,
)
from tests.world import NOW, TEAMS, World, build_world

FIRST = 770_000_000
ROW_NUMBER = re.compile(r"(?<![0-9a-zA-Z])0*7700\d{5}(?![0-9a-zA-Z])")


@pytest.fixture
def world(db: None, settings: Settings) -> World:
    """Return the world in a database whose rows have numbers that occur nowhere else."""
    settings.SITE_URL = "https://claims.example"
    for model in apps.get_models():
        if isinstance(model._meta.pk, BigAutoField):
            _number_from(model._meta.db_table, FIRST)
    return build_world()


def _number_from(table: str, first: int) -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT pg_get_serial_sequence(%s, 'id')", [table])
            (sequence,) = cursor.fetchone()
            cursor.execute(
                f"ALTER SEQUENCE {sequence} RESTART WITH {first}"
            )  # a write, so that nothing is replayed
        else:
            cursor.execute("DELETE FROM sqlite_sequence WHERE name = %s", [table])
            cursor.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (%s, %s)", [table, first])


@pytest.fixture
def contest(world: World) -> Claim:
    """Return Fabrikam's claim after a whole contest, and much talk about it, with claims of others in between."""
    second = Member.objects.create(user=world.ana, organisation=world.tailspin)
    MemberRole.objects.create(member=second, role="incentives_admin")
    theirs, ours, case = held_and_claimed(world)
    take_up(ours, world.rev1)
    notify(case, world.rev1)
    file_claim(world, world.tom, *workloads(TEAMS))
    for number in range(60):
        say(ours, world.ana, f"More about it, {number:02d}.")
        say(theirs, world.ned, "And from us.")
    decide_for(case, world.arb, world.fabrikam, now=at(8))
    file_claim(world, world.ana, sales(world.s_b))
    return ours


def numbers_in(text: str) -> list[str]:
    """Return the rows' numbers in the text, also those hidden in what looks like base 64."""
    hidden = [_decoded(token) for token in re.findall(r"[A-Za-z0-9_-]{12,}={0,2}", text)]
    return [found for each in (text, *hidden) for found in ROW_NUMBER.findall(each)]


def _decoded(token: str) -> str:
    try:
        return urlsafe_b64decode(token + "=" * (-len(token) % 4)).decode("ascii")
    except ValueError:
        return ""


def test_no_page_of_a_partner_shows_a_rows_number(world: World, contest: Claim) -> None:
    client = Client()
    client.force_login(world.ana, backend="django.contrib.auth.backends.ModelBackend")

    read = dict(pages_of(client))

    assert {address: numbers_in(text) for address, text in read.items() if numbers_in(text)} == {}
    assert f"/claims/{contest.public_id}/history/" in read
    assert any("before=" in address for address in read)


def test_no_document_of_the_api_shows_a_rows_number(world: World, contest: Claim) -> None:
    ana, found, read = ApiClient(world.ana), {}, 0
    claim = f"claims/{contest.public_id}/"
    waiting = [
        "claims/?page_size=1",
        claim,
        *(f"{claim}{part}/?page_size=20" for part in ("comments", "history")),
    ]
    waiting.append(f"{claim}evidence/")
    while waiting:
        answer = ana.get(waiting.pop())
        read += 1
        if numbers := numbers_in(f"{answer.headers} {answer.content.decode()}"):
            found[answer.request["PATH_INFO"]] = numbers
        waiting += filter(None, [answer.json().get("next"), answer.json().get("previous")][:1])

    assert found == {}
    assert read > 8


def test_no_mail_shows_a_rows_number(world: World, contest: Claim) -> None:
    mail.outbox.clear()
    drain(now=at(8))

    written = [message.message().as_string() for message in mail.outbox]

    assert [numbers_in(text) for text in written if numbers_in(text)] == []
    assert len(written) > 8


def test_references_say_nothing_of_their_order(world: World) -> None:
    claims = [file_claim(world, user, *workloads(TEAMS)) for user in (world.ana, world.ned, world.tom)]

    endings = {reference_of(claim).removeprefix("CPOR-2020-") for claim in claims}

    assert len(endings) == 3
    assert not any(str(claim.pk) in reference_of(claim) for claim in claims)
    assert {claim.created_at for claim in claims} == {NOW}
