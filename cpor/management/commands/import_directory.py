"""`manage.py import_directory FILE...`: import customers, products and partners from files."""

import argparse
import csv
import sys
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TextIO

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import OperationalError
from django.utils import timezone
from django.utils.translation import gettext as _
from tqdm import tqdm

from cpor.directory import KINDS, FileOutcome, Watcher, import_files
from foundation.imports.rows import Refusal
from foundation.kernel.actor import SYSTEM, Channel
from foundation.kernel.errors import DomainError

SHOWN = 20
ROWS_REFUSED = 1
NOT_READ = 2
INTERRUPTED = 130
PLAIN_EVERY = 100_000
FORMULA = ("=", "+", "-", "@", "\t", "\r")


class Command(BaseCommand):
    help = "Import directory files, CSV or JSON Lines; see docs/directory-import.md for their columns."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="CSV or JSON Lines file")
        parser.add_argument("--dry-run", action="store_true", help="do and report everything, then undo it")
        parser.add_argument(
            "--kind", choices=list(KINDS), help="the kind of the files, if their names do not begin with it"
        )
        parser.add_argument(
            "--as-of",
            type=_instant,
            metavar="TIME",
            help="the time that the files describe, ISO 8601 (default: now)",
        )
        parser.add_argument(
            "--correct",
            default="",
            metavar="REASON",
            help="let the files change what was said later than their time; the reason is in the journal",
        )
        parser.add_argument(
            "--report", type=Path, metavar="FILE", help="write every refused row to this CSV file"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        now = timezone.now()
        with ExitStack() as stack:
            reporter = _Reporter(self.stdout, stack.enter_context(_report_file(options)))
            stack.callback(reporter.close)
            try:
                outcomes = import_files(
                    paths=options["files"],
                    kind=options["kind"],
                    as_of=options["as_of"] or now,
                    dry_run=options["dry_run"],
                    actor=SYSTEM.through(Channel.COMMAND),
                    now=now,
                    correction=options["correct"],
                    watcher=reporter,
                )
            except DomainError as error:
                raise CommandError(str(error), returncode=NOT_READ) from error
            except OperationalError as error:
                told = _(
                    "The database is busy or unavailable (%s). Nothing of the current file was imported."
                )
                raise CommandError(told % _first_line(error), returncode=NOT_READ) from error
            except KeyboardInterrupt:
                told = _("Interrupted. Nothing of the current file was imported.")
                raise CommandError(told, returncode=INTERRUPTED) from None
        if options["dry_run"]:
            self.stdout.write(_("This was a dry run: nothing was changed."))
        _conclude(outcomes)


def _first_line(error: Exception) -> str:
    return str(error).strip().partition("\n")[0]


def _conclude(outcomes: list[FileOutcome]) -> None:
    unread = [str(outcome.error) for outcome in outcomes if outcome.error]
    refused = sum(outcome.result.refused for outcome in outcomes if outcome.result)
    if unread:
        raise CommandError("\n".join(unread), returncode=NOT_READ)
    if refused:
        raise CommandError(_("Rows refused: %d.") % refused, returncode=ROWS_REFUSED)


def _instant(text: str) -> datetime:
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(_("%r is not an ISO 8601 time") % text) from None
    return instant if instant.tzinfo else instant.replace(tzinfo=UTC)


def _report_file(options: dict[str, Any]) -> Any:
    path: Path | None = options["report"]
    if path is None:
        return ExitStack()
    if path.resolve() in [file.resolve() for file in options["files"]]:
        raise CommandError(_("The report would overwrite %s.") % path, returncode=NOT_READ)
    try:
        return path.open("w", encoding="utf-8", newline="")
    except OSError as error:
        told = _("The report %(file)s cannot be written (%(reason)s).")
        raise CommandError(told % {"file": path, "reason": error.strerror}, returncode=NOT_READ) from error


class _Reporter(Watcher):
    """A watcher that writes progress to stderr, the result of each file to stdout and refusals to the report."""

    def __init__(self, out: Any, report: TextIO | ExitStack) -> None:
        self._out = out
        self._report = None if isinstance(report, ExitStack) else csv.writer(report)
        self._bar: Any = None
        self._file = ""
        self._told = 0
        if self._report:
            self._report.writerow(["file", "line", "column", "value", "reason"])

    def started(self, path: Path) -> None:
        self._file, self._told = path.name, 0
        size = path.stat().st_size if path.is_file() else None
        self._bar = tqdm(
            total=size,
            desc=path.name,
            unit="B",
            unit_scale=True,
            file=sys.stderr,
            disable=not sys.stderr.isatty(),
        )

    def progressed(self, rows: int, bytes_read: int) -> None:
        self._bar.set_postfix(rows=rows, refresh=False)
        self._bar.update(bytes_read - self._bar.n)
        if self._bar.disable and rows - self._told >= PLAIN_EVERY:
            self._told = rows
            sys.stderr.write(_("%(file)s: %(rows)d rows\n") % {"file": self._file, "rows": rows})

    def refused(self, refusal: Refusal) -> None:
        if self._report:
            value = f"'{refusal.value}" if refusal.value.startswith(FORMULA) else refusal.value
            try:
                self._report.writerow([self._file, refusal.line, refusal.column, value, refusal.reason])
            except OSError as error:
                told = _("The report cannot be written (%s). Nothing of the current file was imported.")
                raise CommandError(told % error.strerror, returncode=NOT_READ) from error

    def finished(self, outcome: FileOutcome) -> None:
        self.close()
        if outcome.result is None:
            return
        result = outcome.result
        self._out.write(
            _(
                "%(file)s (%(kind)s): %(created)d created, %(updated)d updated, %(unchanged)d unchanged, "
                "%(refused)d refused"
            )
            % {
                "file": result.file,
                "kind": result.kind,
                "created": result.created,
                "updated": result.updated,
                "unchanged": result.unchanged,
                "refused": result.refused,
            }
        )
        if result.older:
            told = _(
                "  %d older than what is stored: they changed nothing; --correct REASON goes back to them."
            )
            self._out.write(told % result.older)
        for refusal in result.refusals[:SHOWN]:
            self._out.write(_refusal_line(refusal))
        if more := result.faults - min(SHOWN, len(result.refusals)):
            self._out.write(_("  ... and %d more; --report FILE writes all of them.") % more)

    def close(self) -> None:
        if self._bar is not None:
            self._bar.close()


def _refusal_line(refusal: Refusal) -> str:
    where = _("  line %d") % refusal.line
    if refusal.column:
        where += _(", column %s") % refusal.column
    return f"{where}, “{refusal.value}”: {refusal.reason}"
