"""Claims, cases and associations, brought to a state through the services, and short readings of that state.

People are users of the `World`; the moment is `NOW` by default. `at(13)` is 13 July 2020, 09:00 UTC.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Barrier
from time import sleep
from typing import Any, TypeVar

import pytest
from django.db import connection, transaction

from arbitration import services as desk
from arbitration.models import Case, CaseParty, LiftedBlock, ReviewRound
from arbitration.services import Decision
from associations.models import Association, ConsentRequest, Grant
from associations.services import activate_consented
from claims.enums import ClaimStatus, DeclineReason, EvidenceKind, ItemOutcome, RequestReason
from claims.inputs import ContactInput, DraftChanges, Entry, RevenueInput
from claims.models import Claim, ClaimItem, Evidence, InformationRequest
from claims.services import (
    ProofDetails,
    add_comment,
    add_evidence,
    answer_requests,
    create_draft,
    submit_claim,
    withdraw_claim,
)
from clocks.enums import ClockKind
from clocks.models import Clock
from clocks.selectors import clock_for
from cpor.demo.proof import statement_of_work
from cpor.directory import KINDS
from cpor.sweeps import SweepReport, sweep
from foundation.journal.models import Event
from foundation.journal.relay import drain
from foundation.kernel.actor import SYSTEM, Actor, Channel, DeskRole
from foundation.kernel.errors import DomainError
from foundation.kernel.rulebook import rulebook
from partners.actors import desk_actor
from partners.models import DeskSeat, Organisation, User
from tenants.enums import SolutionArea
from tenants.importing.services import import_file
from tenants.models import Subscription
from tests.remembered import remembered
from tests.world import NOW, SALES, TEAMS, World, actor

DAY = timedelta(days=1)
MPN_OF = {"fabrikam": "4391507", "northwind": "5120001", "tailspin": "6230001"}
CONFIRMED = ("COMPETING_CLAIM",)
T = TypeVar("T")


def at(day: int, hour: int = 9, minute: int = 0) -> datetime:
    """Return an instant of July 2020 (UTC); the 6th is a Monday."""
    return datetime(2020, 7, day, hour, minute, tzinfo=UTC)


def at_desk(user: User) -> Actor:
    """Return the user as a desk actor, also if it is a member of an organisation."""
    found = desk_actor(user, channel=Channel.ADMIN)
    assert found is not None, f"{user} has no seat"
    return found


# --- What is claimed ---


def sales(subscription: Subscription) -> Entry:
    return Entry(product=SALES, subscription_id=str(subscription.guid))


def workloads(*codes: str) -> tuple[Entry, ...]:
    return tuple(Entry(product=code) for code in codes)


def company_of(user: User) -> str:
    return user.email.partition("@")[2].partition(".")[0]


def contacts_of(user: User, domain: str = "contoso.com") -> dict[str, ContactInput]:
    """Return contacts that no other partner's claim has: their last names end in the user's name."""
    name, company = user.username, company_of(user)

    def person(first: str, mail_domain: str) -> ContactInput:
        return ContactInput(
            first_name=first,
            last_name=f"{first}{name}",
            title="Manager",
            email=f"{first.lower()}.{name}@{mail_domain}",
        )

    return {
        "customer": person("Cora", domain),
        "partner": person("Paul", f"{company}.example"),
        "technical": person("Tess", f"{company}.example"),
    }


def changes_of(
    world: World,
    user: User,
    *entries: Entry,
    activities: Sequence[str] = ("usage",),
    tenant: str = "contoso",
    **changes: Any,
) -> DraftChanges:
    """Return the changes of a complete draft by this user (for S-A by default); `changes` replace fields."""
    is_workload = bool(entries) and not entries[0].product.startswith("dynamics")
    area = SolutionArea.MICROSOFT_365 if is_workload else SolutionArea.BUSINESS_APPLICATIONS
    domain = "contoso.com" if tenant == "contoso" else "adatum.onmicrosoft.com"
    complete: dict[str, Any] = {
        "name": f"Roll-out by {user.username}",
        "mpn_id": MPN_OF[company_of(user)],
        "tenant_guid": str(getattr(world, tenant).guid),
        "domain": tenant,
        "solution_area": area.value,
        "activities": tuple(activities),
        "items": entries or (sales(world.s_a),),
        "contacts": contacts_of(user, domain),
        "revenue_details": RevenueInput(seller_name="Sam", customer_name="Contoso", solution_name="Flow")
        if "revenue_association" in activities
        else None,
        "acknowledged": True,
    }
    return DraftChanges(**{**complete, **changes})


# --- The partner's side ---


@remembered
def draft(
    world: World, user: User, *entries: Entry, now: datetime = NOW, proof: bool = True, **changes: Any
) -> Claim:
    """Return a complete draft with its proof."""
    claim = create_draft(
        changes=changes_of(world, user, *entries, **changes), actor=actor(user), now=now
    ).claim
    if proof:
        add_proof(claim, user, now=now)
    return claim


@remembered
def submit(claim: Claim, user: User, *, now: datetime = NOW, confirmed: Sequence[str] = CONFIRMED) -> Claim:
    return submit_claim(
        public_id=str(claim.public_id), actor=actor(user), now=now, confirmed_warnings=tuple(confirmed)
    )


@remembered
def file_claim(
    world: World,
    user: User,
    *entries: Entry,
    now: datetime = NOW,
    confirmed: Sequence[str] = CONFIRMED,
    **changes: Any,
) -> Claim:
    """Return a submitted claim, with a warning of competition confirmed."""
    return submit(draft(world, user, *entries, now=now, **changes), user, now=now, confirmed=confirmed)


@remembered
def add_proof(
    claim: Claim,
    user: User,
    *,
    now: datetime = NOW,
    signed_on: date | None = None,
    text: str = "",
    covers: tuple[str, ...] = (),
) -> Evidence:
    """Add one more page of proof, signed thirty days ago by default."""
    number = Evidence.objects.filter(claim=claim).count() + 1
    page = text or f"Accepted by the customer, page {number} for {user.username}"
    return add_evidence(
        public_id=str(claim.public_id),
        stream=statement_of_work([page]),
        name=f"work-{number}-of-{user.username}.pdf",
        details=ProofDetails(
            kind=EvidenceKind.STATEMENT_OF_WORK,
            signed_on=signed_on or (now - 30 * DAY).date(),
            covers=covers,
        ),
        actor=actor(user),
        now=now,
    )


@remembered
def say(claim: Claim, user: User, text: str, *, now: datetime = NOW) -> None:
    add_comment(public_id=str(claim.public_id), text=text, actor=actor(user), now=now)


@remembered
def answer(
    claim: Claim,
    user: User,
    *,
    now: datetime = NOW,
    comment: str = "The signed page is attached.",
    request: InformationRequest | None = None,
) -> Claim:
    return answer_requests(
        public_id=str(claim.public_id),
        actor=actor(user),
        now=now,
        comment=comment,
        request_id=None if request is None else str(request.public_id),
    )


@remembered
def withdraw(claim: Claim, user: User, *, now: datetime = NOW) -> Claim:
    return withdraw_claim(public_id=str(claim.public_id), actor=actor(user), now=now)


# --- The desk's side ---


@remembered
def take_up(claim: Claim, reviewer: User, *, now: datetime = NOW) -> Claim:
    return desk.start_review(public_id=str(claim.public_id), actor=actor(reviewer), now=now)


@remembered
def ask(
    claim: Claim, reviewer: User, *items: ClaimItem, now: datetime = NOW, question: str = "Who signed it?"
) -> InformationRequest:
    """Ask about these items, or about all open ones."""
    return desk.request_information(
        public_id=str(claim.public_id),
        reason=RequestReason.MISSING_CUSTOMER_ACKNOWLEDGMENT,
        question=question,
        item_ids=[str(item.public_id) for item in items],
        actor=actor(reviewer),
        now=now,
    )


def yes(item: ClaimItem) -> Decision:
    return Decision(item_id=item.pk, approve=True)


def no(item: ClaimItem, text: str = "The proof is not signed.") -> Decision:
    return Decision(item_id=item.pk, approve=False, reason=DeclineReason.INSUFFICIENT_POE, text=text)


@remembered
def decide(claim: Claim, reviewer: User, *decisions: Decision, now: datetime = NOW, **given: Any) -> Claim:
    return desk.decide_items(
        public_id=str(claim.public_id), decisions=decisions, actor=actor(reviewer), now=now, **given
    )


@remembered
def approve(claim: Claim, reviewer: User, *, now: datetime = NOW) -> Claim:
    return decide(claim, reviewer, *map(yes, open_items_of(claim)), now=now)


@remembered
def decline(claim: Claim, reviewer: User, *, now: datetime = NOW) -> Claim:
    return decide(claim, reviewer, *map(no, open_items_of(claim)), now=now)


@remembered
def notify(case: Case, reviewer: User, *, now: datetime = NOW, **texts: Any) -> Case:
    return desk.post_notice(case_id=str(case.public_id), actor=actor(reviewer), now=now, **texts)


@remembered
def ask_parties(
    case: Case,
    arbiter: User,
    *claims: Claim,
    now: datetime = NOW,
    question: str = "When did your work begin?",
) -> InformationRequest:
    """Put one question to the parties with these claims, or to all parties."""
    parties = CaseParty.objects.filter(case=case, left_at=None)
    if claims:
        parties = parties.filter(claim__in=claims)
    return desk.ask_parties(
        case_id=str(case.public_id),
        party_ids=list(parties.values_list("pk", flat=True)),
        reason=RequestReason.OTHER,
        question=question,
        actor=actor(arbiter),
        now=now,
    )


def ruling(winner: Organisation | None, **texts: Any) -> desk.Ruling:
    complete = desk.Ruling(
        winner_id=None if winner is None else winner.pk,
        rationale="The newer signature.",
        winner_text="Your proof was decisive.",
        loser_text="Other proof was decisive.",
    )
    return replace(complete, **texts)


@remembered
def decide_for(case: Case, arbiter: User, winner: Organisation | None, *, now: datetime = NOW) -> Case:
    """Decide the case, after a notice to the parties that have none yet."""
    if CaseParty.objects.filter(case=case, left_at=None, noticed_at=None).exists():
        notify(case, arbiter, now=now)
    return decide_heard(case, arbiter, winner, now=now)


def decide_heard(case: Case, arbiter: User, winner: Organisation | None, *, now: datetime = NOW) -> Case:
    """Decide the case as it is; without a notice to each party the service refuses."""
    return desk.decide_case(case_id=str(case.public_id), ruling=ruling(winner), actor=actor(arbiter), now=now)


def confirm(case: Case, arbiter: User, *, now: datetime = NOW, **given: Any) -> Case:
    return desk.confirm_decision(case_id=str(case.public_id), actor=actor(arbiter), now=now, **given)


def send_back(
    case: Case, arbiter: User, *, reason: str = "The dates differ.", now: datetime = NOW, **given: Any
) -> Case:
    return desk.return_decision(
        case_id=str(case.public_id), reason=reason, actor=actor(arbiter), now=now, **given
    )


def desk_admin(name: str = "kay") -> User:
    """Return a desk admin without any other seat."""
    user, is_new = User.objects.get_or_create(
        username=name, defaults={"first_name": name.title(), "last_name": "Keeper", "is_staff": True}
    )
    if is_new:
        DeskSeat.objects.create(user=user, role=DeskRole.DESK_ADMIN)
    return user


def lift(
    case: Case,
    admin: User,
    person: User,
    *,
    reason: str = "Only two arbiters are here this week.",
    now: datetime = NOW,
    **given: Any,
) -> LiftedBlock:
    """Let a desk admin allow the person to confirm a decision in the case."""
    return desk.lift_block(
        case_id=str(case.public_id),
        person_id=person.pk,
        reason=reason,
        actor=at_desk(admin),
        now=now,
        **given,
    )


@contextmanager
def second_decision() -> Iterator[None]:
    """Turn SECOND_DECISION on for a while: arbiters then propose decisions, and others confirm them."""
    rulebook.second_decision = True
    try:
        yield
    finally:
        rulebook.second_decision = False


def propose_for(case: Case, arbiter: User, winner: Organisation | None, *, now: datetime = NOW) -> Case:
    """Let an arbiter propose the decision of the case, after a notice to the parties that have none yet."""
    with second_decision():
        return decide_for(case, arbiter, winner, now=now)


# --- Time, mail and the directory ---


@remembered
def time_passes(now: datetime) -> SweepReport:
    """Run the sweep, which also drains the outbox; nothing may fail."""
    report = sweep(now=now)
    assert report.failed == 0
    return report


@remembered
def directory_says(
    subscription: Subscription, *, now: datetime = NOW, delivered: bool = True, **columns: str
) -> None:
    """Import a change of the subscription, with its consequences unless it is not `delivered` yet."""
    subscription = Subscription.objects.select_related("tenant").get(pk=subscription.pk)
    row = {
        "subscription_id": str(subscription.guid),
        "tenant_id": str(subscription.tenant.guid),
        "products": sorted(subscription.products.values_list("code", flat=True)),
        "channel": subscription.channel,
        "state": subscription.state,
        "provisioning": subscription.provisioning,
        **columns,
    }
    with TemporaryDirectory() as folder:
        path = Path(folder) / "subscriptions.jsonl"
        path.write_text(json.dumps(row) + "\n", encoding="utf-8")
        import_file(path=path, kind=KINDS["subscriptions"], as_of=now, dry_run=False, actor=SYSTEM, now=now)
    if delivered:
        drain(now=now)


# --- Whole stories ---


@remembered
def pending(world: World, user: User, *entries: Entry, now: datetime = NOW, **changes: Any) -> Claim:
    """Return a claim approved without a contest, before the mail to the customer."""
    claim = file_claim(world, user, *entries, now=now, **changes)
    take_up(claim, world.rev2, now=now)
    return reloaded(approve(claim, world.rev2, now=now))


@remembered
def hold(world: World, user: User, *entries: Entry, now: datetime = NOW - 28 * DAY, **changes: Any) -> Claim:
    """Make the user's organisation the holder: approved four weeks ago, active since a week later."""
    claim = pending(world, user, *entries, now=now, **changes)
    consent_passes(claim, handed_over_at=now)
    return reloaded(claim)


