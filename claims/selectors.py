"""Queries for claims. Every queryset that reaches a person starts from `visible_claims`."""

from collections.abc import Container, Iterable
from dataclasses import dataclass
from typing import TypeVar
from uuid import UUID

from django.db.models import Exists, Model, OuterRef, Prefetch, Q, QuerySet

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
    """Return the claims that `actor` may know of (domain.md parts 5.9 and 9).

    Partners see their organisation's claims, within their location bounds; a draft without a location only if they wrote
    it. The desk sees all claims that were ever submitted, except those of organisations that the reviewer belongs or
    belonged to and those of others on the same scopes, which would reveal their contests.
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
    """Return the claim with this public id. Raises NotFound if it is missing or the actor may not know of it."""
    claim = (
        visible_claims(actor).select_related("organisation", "location", "tenant").filter(public_id=public_id)
    )
    return one_or_not_found(claim)


def detailed_claim_for(actor: Actor, public_id: UUID | str) -> Claim:
    """Return the claim with its details. Raises NotFound if it is missing or the actor may not know of it."""
    return one_or_not_found(with_details(visible_claims(actor)).filter(public_id=public_id))


def one_or_not_found(rows: QuerySet[M]) -> M:
    """Return the first row. Raises NotFound if there is none."""
    row = rows.first()
    if row is None:
        raise NotFound
    return row


@dataclass(frozen=True)
class Locked:
    """A claim whose scopes and row are locked by this transaction, in that order."""

    claim: Claim
    items: list[ClaimItem]


@dataclass(frozen=True)
class Revision:
    """A claim as its partner read it over HTTP, where `If-Match` compares all that could be seen.

    A page gives the plain `version` of what it edits instead: a comment of the desk makes no form out of date.
    """

    number: int


Seen = int | Revision | None


def require_seen(claim: Claim, seen: Seen) -> None:
    """Raise StaleVersion if the caller says what it saw of the claim and something else is stored."""
    if isinstance(seen, Revision):
        require_version(claim.revision, seen.number)
    else:
        require_version(claim.version, seen)


def lock_claim(claim: Claim, *, scope_ids: Iterable[int] = (), version: Seen = None) -> Locked:
    """Lock the claim's scopes (and `scope_ids`) in order, then the claim, and return it as it is stored now.

    Raises StaleVersion if `version` is not the stored one, or if the claim has got another scope in the meantime.
    """
    known = set(ClaimItem.objects.filter(claim=claim).values_list("scope_id", flat=True)) | set(scope_ids)
    lock_scopes(known)
    return lock_row(claim, known=known, version=version)


def lock_row(claim: Claim, *, known: Container[int], version: Seen = None) -> Locked:
    """Lock the row of a claim whose scopes, the `known` ones, are locked already. Raises StaleVersion as above."""
    locked = Claim.objects.select_for_update().get(pk=claim.pk)
    require_seen(locked, version)
    items = list(ClaimItem.objects.filter(claim=locked).select_related("scope").order_by("pk"))
    # To lock one more scope now would be out of order: two who did so could wait for each other.
    if any(item.scope_id not in known for item in items):
        raise StaleVersion
    return Locked(claim=locked, items=items)


def open_items(claim: Claim) -> list[ClaimItem]:
    """Return the pending items of a claim that is submitted and not settled."""
    if claim.status not in ClaimStatus.OPEN:
        return []
    return list(
        ClaimItem.objects.filter(claim=claim, outcome=ItemOutcome.PENDING)
        .select_related("scope")
        .order_by("pk")
    )


def rivals_on(scope_id: int, organisation_id: int) -> QuerySet[ClaimItem]:
    """Return open items of other organisations on a scope."""
    others = ItemActivity.objects.filter(item=OuterRef("pk"), is_open=True).exclude(
        organisation_id=organisation_id
    )
    return ClaimItem.objects.filter(Exists(others), scope_id=scope_id).order_by("pk")


def open_requests(claim: Claim) -> QuerySet[RequestParty]:
    """Return the claim's parts of open requests, oldest first."""
    return (
        RequestParty.objects.filter(claim=claim, state=RequestState.OPEN)
        .select_related("request")
        .order_by("pk")
    )


def loaded_requests(claim: Claim) -> list[RequestParty]:
    """Return what a claim with its details is being asked, oldest first."""
    return [party for party in claim.requests.all() if party.state == RequestState.OPEN]


def _open_seal(rows: type[Comment] | type[Evidence]) -> Exists:
    through = rows.sealed_by.through
    own = {f"{rows._meta.model_name}_id": OuterRef("pk"), "informationrequest__closed_at__isnull": True}
    return Exists(through.objects.filter(**own))


def unsealed(rows: QuerySet[S], actor: Actor) -> QuerySet[S]:
    """Return the comments or proof that `actor` may read; an open case request seals them from the desk (5.3)."""
    return rows.exclude(_open_seal(rows.model)) if actor.is_desk else rows


def visible_comments(claim: Claim, actor: Actor) -> QuerySet[Comment]:
    """Return the claim's comments that `actor` may read: the desk no sealed ones (5.3)."""
    comments = Comment.objects.filter(claim=claim).select_related("author").order_by("pk")
    return unsealed(comments, actor)


def visible_evidence(claim: Claim, actor: Actor) -> QuerySet[Evidence]:
    """Return the claim's proof that `actor` may see: the desk no sealed files (5.3)."""
    evidence = Evidence.objects.filter(claim=claim).select_related("added_by").order_by("pk")
    return unsealed(evidence, actor)


def servable_evidence(claim: Claim, actor: Actor) -> QuerySet[Evidence]:
    """Return the files that can be downloaded: none in quarantine or still being scanned (part 7)."""
    return visible_evidence(claim, actor).filter(scan_state__in=ScanState.SERVABLE)


def history_of(claim: Claim, actor: Actor) -> QuerySet[Event]:
    """Return the claim's events, oldest first; partners do not read events meant for the desk only."""
    events = Event.objects.filter(claim_id=claim.pk).prefetch_related("details").order_by("id")
    return events if actor.is_desk else events.filter(audience=Audience.PARTNER)


def own_user_ids(claim: Claim) -> frozenset[int]:
    """Return the users of the claim's organisation, past members included: its history names no others to its partner.

    Another partner's act can have consequences here (a rival withdraws, a request closes), and these must not show the
    rival's name.
    """
    members = Member.objects.filter(organisation_id=claim.organisation_id)
    return frozenset(members.values_list("user_id", flat=True))


def _details() -> "tuple[Prefetch[str] | str, ...]":
    items = (
        ClaimItem.objects.select_related("scope__subscription", "scope__workload")
        .prefetch_related(
            "products",
            Prefetch("activities", queryset=ItemActivity.objects.select_related("grant__consent_request")),
        )
        .order_by("pk")
    )
    requests = RequestParty.objects.select_related("request").prefetch_related("items").order_by("pk")
    return (
        Prefetch("items", queryset=items),
        Prefetch("requests", queryset=requests),
        "contacts",
    )


def with_details(claims: QuerySet[Claim]) -> QuerySet[Claim]:
    """Return the claims with all that a list or a page shows, in a fixed number of queries."""
    return claims.select_related("organisation", "location", "tenant", "assignee").prefetch_related(
        *_details()
    )


def load_details(claim: Claim) -> Claim:
    """Return a claim that a service returned as it is stored now, with the same details.

    Its revision is read before its details, so that it never promises more than they show.
    """
    return with_details(Claim.objects.filter(pk=claim.pk)).get()
