"""Each date beside its own reason, and one date for one fact at every door: page, history, API and mails."""

import re
from datetime import timedelta

import pytest
from django.core import mail

from associations.models import ConsentRequest
from claims.models import Claim
from cpor.sweeps import sweep
from tests.api.client import ApiClient
from tests.portal.conftest import SignIn
from tests.portal.filed import claim_in
from tests.portal.pages import path_of, text_of
from tests.responses import Response
from tests.world import NOW, World

pytestmark = pytest.mark.django_db

CONSENT_ENDS = "Monday 13 July 2020, 24:00 UTC"


def explained(page: Response) -> str:
    """Return the explanation on the page, as text."""
    [details] = re.findall(r'<details class="measure why">.*?</details>', page.content.decode(), re.S)
    return " ".join(re.sub(r"<[^>]+>", " ", details).split())


def approved(world: World) -> Claim:
    """Return a claim that was approved and whose customer has been asked."""
    claim = claim_in(world, "approved")
    sweep(now=NOW)
    return claim


def test_the_date_on_an_approved_claim_is_explained_by_the_customers_window(
    world: World, sign_in: SignIn
) -> None:
    """Found by an outside auditor: beside the consent's date stood the explanation of the review's."""
    claim = approved(world)

    page = sign_in(world.ana).get(path_of(claim))

    assert f"By when {CONSENT_ENDS}" in text_of(page)
    assert explained(page) == (
        "Why this date? We wrote to the customer on Mon 6 July 2020. 7 calendar days are counted from the day after; "
        "weekends and holidays count, so no calendar of working days is used. Over at the end of Mon 13 July 2020 (UTC)."
    )


@pytest.mark.parametrize(
    ("status", "opening"),
    [("submitted", "Received Mon 6 July 2020."), ("partner_action_required", "Asked Mon 6 July 2020.")],
)
def test_a_date_of_a_clock_is_explained_with_calendar_and_version(
    world: World, sign_in: SignIn, status: str, opening: str
) -> None:
    claim = claim_in(world, status)

    why = explained(sign_in(world.ana).get(path_of(claim)))

    assert why.startswith(f"Why this date? {opening}")
    assert "Due at the end of Mon 13 July 2020 (UTC). Calendar: desk, version 1." in why


@pytest.mark.parametrize("status", ["draft", "rejected"])
def test_where_no_date_stands_none_is_explained(world: World, sign_in: SignIn, status: str) -> None:
    claim = claim_in(world, status)

    assert "Why this date?" not in text_of(sign_in(world.ana).get(path_of(claim)))


@pytest.mark.parametrize("late", [timedelta(0), timedelta(days=2)])
def test_consent_takes_effect_at_one_instant_at_every_door_however_late_it_is_noticed(
    world: World, sign_in: SignIn, late: timedelta
) -> None:
    """Found by an outside auditor: three dates for one, and none for how long it lasts."""
    claim = approved(world)
    [asked] = [message for message in mail.outbox if "decline by" in message.subject]
    ana = sign_in(world.ana)
    before = text_of(ana.get(path_of(claim)))
    ends_at = ConsentRequest.objects.get().window_ends_at
    assert ends_at is not None
    mail.outbox.clear()

    sweep(now=ends_at + late)

    [activated, *_others] = [message for message in mail.outbox if "is active" in message.subject]
    ana = sign_in(world.ana)
    page, history = text_of(ana.get(path_of(claim))), text_of(ana.get(path_of(claim, "history/")))
    [item] = ApiClient(world.ana).get(f"claims/{claim.public_id}/").json()["items"]
    assert f"It takes effect on {CONSENT_ENDS}." in unwrapped(asked.body)
    assert f"Takes effect, unless the customer declines {CONSENT_ENDS}" in history
    assert f"Took effect {CONSENT_ENDS}" in history
    assert f"{CONSENT_ENDS} . We have written to the customer." in before
    assert f"partner of record for this activity since {CONSENT_ENDS}. This has no end date." in page
    assert f"Since {CONSENT_ENDS} your company" in unwrapped(activated.body)
    assert "The association has no end date." in unwrapped(activated.body)
    assert item["associations"] == [
        {
            "activity": "usage",
            "state": "active",
            "takes_effect_at": "2020-07-14T00:00:00Z",
            "ended_at": None,
            "end_reason": None,
        }
    ]


def unwrapped(body: object) -> str:
    return " ".join(str(body).split())
