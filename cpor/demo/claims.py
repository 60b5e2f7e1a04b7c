"""The demo's claims, filed, reviewed and decided through the services on days before the day of loading."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from arbitration import services as desk
from arbitration.models import Case
from arbitration.services import Decision
from claims.enums import DeclineReason, EvidenceKind, RequestReason
from claims.inputs import ContactInput, DraftChanges, Entry, RevenueInput
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

CONTOSO = ("1316cd1f-b0c7-4253-a7f3-ccc9041aaab9", "contoso")
ADATUM = ("0c39d6d5-c70d-4c55-bc02-f620844f3fd1", "adatum")
SALES, MARKETING, FINANCE = "dynamics-365-sales", "dynamics-365-marketing", "dynamics-365-finance"
SUBSCRIPTION_A = "34828c05-c16c-4d6f-9cfc-4d2650ef19a1"
TEN_MONTHS = 304
MPN = {"ana": "4391507", "uma": "4391507", "ned": "5120001", "tom": "6230001"}


@dataclass(frozen=True)
class Stage:
    """The demo's users and the day of loading."""

    people: dict[str, User]
    today: date

    def at(self, days_ago: int, hour: int = 9) -> datetime:
        return datetime.combine(self.today - timedelta(days=days_ago), time(hour), tzinfo=UTC)

    def partner(self, name: str) -> Actor:
        actor = partner_actor(self.people[name], channel=Channel.COMMAND)
        if actor is None:
            raise LookupError(f"{name} is not a member")
        return actor

    def desk(self, name: str) -> Actor:
        actor = desk_actor(self.people[name], channel=Channel.COMMAND)
        if actor is None:
            raise LookupError(f"{name} has no seat at the desk")
        return actor


def play(stage: Stage, *, subscription_b: str) -> None:
    """Create all claims of the demo, oldest first, so that each meets the state of its day."""
    _northwind_holds_sales(stage)
    _fabrikam_takes_over_at_adatum(stage)
    _revenue_association_is_rejected(stage, subscription_b)
    _exchange_is_approved(stage)
    _intune_needs_an_answer(stage)
    _sales_is_under_review(stage, subscription_b)
    _teams_is_contested(stage)
    _marketing_is_submitted(stage)
    _one_draft_was_given_up_and_one_waits(stage)


def _northwind_holds_sales(stage: Stage) -> None:
    claim = _file(
        stage, "ned", "Contoso Sales roll-out", CONTOSO, [(SALES, SUBSCRIPTION_A)], 300, signed_ago=TEN_MONTHS
    )
    _approve(stage, claim, 298)
    sweep(now=stage.at(289))


def _fabrikam_takes_over_at_adatum(stage: Stage) -> None:
    """Let Tailspin hold the product until Fabrikam's newer proof wins: one ended claim and one active one."""
    held = _file(stage, "tom", "Adatum Sales", ADATUM, [(SALES, "")], 240, signed_ago=250)
    _approve(stage, held, 238)
    sweep(now=stage.at(229))
    _file(
        stage,
        "ana",
        "Adatum Sales adoption",
        ADATUM,
        [(SALES, "")],
        120,
        signed_ago=125,
        confirmed=("COMPETING_CLAIM",),
    )
    case = Case.objects.latest("pk")
    desk.post_notice(case_id=str(case.public_id), actor=stage.desk("rev2"), now=stage.at(119))
    desk.decide_case(
        case_id=str(case.public_id),
        ruling=desk.Ruling(
            winner_id=case.parties.get(association=None).organisation_id,
            rationale="The newer proof is signed by the customer and names the product and the work.",
            winner_text="Your proof is complete and the most recent one. Your claim is approved.",
            loser_text="More recent proof of execution was decisive. Thank you for your work with the customer.",
        ),
        actor=stage.desk("arb2"),
        now=stage.at(117),
    )
    sweep(now=stage.at(117, hour=10))
    sweep(now=stage.at(108))


def _revenue_association_is_rejected(stage: Stage, subscription_b: str) -> None:
    claim = _file(
        stage,
        "ana",
        "Contoso Sales influence",
        CONTOSO,
        [(SALES, subscription_b)],
        42,
        activity="revenue_association",
    )
    _decide(stage, claim, 40, approve=False)


def _exchange_is_approved(stage: Stage) -> None:
    claim = _file_workload(stage, "ana", "Contoso mail adoption", "exchange-online", 6)
    _approve(stage, claim, 2)


def _intune_needs_an_answer(stage: Stage) -> None:
    claim = _file_workload(stage, "ana", "Contoso device management", "intune", 4)
    reviewer = stage.desk("rev2")
    desk.start_review(public_id=str(claim.public_id), actor=reviewer, now=stage.at(2))
    desk.request_information(
        public_id=str(claim.public_id),
        reason=RequestReason.MISSING_CUSTOMER_ACKNOWLEDGMENT,
        question="The customer's signature is missing on page 1. Please send the signed document.",
        actor=reviewer,
        now=stage.at(2, hour=11),
    )


def _sales_is_under_review(stage: Stage, subscription_b: str) -> None:
    claim = _file(stage, "ana", "Contoso Sales, second team", CONTOSO, [(SALES, subscription_b)], 3)
    desk.start_review(public_id=str(claim.public_id), actor=stage.desk("rev2"), now=stage.at(2))
    add_comment(
        public_id=str(claim.public_id),
        text="The kick-off protocol is on the second page of the statement of work.",
        actor=stage.partner("uma"),
        now=stage.at(2, hour=12),
    )


