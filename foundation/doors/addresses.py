"""Parts of addresses (URLs) that all doors share."""

from uuid import UUID

from django.urls.converters import UUIDConverter


class AnyCaseGuid(UUIDConverter):
    """A GUID in an address, in upper or lower case: people's tools change it, and it means the same."""

    regex = "[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}"

    def to_url(self, value: UUID | str) -> str:
        """Return the form that our own links have."""
        return str(value).lower()
