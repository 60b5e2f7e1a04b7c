"""What an operator changes about the desk is in the journal once, with the old and the new value (5.9)."""

import pytest
from django.conf import settings
from django.test import override_settings

from cpor.desk_settings import effective_settings, record_settings
from cpor.sweeps import sweep
from cpor.variables import VARIABLES
from foundation.journal.models import Event, Heartbeat
from foundation.kernel.rulebook import rulebook
from partners.models import DeskSeat, User
from tests.clocks.conftest import july
from tests.desk.desk import Desk
from tests.filing import at_once
from tests.world import NOW

TYPE = "desk.settings_changed"
CHANGE = {"before": {"REVIEW_BD": 5}, "after": {"REVIEW_BD": 3}}


def written() -> list[object]:
    return list(Event.objects.filter(type=TYPE).order_by("pk").values_list("payload", flat=True))


@pytest.mark.django_db
def test_the_first_sweep_records_all_settings_and_the_next_ones_nothing() -> None:
    sweep(now=july(6))
    sweep(now=july(7))

    (event,) = Event.objects.filter(type=TYPE)
    assert event.payload == {"before": {}, "after": effective_settings()}
    assert (event.actor_name, event.at, event.subject_type) == ("system", july(6), "journal.heartbeat")
    assert event.payload["after"]["CONSENT_WINDOW_DAYS"] == 7


@pytest.mark.django_db
def test_a_changed_number_is_recorded_once_with_its_old_value(monkeypatch: pytest.MonkeyPatch) -> None:
    sweep(now=july(6))
    monkeypatch.setattr(rulebook, "review_bd", 3)

    for day in (7, 8, 9):
        sweep(now=july(day))

    assert written()[1:] == [CHANGE]
    assert Event.objects.filter(type=TYPE).latest("pk").at == july(7)


@pytest.mark.django_db
def test_a_number_that_goes_back_is_recorded_again(monkeypatch: pytest.MonkeyPatch) -> None:
    sweep(now=july(6))
    monkeypatch.setattr(rulebook, "review_bd", 3)
    sweep(now=july(7))
    monkeypatch.setattr(rulebook, "review_bd", 5)

    sweep(now=july(8))

    assert written()[1:] == [CHANGE, {"before": {"REVIEW_BD": 3}, "after": {"REVIEW_BD": 5}}]


@pytest.mark.django_db
@override_settings(DESK_EMAIL="desk@other.example")
def test_the_desk_s_address_is_one_of_its_settings() -> None:
    with override_settings(DESK_EMAIL="desk@cpor.example"):
        record_settings(now=NOW)

    record_settings(now=NOW)

    assert written()[1:] == [
        {"before": {"DESK_EMAIL": "desk@cpor.example"}, "after": {"DESK_EMAIL": "desk@other.example"}}
    ]


def test_every_recorded_setting_is_one_of_the_table_and_none_is_a_secret() -> None:
    plain = {variable.name for variable in VARIABLES if not variable.is_secret}

    assert set(effective_settings()) - plain == set()
    assert settings.SECRET_KEY not in map(str, effective_settings().values())


@pytest.mark.django_db
def test_the_journal_says_a_changed_setting_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    user = User.objects.create(username="ada", is_staff=True)
    DeskSeat.objects.create(user=user, role="desk_admin")
    record_settings(now=NOW)
    monkeypatch.setattr(rulebook, "review_bd", 3)
    monkeypatch.setattr(rulebook, "second_decision", True)
    record_settings(now=NOW)

    text = Desk(user).read("/admin/journal/event/")

    assert "Settings of the desk changed REVIEW_BD: 5 → 3; SECOND_DECISION: False → True system" in text


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_change_is_recorded_once_however_many_processes_notice_it(monkeypatch: pytest.MonkeyPatch) -> None:
    firsts = at_once(*[lambda: record_settings(now=NOW)] * 8)
    monkeypatch.setattr(rulebook, "review_bd", 3)

    seconds = at_once(*[lambda: record_settings(now=NOW)] * 8)

    assert (sorted(firsts, key=bool), sorted(seconds, key=bool)) == ([False] * 7 + [True],) * 2
    assert written() == [{"before": {}, "after": {**effective_settings(), "REVIEW_BD": 5}}, CHANGE]
    assert Heartbeat.objects.filter(name="settings").count() == 1
