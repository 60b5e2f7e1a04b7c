"""A state that is replayed is the state that was built, and whatever could differ is built anew."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import TypeVar

import pytest
from django.apps import apps
from django.contrib.sessions.models import Session
from django.core import mail
from django.core.cache import cache
from django.core.files.storage import default_storage
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from foundation.kernel.rulebook import rulebook
from partners.models import Organisation
from tests.filing import answer, ask_parties, decide_for, held_and_claimed, take_up, time_passes
from tests.remembered import MEMORY, START, Incomparable, cached, describe, remembered
from tests.world import NOW, build_world

pytestmark = pytest.mark.django_db
T = TypeVar("T")


@pytest.fixture(autouse=True)
def _empty_memory(db: None, settings: Settings, tmp_path: Path) -> Iterator[None]:
    settings.MEDIA_ROOT = tmp_path
    kept, MEMORY.kept = MEMORY.kept, {}
    yield
    MEMORY.kept = kept


def from_start(act: Callable[[], T]) -> T:
    """Return what the act returns in an empty database and with nothing left from before, and undo it."""
    mail.outbox.clear()
    cache.clear()
    MEMORY.state = START
    with transaction.atomic():
        result = act()
        transaction.set_rollback(True)
    return result


class Founding:
    """A remembered function that creates an organisation; it counts how often it really runs."""

    def __init__(self) -> None:
        self.runs = 0
        self.found = remembered(self._found)

    def _found(self, code: str = "litware", *, first: Callable[[], object] | None = None) -> Organisation:
        self.runs += 1
        if first is not None:
            first()
        return Organisation.objects.create(code=code, name="Litware")


@pytest.fixture
def founding() -> Founding:
    return Founding()


# --- What is replayed ---


def _everything() -> list[object]:
    rows = {
        model._meta.label: list(model._base_manager.order_by("pk").values())
        for model in apps.get_models()
        if model._meta.managed
    }
    root = Path(default_storage.path(""))
    files = {str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*") if path.is_file()}
    mails = [str(message.message()) for message in mail.outbox]
    planned = [call for _ids, call, *_ in connection.run_on_commit]
    return [rows, files, mails, planned, cached()]


def _story() -> list[object]:
    world = build_world()
    theirs, ours, case = held_and_claimed(world)
    take_up(ours, world.rev1)
    ask_parties(case, world.arb, ours)
    answer(ours, world.ana)
    decide_for(case, world.arb, world.fabrikam)
    time_passes(NOW + timedelta(days=40))
    return [*_everything(), theirs, ours, case]


def test_a_replayed_story_leaves_what_the_built_one_left(tmp_path: Path, settings: Settings) -> None:
    settings.MEDIA_ROOT = tmp_path / "built"
    built = from_start(_story)
    calls = len(MEMORY.kept)

    settings.MEDIA_ROOT = tmp_path / "replayed"
    replayed = from_start(_story)

    assert replayed == built
    assert len(MEMORY.kept) == calls
    assert all(built[:5]), "the story has rows, files, mails, a planned nudge and a count in the cache"


def test_a_replayed_result_is_a_copy_of_its_own(founding: Founding) -> None:
    first = from_start(founding.found)
    first.name = "changed by a test"

    second = from_start(founding.found)

    assert (founding.runs, second.name) == (1, "Litware")


def test_signing_in_changes_no_state(founding: Founding) -> None:
    def signed_in() -> None:
        founding.found("first")
        Session.objects.create(session_key="key", session_data="data", expire_date=NOW)
        founding.found("second")

    from_start(signed_in)
    from_start(signed_in)

    assert founding.runs == 2


# --- What is built anew ---


def test_other_arguments_are_built_anew(founding: Founding) -> None:
    codes = [from_start(partial(founding.found, code)).code for code in ("one", "two")]

    assert (founding.runs, codes) == (2, ["one", "two"])


def test_after_any_other_write_a_state_is_built_anew(founding: Founding) -> None:
    def after_a_write() -> None:
        Organisation.objects.create(code="other", name="Other")
        founding.found()

    from_start(founding.found)
    from_start(after_a_write)
    from_start(after_a_write)

    assert founding.runs == 3


def test_with_another_setting_or_number_of_the_rulebook_a_state_is_built_anew(
    founding: Founding, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    from_start(founding.found)
    settings.SITE_URL = "https://other.example"
    from_start(founding.found)
    monkeypatch.setattr(rulebook, "review_bd", 9)
    from_start(founding.found)

    assert founding.runs == 3


def test_where_queries_are_counted_a_state_is_built_anew(founding: Founding) -> None:
    from_start(founding.found)
    with CaptureQueriesContext(connection):
        from_start(founding.found)

    assert founding.runs == 2


def _undo_something() -> None:
    with transaction.atomic():
        Organisation.objects.create(code="undone", name="Undone")
        transaction.set_rollback(True)


def _refuse() -> None:
    raise RuntimeError


def test_what_undid_something_is_built_anew() -> None:
    founding = Founding()

    @remembered
    def found() -> Organisation:
        return founding._found(first=_undo_something)

    from_start(found)
    from_start(found)

    assert founding.runs == 2


def test_a_refusal_is_met_anew() -> None:
    founding = Founding()

    @remembered
    def found() -> Organisation:
        return founding._found(first=_refuse)

    for _time in range(2):
        with pytest.raises(RuntimeError):
            from_start(found)

    assert founding.runs == 2


def test_what_changed_its_arguments_is_built_anew() -> None:
    runs = []

    @remembered
    def rename(organisation: Organisation) -> None:
        runs.append(1)
        organisation.name = "Renamed"
        organisation.save()

    founding = Founding()
    from_start(lambda: rename(founding.found()))
    from_start(lambda: rename(founding.found()))

    assert (founding.runs, len(runs)) == (1, 2)


def test_arguments_that_cannot_be_compared_are_built_anew(founding: Founding) -> None:
    with pytest.raises(Incomparable):
        describe(_refuse)

    from_start(lambda: founding.found(first=lambda: None))
    from_start(lambda: founding.found(first=lambda: None))

    assert founding.runs == 2


def test_rows_that_differ_in_one_column_are_told_apart() -> None:
    one = Organisation(pk=1, code="litware", name="Litware")
    other = Organisation(pk=1, code="litware", name="Litware Inc.")

    assert describe([one, {"at": NOW}]) != describe([other, {"at": NOW}])
    assert describe([one, {"at": NOW}]) == describe(
        (Organisation(pk=1, code="litware", name="Litware"), {"at": NOW})
    )
