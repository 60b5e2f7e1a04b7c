"""Claims: as typed while they are drafts, as resolved rows from submission on.

`mpn_id`, `tenant_guid`, `domain`, `solution_area`, `activities` and `entries` keep what was typed, in stored form
if it is well-formed; a draft may be invalid. Submission resolves them into `location`, `tenant`, `lane` and items.
"""

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from associations.enums import Activity, Lane
from associations.models import Grant, Scope
from claims import limits
from claims.enums import (
    ClaimStatus,
    CommentSide,
    ContactKind,
    DeclineReason,
    EvidenceKind,
    ItemOutcome,
    RequestReason,
    RequestState,
    ScanState,
)
from partners.models import Location, Organisation, User
from tenants.enums import SolutionArea
from tenants.models import Product, Tenant

UNSUBMITTED = Q(submitted_at__isnull=True)


class Claim(models.Model):
    """One partner's claim about one customer, with one or more items."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    reference = models.CharField(_("reference"), max_length=24, unique=True, null=True)
    name = models.CharField(_("name"), max_length=limits.NAME_LENGTH, blank=True)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="claims")
    created_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(_("created at"))
    touched_at = models.DateTimeField(
        _("last worked on at"), help_text=_("Idle drafts are counted from here.")
    )
    updated_at = models.DateTimeField(
        _("last changed at"), help_text=_("The last change that the claim's partner can see.")
    )
    revision = models.PositiveIntegerField(
        _("revision"), default=1, help_text=_("Counts the changes that the claim's partner can see.")
    )
    idle_warned_at = models.DateTimeField(_("warned of expiry at"), null=True)

    status = models.CharField(
        _("status"), max_length=24, choices=ClaimStatus.choices, default=ClaimStatus.DRAFT
    )
    version = models.PositiveIntegerField(_("version"), default=1)
    resume_status = models.CharField(
        _("status before the request"), max_length=24, choices=ClaimStatus.choices, blank=True
    )
    submitted_at = models.DateTimeField(_("submitted at"), null=True)
    settled_at = models.DateTimeField(_("settled at"), null=True)
    assignee = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="+", verbose_name=_("assignee")
    )
    review_round = models.PositiveSmallIntegerField(_("review round"), default=0)
    due_at = models.DateTimeField(
        _("due at"),
        null=True,
        help_text=_("Of what is owed now: by the desk or, if it owes nothing, by the partner."),
    )
    is_waiting = models.BooleanField(_("waits for the partner"), default=True)
    late_from = models.DateTimeField(
        _("late from"), null=True, help_text=_("The first deadline of the desk that is, or will be, missed.")
    )

    mpn_id = models.CharField(_("MPN"), max_length=limits.TYPED_ID_LENGTH, blank=True)
    location = models.ForeignKey(Location, models.PROTECT, null=True, related_name="claims")
    tenant_guid = models.CharField(_("tenant ID"), max_length=limits.TYPED_ID_LENGTH, blank=True)
    domain = models.CharField(_("domain"), max_length=limits.DOMAIN_LENGTH, blank=True)
    tenant = models.ForeignKey(Tenant, models.PROTECT, null=True, related_name="claims")
    solution_area = models.CharField(_("solution area"), max_length=limits.CODE_LENGTH, blank=True)
    activities = models.JSONField(_("activities"), default=list, help_text="list of codes as typed")
    entries = models.JSONField(
        _("entries"), default=list, help_text='list of {"product": code, "subscription_id": text} as typed'
    )
    lane = models.CharField(_("lane"), max_length=10, choices=Lane.choices, blank=True)
    seller_name = models.CharField(_("seller name"), max_length=limits.PERSON_LENGTH, blank=True)
    customer_name = models.CharField(_("customer name"), max_length=limits.PERSON_LENGTH, blank=True)
    solution_name = models.CharField(_("ISV solution"), max_length=limits.PERSON_LENGTH, blank=True)
    acknowledged = models.BooleanField(_("acknowledged"), default=False)
    confirmed_warnings = models.JSONField(_("confirmed warnings"), default=list)
    report = models.JSONField(_("report at submission"), null=True)

    class Meta:
        verbose_name = _("claim")
        verbose_name_plural = _("claims")
        ordering = ["-created_at", "-id"]
        indexes = [
            models.Index(fields=["-created_at", "-id"], name="claim_newest"),
            models.Index(fields=["organisation", "-created_at", "-id"], name="claim_org_newest"),
            models.Index(fields=["organisation", "status", "-created_at", "-id"], name="claim_org_status"),
            models.Index(fields=["organisation", "mpn_id", "-created_at", "-id"], name="claim_org_mpn"),
            models.Index(fields=["organisation", "tenant_guid"], name="claim_org_tenant"),
            models.Index(
                fields=["organisation", "solution_area", "-created_at", "-id"], name="claim_org_area"
            ),
            models.Index(fields=["organisation", "submitted_at"], name="claim_org_submitted"),
            models.Index(fields=["organisation", "updated_at"], name="claim_org_updated"),
            models.Index(fields=["location", "-created_at", "-id"], name="claim_location_newest"),
            *(
                models.Index(
                    fields=[*column, "is_waiting", "due_at", "id"],
                    name="_".join(["claim_queue", *column]),
                    condition=Q(status__in=sorted(ClaimStatus.OPEN)),
                )
                for column in ([], ["status"], ["assignee"], ["solution_area"])
            ),
            models.Index(fields=["late_from"], name="claim_late", condition=Q(late_from__isnull=False)),
            models.Index(fields=["updated_at"], name="claim_updated"),
            models.Index(fields=["status", "-created_at", "-id"], name="claim_status_newest"),
            models.Index(
                fields=["touched_at"], name="claim_idle_draft", condition=Q(status=ClaimStatus.DRAFT)
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=UNSUBMITTED
                | Q(
                    location__isnull=False,
                    tenant__isnull=False,
                    lane__in=Lane.values,
                    solution_area__in=SolutionArea.values,
                ),
                name="claim_submitted_is_resolved",
            ),
            models.CheckConstraint(
                condition=UNSUBMITTED
                | ~Q(lane=Lane.REVENUE)
                | (~Q(seller_name="") & ~Q(customer_name="") & ~Q(solution_name="")),
                name="claim_revenue_has_details",
            ),
            models.CheckConstraint(
                condition=Q(status__in=[ClaimStatus.DRAFT, ClaimStatus.WITHDRAWN])
                | Q(submitted_at__isnull=False),
                name="claim_status_needs_submission",
            ),
            models.CheckConstraint(
                condition=~Q(status=ClaimStatus.PARTNER_ACTION_REQUIRED) | ~Q(resume_status=""),
                name="claim_action_required_resumes",
            ),
        ]

    def __str__(self) -> str:
        return self.reference or str(self.public_id)


class Contact(models.Model):
    """A person named in a claim. Only the customer contact gets mail from us without having signed in."""

    claim = models.ForeignKey(Claim, models.CASCADE, related_name="contacts")
    kind = models.CharField(_("kind"), max_length=10, choices=ContactKind.choices)
    first_name = models.CharField(_("first name"), max_length=limits.PERSON_LENGTH, blank=True)
    last_name = models.CharField(_("last name"), max_length=limits.PERSON_LENGTH, blank=True)
    title = models.CharField(_("title"), max_length=limits.PERSON_LENGTH, blank=True)
    email = models.CharField(_("email"), max_length=limits.EMAIL_LENGTH, blank=True)
    phone = models.CharField(_("phone"), max_length=limits.PHONE_LENGTH, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["claim", "kind"], name="contact_kind_once")]

    def __str__(self) -> str:
        return f"{self.kind} of {self.claim_id}"

    @property
    def full_name(self) -> str:
        """Return first and last name, or the one there is."""
        return f"{self.first_name} {self.last_name}".strip()


class ClaimItem(models.Model):
    """One scope of a submitted claim, with its own outcome. It is open while it is pending and the claim not settled."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    claim = models.ForeignKey(Claim, models.PROTECT, related_name="items")
    scope = models.ForeignKey(Scope, models.PROTECT, related_name="items")
    products = models.ManyToManyField(Product, through="ItemProduct", related_name="+")
    subscription_attached = models.BooleanField(
        _("subscription attached by the system"),
        default=False,
        help_text=_("The partner never typed its ID and does not see it before approval (S42)."),
    )
    outcome = models.CharField(
        _("outcome"), max_length=10, choices=ItemOutcome.choices, default=ItemOutcome.PENDING
    )
    version = models.PositiveIntegerField(default=1)
    reason_code = models.CharField(_("reason"), max_length=32, choices=DeclineReason.choices, blank=True)
    reason_text = models.TextField(_("reason in words"), blank=True)
    decided_at = models.DateTimeField(_("decided at"), null=True)
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    in_arbitration_since = models.DateTimeField(
        _("in arbitration since"),
        null=True,
        help_text=_("From the notice to this party until its case ends."),
    )

    class Meta:
        verbose_name = _("item")
        verbose_name_plural = _("items")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=(Q(outcome=ItemOutcome.DECLINED) & ~Q(reason_code=""))
                | (~Q(outcome=ItemOutcome.DECLINED) & Q(reason_code="")),
                name="item_declined_has_reason",
            ),
            models.CheckConstraint(
                condition=Q(outcome=ItemOutcome.PENDING, decided_at__isnull=True)
                | (~Q(outcome=ItemOutcome.PENDING) & Q(decided_at__isnull=False)),
                name="item_decided_at",
            ),
        ]
        indexes = [
            models.Index(fields=["scope"], name="item_open_scope", condition=Q(outcome=ItemOutcome.PENDING))
        ]

    def __str__(self) -> str:
        return f"item {self.pk} of {self.claim_id}"


