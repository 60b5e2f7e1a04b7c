"""Rows that are history refuse to be changed or deleted, whoever writes (domain.md part 3, Invariants; 5.9)."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, models, transaction

from arbitration.models import Case
from arbitration.services import add_note
from claims.inputs import DraftChanges, Entry
from claims.models import Claim
from claims.services import ask_override, confirm_override, save_claim
from clocks.services import extend_clock
from partners.models import User
from tests.filing import (
    add_proof,
    answer,
    ask_parties,
    at,
    case_of,
    confirm,
    contacts_of,
    decide_for,
    decline,
    desk_admin,
    draft,
    file_claim,
    held_and_claimed,
    lift,
    notify,
    propose_for,
    review_clock,
    take_up,
    time_passes,
    withdraw,
    workload_rivals,
    workloads,
)
from tests.world import EXCHANGE, INTUNE, MARKETING, NOW, World, actor, build_world

LATER = datetime(2031, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class Kept:
    """A table of history: its rows that are final, and the columns of them that may still change."""

    final: str = "1 = 1"
    free: frozenset[str] = frozenset()
    is_deletable: bool = False


SUBMITTED = "EXISTS (SELECT 1 FROM claims_claim c WHERE c.id = claim_id AND c.submitted_at IS NOT NULL)"
LIFE_OF_A_CLAIM = {
    "status",  # its way is in the events
    "resume_status",
    "settled_at",
    "version",  # these four never run backwards
    "revision",
    "updated_at",
    "review_round",
    "touched_at",
    "idle_warned_at",
    "due_at",  # these three say where it stands in the desk's lists
    "is_waiting",
    "late_from",
    "assignee_id",  # a case of work, not of record: the event says who took it up
}
HISTORY = {
    "arbitration_case": Kept(final="state <> 'open'", free=frozenset({"due_at", "late_from"})),
    "arbitration_casedecision": Kept(),
    "arbitration_caseparty": Kept(final="noticed_at IS NOT NULL AND left_at IS NOT NULL"),
    "arbitration_internalnote": Kept(),
    "arbitration_liftedblock": Kept(),
    "arbitration_proposeddecision": Kept(final="state <> 'proposed'"),
    "arbitration_reviewround": Kept(),
    "arbitration_rounditem": Kept(final="met_at IS NOT NULL", free=frozenset({"left_at"})),
    "associations_association": Kept(final="state = 'ended'"),
    "associations_consentrequest": Kept(final="handed_over_at IS NOT NULL"),
    "associations_grant": Kept(final="state = 'ended' AND activated_at IS NOT NULL"),
    "associations_scope": Kept(),
    "claims_claim": Kept(
        final="submitted_at IS NOT NULL AND status IN ('submitted', 'under_review')",
        free=frozenset(LIFE_OF_A_CLAIM),
    ),
    "claims_claimitem": Kept(final="outcome <> 'pending'", free=frozenset({"in_arbitration_since"})),
    "claims_comment": Kept(),
    "claims_comment_sealed_by": Kept(),
    "claims_evidence": Kept(final=SUBMITTED, free=frozenset({"scan_state"})),
    "claims_evidence_sealed_by": Kept(),
    "claims_informationrequest": Kept(final="closed_at IS NOT NULL"),
    "claims_itemactivity": Kept(final="is_open IS FALSE"),
    "claims_itemproduct": Kept(),
    "claims_requestparty": Kept(final="state <> 'open'"),
    "claims_requestparty_items": Kept(),
    "claims_textoverride": Kept(final="confirmed_at IS NOT NULL"),
    "clocks_calendarversion": Kept(),
    "clocks_clock": Kept(final="state IN ('met', 'cancelled')"),
    "clocks_clockextension": Kept(),
    "clocks_clockpause": Kept(final="ended_at IS NOT NULL"),
    "journal_delivery": Kept(final="state <> 'pending'"),
    "journal_event": Kept(),
    "journal_eventdetail": Kept(is_deletable=True),  # personal details are erased, never altered
    "tenants_directoryimport": Kept(),
}
DIRECTORY = "says what is so now, by the last file; the journal has the imports and each claim its own copy"
PEOPLE = "says who may do what now; the journal has the changes"
LIBRARY = "belongs to Django or allauth, and no rule looks at it"
NOT_HISTORY = {
    "account_emailaddress": LIBRARY,
    "account_emailconfirmation": LIBRARY,
    "auth_group": LIBRARY,
    "auth_group_permissions": LIBRARY,
    "auth_permission": LIBRARY,
    "claims_contact": "is corrected by the partner and can be erased; the event of a correction keeps both values",
    "django_admin_log": "is Django's own notes about the admin's pages; the journal has what was done there",
    "django_content_type": LIBRARY,
    "django_session": LIBRARY,
    "journal_heartbeat": "says when a program was last seen",
    "partners_apitoken": PEOPLE,
    "partners_deskseat": PEOPLE,
    "partners_enrolment": DIRECTORY,
    "partners_location": DIRECTORY,
    "partners_member": PEOPLE,
    "partners_member_locations": PEOPLE,
    "partners_memberrole": PEOPLE,
    "partners_organisation": DIRECTORY,
    "partners_owntenant": DIRECTORY,
    "partners_user": PEOPLE,
    "partners_user_groups": PEOPLE,
    "partners_user_user_permissions": PEOPLE,
    "tenants_domain": DIRECTORY,
    "tenants_product": DIRECTORY,
    "tenants_subscription": DIRECTORY,
    "tenants_subscriptionproduct": DIRECTORY,
    "tenants_tenant": DIRECTORY,
    "typed_keptform": "keeps what was typed for a day, for its writer alone",
}


def test_every_table_is_history_or_says_why_not() -> None:
    tables = {model._meta.db_table for model in apps.get_models(include_auto_created=True)}

    assert sorted([*HISTORY, *NOT_HISTORY]) == sorted(tables)


@pytest.fixture
def world(db: None) -> World:
    """Return a world in which every table of history has a row that is final."""
    world = build_world()
    _a_holder_loses(world)
    _a_party_leaves(world)
    _a_review_is_late(world)
    _a_second_arbiter_confirms(world)
    _a_contest_is_open(world)
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
    extend_clock(clock=review_clock(claim), days=1, reason="Flood", actor=actor(desk_admin()), now=at(7))
    time_passes(at(20))
    take_up(claim, world.rev1, now=at(20))
    decline(claim, world.rev1, now=at(20))


def _a_second_arbiter_confirms(world: World) -> None:
    """Let one text be allowed and one decision be confirmed by a second person."""
    file_claim(world, world.ned, *workloads(EXCHANGE), now=at(20))
    ours = file_claim(world, world.ana, *workloads(EXCHANGE), now=at(20))
    case = case_of(ours)
    public_id = str(ours.public_id)
    asked = ask_override(
        public_id=public_id, text="Northwind?", reason="Its form.", actor=actor(world.rev1), now=at(20)
    )
    confirm_override(public_id=public_id, override_id=asked.pk, actor=actor(world.arb), now=at(20))
    propose_for(case, world.arb, world.fabrikam, now=at(20))
    confirm(case, world.arb2, now=at(20))


def _a_contest_is_open(world: World) -> None:
    """Leave a case open, since of some rows only the open ones are unique."""
    file_claim(world, world.ned, *workloads(INTUNE), now=at(20))
    claim = file_claim(world, world.ana, *workloads(INTUNE), now=at(20))
    save_claim(
        public_id=str(claim.public_id),
        changes=DraftChanges(contacts=contacts_of(world.gil)),
        actor=actor(world.ana),
        now=at(20),
    )
    propose_for(case_of(claim), world.arb, world.fabrikam, now=at(20))
    lift(case_of(claim), desk_admin(), world.arb, now=at(20))
    ask_parties(case_of(claim), world.arb, now=at(20))


def test_no_column_of_history_can_be_rewritten_and_no_row_deleted(world: World) -> None:
    before = {table: _rows(table) for table in HISTORY}

    changed = {
        table: {
            str(field.column) for field in _columns(table) if not _refuses(_update_of(field, table, kept))
        }
        for table, kept in HISTORY.items()
    }
    deleted = {
        table for table, kept in HISTORY.items() if not _refuses(f"DELETE FROM {table} WHERE {kept.final}")
    }

    assert changed == {table: set(kept.free) for table, kept in HISTORY.items()}
    assert deleted == {table for table, kept in HISTORY.items() if kept.is_deletable}
    assert {table: _rows(table) for table in HISTORY} == before


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
        return any(said in str(error) for said in ("never", "stays on record", "an activity has"))


class NothingRefused(Exception):
    """Undoes what was not refused."""


def _rows(table: str) -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {table} ORDER BY id")
        return list(cursor.fetchall())


# --- A claim through its life ---


@pytest.fixture
def claim(db: None) -> Claim:
    """Return Fabrikam's claim, just submitted."""
    world = build_world()
    return file_claim(world, world.ana)


