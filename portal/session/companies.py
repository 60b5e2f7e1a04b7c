"""What the frame around every page shows: for which company one is working."""

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from partners.models import Organisation, User
from partners.selectors import organisations_of


def companies(request: HttpRequest) -> dict[str, Any]:
    """`companies`: the user's, one query, made only where a page shows them; `company`: the one at work."""

    def own() -> list[Organisation]:
        user = getattr(request, "user", None)
        return list(organisations_of(user)) if isinstance(user, User) else []

    def at_work() -> Organisation | None:
        organisation_id = getattr(request, "actor").organisation_id if choices else None  # noqa: B009
        return next((company for company in choices if company.pk == organisation_id), None)

    choices: Any = SimpleLazyObject(own)
    return {"companies": choices, "company": SimpleLazyObject(at_work)}
