"""The frozen facts that rules look at, gathered once with a fixed number of queries.

Of another tenant's subscription the facts hold only that it is a subscription ID; of another partner's claim or
association only that there is one. A rule cannot leak what it never gets.
"""

from claims.facts.gathering import (
    completed,
    gather_facts,
    months_before,
)
from claims.facts.people import is_well_formed_address
from claims.facts.shapes import (
    ClaimFacts,
    ItemFacts,
    LocationFacts,
    OwnClaim,
    ProductFacts,
    SubscriptionFacts,
    TenantFacts,
)

__all__ = [
    "ClaimFacts",
    "ItemFacts",
    "LocationFacts",
    "OwnClaim",
    "ProductFacts",
    "SubscriptionFacts",
    "TenantFacts",
    "completed",
    "gather_facts",
    "is_well_formed_address",
    "months_before",
]
