"""Reads of claims. Every queryset that reaches a person starts from `visible_claims`."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeVar
from uuid import UUID

from django.db.models import Exists, Model, OuterRef, Prefetch, Q, QuerySet, prefetch_related_objects

from associations.selectors import lock_scopes
from claims.enums import ClaimStatus, ItemOutcome, RequestState, ScanState
from claims.models import (
    Claim,
    ClaimItem,
    Comment,
    Evidence,
    ItemActivity,
    RequestParty,
)
from foundation.journal.enums import Audience
from foundation.journal.models import Event
from foundation.kernel.actor import Actor, ActorKind
from foundation.kernel.errors import NotFound, StaleVersion, require_version
from partners.models import Member

M = TypeVar("M", bound=Model)
S = TypeVar("S", Comment, Evidence)


def visible_claims(actor: Actor) -> QuerySet[Claim]:
    """The claims that `actor` may know of (domain.md parts 5.9 and 9).

    Partners: their organisation's, within their location bounds (a draft without a location: its author's own).
    Desk: all that were ever submitted, except of organisations they belong or belonged to, and except those of others
    on the same scopes, which would tell about their contests.
    """
    claims = Claim.objects.all()
    if actor.kind is ActorKind.SYSTEM:
        return claims
    if actor.is_desk and actor.desk_roles:
        claims = claims.filter(submitted_at__isnull=False)
        return claims.exclude(_conflicted(actor)) if actor.conflicted_organisation_ids else claims
    if actor.may_draft:
        claims = claims.filter(organisation_id=actor.company_id)
        if actor.location_ids is not None:
            claims = claims.filter(
                Q(location_id__in=actor.location_ids) | Q(location__isnull=True, created_by_id=actor.user_id)
            )
        return claims
    return claims.none()


def _conflicted(actor: Actor) -> Q:
    own = actor.conflicted_organisation_ids
    own_scopes = ClaimItem.objects.filter(claim__organisation_id__in=own).values("scope_id")
    on_own_scopes = ClaimItem.objects.filter(claim=OuterRef("pk"), scope_id__in=own_scopes)
    return Q(organisation_id__in=own) | Q(Exists(on_own_scopes))


def claim_for(actor: Actor, public_id: UUID | str) -> Claim:
    """The claim with this public id, if the actor may know of it; else NotFound, the same as for a missing one."""
    claim = (
        visible_claims(actor).select_related("organisation", "location", "tenant").filter(public_id=public_id)
    )
    return one_or_not_found(claim)


def one_or_not_found(rows: QuerySet[M]) -> M:
    """The single row, or NotFound."""
    row = rows.first()
    if row is None:
        raise NotFound
    return row


@dataclass(frozen=True)
class Locked:
    """A claim whose scopes and row this transaction has locked, in that order."""

    claim: Claim
    items: list[ClaimItem]


def lock_claim(claim: Claim, *, scope_ids: Iterable[int] = (), version: int | None = None) -> Locked:
    """Lock the claim's scopes (and `scope_ids`) in order, then the claim; its row is read anew.

    Raises StaleVersion where `version` is given and is not the stored one, or where the claim got a scope meanwhile.
    """
    known = set(ClaimItem.objects.filter(claim=claim).values_list("scope_id", flat=True)) | set(scope_ids)
    lock_scopes(known)
    locked = Claim.objects.select_for_update().get(pk=claim.pk)
    require_version(locked.version, version)
    items = list(ClaimItem.objects.filter(claim=locked).select_related("scope").order_by("pk"))
    if not {item.scope_id for item in items} <= known:
        raise StaleVersion
    return Locked(claim=locked, items=items)


def open_items(claim: Claim) -> list[ClaimItem]:
    """The claim's items whose outcome is pending while it is submitted and not settled."""
    if claim.status not in ClaimStatus.OPEN:
        return []
    return list(
        ClaimItem.objects.filter(claim=claim, outcome=ItemOutcome.PENDING)
        .select_related("scope")
        .order_by("pk")
    )


