"""`manage.py sweep` runs every sweep and drains the outbox once, outside production as of any instant."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import override_settings

from clocks.models import Clock
from foundation.journal.models import Delivery
from tests.filing import file_claim, sales
from tests.world import NOW, World, build_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return build_world()


def test_the_command_sweeps_and_drains_the_outbox_as_of_the_given_instant(world: World) -> None:
    claim = file_claim(world, world.ana, sales(world.s_b))
    told = StringIO()

    call_command("sweep", now="2020-07-14T00:00:00Z", stdout=told)

    assert Clock.objects.get(kind="review", subject_id=claim.pk).breached_at is not None
    assert not Delivery.objects.exclude(state="delivered").exists()
    assert [line.split(":")[0] for line in told.getvalue().splitlines()] == [
        "settings",
        "requests",
        "consent windows",
        "draft warnings and ends",
        "ended subscriptions",
        "calendars",
        "misplaced clocks",
        "missed deadlines",
        "expired sessions",
        "kept forms",
        "deadline warnings",
        "deliveries",
    ]


def test_an_instant_without_an_offset_is_in_utc(world: World) -> None:
    file_claim(world, world.ana, sales(world.s_b))

    call_command("sweep", now="2020-07-13T23:59:59", stdout=StringIO())
    assert not Clock.objects.filter(breached_at__isnull=False).exists()

    call_command("sweep", now="2020-07-14T00:00:00", stdout=StringIO())
    assert Clock.objects.filter(breached_at__isnull=False).count() == 1


def test_a_second_run_changes_nothing(world: World) -> None:
    file_claim(world, world.ana, sales(world.s_b))
    late = (NOW + timedelta(days=30)).isoformat()
    call_command("sweep", now=late, stdout=StringIO())
    sent = Delivery.objects.count()

    call_command("sweep", now=late, stdout=StringIO())

    assert Delivery.objects.count() == sent


@pytest.mark.parametrize("text", ["yesterday", "2020-13-45T00:00:00Z", "noon"])
def test_an_invalid_instant_is_refused_in_one_sentence(text: str) -> None:
    with pytest.raises(CommandError, match="is not an ISO 8601 instant"):
        call_command("sweep", now=text)


def test_production_accepts_no_instant() -> None:
    with override_settings(PRODUCTION=True), pytest.raises(CommandError, match="production runs as of now"):
        call_command("sweep", now="2020-07-14T00:00:00Z")


def test_production_runs_without_an_instant() -> None:
    with override_settings(PRODUCTION=True):
        call_command("sweep", stdout=StringIO())
