"""Coherent rows in any number: stories played through the services, copied by SQL (PostgreSQL only)."""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import psycopg2
from django.db import connection
from psycopg2.extensions import connection as Connection  # noqa: N812 - psycopg2 names the class in lower case

from benchmarks.seeding.copying import (
    PARTNER_BLOCK,
    PARTNERS,
    SPAN,
    TEMPLATES,
    Copying,
    Row,
    clonable_tables,
    copies_of_partners,
    copies_of_story,
    number_from,
    rows_from,
)
from benchmarks.seeding.indexes import indexes_put_aside
from benchmarks.seeding.stories import STORIES, Stage, Story, Token
from claims.models import Claim
from clocks.services import publish_calendar
from cpor.sweeps import sweep
from foundation.kernel.actor import SYSTEM, DeskRole, PartnerRole
from partners.enums import Programme
from partners.models import DeskSeat, Enrolment, Location, Member, MemberRole, Organisation, User
from tenants.catalogue import CATALOGUE
from tenants.models import DirectoryImport, Product, Tenant

CONNECTIONS = 2
FIRST_KEY = 1_000_000
"""Copies are numbered from here on, above all that the services number themselves."""
CLAIMS_PER_PARTNER = 500
YEARS_BACK = 4
SETTINGS = (
    "session_replication_role = replica",
    "synchronous_commit = off",
    "work_mem = '256MB'",
    "maintenance_work_mem = '1GB'",
    "jit = off",
    "statement_timeout = 0",
)

Tell = Callable[[str], None]


class NotEmpty(Exception):
    """Raised if the database holds anything that a seeding did not write."""