class ItemProduct(models.Model):
    item = models.ForeignKey(ClaimItem, models.CASCADE, related_name="contents")
    product = models.ForeignKey(Product, models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["item", "product"], name="item_product_once")]

    def __str__(self) -> str:
        return f"{self.product_id} in {self.item_id}"


class ItemActivity(models.Model):
    """One activity of an item. An open item is unique per (organisation, scope, activity)."""

    item = models.ForeignKey(ClaimItem, models.CASCADE, related_name="activities")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    scope = models.ForeignKey(Scope, models.PROTECT, related_name="+")
    lane = models.CharField(_("lane"), max_length=10, choices=Lane.choices)
    activity = models.CharField(_("activity"), max_length=20, choices=Activity.choices)
    is_open = models.BooleanField(default=True)
    grant = models.OneToOneField(Grant, models.PROTECT, null=True, related_name="item_activity")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["item", "activity"], name="item_activity_once"),
            models.UniqueConstraint(
                fields=["organisation", "scope", "activity"],
                condition=Q(is_open=True),
                name="open_item_once_per_activity",
            ),
            models.CheckConstraint(
                condition=Q(lane=Lane.REVENUE, activity=Activity.REVENUE_ASSOCIATION)
                | Q(lane=Lane.INCENTIVE, activity__in=[Activity.PRESALES, Activity.USAGE]),
                name="item_activity_in_its_lane",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.activity} of {self.item_id}"