def _teams_is_contested(stage: Stage) -> None:
    _file_workload(stage, "ned", "Contoso Teams", "microsoft-teams", 3)
    _file_workload(
        stage, "ana", "Contoso Teams adoption", "microsoft-teams", 2, confirmed=("COMPETING_CLAIM",)
    )


def _marketing_is_submitted(stage: Stage) -> None:
    _file(stage, "ana", "Contoso Marketing", CONTOSO, [(MARKETING, "")], 1)


def _one_draft_was_given_up_and_one_waits(stage: Stage) -> None:
    given_up = _draft(stage, "ana", "Contoso Finance, first try", CONTOSO, [(FINANCE, "")], 20)
    withdraw_claim(public_id=str(given_up.public_id), actor=stage.partner("ana"), now=stage.at(19))
    _draft(stage, "uma", "Contoso Finance", CONTOSO, [(FINANCE, "")], 1)


def _file_workload(
    stage: Stage, who: str, name: str, workload: str, days_ago: int, *, confirmed: tuple[str, ...] = ()
) -> Claim:
    return _file(
        stage,
        who,
        name,
        CONTOSO,
        [(workload, "")],
        days_ago,
        area=SolutionArea.MICROSOFT_365,
        confirmed=confirmed,
    )


def _file(
    stage: Stage,
    who: str,
    name: str,
    customer: tuple[str, str],
    products: list[tuple[str, str]],
    days_ago: int,
    *,
    area: SolutionArea = SolutionArea.BUSINESS_APPLICATIONS,
    activity: str = "usage",
    signed_ago: int | None = None,
    confirmed: tuple[str, ...] = (),
) -> Claim:
    """Draft a claim, add proof and submit it, all on one day; return it."""
    claim = _draft(stage, who, name, customer, products, days_ago, area=area, activity=activity)
    signed_on = stage.today - timedelta(days=signed_ago if signed_ago is not None else days_ago + 14)
    actor = stage.partner(who)
    signer = _customer_contact(customer)
    add_evidence(
        public_id=str(claim.public_id),
        stream=statement_of_work(
            [
                "Statement of work",
                f"Partner: {claim.organisation.name} (MPN {claim.mpn_id})",
                f"Customer: {customer[1].title()} ({customer[0]})",
                f"Project: {name}",
                *(f"Product: {product}" for product, _subscription in products),
                f"Signed on {signed_on.isoformat()} by {signer.first_name} {signer.last_name}, {signer.title}",
            ]
        ),
        name="statement-of-work.pdf",
        details=ProofDetails(
            kind=EvidenceKind.STATEMENT_OF_WORK,
            signed_on=signed_on,
            signer_name=f"{signer.first_name} {signer.last_name}",
            signer_title=signer.title,
        ),
        actor=actor,
        now=stage.at(days_ago),
    )
    return submit_claim(
        public_id=str(claim.public_id), actor=actor, now=stage.at(days_ago), confirmed_warnings=confirmed
    )


def _draft(
    stage: Stage,
    who: str,
    name: str,
    customer: tuple[str, str],
    products: list[tuple[str, str]],
    days_ago: int,
    *,
    area: SolutionArea = SolutionArea.BUSINESS_APPLICATIONS,
    activity: str = "usage",
) -> Claim:
    user = stage.people[who]
    partner = ContactInput(
        first_name=user.first_name, last_name=user.last_name, title="Incentives lead", email=user.email
    )
    contacts = {"customer": _customer_contact(customer), "partner": partner}
    revenue = None
    if area == SolutionArea.BUSINESS_APPLICATIONS:
        contacts["technical"] = partner
    if activity == "revenue_association":
        revenue = RevenueInput(
            seller_name="Sam Sorensen", customer_name=customer[1].title(), solution_name="Fabrikam Pipeline"
        )
    changes = DraftChanges(
        name=name,
        mpn_id=MPN[who],
        tenant_guid=customer[0],
        domain=customer[1],
        solution_area=area,
        activities=(activity,),
        items=tuple(
            Entry(product=product, subscription_id=subscription) for product, subscription in products
        ),
        contacts=contacts,
        revenue_details=revenue,
        acknowledged=True,
    )
    return create_draft(changes=changes, actor=stage.partner(who), now=stage.at(days_ago)).claim


def _customer_contact(customer: tuple[str, str]) -> ContactInput:
    return ContactInput(
        first_name="Chris",
        last_name="Carter",
        title="Head of IT",
        email=f"chris@{customer[1]}.onmicrosoft.com",
    )


def _approve(stage: Stage, claim: Claim, days_ago: int) -> None:
    _decide(stage, claim, days_ago, approve=True)
    sweep(now=stage.at(days_ago, hour=10))


def _decide(stage: Stage, claim: Claim, days_ago: int, *, approve: bool) -> None:
    reviewer, public_id = stage.desk("rev2"), str(claim.public_id)
    desk.start_review(public_id=public_id, actor=reviewer, now=stage.at(days_ago))
    decision = Decision(item_id=claim.items.get().pk, approve=approve)
    if not approve:
        decision = Decision(
            item_id=claim.items.get().pk,
            approve=False,
            reason=DeclineReason.INSUFFICIENT_POE,
            text="The document does not describe how you influenced the choice.",
        )
    desk.decide_items(
        public_id=public_id,
        decisions=[decision],
        actor=reviewer,
        now=stage.at(days_ago),
        comment="" if approve else decision.text,
    )
