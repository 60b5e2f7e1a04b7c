"""What the rules look at, gathered once with a fixed number of queries, and frozen.

A subscription of another tenant is kept as nothing but "it is a subscription ID"; another partner's claim or
association as nothing but "there is one". A rule cannot leak what it was never given.
"""

from claims.facts.gathering import (
    completed,
    gather_facts,
    is_well_formed_address,
    months_before,
)
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
