"""In the admin, clocks and calendars are there to look at."""

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from clocks.models import Clock
from clocks.services import pause_clock
from tests.clocks.conftest import july, review_clock

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser(client: Client) -> Client:
    client.force_login(get_user_model().objects.create_superuser("root", "root@example.com", "demo"))
    return client


def test_a_clock_shows_its_date_and_the_reason(browser: Client) -> None:
    clock = pause_clock(clock=review_clock(), cause="request", cause_ref=1, now=july(8, 9))

    page = browser.get(f"/admin/clocks/clock/{clock.pk}/change/").content.decode()

    assert "Five business days are counted from the day after: Tue 7 (1)." in page
    assert "2020-07-07: Business day 1" in page
    assert "2020-07-08: Paused" in page


@pytest.mark.parametrize("model", ["clock", "calendarversion"])
def test_nothing_can_be_added_changed_or_deleted(browser: Client, model: str) -> None:
    clock = review_clock()
    before = Clock.objects.values().get()
    pk = clock.pk if model == "clock" else clock.calendar_version_id

    assert browser.get(f"/admin/clocks/{model}/").status_code == 200
    assert browser.get(f"/admin/clocks/{model}/add/").status_code == 403
    assert browser.post(f"/admin/clocks/{model}/{pk}/change/", {"state": "met"}).status_code == 403
    assert browser.post(f"/admin/clocks/{model}/{pk}/delete/", {"post": "yes"}).status_code == 403
    assert Clock.objects.values().get() == before


@pytest.mark.parametrize("clocks", [1, 25])
def test_the_list_takes_the_same_queries_for_any_length(
    browser: Client, clocks: int, django_assert_num_queries: object
) -> None:
    for subject_id in range(clocks):
        review_clock(subject_id=subject_id)

    with django_assert_num_queries(5):  # type: ignore[operator]
        browser.get("/admin/clocks/clock/")
