"""States, outcomes and reasons of claims (domain.md part 3)."""

from enum import nonmember

from django.db import models
from django.utils.translation import gettext_lazy as _


class ClaimStatus(models.TextChoices):
    DRAFT = "draft", _("Draft")
    SUBMITTED = "submitted", _("Submitted")
    UNDER_REVIEW = "under_review", _("Under review")
    PARTNER_ACTION_REQUIRED = "partner_action_required", _("Partner action required")
    APPROVED = "approved", _("Approved")
    REJECTED = "rejected", _("Rejected")
    DISPUTED = "disputed", _("Disputed")
    REJECTED_FINAL = "rejected_final", _("Rejected, final")
    ENDED = "ended", _("Ended")
    WITHDRAWN = "withdrawn", _("Withdrawn")

    OPEN = nonmember(frozenset({"submitted", "under_review", "partner_action_required", "disputed"}))
    REVIEWABLE = nonmember(frozenset({"under_review", "partner_action_required", "disputed"}))
    SETTLED = nonmember(frozenset({"approved", "rejected", "rejected_final", "ended", "withdrawn"}))
    CLOSED_TO_ADDITIONS = nonmember(frozenset({"ended", "withdrawn", "rejected_final"}))


class ItemOutcome(models.TextChoices):
    PENDING = "pending", _("Pending")
    APPROVED = "approved", _("Approved")
    DECLINED = "declined", _("Declined")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class DeclineReason(models.TextChoices):
    INSUFFICIENT_POE = "INSUFFICIENT_POE", _("The proof of execution is not sufficient")
    POE_UNAVAILABLE = "POE_UNAVAILABLE", _("The proof of execution cannot be opened")
    MISSING_CUSTOMER_CONSENT_ON_POE = (
        "MISSING_CUSTOMER_CONSENT_ON_POE",
        _("The customer's consent is missing on the proof"),
    )
    MISSING_PRODUCTS = "MISSING_PRODUCTS", _("The proof does not name every claimed product")
    NO_PARTNER_RESPONSE = "NO_PARTNER_RESPONSE", _("No answer arrived in time")
    NOT_ELIGIBLE = "NOT_ELIGIBLE", _("Not eligible")
    SUBSCRIPTION_ENDED = "SUBSCRIPTION_ENDED", _("The subscription ended")
    LOST_ARBITRATION = "LOST_ARBITRATION", _("Another claim prevailed in arbitration")
    CUSTOMER_DECLINED = "CUSTOMER_DECLINED", _("The customer declined")

    BY_REVIEWER = nonmember(
        frozenset(
            {
                "INSUFFICIENT_POE",
                "POE_UNAVAILABLE",
                "MISSING_CUSTOMER_CONSENT_ON_POE",
                "MISSING_PRODUCTS",
                "NOT_ELIGIBLE",
            }
        )
    )


class RequestReason(models.TextChoices):
    """What the desk asks for. The first five match the five elements of proof (domain.md part 7)."""

    MISSING_ALL_POE = "MISSING_ALL_POE", _("The right document is missing")
    MISSING_CUSTOMER_ACKNOWLEDGMENT = (
        "MISSING_CUSTOMER_ACKNOWLEDGMENT",
        _("The customer's acknowledgement is missing"),
    )
    MISSING_OR_OLD_DATES = "MISSING_OR_OLD_DATES", _("Dates are missing or too old")
    MISSING_PARTNER_SOLUTION = "MISSING_PARTNER_SOLUTION", _("The partner's own work is not described")
    MISSING_PRODUCTS = "MISSING_PRODUCTS", _("A claimed product is not named")
    OTHER = "OTHER", _("Something else (see the text)")


class RequestState(models.TextChoices):
    OPEN = "open", _("Waiting for the partner")
    ANSWERED = "answered", _("Answered")
    LAPSED = "lapsed", _("Not answered in time")
    CLOSED = "closed", _("Closed without an answer")


class ContactKind(models.TextChoices):
    CUSTOMER = "customer", _("Customer contact")
    PARTNER = "partner", _("Partner contact")
    TECHNICAL = "technical", _("Technical contact")


class CommentSide(models.TextChoices):
    PARTNER = "partner", _("Partner")
    DESK = "desk", _("Claim desk")
    SYSTEM = "system", _("Claim desk (automatic)")


class ScanState(models.TextChoices):
    """A file is `not_scanned` only if no scanner is configured. An infected file never leaves quarantine."""

    PENDING = "pending", _("Being scanned")
    CLEAN = "clean", _("Clean")
    INFECTED = "infected", _("Infected")
    NOT_SCANNED = "not_scanned", _("Not scanned")

    SERVABLE = nonmember(frozenset({"clean", "not_scanned"}))


class EvidenceKind(models.TextChoices):
    STATEMENT_OF_WORK = "statement_of_work", _("Signed statement of work")
    PROOF_TEMPLATE = "proof_template", _("Proof of execution template")
    CUSTOMER_CONFIRMATION = "customer_confirmation", _("Customer's confirmation")
    OTHER = "other", _("Other document")


class WaitingOn(models.TextChoices):
    """Whose turn it is."""

    PARTNER = "partner", _("Your company")
    DESK = "desk", _("The claim desk")
    CUSTOMER = "customer", _("The customer")
    NOBODY = "nobody", _("No one")
