"""Names in the form in which they are searched, stored beside them, so that every database finds them alike."""

from collections.abc import Callable
from typing import Any

from django.db import models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations import RunPython
from django.db.migrations.operations.base import Operation
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from foundation.kernel.text import folded

FOUND_BY_NAME = 200
"""How many rows a search by name finds before what belongs to them is looked up."""
SHORTEST_PART = 3
"""From how many letters on a text is searched inside of names: trigrams find nothing shorter."""


class FoldedNames(models.TextField):  # type: ignore[type-arg] # takes no arguments at run time
    """The named columns of the row in folded form, written by every save and bulk insert, never by hand.

    SQLite folds no case but that of English letters, and no database compares composed and decomposed letters alike.
    """

    def __init__(self, *, of: tuple[str, ...], **options: Any) -> None:
        self.of = tuple(of)
        super().__init__(_("names as searched"), editable=False, default="", **options)

    def deconstruct(self) -> tuple[str, str, list[Any], dict[str, Any]]:
        """Return the field as migrations write it."""
        name, path, _arguments, options = super().deconstruct()
        for fixed in ("verbose_name", "editable", "default"):
            options.pop(fixed, None)
        return name, path, [], {**options, "of": self.of}

    def pre_save(self, model_instance: models.Model, add: bool) -> str:  # noqa: ARG002 - Django's shape
        """Return the folded names, and put them into the row."""
        value = folded(" ".join(str(getattr(model_instance, name)) for name in self.of))
        setattr(model_instance, self.attname, value)
        return value


def named(rows: QuerySet[Any], term: str, column: str = "names_folded") -> list[Any]:
    """Return the keys of the first rows whose folded names contain the term; a very short one must begin them."""
    term = folded(term)
    lookup = "contains" if len(term) >= SHORTEST_PART else "startswith"
    found = rows.order_by().filter(**{f"{column}__{lookup}": term})
    return list(found.values_list("pk", flat=True)[:FOUND_BY_NAME])


def searched_by_part(table: str, column: str) -> list[Operation]:
    """Return migration steps by which PostgreSQL finds parts of the column, and its beginnings, by index."""
    part, start = f"{table}_{column}_part", f"{table}_{column}_start"
    return [
        on_postgres(
            [
                "CREATE EXTENSION IF NOT EXISTS pg_trgm",  # stays when undone, since others use it
                f"CREATE INDEX {part} ON {table} USING gin ({column} gin_trgm_ops)",
                f"CREATE INDEX {start} ON {table} ({column} text_pattern_ops)",
            ],
            [f"DROP INDEX {part}", f"DROP INDEX {start}"],
        ),
    ]


def on_postgres(statements: list[str], undone_by: list[str]) -> RunPython:
    """Return the migration step that executes the statements on PostgreSQL, where alone they mean something."""

    def step(chosen: list[str]) -> Callable[[object, BaseDatabaseSchemaEditor], None]:
        def execute(_apps: object, schema_editor: BaseDatabaseSchemaEditor) -> None:
            if schema_editor.connection.vendor == "postgresql":
                for statement in chosen:
                    schema_editor.execute(statement)

        return execute

    return RunPython(step(statements), step(undone_by))