@remembered
def consent_passes(claim: Claim, *, handed_over_at: datetime) -> None:
    """Send the consent mail and let its window pass."""
    drain(now=handed_over_at)
    for request in ConsentRequest.objects.filter(
        claim_id=claim.pk, grants__state="pending_consent"
    ).distinct():
        assert request.window_ends_at is not None
        activate_consented(consent_request_id=request.pk, now=request.window_ends_at)


@remembered
def workload_rivals(world: World, *, now: datetime = NOW) -> tuple[Claim, Claim, Case]:
    """Let Northwind and then Fabrikam claim Teams, which no partner holds."""
    theirs = file_claim(world, world.ned, *workloads(TEAMS), now=now)
    ours = file_claim(world, world.ana, *workloads(TEAMS), now=now)
    return theirs, ours, case_of(ours)


@remembered
def held_and_claimed(world: World, *, now: datetime = NOW) -> tuple[Claim, Claim, Case]:
    """Let Northwind hold S-A and Fabrikam claim it; return the holder's claim, the challenger's, and the case."""
    theirs = hold(world, world.ned)
    ours = file_claim(world, world.ana, now=now)
    return theirs, ours, case_of(ours)


# --- What came of it ---


def reloaded(claim: Claim) -> Claim:
    return Claim.objects.get(pk=claim.pk)