class InformationRequest(models.Model):
    """One question with one deadline, put to one claim in review or to several parties of a case (`case_id`)."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    case_id = models.BigIntegerField(_("case"), null=True, db_index=True)
    reason_code = models.CharField(_("reason"), max_length=32, choices=RequestReason.choices)
    question = models.TextField(_("question"))
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(_("asked at"))
    due_at = models.DateTimeField(_("due at"))
    closed_at = models.DateTimeField(_("closed at"), null=True)

    class Meta:
        verbose_name = _("information request")
        verbose_name_plural = _("information requests")
        ordering = ["id"]
        indexes = [models.Index(fields=["due_at"], name="request_due", condition=Q(closed_at__isnull=True))]

    def __str__(self) -> str:
        return f"request {self.pk}"


class RequestParty(models.Model):
    """One claim's part of a request, with the open items in question (none for a holder)."""

    request = models.ForeignKey(InformationRequest, models.CASCADE, related_name="parties")
    claim = models.ForeignKey(Claim, models.PROTECT, related_name="requests")
    items = models.ManyToManyField(ClaimItem, related_name="requests")
    state = models.CharField(
        _("state"), max_length=10, choices=RequestState.choices, default=RequestState.OPEN
    )
    version = models.PositiveIntegerField(default=1)
    answered_at = models.DateTimeField(_("answered at"), null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["request", "claim"], name="request_asks_claim_once")]
        indexes = [models.Index(fields=["claim", "state"], name="request_party_claim")]

    def __str__(self) -> str:
        return f"{self.request_id} to {self.claim_id}"


