"""Bring claims, through the services, to where a mail is sent, and read the mails as their recipients do."""

from datetime import datetime, timedelta
from io import BytesIO
from typing import Any

from django.core import mail
from django.core.mail import EmailMessage

from arbitration.models import Case, CaseParty
from arbitration.services import (
    Decision,
    Ruling,
    ask_parties,
    decide_case,
    decide_items,
    post_notice,
    start_review,
)
from associations.enums import Activity
from associations.models import ConsentRequest
from associations.services import activate_consented
from claims.enums import RequestReason
from claims.inputs import ContactInput, DraftChanges, Entry, RevenueInput
from claims.models import Claim, ClaimItem
from claims.services import ProofDetails, add_evidence, create_draft, submit_claim
from foundation.journal.relay import drain
from partners.models import User
from tenants.enums import SolutionArea
from tests.inspection.files import real_pdf
from tests.remembered import remembered
from tests.world import NOW, SALES, World, actor

DAY = timedelta(days=1)
MPN_OF = {"ana": "4391507", "ned": "5120001", "tom": "6230001", "fre": "4391508"}


def person(name: str, domain: str, title: str = "Manager") -> ContactInput:
    return ContactInput(
        first_name=name, last_name=f"{name}son", title=title, email=f"{name.lower()}@{domain}"
    )


@remembered
def draft(
    world: World,
    user: User,
    *entries: Entry,
    now: datetime = NOW,
    mpn: str = "",
    area: SolutionArea = SolutionArea.BUSINESS_APPLICATIONS,
    activity: Activity = Activity.USAGE,
    called: str = "",
) -> Claim:
    """Return the user's complete draft for Contoso (by default on S-A), with proof and contacts named after the user."""
    company = user.email.partition("@")[2]
    name = user.first_name
    changes = DraftChanges(
        name=called or f"{name}'s claim",
        mpn_id=mpn or MPN_OF[user.username],
        tenant_guid=str(world.contoso.guid),
        domain="contoso",
        solution_area=area.value,
        activities=(activity.value,),
        items=entries or (Entry(product=SALES, subscription_id=str(world.s_a.guid)),),
        contacts={
            "customer": person(f"Cust{name}", "contoso.com"),
            "partner": person(f"Part{name}", company),
            "technical": person(f"Tech{name}", company),
        },
        revenue_details=RevenueInput(seller_name="Sam", customer_name="Contoso", solution_name="Flow")
        if activity == Activity.REVENUE_ASSOCIATION
        else None,
        acknowledged=True,
    )
    claim = create_draft(changes=changes, actor=actor(user), now=now).claim
    add_evidence(
        public_id=str(claim.public_id),
        stream=BytesIO(real_pdf(f"Signed for {name}")),
        name=f"proof-of-{name.lower()}.pdf",
        details=ProofDetails(signed_on=(now - 30 * DAY).date()),
        actor=actor(user),
        now=now,
    )
    return claim


@remembered
def file_claim(world: World, user: User, *entries: Entry, now: datetime = NOW, **given: Any) -> Claim:
    """Return the user's draft, submitted, with a warning about competition confirmed."""
    claim = draft(world, user, *entries, now=now, **given)
    return submit_claim(
        public_id=str(claim.public_id),
        actor=actor(user),
        now=now,
        confirmed_warnings=("COMPETING_CLAIM", "MPN_REGION"),
    )


@remembered
def take_up(claim: Claim, reviewer: User, *, now: datetime = NOW) -> None:
    start_review(public_id=str(claim.public_id), actor=actor(reviewer), now=now)


@remembered
def approve(claim: Claim, reviewer: User, *, now: datetime = NOW) -> None:
    items = ClaimItem.objects.filter(claim=claim, outcome="pending")
    decide_items(
        public_id=str(claim.public_id),
        decisions=[Decision(item_id=item.pk, approve=True) for item in items],
        actor=actor(reviewer),
        now=now,
        comment="The proof is complete.",
    )


@remembered
def hold(world: World, user: User, *entries: Entry) -> Claim:
    """Make the user's organisation the holder, fourteen days ago, and clear the mails about it."""
    filed_at = NOW - 28 * DAY
    claim = file_claim(world, user, *entries, now=filed_at)
    take_up(claim, world.rev2, now=filed_at)
    approve(claim, world.rev2, now=filed_at)
    drain(now=filed_at)
    request = ConsentRequest.objects.get(claim_id=claim.pk)
    activate_consented(consent_request_id=request.pk, now=NOW - 14 * DAY)
    drain(now=NOW - 14 * DAY)
    mail.outbox.clear()
    claim.refresh_from_db()
    return claim


@remembered
def give_notice(world: World, *, now: datetime = NOW) -> Case:
    """Post the notice of the only open case to all its parties, and return the case."""
    case = Case.objects.get(state="open")
    return post_notice(case_id=str(case.public_id), actor=actor(world.rev1), now=now)


@remembered
def ask_all(world: World, case: Case, *, now: datetime = NOW) -> None:
    ask_parties(
        case_id=str(case.public_id),
        party_ids=list(CaseParty.objects.filter(case=case, left_at=None).values_list("pk", flat=True)),
        reason=RequestReason.MISSING_OR_OLD_DATES,
        question="Please send proof that is dated within the last twelve months.",
        actor=actor(world.arb),
        now=now,
    )


@remembered
def decide_for(world: World, case: Case, winner_id: int | None, *, now: datetime = NOW) -> None:
    ruling = Ruling(
        winner_id=winner_id,
        rationale="RATIONALE for the file: Fabrikam against Northwind.",
        winner_text="Your proof is valid and the newest.",
        loser_text="Your proof was not the newest.",
    )
    decide_case(case_id=str(case.public_id), ruling=ruling, actor=actor(world.arb), now=now)


@remembered
def sent(*, now: datetime = NOW) -> list[EmailMessage]:
    """Return what the relay sends at `now`, oldest first; each call returns only new mails."""
    mail.outbox.clear()
    drain(now=now)
    mails = list(mail.outbox)
    mail.outbox.clear()
    return mails


def about(mails: list[EmailMessage], words: str) -> list[EmailMessage]:
    """Return the mails with these words in the subject."""
    return [message for message in mails if words in message.subject]


def readers(mails: list[EmailMessage]) -> set[str]:
    """Return the recipients; every mail has one."""
    assert all(len(message.recipients()) == 1 for message in mails)
    return {message.to[0] for message in mails}
