"""The fields of a form that was kept, and which of them a person typed."""

from collections.abc import Iterator

from django.http import QueryDict

from foundation.doors.typed.models import KeptForm

NOT_TYPED = frozenset(
    {
        *("csrfmiddlewaretoken", "sender", "version", "told", "tab", "over", "rows", "more", "overview"),
        *("action", "cautions_seen", "seen_to", "password", "next"),
    }
)
"""Fields that a page fills in itself, or that are nobody's to show."""


def fields_of(kept: KeptForm) -> QueryDict:
    """Return the fields as they were posted."""
    return QueryDict(kept.encoded, mutable=True)


def typed_in(fields: QueryDict) -> Iterator[tuple[str, str]]:
    """Yield what a person typed or chose in a form, by readable names."""
    for name, values in fields.lists():
        label = name.replace("-", " ").replace("_", " ").capitalize()
        if name not in NOT_TYPED:
            yield from ((label, value) for value in map(str, values) if value.strip())
