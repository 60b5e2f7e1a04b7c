"""What a transaction gathers is written once, at its end, and only if what it belongs to happened."""

import pytest
from django.db import transaction

from foundation.journal.unit import gather, one_transaction

pytestmark = pytest.mark.django_db


class Written:
    """Takes down what was written, call by call."""

    def __init__(self) -> None:
        self.calls: list[list[str]] = []

    def write(self, items: list[str]) -> None:
        self.calls.append(list(items))

    def write_later(self, items: list[str]) -> None:
        """Write what is gathered while others are being written."""
        for item in items:
            gather(self.write, f"{item} again")


@pytest.fixture
def written() -> Written:
    return Written()


def test_what_a_transaction_gathers_is_written_at_its_end_in_one_call(written: Written) -> None:
    with one_transaction():
        gather(written.write, "one")
        with one_transaction():
            gather(written.write, "two")
        before = list(written.calls)

    assert before == []
    assert written.calls == [["one", "two"]]


def test_outside_of_a_transaction_of_a_service_it_is_written_at_once(written: Written) -> None:
    gather(written.write, "one")
    gather(written.write, "two")

    assert written.calls == [["one"], ["two"]]


def test_what_is_gathered_while_others_are_written_is_written_too(written: Written) -> None:
    with one_transaction():
        gather(written.write_later, "one")

    assert written.calls == [["one again"]]


def test_a_refused_transaction_writes_nothing(written: Written) -> None:
    def refused() -> None:
        with one_transaction():
            gather(written.write, "one")
            raise LookupError

    with pytest.raises(LookupError):
        refused()
    gather(written.write, "next")

    assert written.calls == [["next"]]


def test_a_transaction_that_is_undone_on_purpose_writes_nothing(written: Written) -> None:
    with one_transaction():
        gather(written.write, "one")
        transaction.set_rollback(True)

    assert written.calls == []


def test_a_part_that_is_undone_takes_with_it_what_it_gathered(written: Written) -> None:
    def refused() -> None:
        with one_transaction(undoable=True):
            gather(written.write, "refused")
            raise LookupError

    with one_transaction():
        gather(written.write, "before")
        with pytest.raises(LookupError):
            refused()
        with one_transaction(undoable=True):
            gather(written.write, "rehearsed")
            transaction.set_rollback(True)
        with one_transaction(undoable=True):
            gather(written.write, "kept")

    assert written.calls == [["before", "kept"]]


def test_a_part_that_cannot_be_undone_alone_undoes_the_whole(written: Written) -> None:
    def refused() -> None:
        with one_transaction():
            raise LookupError

    with one_transaction():
        gather(written.write, "before")
        with pytest.raises(LookupError):
            refused()

    assert written.calls == []
