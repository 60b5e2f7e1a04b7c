"""`manage.py render_docs [--check]`: update the generated documents, or list those that are out of date."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import translation

from cpor.documents import directory_import, events, lifecycles, rules

DOCUMENTS: dict[str, Callable[[], str]] = {
    "lifecycle.md": lifecycles.render_lifecycles,
    "validation-rules.md": rules.render_rules,
    "events.md": events.render_events,
    "directory-import.md": directory_import.render,
}


class Command(BaseCommand):
    help = "Update the generated documents, or check that they are up to date."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--check", action="store_true", help="write nothing; fail if a document is out of date"
        )

    def handle(self, *_args: Any, check: bool = False, **_options: Any) -> None:
        folder: Path = settings.BASE_DIR / "docs"
        with translation.override("en"):
            texts = {folder / name: render() for name, render in DOCUMENTS.items()}
        stale = [path for path, text in texts.items() if not path.exists() or path.read_text("utf-8") != text]
        if check and stale:
            names = ", ".join(path.name for path in stale)
            raise CommandError(f"{names}: out of date; run `make docs` to update them.")
        for path in () if check else stale:
            path.write_text(texts[path], "utf-8")
            self.stdout.write(f"wrote docs/{path.name}")
