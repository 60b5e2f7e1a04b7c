"""The table of solution areas (S26-S35): what each is claimed per, its activities, programmes, contacts and texts.

A new family of products is a new row here, with a member of `SolutionArea` and products in the directory.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from associations.enums import Activity
from claims.enums import ContactKind
from partners.enums import Programme
from tenants.enums import ProductKind, SolutionArea


class ClaimedPer(StrEnum):
    """What one item of a claim covers: a subscription with its products, or a workload of the tenant."""

    SUBSCRIPTION = "subscription"
    WORKLOAD = "workload"


@dataclass(frozen=True, kw_only=True)
class AreaActivity:
    """One activity in one area: what it means, for which purchases, and the programme that pays for it, if any."""

    description: Promise
    condition: Promise
    programme: Programme | None


@dataclass(frozen=True, kw_only=True)
class Area:
    """One solution area."""

    code: SolutionArea
    claimed_per: ClaimedPer
    product_kind: ProductKind
    activities: Mapping[Activity, AreaActivity]
    contacts: tuple[ContactKind, ...]
    activities_hint: Promise

    @property
    def label(self) -> str:
        """Return the area's name."""
        return str(self.code.label)

    @property
    def takes_subscriptions(self) -> bool:
        """Return whether an item names a subscription."""
        return self.claimed_per is ClaimedPer.SUBSCRIPTION

    @property
    def only_activity(self) -> Activity | None:
        """Return the area's activity if it has exactly one."""
        return next(iter(self.activities)) if len(self.activities) == 1 else None


_LICENSING_ONLY = _("Only for subscriptions bought through Volume Licensing or Web Direct.")
_ANY_CHANNEL = _("However the customer bought the workload.")

AREAS: dict[str, Area] = {
    SolutionArea.BUSINESS_APPLICATIONS.value: Area(
        code=SolutionArea.BUSINESS_APPLICATIONS,
        claimed_per=ClaimedPer.SUBSCRIPTION,
        product_kind=ProductKind.DYNAMICS,
        activities={
            Activity.PRESALES: AreaActivity(
                description=_(
                    "Presales: you influenced the customer's decision to buy, and ask for presales incentives."
                ),
                condition=_LICENSING_ONLY,
                programme=Programme.OSA_SELL,
            ),
            Activity.USAGE: AreaActivity(
                description=_(
                    "Usage: you drive the adoption and use of the product, and ask for usage incentives."
                ),
                condition=_LICENSING_ONLY,
                programme=Programme.OSU_BA,
            ),
            Activity.REVENUE_ASSOCIATION: AreaActivity(
                description=_(
                    "Revenue association: as a business influencer you influenced the choice of the product. "
                    "It is recorded and never pays an incentive."
                ),
                condition=_LICENSING_ONLY,
                programme=None,
            ),
        },
        contacts=(ContactKind.CUSTOMER, ContactKind.PARTNER, ContactKind.TECHNICAL),
        activities_hint=_(
            "Presales and usage can share a claim; revenue association needs a claim of its own."
        ),
    ),
    SolutionArea.MICROSOFT_365.value: Area(
        code=SolutionArea.MICROSOFT_365,
        claimed_per=ClaimedPer.WORKLOAD,
        product_kind=ProductKind.WORKLOAD,
        activities={
            Activity.USAGE: AreaActivity(
                description=_(
                    "Usage: you drive the adoption and use of the workload, and ask for usage incentives."
                ),
                condition=_ANY_CHANNEL,
                programme=Programme.OSU_M365,
            ),
        },
        contacts=(ContactKind.CUSTOMER, ContactKind.PARTNER),
        activities_hint=_("Microsoft 365 has this activity only."),
    ),
}

EVERY_CONTACT = tuple(ContactKind)


def area_of(code: str | None) -> Area | None:
    """Return the area with this code, or None if the code is empty, missing or unknown."""
    return AREAS.get(code or "")


def kinds_on_subscriptions(area: Area | None) -> tuple[ProductKind, ...]:
    """Return the kinds of product that make a subscription claimable; every area's while none is chosen."""
    rows = AREAS.values() if area is None else (area,)
    return tuple(row.product_kind for row in rows if row.takes_subscriptions)


def contacts_of(code: str | None) -> tuple[ContactKind, ...]:
    """Return the contacts that a claim of this area names; all of them while no area is chosen."""
    area = area_of(code)
    return EVERY_CONTACT if area is None else area.contacts


def programme_of(code: str | None, activity: str) -> Programme | None:
    """Return the programme that pays for the activity in the area; None if nothing pays."""
    area = area_of(code)
    row = area.activities.get(Activity(activity)) if area and activity in Activity.values else None
    return row.programme if row else None


def area_label(code: str) -> str:
    """Return the area's name; an unknown code is returned unchanged."""
    area = area_of(code)
    return code if area is None else area.label
