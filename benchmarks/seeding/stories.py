"""What happens to the seeded claims: each story is played once through the services and then copied.

A story files one claim, or two by different partners, for a customer of its own. Names that a copy replaces are
written as tokens (`Token`), so that a copy has its own customer, partner, MPN and people.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from uuid import uuid4

from arbitration import services as desk
from arbitration.models import Case
from arbitration.services import Decision
from claims.enums import DeclineReason, EvidenceKind, RequestReason
from claims.inputs import ContactInput, DraftChanges, Entry
from claims.models import Claim
from claims.services import (
    ProofDetails,
    add_comment,
    add_evidence,
    create_draft,
    submit_claim,
    withdraw_claim,
)
from cpor.demo.proof import statement_of_work
from cpor.sweeps import sweep
from foundation.kernel.actor import Actor, Channel
from partners.actors import desk_actor, partner_actor
from partners.models import User
from tenants.enums import SolutionArea
from tenants.models import Domain, Product, Subscription, SubscriptionProduct, Tenant

CLOUD, BUSINESS = SolutionArea.MICROSOFT_365, SolutionArea.BUSINESS_APPLICATIONS
SALES, WORKLOADS = "dynamics-365-sales", ("exchange-online", "microsoft-teams")
CONTESTED = ("COMPETING_CLAIM",)


class Token:
    """What stands in a template for the words of a copy."""

    CUSTOMER = "Zzcustomer"
    DOMAIN = "zzdomain"
    PARTNERS = ("Zzpartnera", "Zzpartnerb")
    CODES = ("zzcodea", "zzcodeb")
    MPNS = ("9999990001", "9999990002")


@dataclass(frozen=True, kw_only=True)
class Stage:
    """The people of a story and the day on which it begins."""

    filers: tuple[User, User]
    reviewer: User
    arbiter: User
    today: date
    begins_days_ago: int

    def at(self, days: int, hour: int = 9, minute: int = 0) -> datetime:
        """Return an instant on the story's day `days` (its first is 0)."""
        day = self.today + timedelta(days=days - self.begins_days_ago)
        return datetime.combine(day, time(hour, minute), tzinfo=UTC)

    def partner(self, side: int) -> Actor:
        return _seated(partner_actor(self.filers[side], channel=Channel.COMMAND))

    @property
    def desk(self) -> Actor:
        return _seated(desk_actor(self.reviewer, channel=Channel.COMMAND))

    @property
    def judge(self) -> Actor:
        return _seated(desk_actor(self.arbiter, channel=Channel.COMMAND))


def _seated(actor: Actor | None) -> Actor:
    if actor is None:
        raise LookupError("a person of the story has no seat")
    return actor


@dataclass(frozen=True, kw_only=True)
class Story:
    """One course of events. `share` is its part of all claims, in thousandths.

    It is played once for each of `begins` (days before today), and copied up to `weeks` further back.
    """

    play: Callable[[Stage], None]
    share: int
    begins: tuple[int, ...]
    weeks: int = 0
    claims: int = 1
    at_least: int = 1
    of_first_partner: bool = False


# --- The stories ---


def _draft(stage: Stage) -> None:
    _prepare(stage, *_customer(CLOUD))


def _ready(stage: Stage) -> None:
    customer, entries = _customer(CLOUD)
    _with_proof(stage, customer, entries)


def _submitted(stage: Stage) -> None:
    _file(stage, *_customer(CLOUD))


def _reviewed(stage: Stage) -> None:
    claim = _file(stage, *_customer(BUSINESS))
    desk.start_review(public_id=str(claim.public_id), actor=stage.desk, now=stage.at(0, 15))


def _overdue(stage: Stage) -> None:
    _reviewed(stage)
    sweep(now=stage.at(stage.begins_days_ago))


def _asked(stage: Stage) -> None:
    claim = _file(stage, *_customer(CLOUD))
    desk.start_review(public_id=str(claim.public_id), actor=stage.desk, now=stage.at(0, 14))
    desk.request_information(
        public_id=str(claim.public_id),
        reason=RequestReason.MISSING_CUSTOMER_ACKNOWLEDGMENT,
        question="The customer's signature is missing. Please send the signed document.",
        actor=stage.desk,
        now=stage.at(0, 15),
    )


