"""The kinds of files about customers (domain.md part 2), in the order in which they refer to each other."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from foundation.imports.columns import (
    CODE,
    COUNTRY,
    DATE,
    DOMAIN,
    FLAG,
    GUID,
    SILENT,
    Column,
    one_of,
    plain_text,
)
from foundation.imports.kinds import Faults, Kind, StoredKind
from foundation.imports.rows import Outcome, Row
from foundation.journal.step import Step
from foundation.kernel.actor import Actor
from tenants.enums import KINDS_OF_AREA, Channel, ProductKind, Provisioning, SolutionArea, SubscriptionState
from tenants.events import SUBSCRIPTION_ENDED, SUBSCRIPTION_SUSPENDED
from tenants.models import Domain, Product, Subscription, SubscriptionProduct, Tenant


class Tenants(StoredKind):
    model = Tenant
    name = "tenants"
    summary = gettext_lazy("One customer tenant per row.")
    key = ("tenant_id",)
    columns = (
        Column(name="tenant_id", field="guid", form=GUID, meaning=gettext_lazy("The customer's tenant ID.")),
        Column(
            name="name",
            form=plain_text(Tenant, "name"),
            meaning=gettext_lazy("The customer's name, shown to the desk."),
        ),
        Column(name="country", form=COUNTRY, meaning=gettext_lazy("Where the customer is.")),
    )


class Domains(StoredKind):
    """Domains. Each belongs to one tenant; a file that names another tenant moves it, since the directory is right."""

    model = Domain
    name = "domains"
    summary = gettext_lazy(
        "One domain per row. A domain belongs to one tenant; a later file with another tenant moves it."
    )
    key = ("domain",)
    columns = (
        Column(
            name="domain", field="name", form=DOMAIN, meaning=gettext_lazy("One of the tenant's domains.")
        ),
        Column(name="tenant_id", form=GUID, meaning=gettext_lazy("The tenant it belongs to.")),
    )
    references = {"tenant_id": Tenants}


class Products(StoredKind):
    model = Product
    name = "products"
    summary = gettext_lazy("One Dynamics 365 product or Microsoft 365 workload per row.")
    key = ("code",)
    columns = (
        Column(name="code", form=CODE, meaning=gettext_lazy("The code that claims use for it.")),
        Column(
            name="name",
            form=plain_text(Product, "name"),
            meaning=gettext_lazy("Its name, shown to all users."),
        ),
        Column(
            name="solution_area",
            form=one_of(SolutionArea),
            meaning=format_lazy(
                gettext_lazy("Decides which kind the product can have ({kinds})."),
                kinds="; ".join(f"{area}: {', '.join(kinds)}" for area, kinds in KINDS_OF_AREA.items()),
            ),
            fixed=True,
        ),
        Column(
            name="kind",
            form=one_of(ProductKind),
            meaning=gettext_lazy(
                "Claimed per subscription (dynamics), per tenant (workload), or not at all."
            ),
            fixed=True,
        ),
        Column(
            name="claimable",
            form=FLAG,
            required=False,
            empty=SILENT,
            meaning=gettext_lazy("Whether it can be claimed; true for a new product without a value."),
        ),
        Column(
            name="incentive_eligible",
            form=FLAG,
            required=False,
            empty=SILENT,
            meaning=gettext_lazy("Whether it earns incentives; true for a new product without a value."),
        ),
        Column(
            name="valid_from", form=DATE, required=False, meaning=gettext_lazy("First day it can be claimed.")
        ),
        Column(
            name="valid_until", form=DATE, required=False, meaning=gettext_lazy("Last day it can be claimed.")
        ),
    )

    def contradictions(self, values: Mapping[str, Any]) -> Faults:
        area, kind = values["solution_area"], values["kind"]
        if kind not in KINDS_OF_AREA[area]:
            return {
                "kind": _("The products of %(area)s are of these kinds: %(kinds)s.")
                % {"area": area, "kinds": ", ".join(KINDS_OF_AREA[area])}
            }
        return _ends_before_it_begins(values, "valid_from", "valid_until")


class Subscriptions(StoredKind):
    """Subscriptions. The import records each end and each suspension once, in its transaction (part 3)."""

    model = Subscription
    name = "subscriptions"
    summary = gettext_lazy(
        "One subscription per row, with all its products; the list replaces the stored one."
    )
    key = ("subscription_id",)
    columns = (
        Column(
            name="subscription_id", field="guid", form=GUID, meaning=gettext_lazy("The subscription's ID.")
        ),
        Column(name="tenant_id", form=GUID, meaning=gettext_lazy("The tenant that bought it."), fixed=True),
        Column(
            name="products", form=CODE, many=True, meaning=gettext_lazy("Codes of the products it contains.")
        ),
        Column(name="channel", form=one_of(Channel), meaning=gettext_lazy("How it was bought.")),
        Column(
            name="state",
            form=one_of(SubscriptionState),
            meaning=gettext_lazy(
                "Expired, disabled and deleted end the claims on it; suspended only flags them."
            ),
        ),
        Column(
            name="provisioning",
            form=one_of(Provisioning),
            meaning=gettext_lazy("Only a provisioned subscription can be claimed."),
        ),
        Column(name="starts_on", form=DATE, required=False, meaning=gettext_lazy("First day of its term.")),
        Column(name="ends_on", form=DATE, required=False, meaning=gettext_lazy("Last day of its term.")),
    )
    references = {"tenant_id": Tenants, "products": Products}

    def contradictions(self, values: Mapping[str, Any]) -> Faults:
        return _ends_before_it_begins(values, "starts_on", "ends_on")

    def write(self, rows: Sequence[Row]) -> None:
        _store_contents(rows, self.store(rows))

    def tell(self, rows: Sequence[Row], *, actor: Actor, now: datetime) -> None:
        """Record ends and suspensions. A subscription that is new and already ended never held anything."""
        turned = [
            (row.existing, row.values["state"])
            for row in rows
            if row.existing is not None and row.existing.state != row.values["state"]
        ]
        ended = SubscriptionState.ENDED
        step = Step(actor=actor, at=now)
        step.record_each(
            SUBSCRIPTION_ENDED,
            [
                (subscription, {"state": state})
                for subscription, state in turned
                if state in ended and subscription.state not in ended
            ],
        )
        step.record_each(
            SUBSCRIPTION_SUSPENDED,
            [(subscription, {}) for subscription, state in turned if state == SubscriptionState.SUSPENDED],
        )


def _store_contents(rows: Sequence[Row], stored: Mapping[int, Subscription]) -> None:
    """Set each subscription's products to those its row lists: one query to read, at most two to write."""
    known = {row.existing.pk for row in rows if row.existing}
    present: dict[int, dict[int, int]] = {}
    contents = SubscriptionProduct.objects.filter(subscription__in=known)
    for subscription_id, product_id, pk in contents.values_list("subscription_id", "product_id", "pk"):
        present.setdefault(subscription_id, {})[product_id] = pk
    added, removed = [], []
    for row in rows:
        subscription = row.existing or stored[row.line]
        wanted, has = set(row.found["products"]), present.get(subscription.pk, {})
        if row.outcome is Outcome.UNCHANGED and wanted != has.keys():
            row.outcome = Outcome.UPDATED
        added += [
            SubscriptionProduct(subscription_id=subscription.pk, product_id=product_id)
            for product_id in sorted(wanted - has.keys())
        ]
        removed += [has[product_id] for product_id in has.keys() - wanted]
    if removed:
        SubscriptionProduct.objects.filter(pk__in=removed).delete()
    SubscriptionProduct.objects.bulk_create(added, ignore_conflicts=True)


def _ends_before_it_begins(values: Mapping[str, Any], first: str, last: str) -> Faults:
    begins, ends = values.get(first), values.get(last)
    if begins and ends and ends < begins:
        return {
            last: _("This is before %(column)s, %(date)s.") % {"column": first, "date": begins.isoformat()}
        }
    return {}


CUSTOMER_KINDS: Final[tuple[Kind, ...]] = (Tenants(), Domains(), Products(), Subscriptions())
