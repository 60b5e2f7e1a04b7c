"""Queries for scopes and associations."""

from collections.abc import Iterable

from django.db.models import QuerySet

from associations.enums import AssociationState
from associations.models import Association, Scope


def lock_scopes(scope_ids: Iterable[int]) -> list[Scope]:
    """Lock the scopes in the one order that every writer uses, so that writers never deadlock, and return them."""
    return list(Scope.objects.select_for_update().filter(pk__in=set(scope_ids)).order_by("pk"))


def living_associations(scope_ids: Iterable[int]) -> QuerySet[Association]:
    """Return the pending and active associations on the scopes."""
    return Association.objects.filter(scope_id__in=set(scope_ids), state__in=AssociationState.LIVING)