def test_a_draft_changes_and_goes_but_never_becomes_another(db: None) -> None:
    world = build_world()
    claim = draft(world, world.ana)

    assert not _refuses(
        _of(claim, "name = 'other', seller_name = 'other', mpn_id = 'other', tenant_id = NULL")
    )
    for field in _columns("claims_claim"):
        if field.column in ("public_id", "organisation_id", "created_by_id", "created_at"):
            assert _refuses(_of(claim, f"{field.column} = {_other_value(field)}"))
    assert not _refuses(f"DELETE FROM claims_claim WHERE id = {claim.pk}")


def test_a_claim_moves_to_another_location_only_while_its_partner_is_asked(claim: Claim) -> None:
    moved = _of(claim, "mpn_id = 'other'")

    refused_before = _refuses(moved)
    Claim.objects.filter(pk=claim.pk).update(status="partner_action_required", resume_status="submitted")

    assert (refused_before, _refuses(moved)) == (True, False)


@pytest.mark.parametrize("column", ["status = 'approved'", "settled_at = NULL", "assignee_id = NULL"])
def test_a_claim_that_settled_for_good_stays_so(claim: Claim, column: str) -> None:
    take_up(claim, User.objects.get(username="rev1"))
    withdraw(claim, User.objects.get(username="ana"))

    assert _refuses(_of(claim, column))
    assert not _refuses(_of(claim, "touched_at = touched_at, revision = revision + 1"))


