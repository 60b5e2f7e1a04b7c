"""Claims in every status, created through the services for pages to show."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any

from arbitration.services import Decision, decide_items, request_information, start_review
from associations.enums import Activity
from claims.enums import DeclineReason, EvidenceKind, RequestReason
from claims.inputs import ContactInput, DraftChanges, Entry
from claims.models import Claim, ClaimItem
from claims.services import ProofDetails, add_evidence, create_draft, submit_claim
from partners.models import User
from tenants.enums import SolutionArea
from tests.inspection.files import real_pdf
from tests.remembered import remembered
from tests.world import NOW, SALES, World, actor

MPN_OF = {"fabrikam": "4391507", "northwind": "5120001", "tailspin": "6230001"}
WARNINGS = ("COMPETING_CLAIM", "MPN_REGION", "POE_DATE_OLD", "CONTACT_DOMAIN_MISMATCH")


def person(name: str, domain: str) -> ContactInput:
    return ContactInput(
        first_name=name, last_name="Example", title="Manager", email=f"{name.lower()}@{domain}"
    )


@remembered
def complete_draft(
    world: World,
    user: User,
    *entries: Entry,
    workloads: Sequence[str] = (),
    mpn: str = "",
    now: datetime = NOW,
    with_proof: bool = True,
    acknowledged: bool = True,
) -> Claim:
    """Return a draft with everything that a claim needs; by default, usage of Sales on S-A."""
    own = actor(user)
    company = user.email.partition("@")[2]
    items = entries or tuple(Entry(product=code) for code in workloads)
    area = SolutionArea.MICROSOFT_365 if workloads else SolutionArea.BUSINESS_APPLICATIONS
    changes = DraftChanges(
        mpn_id=mpn or MPN_OF[company.partition(".")[0]],
        tenant_guid=str(world.contoso.guid),
        domain="contoso",
        solution_area=area.value,
        activities=(Activity.USAGE.value,),
        items=items or (Entry(product=SALES, subscription_id=str(world.s_a.guid)),),
        contacts={
            "customer": person("Cora", "contoso.com"),
            "partner": person("Paul", company),
            "technical": person("Tess", company),
        },
        acknowledged=acknowledged,
    )
    claim = create_draft(changes=changes, actor=own, now=now).claim
    if with_proof:
        add_evidence(
            public_id=str(claim.public_id),
            stream=BytesIO(real_pdf(f"Signed for {user.username}, {claim.pk}")),
            name="proof.pdf",
            details=ProofDetails(
                kind=EvidenceKind.STATEMENT_OF_WORK, signed_on=now.date() - timedelta(days=30)
            ),
            actor=own,
            now=now,
        )
    claim.refresh_from_db()
    return claim


@remembered
def filed_claim(world: World, user: User, *entries: Entry, now: datetime = NOW, **given: Any) -> Claim:
    """Return a complete draft after submission, with its warnings confirmed."""
    claim = complete_draft(world, user, *entries, now=now, **given)
    submitted = submit_claim(
        public_id=str(claim.public_id), confirmed_warnings=WARNINGS, actor=actor(user), now=now
    )
    submitted.refresh_from_db()
    return submitted


@remembered
def claim_in(world: World, status: str, *entries: Entry) -> Claim:
    """Return a claim of Ana's, brought to the status through the services."""
    if status == "draft":
        return complete_draft(world, world.ana, *entries)
    claim = filed_claim(world, world.ana, *entries, now=NOW - timedelta(hours=1))
    reviewer = actor(world.rev1)
    if status != "submitted":
        start_review(public_id=str(claim.public_id), actor=reviewer, now=NOW)
    if status == "partner_action_required":
        request_information(
            public_id=str(claim.public_id),
            reason=RequestReason.MISSING_CUSTOMER_ACKNOWLEDGMENT,
            question="Please send the signed page.",
            actor=reviewer,
            now=NOW,
        )
    if status in ("approved", "rejected"):
        item = ClaimItem.objects.get(claim=claim)
        declined = {"reason": DeclineReason.INSUFFICIENT_POE, "text": "The signature is missing."}
        outcome = {"approve": True} if status == "approved" else {"approve": False, **declined}
        decide_items(
            public_id=str(claim.public_id),
            decisions=[Decision(item_id=item.pk, **outcome)],
            actor=reviewer,
            now=NOW,
        )
    claim.refresh_from_db()
    return claim