class Evidence(models.Model):
    """One file of proof, never replaced. `sealed_by` are case requests that hide it from the desk while they are open."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    claim = models.ForeignKey(Claim, models.PROTECT, related_name="evidence")
    file = models.FileField(_("file"), upload_to="proof/%Y/%m", max_length=255)
    name = models.CharField(_("file name"), max_length=150)
    size = models.PositiveIntegerField(_("size in bytes"))
    content_type = models.CharField(_("content type"), max_length=100)
    sha256 = models.CharField(_("SHA-256"), max_length=64)
    kind = models.CharField(_("kind"), max_length=24, choices=EvidenceKind.choices)
    signed_on = models.DateField(_("customer's signature date"), null=True)
    signer_name = models.CharField(_("signer's name"), max_length=limits.PERSON_LENGTH, blank=True)
    signer_title = models.CharField(_("signer's title"), max_length=limits.PERSON_LENGTH, blank=True)
    covers = models.JSONField(_("items covered"), default=list, help_text="product codes; empty means all")
    scan_state = models.CharField(_("scan state"), max_length=12, choices=ScanState.choices)
    added_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    added_at = models.DateTimeField(_("added at"))
    sealed_by = models.ManyToManyField(InformationRequest, related_name="sealed_evidence")

    class Meta:
        verbose_name = _("proof of execution")
        verbose_name_plural = _("proof of execution")
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["claim", "sha256"], name="evidence_once_per_claim")]

    def __str__(self) -> str:
        return self.name

    @property
    def is_servable(self) -> bool:
        """Return whether the file can be downloaded: it is neither in quarantine nor still being scanned (part 7)."""
        return self.scan_state in ScanState.SERVABLE


class Comment(models.Model):
    """A text that the claim's partner and the desk read. Internal notes have a table of their own (arbitration)."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    claim = models.ForeignKey(Claim, models.PROTECT, related_name="comments")
    side = models.CharField(_("side"), max_length=8, choices=CommentSide.choices)
    author = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    text = models.TextField(_("text"))
    created_at = models.DateTimeField(_("created at"))
    sealed_by = models.ManyToManyField(InformationRequest, related_name="sealed_comments")

    class Meta:
        verbose_name = _("comment")
        verbose_name_plural = _("comments")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(side=CommentSide.SYSTEM, author__isnull=True)
                | (~Q(side=CommentSide.SYSTEM) & Q(author__isnull=False)),
                name="comment_author",
            )
        ]

    def __str__(self) -> str:
        return f"comment {self.pk} on {self.claim_id}"


class TextOverride(models.Model):
    """A text that names another party and that a second person lets the desk send to this claim's partner (5.7)."""

    claim = models.ForeignKey(Claim, models.PROTECT, related_name="text_overrides")
    text = models.TextField(_("text"))
    text_sha256 = models.CharField(max_length=64)
    words = models.JSONField(_("words found"), default=list)
    reason = models.TextField(_("reason"))
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("asked by"))
    asked_at = models.DateTimeField(_("asked at"))
    confirmed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    confirmed_at = models.DateTimeField(_("confirmed at"), null=True)

    class Meta:
        verbose_name = _("exception for a text")
        verbose_name_plural = _("exceptions for texts")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["claim", "text_sha256"], name="override_text_once"),
            models.CheckConstraint(condition=~Q(reason=""), name="override_has_reason"),
            models.CheckConstraint(
                condition=Q(confirmed_by__isnull=True, confirmed_at__isnull=True)
                | (
                    Q(confirmed_by__isnull=False, confirmed_at__isnull=False) & ~Q(confirmed_by=F("asked_by"))
                ),
                name="override_confirmed_by_another",
            ),
        ]

    def __str__(self) -> str:
        return f"text for {self.claim_id}"