def seed(*, claims: int, seed: int, tell: Tell = lambda _text: None) -> None:
    """Fill the empty database with about this many claims and all that belongs to them, the same for the same seed.

    Raises NotEmpty beside other data, and on another database than PostgreSQL.
    """
    _require_empty()
    began = time.monotonic()

    def told(text: str) -> None:
        tell(f"{time.monotonic() - began:6.1f} s  {text}")

    yesterday = datetime.now(UTC) - timedelta(days=1)
    with _plain_connection() as plain:
        tables = clonable_tables(plain)
        people = _base_and_partners(plain, tables, yesterday)
        played = [
            (story, begins, _play(plain, tables, story, begins, people, yesterday))
            for story in STORIES
            for begins in story.begins
        ]
        partner_rows = rows_from(plain, tables, PARTNERS[0])
        told(f"{len(played)} stories played")
        partners = max(2, claims // CLAIMS_PER_PARTNER)
        statements = _tables_of_copies(
            plain, played, partner_rows, claims=claims, seed=seed, partners=partners
        )
        for start in PARTNERS:
            _forget(plain, tables, start)
        with indexes_put_aside(_plain_connection, connections=CONNECTIONS, tell=told):
            told(f"{len(statements)} templates to copy")
            _in_parallel(statements)
            told("rows copied")
        _finish(plain, tables)
    told("ready")


def _require_empty() -> None:
    if connection.vendor != "postgresql":
        raise NotEmpty("Seeding needs PostgreSQL.")
    if any(model.objects.exists() for model in (Claim, Organisation, Tenant, User)):
        raise NotEmpty("There is data in this database. Seeding fills an empty one only.")


@contextmanager
def _plain_connection() -> Iterator[Connection]:
    """Yield a connection of its own, without triggers and foreign keys: what is copied has passed them."""
    with closing(psycopg2.connect(**connection.get_connection_params())) as plain:
        plain.autocommit = True
        with plain.cursor() as cursor:
            for setting in SETTINGS:
                cursor.execute(f"SET {setting}")
        yield plain


# --- Templates ---


@dataclass(frozen=True, kw_only=True)
class People:
    filers: tuple[User, User]
    reviewer: User
    arbiter: User


def _base_and_partners(plain: Connection, tables: Sequence[str], now: datetime) -> People:
    """Write what is not copied, and the two partners that stand for all others."""
    Product.objects.bulk_create(Product(**vars(entry)) for entry in CATALOGUE)
    DirectoryImport.objects.create(file_name="bench.csv", kind="subscriptions", sha256="0" * 64, as_of=now)
    publish_calendar(actor=SYSTEM, now=now)
    sweep(now=now)  # writes the heartbeat, of which there is one
    reviewer = User.objects.create(username="reviewer", first_name="Rita", last_name="Reed", is_staff=True)
    DeskSeat.objects.create(user=reviewer, role=DeskRole.REVIEWER)
    arbiter = User.objects.create(username="arbiter", first_name="Arne", last_name="Abel", is_staff=True)
    DeskSeat.objects.create(user=arbiter, role=DeskRole.ARBITER)
    filers = []
    for side, start in enumerate(PARTNERS):
        number_from(plain, tables, start)
        filers.append(_partner(side, now))
    return People(filers=(filers[0], filers[1]), reviewer=reviewer, arbiter=arbiter)


def _partner(side: int, now: datetime) -> User:
    code = Token.CODES[side]
    organisation = Organisation.objects.create(code=code, name=Token.PARTNERS[side])
    location = Location.objects.create(organisation=organisation, mpn_id=Token.MPNS[side], country="US")
    for year in range(now.year - YEARS_BACK, now.year + 2):
        for programme in Programme:
            Enrolment.objects.create(location=location, programme=programme, year=year)
    user = User.objects.create(
        username=code, first_name="Ana", last_name="Alves", email=f"ana@{code}.example"
    )
    member = Member.objects.create(user=user, organisation=organisation)
    MemberRole.objects.create(member=member, role=PartnerRole.INCENTIVES_ADMIN)
    return user


def _play(
    plain: Connection, tables: Sequence[str], story: Story, begins: int, people: People, today: datetime
) -> list[Row]:
    """Play a story, take its rows away and return them."""
    number_from(plain, tables, TEMPLATES)
    stage = Stage(
        filers=people.filers,
        reviewer=people.reviewer,
        arbiter=people.arbiter,
        today=today.date(),
        begins_days_ago=begins,
    )
    story.play(stage)
    rows = rows_from(plain, tables, TEMPLATES)
    _forget(plain, tables, TEMPLATES)
    return rows


def _forget(plain: Connection, tables: Iterable[str], start: int) -> None:
    with plain.cursor() as cursor:
        for table in tables:
            cursor.execute(f'DELETE FROM "{table}" WHERE id >= %s AND id < %s', [start, start + SPAN])


# --- Copies ---


def _tables_of_copies(
    plain: Connection,
    played: Sequence[tuple[Story, int, list[Row]]],
    partner_rows: list[Row],
    *,
    claims: int,
    seed: int,
    partners: int,
) -> list[str]:
    """Create one table of copies for each template, and return all statements that read them."""
    base = FIRST_KEY
    copies_of_partners(plain, "seeding_partners", partners)
    statements = [
        *Copying("seeding_partners", partner_rows, start=TEMPLATES, seed=seed, partner_base=base).statements()
    ]
    partner_base, base, customer = base, base + partners * PARTNER_BLOCK, 0
    for position, (story, _begins, rows) in enumerate(played):
        number = max(story.at_least, round(claims * story.share / 1000 / story.claims / len(story.begins)))
        block = 1 + max(int(row.columns["id"][1] or 0) for row in rows) - TEMPLATES
        table = f"seeding_story_{position}"
        copies_of_story(
            plain,
            table,
            number=number,
            base=base,
            block=block,
            customer=customer,
            weeks=story.weeks,
            partners=partners,
            seed=seed * 1000 + position * 10,
            of_first_partner=story.of_first_partner,
        )
        copying = Copying(
            table, rows, start=TEMPLATES, seed=seed * 1000 + position, partner_base=partner_base
        )
        statements += copying.statements()
        base, customer = base + number * block, customer + number
    return statements


def _in_parallel(statements: Sequence[str]) -> None:
    """Execute the statements on a few connections at once. Raises the first error."""
    with ThreadPoolExecutor(CONNECTIONS) as pool:
        for done in [pool.submit(_execute, statement) for statement in statements]:
            done.result()


def _execute(statement: str) -> None:
    with _plain_connection() as plain, plain.cursor() as cursor:
        cursor.execute(statement)


def _finish(plain: Connection, tables: Iterable[str]) -> None:
    """Drop the tables of copies, let keys go on above what was copied, and gather statistics."""
    with plain.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE tablename LIKE 'seeding\\_%'")
        for (name,) in cursor.fetchall():
            cursor.execute(f"DROP TABLE {name}")
        for table in tables:
            cursor.execute(
                f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT coalesce(max(id), 1) FROM \"{table}\"))"
            )
        cursor.execute("VACUUM ANALYZE")
