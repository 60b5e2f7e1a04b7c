"""Writing directory files and taking them in, for the tests of both sides of the directory."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cpor.directory import kind_of
from foundation.imports.rows import Refusal
from foundation.kernel.actor import SYSTEM, Channel
from tenants.importing.services import ImportResult, import_file

NOW = datetime(2020, 7, 6, 9, 0, tzinfo=UTC)
AS_OF = datetime(2020, 7, 6, 6, 0, tzinfo=UTC)
IMPORTER = SYSTEM.through(Channel.COMMAND)
SAMPLES = Path(__file__).resolve().parents[1] / "samples" / "directory"

Files = Callable[..., Path]


def write_csv(path: Path, *lines: str) -> Path:
    """A file of these lines; the first is the header."""
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return path


def write_jsonl(path: Path, *rows: dict[str, Any] | str) -> Path:
    """A file of these objects, or of these very lines."""
    lines = (row if isinstance(row, str) else json.dumps(row) for row in rows)
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return path


def take(path: Path, **changes: Any) -> ImportResult:
    """Import one file as the command would."""
    given: dict[str, Any] = {
        "kind": kind_of(path),
        "as_of": AS_OF,
        "dry_run": False,
        "actor": IMPORTER,
        "now": NOW,
    }
    return import_file(path=path, **(given | changes))


def counts(result: ImportResult) -> tuple[int, int, int, int]:
    """Created, updated, unchanged, refused."""
    return result.created, result.updated, result.unchanged, result.refused


def told(result: ImportResult) -> list[tuple[int, str, str, str]]:
    """The refusals as plain tuples."""
    return [_plain(refusal) for refusal in result.refusals]


def _plain(refusal: Refusal) -> tuple[int, str, str, str]:
    return refusal.line, refusal.column, refusal.value, refusal.reason
