"""A claim as a bare row with four foreign keys."""

from typing import ClassVar

from django.db import models


class FloorClaim(models.Model):
    name = models.CharField(max_length=100)
    status = models.CharField(max_length=24, default="draft")
    created_at = models.DateTimeField(auto_now_add=True)
    tenant = models.ForeignKey("tenants.Tenant", models.PROTECT, related_name="+")
    product = models.ForeignKey("tenants.Product", models.PROTECT, related_name="+")
    subscription = models.ForeignKey("tenants.Subscription", models.PROTECT, related_name="+")
    location = models.ForeignKey("partners.Location", models.PROTECT, related_name="+")

    objects: ClassVar[models.Manager["FloorClaim"]] = models.Manager()

    class Meta:
        app_label = "floor"
        indexes = [models.Index(fields=["-created_at", "-id"], name="floor_newest")]

    def __str__(self) -> str:
        return self.name
