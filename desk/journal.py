"""History and outbox as stored, for desk admins: events, and deliveries that have not arrived."""

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest

from arbitration.models import Case
from arbitration.selectors import visible_cases
from claims.models import Claim
from claims.selectors import visible_claims
from desk.lists import ForDeskAdmins
from desk.site import actor_of
from foundation.journal.models import Delivery, Event
from foundation.kernel.actor import Actor
from foundation.kernel.references import parse_reference


@admin.register(Event)
class EventAdmin(ForDeskAdmins):
    list_display = ("id", "at", "type", "actor_name", "channel", "subject_type", "subject_id", "claim_id")
    list_filter = ("audience", "channel")
    search_fields = ("type", "request_id")
    ordering = ("-id",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Event]:
        """Return every event that no conflict of interest hides (5.9)."""
        return super().get_queryset(request).filter(visible_events(actor_of(request)))

    def found_by(self, queryset: QuerySet[Event], term: str) -> QuerySet[Event]:
        """Find events by a whole claim reference, event type or request id."""
        claim = Claim.objects.filter(reference=parse_reference(term) or term).values("pk")
        return queryset.filter(Q(type=term) | Q(request_id=term) | Q(claim_id__in=claim))


@admin.register(Delivery)
class DeliveryAdmin(ForDeskAdmins):
    list_display = (
        "id",
        "event",
        "consumer",
        "address",
        "state",
        "attempts",
        "next_attempt_at",
        "delivered_at",
    )
    list_filter = ("state", "consumer")
    list_select_related = ("event",)
    search_fields = ("address",)
    raw_id_fields = ("event",)
    ordering = ("-id",)

    def found_by(self, queryset: QuerySet[Delivery], term: str) -> QuerySet[Delivery]:
        return queryset.filter(address=term)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Delivery]:
        return super().get_queryset(request).filter(visible_events(actor_of(request), "event__"))


def visible_events(actor: Actor, prefix: str = "") -> Q:
    """Return the condition for the events that the actor may read.

    That is all of them or, with a conflict of interest, only those about a claim or a case that the actor may see. Events
    of clocks, requests and grants name no one, so a conflict hides them altogether.
    """
    if not actor.conflicted_organisation_ids:
        return Q()
    of_claims = Q(**{f"{prefix}claim_id__in": visible_claims(actor).values("pk")})
    of_cases = Q(
        **{
            f"{prefix}subject_type": Case._meta.label_lower,
            f"{prefix}subject_id__in": visible_cases(actor).values("pk"),
            f"{prefix}claim_id__isnull": True,
        }
    )
    return of_claims | of_cases