def rivals_on(scope_id: int, organisation_id: int) -> QuerySet[ClaimItem]:
    """Open items of other organisations on a scope."""
    others = ItemActivity.objects.filter(item=OuterRef("pk"), is_open=True).exclude(
        organisation_id=organisation_id
    )
    return ClaimItem.objects.filter(Exists(others), scope_id=scope_id).order_by("pk")


def open_requests(claim: Claim) -> QuerySet[RequestParty]:
    """What the claim is being asked, oldest first."""
    return (
        RequestParty.objects.filter(claim=claim, state=RequestState.OPEN)
        .select_related("request")
        .order_by("pk")
    )


def _open_seal(rows: type[Comment] | type[Evidence]) -> Exists:
    through = rows.sealed_by.through
    own = {f"{rows._meta.model_name}_id": OuterRef("pk"), "informationrequest__closed_at__isnull": True}
    return Exists(through.objects.filter(**own))


def unsealed(rows: QuerySet[S], actor: Actor) -> QuerySet[S]:
    """Of comments or proof, what `actor` may read: the desk nothing that an open case request seals (5.3)."""
    return rows.exclude(_open_seal(rows.model)) if actor.is_desk else rows


def visible_comments(claim: Claim, actor: Actor) -> QuerySet[Comment]:
    """The claim's comments as `actor` may read them: the desk reads no sealed one (5.3)."""
    comments = Comment.objects.filter(claim=claim).select_related("author").order_by("pk")
    return unsealed(comments, actor)


def visible_evidence(claim: Claim, actor: Actor) -> QuerySet[Evidence]:
    """The claim's proof as `actor` may see it: the desk sees no sealed file (5.3)."""
    evidence = Evidence.objects.filter(claim=claim).select_related("added_by").order_by("pk")
    return unsealed(evidence, actor)


def servable_evidence(claim: Claim, actor: Actor) -> QuerySet[Evidence]:
    """The files that may be handed out: never one that is quarantined or still being scanned (part 7)."""
    return visible_evidence(claim, actor).filter(scan_state__in=[ScanState.CLEAN, ScanState.NOT_SCANNED])


def history_of(claim: Claim, actor: Actor) -> QuerySet[Event]:
    """Everything that happened to the claim, oldest first; partners do not read what is the desk's alone.

    Each event says `by_own_member`: somebody of the claim's own organisation did it. Another partner's act can have
    consequences here (a rival withdraws, a request closes), and its name must not come with them.
    """
    own = Member.objects.filter(user_id=OuterRef("actor_id"), organisation_id=claim.organisation_id)
    events = Event.objects.filter(claim_id=claim.pk).annotate(by_own_member=Exists(own))
    events = events.prefetch_related("details").order_by("id")
    return events if actor.is_desk else events.filter(audience=Audience.PARTNER)


def _details() -> "tuple[Prefetch[str] | str, ...]":
    items = (
        ClaimItem.objects.select_related("scope__subscription", "scope__workload")
        .prefetch_related(
            "products", Prefetch("activities", queryset=ItemActivity.objects.select_related("grant"))
        )
        .order_by("pk")
    )
    open_parties = (
        RequestParty.objects.filter(state=RequestState.OPEN)
        .select_related("request")
        .prefetch_related("items")
        .order_by("pk")
    )
    return (
        Prefetch("items", queryset=items),
        Prefetch("requests", queryset=open_parties, to_attr="open_requests"),
        "contacts",
    )


def with_details(claims: QuerySet[Claim]) -> QuerySet[Claim]:
    """The claims with what a list or a detail shows, in a fixed number of queries."""
    return claims.select_related("organisation", "location", "tenant", "assignee").prefetch_related(
        *_details()
    )


def load_details(claim: Claim) -> Claim:
    """The claim, as a service has just answered it, with the same details."""
    prefetch_related_objects([claim], *_details())
    return claim
