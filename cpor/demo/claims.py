"""The demo's claims, filed, reviewed and decided through the services on days before the day of loading.

What an act sets off, its mails above all, is delivered at the instant of the act, and consent takes effect at the instant
at which its window ends: the demo looks as if a worker had been there all the time.
"""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta

from arbitration import services as desk
from arbitration.models import Case
from arbitration.services import Decision
from associations.models import ConsentRequest
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
from foundation.journal.relay import drain
from foundation.kernel.actor import Actor, Channel
from partners.actors import desk_actor, partner_actor
from partners.models import User
from tenants.enums import SolutionArea

CONTOSO = ("1316cd1f-b0c7-4253-a7f3-ccc9041aaab9", "contoso")
ADATUM = ("0c39d6d5-c70d-4c55-bc02-f620844f3fd1", "adatum")
SALES, MARKETING, FINANCE = "dynamics-365-sales", "dynamics-365-marketing", "dynamics-365-finance"
CLOUD = SolutionArea.MICROSOFT_365
CONTESTED = ("COMPETING_CLAIM",)
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


@dataclass(frozen=True, kw_only=True)
class Project:
    """What a member claims, with proof signed two weeks before or as many days ago as `signed_ago` says."""

    name: str
    product: str
    days_ago: int
    subscription: str = ""
    customer: tuple[str, str] = CONTOSO
    area: SolutionArea = SolutionArea.BUSINESS_APPLICATIONS
    activity: str = "usage"
    signed_ago: int | None = None
    confirmed: tuple[str, ...] = ()


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
    project = Project(
        name="Contoso Sales roll-out",
        product=SALES,
        subscription=SUBSCRIPTION_A,
        days_ago=300,
        signed_ago=TEN_MONTHS,
    )
    claim = _file(stage, "ned", project)
    _decide(stage, claim, 298)
    _consent(claim)


def _fabrikam_takes_over_at_adatum(stage: Stage) -> None:
    """Let Tailspin hold the product until Fabrikam's newer proof wins: one ended claim and one active one."""
    held = Project(name="Adatum Sales", product=SALES, customer=ADATUM, days_ago=240, signed_ago=250)
    earlier = _file(stage, "tom", held)
    _decide(stage, earlier, 238)
    _consent(earlier)
    newer = replace(held, name="Adatum Sales adoption", days_ago=120, signed_ago=125, confirmed=CONTESTED)
    claim = _file(stage, "ana", newer)
    case = Case.objects.latest("pk")
    desk.post_notice(case_id=str(case.public_id), actor=stage.desk("rev2"), now=stage.at(119))
    drain(now=stage.at(119))
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
    drain(now=stage.at(117))
    _consent(claim)


def _revenue_association_is_rejected(stage: Stage, subscription_b: str) -> None:
    project = Project(
        name="Contoso Sales influence",
        product=SALES,
        subscription=subscription_b,
        days_ago=42,
        activity="revenue_association",
    )
    text = "The document does not describe how you influenced the choice."
    _decide(stage, _file(stage, "ana", project), 40, declined_as=text)


def _exchange_is_approved(stage: Stage) -> None:
    project = Project(name="Contoso mail adoption", product="exchange-online", area=CLOUD, days_ago=6)
    _decide(stage, _file(stage, "ana", project), 2)


def _intune_needs_an_answer(stage: Stage) -> None:
    project = Project(name="Contoso device management", product="intune", area=CLOUD, days_ago=4)
    claim = _file(stage, "ana", project)
    reviewer = stage.desk("rev2")
    desk.start_review(public_id=str(claim.public_id), actor=reviewer, now=stage.at(2))
    desk.request_information(
        public_id=str(claim.public_id),
        reason=RequestReason.MISSING_CUSTOMER_ACKNOWLEDGMENT,
        question="The customer's signature is missing on page 1. Please send the signed document.",
        actor=reviewer,
        now=stage.at(2, hour=11),
    )
    drain(now=stage.at(2, hour=11))


def _sales_is_under_review(stage: Stage, subscription_b: str) -> None:
    project = Project(
        name="Contoso Sales, second team", product=SALES, subscription=subscription_b, days_ago=3
    )
    claim = _file(stage, "ana", project)
    desk.start_review(public_id=str(claim.public_id), actor=stage.desk("rev2"), now=stage.at(2))
    add_comment(
        public_id=str(claim.public_id),
        text="The kick-off protocol is on the second page of the statement of work.",
        actor=stage.partner("uma"),
        now=stage.at(2, hour=12),
    )
    drain(now=stage.at(2, hour=12))


