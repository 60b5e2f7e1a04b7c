"""What PostgreSQL does for a question: scans of large tables, sorts, and pages read."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.test import Client

from benchmarks.questions import Question

SCANNED = 2_500
"""Rows that a scan may look at: a capped count of what is there stops early."""
SORTED = 1_500
"""Rows that may be sorted: a capped count, or a page."""
PAGES = 3_000
"""Pages of 8 kB that one statement may read."""


@dataclass
class Seen:
    """The statements of one question, and what is wrong with their plans."""

    question: Question
    statements: int = 0
    status: int = 0
    faults: list[str] = field(default_factory=list)


def look_at(question: Question) -> Seen:
    """Ask once, then explain every SELECT of it with its own values."""
    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(question.who)
    asked: list[tuple[str, Any]] = []

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.lstrip().upper().startswith(("SELECT", "WITH", "(SELECT")):
            asked.append((sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        answer = client.get(question.path)
    seen = Seen(question, statements=len(asked), status=answer.status_code)
    for sql, params in asked:
        if " FOR UPDATE" in sql:
            continue
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {sql}", params)
            (plan,) = cursor.fetchone()
        (top,) = json.loads(plan) if isinstance(plan, str) else plan
        seen.faults += [f"{fault}: {sql[:4000]}" for fault in faults_of(top["Plan"])]
    return seen


def faults_of(top: dict[str, Any]) -> Iterator[str]:
    """Yield what must not be in a plan."""
    pages = top["Shared Hit Blocks"] + top["Shared Read Blocks"]
    if pages > PAGES:
        yield f"reads {pages} pages"
    for node in _nodes(top):
        rows = node["Actual Rows"] * node["Actual Loops"]
        looked_at = node["Actual Rows"] + node.get("Rows Removed by Filter", 0)
        if node["Node Type"] == "Seq Scan" and looked_at > SCANNED:
            yield f"scans {node['Relation Name']}"
        if node["Node Type"] == "Sort" and rows > SORTED:
            yield f"sorts {rows} rows"


def _nodes(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield node
    for inner in node.get("Plans", ()):
        yield from _nodes(inner)