def status(claim: Claim) -> ClaimStatus:
    return ClaimStatus(reloaded(claim).status)


def items_of(claim: Claim) -> list[ClaimItem]:
    return list(ClaimItem.objects.filter(claim=claim).order_by("pk"))


def open_items_of(claim: Claim) -> list[ClaimItem]:
    return [item for item in items_of(claim) if item.outcome == ItemOutcome.PENDING]


def outcomes(claim: Claim) -> list[str]:
    """Return each item's outcome, with the reason if it was declined."""
    return [f"{item.outcome} {item.reason_code}".strip() for item in items_of(claim)]


def case_of(claim: Claim) -> Case:
    return Case.objects.filter(parties__claim=claim).latest("pk")


def party_of(case: Case, claim: Claim) -> CaseParty:
    return CaseParty.objects.get(case=case, claim=claim)


def parties_in(case: Case) -> list[str]:
    """Return the organisations still in the case, in the order of joining."""
    return list(case.parties.filter(left_at=None).values_list("organisation__code", flat=True))


def review_clock(claim: Claim, number: int | None = None) -> Clock:
    """Return the clock of this round, by default of the newest one."""
    rounds = ReviewRound.objects.filter(claim=claim)
    return (rounds.get(number=number) if number else rounds.latest("number")).clock