def _teams_is_contested(stage: Stage) -> None:
    project = Project(name="Contoso Teams", product="microsoft-teams", area=CLOUD, days_ago=3)
    _file(stage, "ned", project)
    _file(stage, "ana", replace(project, name="Contoso Teams adoption", days_ago=2, confirmed=CONTESTED))


def _marketing_is_submitted(stage: Stage) -> None:
    _file(stage, "ana", Project(name="Contoso Marketing", product=MARKETING, days_ago=1))


def _one_draft_was_given_up_and_one_waits(stage: Stage) -> None:
    given_up = _draft(stage, "ana", Project(name="Contoso Finance, first try", product=FINANCE, days_ago=20))
    withdraw_claim(public_id=str(given_up.public_id), actor=stage.partner("ana"), now=stage.at(19))
    _draft(stage, "uma", Project(name="Contoso Finance", product=FINANCE, days_ago=1))


def _file(stage: Stage, who: str, project: Project) -> Claim:
    """Draft a claim, add proof and submit it, all on one day; return it."""
    claim = _draft(stage, who, project)
    signed_ago = project.days_ago + 14 if project.signed_ago is None else project.signed_ago
    signed_on = stage.today - timedelta(days=signed_ago)
    actor, now = stage.partner(who), stage.at(project.days_ago)
    tenant_guid, domain = project.customer
    signer = _customer_contact(domain)
    add_evidence(
        public_id=str(claim.public_id),
        stream=statement_of_work(
            [
                "Statement of work",
                f"Partner: {claim.organisation.name} (MPN {claim.mpn_id})",
                f"Customer: {domain.title()} ({tenant_guid})",
                f"Project: {project.name}",
                f"Product: {project.product}",
                f"Signed on {signed_on.isoformat()} by {signer.full_name}, {signer.title}",
            ]
        ),
        name="statement-of-work.pdf",
        details=ProofDetails(
            kind=EvidenceKind.STATEMENT_OF_WORK,
            signed_on=signed_on,
            signer_name=signer.full_name,
            signer_title=signer.title,
        ),
        actor=actor,
        now=now,
    )
    claim = submit_claim(
        public_id=str(claim.public_id), actor=actor, now=now, confirmed_warnings=project.confirmed
    )
    drain(now=now)
    return claim


def _draft(stage: Stage, who: str, project: Project) -> Claim:
    user = stage.people[who]
    partner = ContactInput(
        first_name=user.first_name, last_name=user.last_name, title="Incentives lead", email=user.email
    )
    tenant_guid, domain = project.customer
    contacts = {"customer": _customer_contact(domain), "partner": partner}
    revenue = None
    if project.area == SolutionArea.BUSINESS_APPLICATIONS:
        contacts["technical"] = partner
    if project.activity == "revenue_association":
        revenue = RevenueInput(
            seller_name="Sam Sorensen", customer_name=domain.title(), solution_name="Fabrikam Pipeline"
        )
    changes = DraftChanges(
        name=project.name,
        mpn_id=MPN[who],
        tenant_guid=tenant_guid,
        domain=domain,
        solution_area=project.area,
        activities=(project.activity,),
        items=(Entry(product=project.product, subscription_id=project.subscription),),
        contacts=contacts,
        revenue_details=revenue,
        acknowledged=True,
    )
    return create_draft(changes=changes, actor=stage.partner(who), now=stage.at(project.days_ago)).claim


def _customer_contact(domain: str) -> ContactInput:
    return ContactInput(
        first_name="Chris",
        last_name="Carter",
        title="Head of IT",
        email=f"chris@{domain}.onmicrosoft.com",
    )


def _consent(claim: Claim) -> None:
    """Let the customer say nothing until the window is over."""
    window = ConsentRequest.objects.get(claim_id=claim.pk)
    if window.window_ends_at is None:
        raise LookupError(f"the customer of {claim} was not asked")
    sweep(now=window.window_ends_at)


def _decide(stage: Stage, claim: Claim, days_ago: int, *, declined_as: str = "") -> None:
    """Decide the claim's only item: approve it, or decline it with a text."""
    reviewer, public_id = stage.desk("rev2"), str(claim.public_id)
    desk.start_review(public_id=public_id, actor=reviewer, now=stage.at(days_ago))
    decision = Decision(
        item_id=claim.items.get().pk,
        approve=not declined_as,
        reason=DeclineReason.INSUFFICIENT_POE if declined_as else None,
        text=declined_as,
    )
    desk.decide_items(
        public_id=public_id,
        decisions=[decision],
        actor=reviewer,
        now=stage.at(days_ago),
        comment=declined_as,
    )
    drain(now=stage.at(days_ago))
