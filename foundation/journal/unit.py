"""One transaction of a service: what it gathers is written together at its end, in few statements.

A part of it that can be undone by itself, because its caller goes on after an error, is `undoable` and takes with it what
it gathered. Every other part only joins in, without a savepoint.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from django.db import transaction

T = TypeVar("T")
Write = Callable[[list[Any]], None]

GATHERED = "_gathered"


@contextmanager
def one_transaction(*, undoable: bool = False) -> Iterator[None]:
    """Run the block in one transaction, as a `with` statement or as a decorator."""
    connection = transaction.get_connection()
    gathered: dict[Write, list[Any]] | None = getattr(connection, GATHERED, None)
    if gathered is None:
        with transaction.atomic(), _gathering(connection) as pending:
            yield
            if not connection.needs_rollback:
                _write_all(pending)
    elif undoable:
        before = {write: len(items) for write, items in gathered.items()}
        undone = True
        try:
            with transaction.atomic():
                yield
                undone = connection.needs_rollback
        finally:
            if undone:
                for write, items in gathered.items():
                    del items[before.get(write, 0) :]
    else:
        with transaction.atomic(savepoint=False):
            yield


def gather(write: Callable[[list[T]], None], *items: T) -> None:
    """Let `write` be called once, at the end of the transaction, with all items gathered for it, in their order.

    Outside of `one_transaction` it is called at once.
    """
    gathered: dict[Write, list[Any]] | None = getattr(transaction.get_connection(), GATHERED, None)
    if gathered is None:
        write(list(items))
    else:
        gathered.setdefault(write, []).extend(items)


@contextmanager
def _gathering(connection: Any) -> Iterator[dict[Write, list[Any]]]:
    pending: dict[Write, list[Any]] = {}
    setattr(connection, GATHERED, pending)
    try:
        yield pending
    finally:
        delattr(connection, GATHERED)


def _write_all(pending: dict[Write, list[Any]]) -> None:
    """Write until nothing is left: what is written can gather more."""
    while pending:
        write = next(iter(pending))
        items = pending.pop(write)
        if items:
            write(items)
