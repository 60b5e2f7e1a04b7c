"""Reads of scopes and associations."""

from collections.abc import Iterable

from django.db.models import QuerySet

from associations.enums import AssociationState
from associations.models import Association, Scope


def lock_scopes(scope_ids: Iterable[int]) -> list[Scope]:
    """The scopes, locked in the one order that every writer uses, so that two of them never wait for each other."""
    return list(Scope.objects.select_for_update().filter(pk__in=set(scope_ids)).order_by("pk"))


def living_associations(scope_ids: Iterable[int]) -> QuerySet[Association]:
    """Associations on the scopes that are pending or active."""
    return Association.objects.filter(scope_id__in=set(scope_ids), state__in=AssociationState.LIVING)
