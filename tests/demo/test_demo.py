"""The demo: the world of the scenarios, with claims in every status that they can reach so far."""

from datetime import date

import pytest
from django.core.management import CommandError, call_command
from django.test import override_settings

from arbitration.models import Case
from associations.models import Association, Grant
from claims.enums import ClaimStatus
from claims.models import Claim, Evidence
from clocks.models import Clock
from foundation.journal.models import Delivery, Event
from partners.models import Organisation, User
from tests.remembered import remembered

pytestmark = pytest.mark.django_db
TODAY = date(2026, 3, 2)


@remembered
def _load(today: date = TODAY) -> None:
    call_command("load_demo", today=today)


def test_the_demo_has_a_claim_in_every_reachable_status() -> None:
    _load()

    later = {ClaimStatus.DISPUTED, ClaimStatus.REJECTED_FINAL}
    assert set(Claim.objects.values_list("status", flat=True)) == set(ClaimStatus) - later


def test_northwind_holds_sales_with_proof_signed_ten_months_ago_and_fabrikam_has_not_claimed_it() -> None:
    _load()

    holder = Association.objects.get(
        scope__subscription__guid="34828c05-c16c-4d6f-9cfc-4d2650ef19a1", state="active"
    )
    assert (holder.organisation.name, holder.scope.lane) == ("Northwind", "incentive")
    claim = Claim.objects.get(items__activities__grant__association=holder)
    assert Evidence.objects.get(claim=claim).signed_on == date(2025, 5, 2)
    assert not Claim.objects.filter(
        organisation__name="Fabrikam", items__scope__subscription=holder.scope.subscription
    ).exists()


def test_exactly_one_case_is_open_and_its_scope_is_teams() -> None:
    _load()

    case = Case.objects.get(state="open")
    assert case.scope.workload is not None
    assert case.scope.workload.code == "microsoft-teams"
    assert {party.organisation.name for party in case.parties.all()} == {"Fabrikam", "Northwind"}


def test_every_decision_is_by_the_second_reviewer_or_arbiter() -> None:
    _load()

    deciders = set(Event.objects.filter(type="claim.items_decided").values_list("actor_name", flat=True))
    assert deciders == {"Remy Rossi", "Aila Aho"}


@pytest.mark.parametrize("day", range(7))
def test_no_clock_is_overdue_after_loading_on_any_weekday(day: int) -> None:
    _load(date(2026, 3, 2 + day))

    assert not Clock.objects.filter(breached_at__isnull=False).exists()
    assert not Delivery.objects.exclude(state="delivered").exists()


def test_every_mail_and_every_consent_has_the_instant_of_what_it_is_about() -> None:
    """Found by an outside auditor: a mail of the day of loading promised a review by a day a month before."""
    _load()

    late = [
        (delivery.event.type, delivery.event.at, delivery.delivered_at)
        for delivery in Delivery.objects.select_related("event")
        if delivery.delivered_at != delivery.event.at
    ]
    activated = list(Grant.objects.filter(activated_at__isnull=False).select_related("consent_request"))
    assert late == []
    assert len(activated) == 3
    assert all(grant.activated_at == grant.consent_request.window_ends_at for grant in activated)


def test_loading_again_changes_nothing() -> None:
    _load()
    before = (Event.objects.count(), Claim.objects.count(), User.objects.count())

    call_command("load_demo", today=date(2026, 4, 2))

    assert (Event.objects.count(), Claim.objects.count(), User.objects.count()) == before


def test_loading_is_refused_beside_real_data() -> None:
    Organisation.objects.create(code="litware", name="Litware")

    with pytest.raises(CommandError, match="other data"):
        call_command("load_demo", today=TODAY)

    assert Organisation.objects.count() == 1


def test_loading_is_refused_in_production_mode() -> None:
    with override_settings(PRODUCTION=True), pytest.raises(CommandError, match="production"):
        call_command("load_demo", today=TODAY)

    assert not User.objects.exists()
