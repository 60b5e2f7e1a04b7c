"""Events record what happened; deliveries carry it to consumers. Database triggers keep events append-only."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from foundation.journal.enums import Audience, DeliveryState


class Event(models.Model):
    """One thing that happened, written in the same transaction.

    `payload` holds IDs and codes only. Old and new values of personal fields are stored in `EventDetail`, which can be
    erased while the event keeps their salted hash. Integers replace foreign keys, because history outlives rows.
    """

    type = models.CharField(_("type"), max_length=64)
    version = models.PositiveSmallIntegerField(_("version"), default=1)
    subject_type = models.CharField(_("subject"), max_length=64)
    subject_id = models.BigIntegerField(_("subject id"))
    claim_id = models.BigIntegerField(_("claim"), null=True)
    organisation_id = models.BigIntegerField(_("organisation"), null=True)
    audience = models.CharField(_("audience"), max_length=8, choices=Audience.choices)
    actor_kind = models.CharField(_("actor kind"), max_length=8)
    actor_id = models.BigIntegerField(_("actor id"), null=True)
    actor_name = models.CharField(_("actor"), max_length=150)
    channel = models.CharField(_("channel"), max_length=8)
    request_id = models.CharField(_("request"), max_length=64, blank=True)
    at = models.DateTimeField(_("at"))
    payload = models.JSONField(_("payload"), default=dict)

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        ordering = ["id"]
        indexes = [
            models.Index(fields=["claim_id", "id"], name="event_claim", condition=Q(claim_id__isnull=False)),
            models.Index(fields=["subject_type", "subject_id", "id"], name="event_subject"),
            models.Index(fields=["type", "id"], name="event_type"),
            models.Index(fields=["request_id"], name="event_request", condition=~Q(request_id="")),
        ]

    def __str__(self) -> str:
        return f"{self.type} #{self.pk}"


class EventDetail(models.Model):
    """Old and new value of one personal field. Erasing the row leaves a hash that still proves the event."""

    event = models.ForeignKey(Event, models.CASCADE, related_name="details")
    field = models.CharField(_("field"), max_length=64)
    old = models.TextField(_("old value"), blank=True)
    new = models.TextField(_("new value"), blank=True)
    salt = models.CharField(_("salt"), max_length=32)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["event", "field"], name="event_detail_once")]

    def __str__(self) -> str:
        return f"{self.field} of {self.event_id}"


class Delivery(models.Model):
    """One event for one consumer (and address): leased, retried, then delivered or visibly given up."""

    event = models.ForeignKey(Event, models.PROTECT, related_name="deliveries")
    consumer = models.CharField(_("consumer"), max_length=32)
    address = models.CharField(_("address"), max_length=254, blank=True)
    state = models.CharField(
        _("state"), max_length=10, choices=DeliveryState.choices, default=DeliveryState.PENDING
    )
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    next_attempt_at = models.DateTimeField(_("next attempt at"))
    leased_until = models.DateTimeField(_("leased until"), null=True)
    delivered_at = models.DateTimeField(_("delivered at"), null=True)
    last_error = models.TextField(_("last error"), blank=True)

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["event", "consumer", "address"], name="delivery_once"),
            models.CheckConstraint(
                condition=Q(state=DeliveryState.DELIVERED, delivered_at__isnull=False)
                | (~Q(state=DeliveryState.DELIVERED) & Q(delivered_at__isnull=True)),
                name="delivery_delivered_at",
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_attempt_at", "id"],
                name="delivery_due",
                condition=Q(state=DeliveryState.PENDING),
            ),
            models.Index(
                fields=["state", "-id"],
                name="delivery_undelivered",
                condition=~Q(state=DeliveryState.DELIVERED),
            ),
            models.Index(fields=["address", "-id"], name="delivery_address"),
        ]

    def __str__(self) -> str:
        return f"{self.consumer} for event {self.event_id}"


class Heartbeat(models.Model):
    """The instant at which an unattended job last ran, so that health checks notice when it stops."""

    name = models.CharField(_("name"), max_length=32, unique=True)
    at = models.DateTimeField(_("at"))

    def __str__(self) -> str:
        return self.name