def response_clock(request: InformationRequest) -> tuple[str, datetime | None]:
    clock = clock_for(ClockKind.RESPONSE, request.pk)
    assert clock is not None
    return clock.state, clock.due_at


def rounds_of(claim: Claim) -> list[tuple[int, str]]:
    """Return each review round with the state of its clock."""
    return list(
        ReviewRound.objects.filter(claim=claim).order_by("number").values_list("number", "clock__state")
    )


def arbitration_clock(case: Case) -> Clock:
    clock = Case.objects.get(pk=case.pk).clock
    assert clock is not None
    return clock


def association_of(organisation: Organisation, scope_id: int | None = None) -> Association:
    """Return the organisation's newest association."""
    found = Association.objects.filter(organisation=organisation)
    return (found.filter(scope_id=scope_id) if scope_id else found).latest("pk")


def grants_of(claim: Claim) -> list[tuple[str, str]]:
    """Return activity and state of each grant that the claim earned."""
    return list(
        Grant.objects.filter(item_activity__item__claim=claim)
        .order_by("activity")
        .values_list("activity", "state")
    )


def reference_of(claim: Claim) -> str:
    """Return the reference, which every claim has from its first save."""
    assert claim.reference is not None
    return claim.reference


def last_comment(claim: Claim) -> str:
    return claim.comments.latest("pk").text