def _contested(stage: Stage) -> None:
    _two_parties(stage)


def _heard(stage: Stage) -> None:
    case = _two_parties(stage)
    desk.post_notice(case_id=str(case.public_id), actor=stage.desk, now=stage.at(0, 15))


def _pending(stage: Stage) -> None:
    _approve(stage, _file(stage, *_customer(CLOUD)))


def _held(stage: Stage) -> None:
    _approve(stage, _file(stage, *_customer(BUSINESS)))
    sweep(now=stage.at(12))


def _held_with_two_workloads(stage: Stage) -> None:
    customer, _entries = _customer(CLOUD)
    entries = tuple(Entry(product=code) for code in WORKLOADS)
    _approve(stage, _file(stage, customer, entries))
    sweep(now=stage.at(12))


def _rejected(stage: Stage) -> None:
    claim = _file(stage, *_customer(CLOUD))
    desk.start_review(public_id=str(claim.public_id), actor=stage.desk, now=stage.at(2))
    text = "The document is not signed by the customer."
    refusal = [
        Decision(item_id=item.pk, approve=False, reason=DeclineReason.INSUFFICIENT_POE, text=text)
        for item in claim.items.all()
    ]
    desk.decide_items(
        public_id=str(claim.public_id), decisions=refusal, actor=stage.desk, now=stage.at(2, 11), comment=text
    )
    sweep(now=stage.at(2, 12))


def _withdrawn(stage: Stage) -> None:
    claim = _file(stage, *_customer(BUSINESS), activities=("presales", "usage"))
    add_comment(
        public_id=str(claim.public_id),
        text="The customer postponed the project.",
        actor=stage.partner(0),
        now=stage.at(1),
    )
    withdraw_claim(public_id=str(claim.public_id), actor=stage.partner(0), now=stage.at(1, 10))
    sweep(now=stage.at(1, 11))


def _taken_over(stage: Stage) -> None:
    """Let the first partner hold the product until the second one's newer proof wins."""
    customer, entries = _customer(CLOUD)
    _approve(stage, _file(stage, customer, entries))
    sweep(now=stage.at(12))
    _file(stage, customer, entries, side=1, day=28, confirmed=CONTESTED)
    case = Case.objects.latest("pk")
    desk.post_notice(case_id=str(case.public_id), actor=stage.desk, now=stage.at(29))
    ruling = desk.Ruling(
        winner_id=stage.partner(1).company_id,
        rationale="The newer proof is signed and names the product.",
        winner_text="Your proof is complete. Your claim is approved.",
        loser_text="More recent proof of execution was decisive.",
    )
    desk.decide_case(case_id=str(case.public_id), ruling=ruling, actor=stage.judge, now=stage.at(30))
    sweep(now=stage.at(30, 10))
    sweep(now=stage.at(45))


STORIES: Sequence[Story] = (
    Story(play=_draft, share=20, begins=(0, 1, 2, 3, 4), weeks=10),
    Story(play=_ready, share=30, begins=(1,), at_least=60, of_first_partner=True),
    Story(play=_submitted, share=6, begins=(0, 1, 2, 3)),
    Story(play=_reviewed, share=5, begins=(0, 1, 2, 3)),
    Story(play=_overdue, share=2, begins=(10, 11)),
    Story(play=_asked, share=3, begins=(0, 1, 2, 3)),
    Story(play=_contested, share=1, begins=(1, 2), claims=2),
    Story(play=_heard, share=1, begins=(1, 2), claims=2),
    Story(play=_pending, share=4, begins=(2, 3)),
    Story(play=_held, share=420, begins=(15, 16, 17, 18, 19), weeks=180),
    Story(play=_held_with_two_workloads, share=238, begins=(15, 17), weeks=180),
    Story(play=_rejected, share=150, begins=(10, 12), weeks=180),
    Story(play=_withdrawn, share=100, begins=(10, 12), weeks=180),
    Story(play=_taken_over, share=20, begins=(50, 52), weeks=170, claims=2),
)


# --- Their acts ---


