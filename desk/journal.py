"""History and outbox as stored, for desk admins: events, and deliveries that have not arrived."""

from collections.abc import Iterable
from typing import Any

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from arbitration.models import Case
from arbitration.selectors import visible_cases
from claims.models import Claim
from claims.selectors import visible_claims
from desk.lists import ForDeskAdmins
from desk.site import actor_of
from foundation.journal.models import Delivery, Event, Heartbeat
from foundation.kernel.actor import Actor
from foundation.kernel.references import parse_reference
from partners.models import User
from wording.access import access_sentences
from wording.history import event_summary

SENTENCE = "sentence"


class EventList(ChangeList):
    """A page of events, each with its sentence where there is one, in a fixed number of queries."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        self.result_list = _with_sentences(self.result_list)


@admin.register(Event)
class EventAdmin(ForDeskAdmins):
    list_display = (
        "id",
        "at",
        "what",
        "said",
        "actor_name",
        "channel",
        "type",
        "subject_type",
        "subject_id",
        "claim_id",
    )
    sortable_by = ()
    search_fields = ("type", "request_id")
    search_help_text = _("A claim's reference, an event type, a request id, or a user name")
    ordering = ("-id",)
    change_list = EventList

    def get_queryset(self, request: HttpRequest) -> QuerySet[Event]:
        """Return every event that no conflict of interest hides (5.9)."""
        events = super().get_queryset(request).prefetch_related("details")
        return events.filter(visible_events(actor_of(request)))

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Event:
        """Return the event with its sentence. Raises Http404 unless the reader may know of it."""
        event: Event = super().get_object(request, object_id, from_field)
        return _with_sentences([event])[0]

    def get_fields(self, request: HttpRequest, obj: Event | None = None) -> Any:
        """Return the words first, then the row as stored."""
        return ["what", "said", *(field.name for field in Event._meta.fields if field.name != "id")]

    def get_readonly_fields(self, request: HttpRequest, obj: Event | None = None) -> Any:
        return self.get_fields(request, obj)

    def found_by(self, queryset: QuerySet[Event], term: str) -> QuerySet[Event]:
        """Find events by a whole claim reference, event type, request id or name of the user they are about."""
        claims = Claim.objects.filter(reference=parse_reference(term) or term).values_list("pk", flat=True)
        users = User.objects.filter(username=term).values_list("pk", flat=True)
        about = Q(subject_type=User._meta.label_lower, subject_id__in=list(users))
        return queryset.filter(Q(type=term) | Q(request_id=term) | Q(claim_id__in=list(claims)) | about)

    @admin.display(description=_("What happened"))
    def what(self, event: Event) -> str:
        return event_summary(event)

    @admin.display(description=_("In words"))
    def said(self, event: Event) -> str:
        return str(getattr(event, SENTENCE, ""))


def _with_sentences(events: Iterable[Event]) -> list[Event]:
    listed = list(events)
    sentences = access_sentences(listed)
    for event in listed:
        setattr(event, SENTENCE, sentences.get(event.pk, ""))
    return listed


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
    list_filter = ("state",)
    sortable_by = ()
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

    That is all of them or, with a conflict of interest, only those about a claim or a case that the actor may see, and
    those of accounts, seats, members and settings, which tell of no claim. Events of clocks, requests and grants name no
    one, so a conflict hides them altogether.
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
    of_access = Q(
        **{
            f"{prefix}subject_type__in": [User._meta.label_lower, Heartbeat._meta.label_lower],
            f"{prefix}claim_id__isnull": True,
        }
    )
    return of_claims | of_cases | of_access