def happened(claim: Claim) -> list[str]:
    """Return the types of the claim's events, oldest first."""
    return list(Event.objects.filter(claim_id=claim.pk).order_by("id").values_list("type", flat=True))


def everything_recorded() -> tuple[int, ...]:
    """Return counts that any change would move, to assert that a refusal changed nothing."""
    return (
        Event.objects.count(),
        ClaimItem.objects.exclude(outcome=ItemOutcome.PENDING).count(),
        InformationRequest.objects.count(),
        Association.objects.count(),
        Case.objects.count(),
        Clock.objects.count(),
    )


def refusal(act: Callable[[], object]) -> str:
    """Return the code with which `act` is refused, and assert that nothing has changed."""
    before = everything_recorded()
    with pytest.raises(DomainError) as refused:
        act()
    assert everything_recorded() == before
    return refused.value.code


# --- Races ---


def at_once(*acts: Callable[[], T]) -> list[T | DomainError]:
    """Return the result of each act, all started together on threads and connections of their own.

    Refusals are returned, other exceptions are raised. No lock is waited for longer than the timeout.
    """
    barrier = Barrier(len(acts))

    def one(act: Callable[[], T]) -> T | DomainError:
        try:
            with connection.cursor() as cursor:
                cursor.execute("SET lock_timeout = '15s'")
            barrier.wait(timeout=30)
            return act()
        except DomainError as refused:
            return refused
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(one, acts))


def overtaken(first: Callable[[], object], second: Callable[[], T]) -> T | DomainError:
    """Return the result of `second`, begun after `first` was done and before it was committed.

    The second runs on a thread of its own until it waits for a lock of the first, or is through; then the first
    commits.
    """
    started = Barrier(2)

    def later() -> T | DomainError:
        try:
            with connection.cursor() as cursor:
                cursor.execute("SET lock_timeout = '15s'")
            started.wait(timeout=30)
            return second()
        except DomainError as refused:
            return refused
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            first()
            running = pool.submit(later)
            started.wait(timeout=30)
            for _moment in range(1_500):
                if running.done() or _a_connection_waits_for_us():
                    break
                sleep(0.01)
        return running.result(timeout=60)


def _a_connection_waits_for_us() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT 1 FROM pg_stat_activity WHERE pg_backend_pid() = ANY(pg_blocking_pids(pid)))"
        )
        return bool(cursor.fetchone()[0])


def none_refused(answers: Iterable[T | DomainError]) -> list[T]:
    """Return the answers. Fail if one of them is a refusal."""
    replies = list(answers)
    assert codes(replies) == []
    return [reply for reply in replies if not isinstance(reply, DomainError)]


def codes(answers: Iterable[object]) -> list[str]:
    """Return the codes of the refusals among the answers, sorted."""
    return sorted(reply.code for reply in answers if isinstance(reply, DomainError))
