"""Rows that are history refuse to be changed or deleted, whoever writes (domain.md part 3, Invariants; 5.9)."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, models, transaction

from arbitration.models import Case
from arbitration.services import add_note
from claims.inputs import Entry
from clocks.services import extend_clock
from foundation.kernel.actor import DeskRole
from partners.models import DeskSeat, User
from tests.filing import (
    add_proof,
    answer,
    ask_parties,
    at,
    decide_for,
    decline,
    file_claim,
    held_and_claimed,
    notify,
    review_clock,
    take_up,
    time_passes,
    workload_rivals,
)
from tests.world import MARKETING, World, actor, build_world

LATER = datetime(2031, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class Kept:
    """A table of history: its rows that are final, and the columns of them that may still change."""

    final: str = "1 = 1"
    free: frozenset[str] = frozenset()


HISTORY = {
    "journal_event": Kept(),
    "journal_delivery": Kept(final="state <> 'pending'"),
    "claims_comment": Kept(),
    "claims_comment_sealed_by": Kept(),
    "claims_evidence": Kept(
        final="EXISTS (SELECT 1 FROM claims_claim c WHERE c.id = claim_id AND c.submitted_at IS NOT NULL)",
        free=frozenset({"scan_state"}),
    ),
    "claims_evidence_sealed_by": Kept(),
    "claims_claimitem": Kept(final="outcome <> 'pending'", free=frozenset({"in_arbitration_since"})),
    "claims_informationrequest": Kept(final="closed_at IS NOT NULL"),
    "claims_requestparty": Kept(final="state <> 'open'"),
    "arbitration_casedecision": Kept(),
    "arbitration_internalnote": Kept(),
    "arbitration_case": Kept(final="state <> 'open'"),
    "arbitration_caseparty": Kept(final="noticed_at IS NOT NULL AND left_at IS NOT NULL"),
    "arbitration_reviewround": Kept(),
    "arbitration_rounditem": Kept(final="met_at IS NOT NULL", free=frozenset({"left_at"})),
    "clocks_clock": Kept(final="state IN ('met', 'cancelled')"),
    "clocks_clockpause": Kept(final="ended_at IS NOT NULL"),
    "clocks_clockextension": Kept(),
    "associations_association": Kept(final="state = 'ended'"),
    "associations_grant": Kept(final="state = 'ended' AND activated_at IS NOT NULL"),
}


@pytest.fixture
def world(db: None) -> World:
    """Return a world in which every table of history has a row that is final."""
    world = build_world()
    _a_holder_loses(world)
    _a_party_leaves(world)
    _a_review_is_late(world)
    return world


def _a_holder_loses(world: World) -> None:
    theirs, ours, case = held_and_claimed(world)
    notify(case, world.rev1, now=at(7))
    ask_parties(Case.objects.get(pk=case.pk), world.arb, now=at(7))
    add_proof(ours, world.ana, now=at(8))
    answer(ours, world.ana, now=at(8))
    answer(theirs, world.ned, now=at(8))
    decide_for(Case.objects.get(pk=case.pk), world.arb, world.fabrikam, now=at(8))
    time_passes(at(8))
    time_passes(at(20))


def _a_party_leaves(world: World) -> None:
    theirs, _ours, case = workload_rivals(world)
    notify(case, world.rev1)
    ask_parties(Case.objects.get(pk=case.pk), world.arb)
    time_passes(at(15))
    add_note(public_id=str(theirs.public_id), text="Odd.", actor=actor(world.rev1), now=at(15))


def _a_review_is_late(world: World) -> None:
    """Extend the clock of a review, let it be missed and decide after that."""
    claim = file_claim(world, world.ned, Entry(product=MARKETING))
    keeper = User.objects.create(username="kay", is_staff=True)
    DeskSeat.objects.create(user=keeper, role=DeskRole.DESK_ADMIN)
    extend_clock(clock=review_clock(claim), days=1, reason="Flood", actor=actor(keeper), now=at(7))
    time_passes(at(20))
    take_up(claim, world.rev1, now=at(20))
    decline(claim, world.rev1, now=at(20))


@pytest.mark.django_db
@pytest.mark.parametrize("table", HISTORY)
def test_no_column_of_history_can_be_rewritten_and_no_row_deleted(world: World, table: str) -> None:
    kept = HISTORY[table]
    before = _rows(table)

    changed = {str(field.column) for field in _columns(table) if not _refuses(_update_of(field, table, kept))}
    is_deleted = not _refuses(f"DELETE FROM {table} WHERE {kept.final}")

    assert (changed, is_deleted) == (set(kept.free), False)
    assert _rows(table) == before


def _columns(table: str) -> "list[models.Field[Any, Any]]":
    [model] = [each for each in apps.get_models(include_auto_created=True) if each._meta.db_table == table]
    return list(model._meta.concrete_fields)


def _update_of(field: "models.Field[Any, Any]", table: str, kept: Kept) -> str:
    """Return the statement that changes the column of one final row, of one where it has a value if there is any."""
    column = field.column
    row = f"SELECT id FROM {table} WHERE {kept.final} ORDER BY {column} IS NULL, id LIMIT 1"
    return f"UPDATE {table} SET {column} = {_other_value(field)} WHERE id = ({row})"


def _other_value(field: "models.Field[Any, Any]") -> str:
    """Return another value as SQL; one that is valid for its type, so that nothing but history refuses it."""
    if isinstance(field, models.ForeignKey | models.OneToOneField):
        return "900001"
    values: list[tuple[type[models.Field[Any, Any]], str]] = [
        (models.BooleanField, f"NOT {field.column}"),
        (models.IntegerField, "30001"),
        (models.DateTimeField, f"'{LATER.isoformat(sep=' ')}'"),
        (models.DateField, f"'{LATER.date()}'"),
        (models.UUIDField, "'" + "ab" * 16 + "'"),
        (models.JSONField, "'[\"other\"]'"),
    ]
    return next((sql for kind, sql in values if isinstance(field, kind)), "'other'")


def _refuses(statement: str) -> bool:
    """Return whether a trigger refuses the statement; it is undone if not."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
            assert cursor.rowcount > 0, f"nothing to change: {statement}"
            raise NothingRefused
    except NothingRefused:
        return False
    except IntegrityError as error:
        return "never change" in str(error) or "stays on record" in str(error)


class NothingRefused(Exception):
    """Undoes what was not refused."""


def _rows(table: str) -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {table} ORDER BY id")
        return list(cursor.fetchall())
