"""Scopes, associations and consent. Scopes are rows so that decisions can lock them; constraints keep the invariants."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from associations.enums import Activity, AssociationState, EndReason, Lane
from partners.models import Organisation
from tenants.models import Product, Subscription, Tenant


class Scope(models.Model):
    """What one partner at a time can hold: a (subscription, lane) or a (tenant, workload, lane)."""

    tenant = models.ForeignKey(Tenant, models.PROTECT, related_name="scopes")
    subscription = models.ForeignKey(Subscription, models.PROTECT, null=True, related_name="scopes")
    workload = models.ForeignKey(Product, models.PROTECT, null=True, related_name="+")
    lane = models.CharField(_("lane"), max_length=10, choices=Lane.choices)

    class Meta:
        verbose_name = _("scope")
        verbose_name_plural = _("scopes")
        constraints = [
            models.UniqueConstraint(
                fields=["subscription", "lane"],
                condition=Q(workload__isnull=True),
                name="scope_subscription_lane",
            ),
            models.UniqueConstraint(
                fields=["tenant", "workload", "lane"],
                condition=Q(subscription__isnull=True),
                name="scope_workload_lane",
            ),
            models.CheckConstraint(
                condition=Q(subscription__isnull=True, workload__isnull=False)
                | Q(subscription__isnull=False, workload__isnull=True),
                name="scope_subscription_or_workload",
            ),
        ]
        indexes = [models.Index(fields=["id"], name="scope_revenue", condition=Q(lane=Lane.REVENUE))]

    def __str__(self) -> str:
        return f"{self.tenant} · {self.workload or self.subscription} · {self.get_lane_display()}"


class Association(models.Model):
    """An organisation as partner of record of a scope, living while one of its grants does."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    scope = models.ForeignKey(Scope, models.PROTECT, related_name="associations")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="associations")
    state = models.CharField(_("state"), max_length=16, choices=AssociationState.choices)
    version = models.PositiveIntegerField(default=1)
    supersedes = models.ForeignKey("self", models.PROTECT, null=True, related_name="superseded_by")
    decided_case_id = models.BigIntegerField(_("decided case"), null=True)
    created_at = models.DateTimeField(_("created at"))
    activated_at = models.DateTimeField(_("activated at"), null=True)
    ended_at = models.DateTimeField(_("ended at"), null=True)
    end_reason = models.CharField(_("end reason"), max_length=24, choices=EndReason.choices, blank=True)

    class Meta:
        verbose_name = _("association")
        verbose_name_plural = _("associations")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["scope"], condition=Q(state=AssociationState.ACTIVE), name="association_one_active"
            ),
            models.UniqueConstraint(
                fields=["scope"],
                condition=Q(state=AssociationState.PENDING_CONSENT),
                name="association_one_pending",
            ),
            models.CheckConstraint(
                condition=Q(state=AssociationState.ENDED, ended_at__isnull=False)
                | (~Q(state=AssociationState.ENDED) & Q(ended_at__isnull=True, end_reason="")),
                name="association_ended_at",
            ),
        ]
        indexes = [models.Index(fields=["state", "-id"], name="association_state")]

    def __str__(self) -> str:
        return f"{self.organisation} · {self.scope_id} · {self.state}"


class ConsentRequest(models.Model):
    """One question to the customer about the grants of one decision. Its window starts when the mail is handed over."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    claim_id = models.BigIntegerField(_("claim"))
    created_at = models.DateTimeField(_("created at"))
    handed_over_at = models.DateTimeField(_("mail handed over at"), null=True)
    window_ends_at = models.DateTimeField(_("window ends at"), null=True)
    undeliverable_at = models.DateTimeField(_("undeliverable since"), null=True)

    class Meta:
        verbose_name = _("consent request")
        verbose_name_plural = _("consent requests")
        constraints = [
            models.CheckConstraint(
                condition=Q(handed_over_at__isnull=True, window_ends_at__isnull=True)
                | Q(handed_over_at__isnull=False, window_ends_at__isnull=False),
                name="consent_window_follows_mail",
            )
        ]
        indexes = [
            models.Index(fields=["window_ends_at"], name="consent_window"),
            models.Index(fields=["claim_id"], name="consent_claim"),
            models.Index(fields=["-id"], name="consent_unsent", condition=Q(handed_over_at__isnull=True)),
            models.Index(
                fields=["-id"], name="consent_undeliverable", condition=Q(undeliverable_at__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return str(self.public_id)


class Grant(models.Model):
    """One approved activity under an association, with its own consent, hand-over and end."""

    association = models.ForeignKey(Association, models.PROTECT, related_name="grants")
    consent_request = models.ForeignKey(ConsentRequest, models.PROTECT, related_name="grants")
    activity = models.CharField(_("activity"), max_length=20, choices=Activity.choices)
    earns_incentive = models.BooleanField(
        _("earns incentives"), help_text=_("In the incentive lane, with a claimed product that is eligible.")
    )
    state = models.CharField(_("state"), max_length=16, choices=AssociationState.choices)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(_("created at"))
    activated_at = models.DateTimeField(_("activated at"), null=True)
    handed_over_at = models.DateTimeField(_("handed to incentive assessment at"), null=True)
    ended_at = models.DateTimeField(_("ended at"), null=True)
    end_reason = models.CharField(_("end reason"), max_length=24, choices=EndReason.choices, blank=True)

    class Meta:
        verbose_name = _("grant")
        verbose_name_plural = _("grants")
        constraints = [
            models.UniqueConstraint(
                fields=["association", "activity"],
                condition=~Q(state=AssociationState.ENDED),
                name="grant_one_living_per_activity",
            ),
        ]
        indexes = [
            models.Index(
                fields=["consent_request"],
                name="grant_pending",
                condition=Q(state=AssociationState.PENDING_CONSENT),
            )
        ]

    def __str__(self) -> str:
        return f"{self.activity} of {self.association_id}"
