"""What the frame of every page shows: the company for which the user is working."""

from typing import Any, cast

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from partners.models import Organisation, User
from partners.selectors import organisations_of


def companies(request: HttpRequest) -> dict[str, Any]:
    """`companies` are the user's, queried only if a page shows them; `company` is the chosen one."""

    def own() -> list[Organisation]:
        user = getattr(request, "user", None)
        return list(organisations_of(user)) if isinstance(user, User) else []

    def at_work() -> Organisation | None:
        organisation_id = cast(Any, request).actor.organisation_id if choices else None
        return next((company for company in choices if company.pk == organisation_id), None)

    choices: Any = SimpleLazyObject(own)
    return {"companies": choices, "company": SimpleLazyObject(at_work)}