def _customer(area: SolutionArea) -> tuple[Tenant, tuple[Entry, ...]]:
    """Create a customer of the directory and return it with what is claimed of it."""
    tenant = Tenant.objects.create(guid=uuid4(), name=Token.CUSTOMER, country="US")
    Domain.objects.create(name=f"{Token.DOMAIN}.onmicrosoft.com", tenant=tenant)
    subscription = Subscription.objects.create(
        guid=uuid4(), tenant=tenant, channel="volume_licensing", state="active", provisioning="success"
    )
    codes = (SALES,) if area == BUSINESS else WORKLOADS
    SubscriptionProduct.objects.bulk_create(
        SubscriptionProduct(subscription=subscription, product=product)
        for product in Product.objects.filter(code__in=codes)
    )
    if area == BUSINESS:
        return tenant, (Entry(product=SALES, subscription_id=str(subscription.guid)),)
    return tenant, (Entry(product=WORKLOADS[0]),)


def _prepare(
    stage: Stage,
    customer: Tenant,
    entries: tuple[Entry, ...],
    *,
    side: int = 0,
    day: int = 0,
    activities: tuple[str, ...] = ("usage",),
) -> Claim:
    area = BUSINESS if entries[0].subscription_id else CLOUD
    filer = stage.filers[side]
    person = ContactInput(
        first_name=filer.first_name, last_name=filer.last_name, title="Incentives lead", email=filer.email
    )
    at_customer = ContactInput(
        first_name="Chris", last_name="Carter", title="Head of IT", email=f"it@{Token.DOMAIN}.onmicrosoft.com"
    )
    contacts = {"customer": at_customer, "partner": person}
    if area == BUSINESS:
        contacts["technical"] = person
    changes = DraftChanges(
        name=f"Adoption at {Token.CUSTOMER}",
        mpn_id=Token.MPNS[side],
        tenant_guid=str(customer.guid),
        domain=Token.DOMAIN,
        solution_area=area,
        activities=activities,
        items=entries,
        contacts=contacts,
        acknowledged=True,
    )
    return create_draft(changes=changes, actor=stage.partner(side), now=stage.at(day)).claim


def _file(
    stage: Stage,
    customer: Tenant,
    entries: tuple[Entry, ...],
    *,
    side: int = 0,
    day: int = 0,
    activities: tuple[str, ...] = ("usage",),
    confirmed: tuple[str, ...] = (),
) -> Claim:
    """Draft a claim, add proof and submit it within an hour; return it."""
    claim = _with_proof(stage, customer, entries, side=side, day=day, activities=activities)
    return submit_claim(
        public_id=str(claim.public_id),
        actor=stage.partner(side),
        now=stage.at(day, 10),
        confirmed_warnings=confirmed,
    )


def _with_proof(
    stage: Stage,
    customer: Tenant,
    entries: tuple[Entry, ...],
    *,
    side: int = 0,
    day: int = 0,
    activities: tuple[str, ...] = ("usage",),
) -> Claim:
    claim = _prepare(stage, customer, entries, side=side, day=day, activities=activities)
    details = ProofDetails(
        kind=EvidenceKind.STATEMENT_OF_WORK,
        signed_on=stage.at(day).date() - timedelta(days=14),
        signer_name="Chris Carter",
        signer_title="Head of IT",
    )
    add_evidence(
        public_id=str(claim.public_id),
        stream=statement_of_work(["Statement of work"]),
        name="statement-of-work.pdf",
        details=details,
        actor=stage.partner(side),
        now=stage.at(day, 9, 20),
    )
    return claim


def _two_parties(stage: Stage) -> Case:
    customer, entries = _customer(CLOUD)
    _file(stage, customer, entries)
    _file(stage, customer, entries, side=1, confirmed=CONTESTED)
    return Case.objects.latest("pk")


def _approve(stage: Stage, claim: Claim) -> None:
    desk.start_review(public_id=str(claim.public_id), actor=stage.desk, now=stage.at(1))
    decisions = [Decision(item_id=item.pk, approve=True) for item in claim.items.all()]
    desk.decide_items(
        public_id=str(claim.public_id), decisions=decisions, actor=stage.desk, now=stage.at(1, 11)
    )
    sweep(now=stage.at(1, 12))
