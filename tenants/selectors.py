"""Queries of the customer directory."""

from datetime import date, datetime

from django.db.models import Max, Q, QuerySet

from tenants.models import DirectoryImport, Product

CUSTOMER_FILES = ("tenants", "domains", "products", "subscriptions")


def directory_as_of() -> datetime | None:
    """Return the as-of time of everything known about customers; None before the first import.

    Files about partners say nothing about customers and do not count.
    """
    imports = DirectoryImport.objects.filter(kind__in=CUSTOMER_FILES)
    newest: datetime | None = imports.aggregate(as_of=Max("as_of"))["as_of"]
    return newest


def claimable_products(*, today: date) -> QuerySet[Product]:
    """Return the products and workloads that a claim can name on `today`."""
    return Product.objects.filter(
        Q(valid_from__isnull=True) | Q(valid_from__lte=today),
        Q(valid_until__isnull=True) | Q(valid_until__gte=today),
        claimable=True,
    )
