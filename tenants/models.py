"""The customer directory. An import fills it; claims refer to it and never change it."""

from functools import reduce
from operator import or_

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from foundation.search import FoldedNames
from tenants.enums import KINDS_OF_AREA, Channel, ProductKind, Provisioning, SolutionArea, SubscriptionState


class Tenant(models.Model):
    """A customer's directory."""

    guid = models.UUIDField(_("tenant ID"), unique=True)
    name = models.CharField(_("name"), max_length=200)
    names_folded = FoldedNames(of=("name",))
    country = models.CharField(_("country"), max_length=2, help_text=_("ISO 3166-1 alpha-2"))
    said_at = models.DateTimeField(_("as of"), null=True, help_text=_("When the directory said this."))

    class Meta:
        verbose_name = _("tenant")
        verbose_name_plural = _("tenants")
        ordering = ["name", "id"]
        indexes = [models.Index(fields=["name", "id"], name="tenant_by_name")]

    def __str__(self) -> str:
        return self.name


class Domain(models.Model):
    """One of a tenant's domains. Checks match the set of them, never the name alone (S5)."""

    name = models.CharField(_("name"), max_length=253, unique=True)
    tenant = models.ForeignKey(Tenant, models.CASCADE, related_name="domains")
    said_at = models.DateTimeField(_("as of"), null=True, help_text=_("When the directory said this."))

    class Meta:
        verbose_name = _("domain")
        verbose_name_plural = _("domains")
        ordering = ["name"]
        constraints = [models.CheckConstraint(condition=Q(name=Lower("name")), name="domain_lower_case")]

    def __str__(self) -> str:
        return self.name


class Product(models.Model):
    """A Dynamics product or Microsoft 365 workload, with the dates and flags that make it claimable."""

    code = models.SlugField(_("code"), max_length=64, unique=True)
    name = models.CharField(_("name"), max_length=100)
    solution_area = models.CharField(_("solution area"), max_length=24, choices=SolutionArea.choices)
    kind = models.CharField(_("kind"), max_length=8, choices=ProductKind.choices)
    claimable = models.BooleanField(_("claimable"), default=True)
    incentive_eligible = models.BooleanField(_("earns incentives"), default=True)
    valid_from = models.DateField(_("valid from"), null=True, blank=True)
    valid_until = models.DateField(_("valid until"), null=True, blank=True)
    said_at = models.DateTimeField(_("as of"), null=True, help_text=_("When the directory said this."))

    class Meta:
        verbose_name = _("product")
        verbose_name_plural = _("products")
        ordering = ["solution_area", "name"]
        constraints = [
            models.CheckConstraint(
                condition=reduce(
                    or_,
                    (Q(solution_area=area, kind__in=list(kinds)) for area, kinds in KINDS_OF_AREA.items()),
                ),
                name="product_kind_matches_area",
            )
        ]

    def __str__(self) -> str:
        return self.name


class Subscription(models.Model):
    """A tenant's purchase of one or more products through one channel."""

    guid = models.UUIDField(_("subscription ID"), unique=True)
    tenant = models.ForeignKey(Tenant, models.CASCADE, related_name="subscriptions")
    products = models.ManyToManyField(
        Product, through="SubscriptionProduct", related_name="subscriptions", verbose_name=_("products")
    )
    channel = models.CharField(_("channel"), max_length=20, choices=Channel.choices)
    state = models.CharField(_("state"), max_length=10, choices=SubscriptionState.choices)
    provisioning = models.CharField(_("provisioning"), max_length=8, choices=Provisioning.choices)
    starts_on = models.DateField(_("starts on"), null=True, blank=True)
    ends_on = models.DateField(_("ends on"), null=True, blank=True)
    said_at = models.DateTimeField(_("as of"), null=True, help_text=_("When the directory said this."))

    class Meta:
        verbose_name = _("subscription")
        verbose_name_plural = _("subscriptions")
        ordering = ["id"]
        indexes = [
            models.Index(fields=[column, "id"], name=f"subscription_{column}")
            for column in ("state", "channel", "provisioning")
        ]

    def __str__(self) -> str:
        return str(self.guid)


class SubscriptionProduct(models.Model):
    subscription = models.ForeignKey(Subscription, models.CASCADE, related_name="contents")
    product = models.ForeignKey(Product, models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["subscription", "product"], name="subscription_product_once")
        ]

    def __str__(self) -> str:
        return f"{self.product_id} in {self.subscription_id}"


class DirectoryImport(models.Model):
    """One imported file. The newest `as_of` is the as-of time of everything known about customers."""

    file_name = models.CharField(_("file"), max_length=255)
    kind = models.CharField(_("kind"), max_length=16)
    sha256 = models.CharField(_("SHA-256"), max_length=64)
    as_of = models.DateTimeField(_("as of"), db_index=True)
    created = models.PositiveIntegerField(_("created"), default=0)
    updated = models.PositiveIntegerField(_("updated"), default=0)
    unchanged = models.PositiveIntegerField(_("unchanged"), default=0)
    older = models.PositiveIntegerField(_("older than what is stored"), default=0)
    refused = models.PositiveIntegerField(_("refused"), default=0)

    class Meta:
        verbose_name = _("directory import")
        verbose_name_plural = _("directory imports")
        ordering = ["-as_of", "-id"]

    def __str__(self) -> str:
        return self.file_name
