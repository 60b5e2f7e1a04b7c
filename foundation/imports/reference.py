"""The reference of all columns, rendered from their declarations."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from foundation.imports.columns import Column
from foundation.imports.kinds import Kind


def columns_of(kinds: Iterable[Kind]) -> str:
    """Return one Markdown section for each kind: its contents, its key, and a table of its columns."""
    return "\n\n".join(_section(kind) for kind in kinds)


def _section(kind: Kind) -> str:
    key = ", ".join(f"`{name}`" for name in kind.key)
    return "\n".join(
        [
            f"### {kind.name}",
            "",
            f"{kind.summary} {_('Key')}: {key}.",
            "",
            f"| {_('Column')} | {_('Required')} | {_('Value')} | {_('Meaning')} |",
            "|---|---|---|---|",
            *(_line(column) for column in kind.columns),
        ]
    )


def _line(column: Column) -> str:
    value = str(column.form.described)
    if column.many:
        value = _("list of: %s") % value
    meaning = str(column.meaning)
    if column.fixed:
        meaning += " " + _("Cannot change later.")
    if column.first_only:
        meaning += " " + _("Used only when the row is new.")
    needed = _("yes") if column.required else _("no")
    return f"| `{column.name}` | {needed} | {value} | {meaning} |"