@pytest.mark.parametrize("column", ["version", "revision", "review_round"])
def test_no_count_of_a_claim_runs_backwards(claim: Claim, column: str) -> None:
    assert _refuses(_of(claim, f"{column} = 0"))


def test_the_instant_of_its_last_change_never_runs_backwards(claim: Claim) -> None:
    earlier = NOW - timedelta(microseconds=1)

    assert _refuses(_of(claim, f"updated_at = '{earlier.isoformat(sep=' ')}'"))


def _of(claim: Claim, columns: str) -> str:
    return f"UPDATE claims_claim SET {columns} WHERE id = {claim.pk}"


# --- Ways around a DELETE trigger ---

REPLACEABLE = {table: kept for table, kept in HISTORY.items() if not kept.is_deletable}
DELETED_UNTIL_FINAL = ("claims_claim", "claims_evidence", "journal_delivery")


def test_no_row_of_history_is_replaced_in_a_plain_shell_and_no_table_emptied(world: World) -> None:
    if connection.vendor == "postgresql":
        around = [(table, f"TRUNCATE {table} CASCADE") for table in [*REPLACEABLE, "partners_user"]]
        went_through = [table for table, statement in around if not _refuses_emptying(statement)]
    else:
        with _plain_copy() as shell:
            went_through = [
                f"{table} by {', '.join(key)}"
                for table in REPLACEABLE
                for key, among in _unique_keys(shell, table)
                if not _refuses_replacing(shell, table, key, among)
            ]

    assert went_through == []


def _refuses_emptying(statement: str) -> bool:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # rows with open checks cannot be emptied anyway
            cursor.execute(statement)
            raise NothingRefused
    except NothingRefused:
        return False
    except IntegrityError as error:
        return "history is never emptied" in str(error)


@contextmanager
def _plain_copy() -> Iterator[sqlite3.Connection]:
    """Yield the database as somebody opens it who knows nothing of the product: without any setting.

    No other trigger is there, so that none of them refuses by accident.
    """
    shell = sqlite3.connect(":memory:", isolation_level=None)
    shell.deserialize(connection.connection.serialize())
    names = shell.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall()
    for name in [name for [name] in names if "_not_replaced_" not in name]:
        shell.execute(f"DROP TRIGGER {name}")
    yield shell
    shell.close()


def _unique_keys(shell: sqlite3.Connection, table: str) -> Iterator[tuple[list[str], str]]:
    """Return the table's unique keys, with the condition of those that count among some rows only."""
    yield ["id"], "1 = 1"
    for name, is_unique in shell.execute(
        f"SELECT name, [unique] FROM pragma_index_list('{table}')"
    ).fetchall():
        if is_unique:
            [made] = shell.execute("SELECT sql FROM sqlite_master WHERE name = ?", [name]).fetchone()
            columns = [column for _, _, column in shell.execute(f"PRAGMA index_info({name})")]
            yield columns, (made or "").partition(" WHERE ")[2] or "1 = 1"


def _refuses_replacing(shell: sqlite3.Connection, table: str, key: list[str], among: str) -> bool:
    """Return whether a row is safe from another with its key, inserted or changed; it is looked for by its number."""
    final = REPLACEABLE[table].final if table in DELETED_UNTIL_FINAL else "1 = 1"
    given = " AND ".join(f"{column} IS NOT NULL" for column in key)
    row = shell.execute(f"SELECT id FROM {table} WHERE {final} AND {among} AND {given} LIMIT 1").fetchone()
    assert row is not None, f"nothing to replace in {table} by {key}"
    others = {column for each, _ in _unique_keys(shell, table) for column in each} - set(key)
    values = {str(field.column): _fresh(field, others) for field in _columns(table)}
    statement = (
        f"INSERT OR REPLACE INTO {table} ({', '.join(values)}) SELECT {', '.join(values.values())} "
        f"FROM {table} WHERE id = ?"
    )
    try:
        shell.execute("BEGIN")
        shell.execute(statement, row)
    except sqlite3.IntegrityError as error:
        return str(error) == "history is never replaced"
    finally:
        shell.execute("ROLLBACK")
    return False


def _fresh(field: "models.Field[Any, Any]", others: set[str]) -> str:
    """Return the column as SQL: another value if it is of a key that is not meant, so that only one collides."""
    column = str(field.column)
    if column not in others:
        return column
    return "NULL" if column == "id" else f"CASE WHEN {column} IS NOT NULL THEN {_other_value(field)} END"


def test_a_draft_does_not_push_out_a_submitted_claim_by_taking_its_key(db: None) -> None:
    world = build_world()
    claim, other = file_claim(world, world.ana), draft(world, world.ana)
    replacing = " OR REPLACE" if connection.vendor == "sqlite" else ""

    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE{replacing} claims_claim SET reference = %s WHERE id = %s", [claim.reference, other.pk]
        )

    assert Claim.objects.filter(pk__in=[claim.pk, other.pk]).count() == 2
