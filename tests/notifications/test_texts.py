"""The mails as their readers see them: what happened, what to do, by when, and where."""

from datetime import timedelta

from django.core import mail
from django.core.mail import EmailMessage

from arbitration.services import Decision, Ruling, decide_case, decide_items, request_information
from associations.enums import Activity
from claims.enums import DeclineReason, RequestReason
from claims.inputs import Entry
from claims.models import Claim, ClaimItem
from claims.services import add_comment, end_subscription, withdraw_claim
from clocks.services import publish_calendar
from cpor.sweeps import sweep
from foundation.kernel.actor import SYSTEM
from tenants.enums import SolutionArea, SubscriptionState
from tenants.models import Subscription
from tests.notifications.filing import (
    DAY,
    approve,
    ask_all,
    decide_for,
    draft,
    file_claim,
    give_notice,
    hold,
    sent,
    take_up,
)
from tests.world import INTUNE, MARKETING, NOW, TEAMS, World, actor

SALES_S_A = "- Dynamics 365 Sales (subscription 34828c05-c16c-4d6f-9cfc-4d2650ef19a1)\n"


def _to(mails: list[EmailMessage], address: str) -> EmailMessage:
    """Return the only mail to this address."""
    [found] = [message for message in mails if message.to == [address]]
    return found


def _foot(claim: Claim) -> str:
    return (
        f"https://claims.example/claims/{claim.public_id}/\n\nThe CPOR claim desk, https://claims.example\n"
    )


def _ask(world: World, claim: Claim, question: str = "Where does the customer agree?") -> None:
    request_information(
        public_id=str(claim.public_id),
        reason=RequestReason.MISSING_CUSTOMER_ACKNOWLEDGMENT,
        question=question,
        actor=actor(world.rev1),
        now=NOW,
    )


def test_a_submitted_claim_is_confirmed_with_its_review_date(world: World) -> None:
    claim = file_claim(world, world.ana)

    message = _to(sent(), "ana@fabrikam.example")

    assert message.subject == f"We received your claim {claim.reference}"
    assert message.body == (
        f"We received your claim {claim.reference} for Contoso. It is about:\n"
        "\n"
        f"{SALES_S_A}"
        "\n"
        "What happens next: we review it by Monday 13 July 2020, 24:00 UTC. You do\n"
        "not need to do anything. If we need more from you, we write to you and to\n"
        "the claim's partner contact.\n"
        "\n"
        "Why this date? Received Mon 6 July 2020. Five business days are counted from\n"
        "the day after: Tue 7 (1), Wed 8 (2), Thu 9 (3), Fri 10 (4), Mon 13 (5). Due\n"
        "at the end of Mon 13 July 2020 (UTC). Calendar: desk, version 1.\n"
        "\n"
        "See the claim's status, or add to the claim:\n" + _foot(claim)
    )


def test_42_an_attached_subscription_is_named_in_no_mail_before_approval(world: World) -> None:
    claim = file_claim(world, world.ana, Entry(product=MARKETING))
    take_up(claim, world.rev1)
    _ask(world, claim)

    bodies = [message.body for message in sent()]

    assert len(bodies) == 3
    assert all("- Dynamics 365 Marketing\n" in body for body in bodies)
    assert all(str(world.s_g.guid) not in body for body in bodies)


def test_59_a_question_says_what_is_asked_why_and_until_when(world: World) -> None:
    claim = file_claim(world, world.ana)
    take_up(claim, world.rev1)
    sent()

    _ask(world, claim, "Where does the customer agree?\n\nAnd who signed?")

    message = _to(sent(), "partana@fabrikam.example")
    assert message.subject == f"Answer our question by Monday 13 July 2020: claim {claim.reference}"
    assert message.body == (
        f"We have a question about your claim {claim.reference} for Contoso.\n"
        "\n"
        "Reason: The customer's acknowledgement is missing\n"
        "\n"
        "> Where does the customer agree?\n"
        ">\n"
        "> And who signed?\n"
        "\n"
        "It is about:\n"
        "\n"
        f"{SALES_S_A}"
        "\n"
        "What to do: open the claim, add a comment or a file, and send your answer\n"
        "before Monday 13 July 2020, 24:00 UTC. An incentives admin, a global admin\n"
        "or a billing admin of your company can send it.\n"
        f"https://claims.example/claims/{claim.public_id}/\n"
        "\n"
        "If you do not answer by then, we decline what the question is about.\n"
        "\n"
        "Why this date? Asked Mon 6 July 2020. Five business days are counted from\n"
        "the day after: Tue 7 (1), Wed 8 (2), Thu 9 (3), Fri 10 (4), Mon 13 (5). Due\n"
        "at the end of Mon 13 July 2020 (UTC). Calendar: desk, version 1.\n"
        "\n"
        "The CPOR claim desk, https://claims.example\n"
    )


def test_a_question_names_only_the_items_it_is_about(world: World) -> None:
    claim = file_claim(
        world, world.ana, Entry(product=TEAMS), Entry(product=INTUNE), area=SolutionArea.MICROSOFT_365
    )
    take_up(claim, world.rev1)
    sent()
    teams = ClaimItem.objects.get(claim=claim, products__code=TEAMS)

    request_information(
        public_id=str(claim.public_id),
        reason=RequestReason.OTHER,
        question="Since when?",
        actor=actor(world.rev1),
        now=NOW,
        item_ids=[str(teams.public_id)],
    )

    body = _to(sent(), "ana@fabrikam.example").body
    assert "It is about:\n\n- Microsoft Teams\n\nWhat to do" in body
    assert "Intune" not in body


def test_dates_are_those_of_the_desk_calendar_zone(world: World) -> None:
    publish_calendar(zone="America/New_York", actor=SYSTEM, now=NOW - DAY)
    file_claim(world, world.ana, now=NOW.replace(hour=2))  # still Sunday 5 July in New York

    body = _to(sent(now=NOW), "ana@fabrikam.example").body

    assert "we review it by Friday 10 July 2020, 24:00\nAmerica/New_York." in body


def test_73_the_notice_tells_a_challenger_that_its_review_began(world: World) -> None:
    hold(world, world.ned)
    claim = file_claim(world, world.ana)
    sent()

    give_notice(world)

    message = _to(sent(), "ana@fabrikam.example")
    assert message.subject == f"New comment on your claim {claim.reference}"
    assert message.body == (
        f"We have reviewed your claim {claim.reference} for Contoso and written a\n"
        "comment on it. It is about:\n"
        "\n"
        f"{SALES_S_A}"
        "\n"
        "The review of the claim began with this comment. Its status is now: Under\n"
        "review. The review may take longer than five business days.\n"
        "\n"
        "You do not need to do anything now. You can add proof at any time.\n"
        "\n"
        "Read the comment:\n" + _foot(claim)
    )


def test_the_notice_to_a_claim_under_review_changes_no_status_and_says_so(world: World) -> None:
    hold(world, world.ned)
    claim = file_claim(world, world.ana, now=NOW - timedelta(minutes=5))
    take_up(claim, world.rev1, now=NOW - timedelta(minutes=5))
    sent()

    give_notice(world)

    body = " ".join(_to(sent(), "ana@fabrikam.example").body.split())
    said = "The status of the claim is: Under review. The review may take longer than five business days."
    assert said in body
    assert "began" not in body


def test_the_notice_invites_a_holder_and_asks_nothing(world: World) -> None:
    held = hold(world, world.ned)
    file_claim(world, world.ana)
    sent()

    give_notice(world)

    message = _to(sent(), "ned@northwind.example")
    assert message.subject == f"New comment on your claim {held.reference}"
    assert message.body == (
        f"We have written a comment on your claim {held.reference} for Contoso. It is\n"
        "about:\n"
        "\n"
        f"{SALES_S_A}"
        "\n"
        "Your association and the status of the claim do not change by this. The\n"
        "status is: Approved.\n"
        "\n"
        "What you can do: we invite you to bring your proof of execution up to date.\n"
        "You do not need to answer.\n"
        "\n"
        "Read the comment:\n" + _foot(held)
    )


def test_a_question_to_a_holder_says_what_silence_means_for_it(world: World) -> None:
    hold(world, world.ned)
    file_claim(world, world.ana)
    case = give_notice(world)
    sent()

    ask_all(world, case)

    mails = sent()
    to_holder, to_challenger = _to(mails, "ned@northwind.example"), _to(mails, "ana@fabrikam.example")
    assert "If you do not answer by then, we continue with what is on file." in to_holder.body
    assert "It is about" not in to_holder.body
    assert "If you do not answer by then, we decline what the question is about." in to_challenger.body


def test_a_comment_is_quoted_and_sets_no_deadline(world: World) -> None:
    claim = file_claim(world, world.ana)
    sent()

    add_comment(
        public_id=str(claim.public_id),
        text="{{ secret }} <b>We & you</b>\n" + "are nearly through with it " * 4,
        actor=actor(world.rev1),
        now=NOW,
    )

    message = _to(sent(), "ana@fabrikam.example")
    assert message.subject == f"New comment on your claim {claim.reference}"
    assert message.body == (
        f"We have written a comment on your claim {claim.reference} for Contoso:\n"
        "\n"
        "> {{ secret }} <b>We & you</b>\n"
        "> are nearly through with it are nearly through with it are nearly through\n"
        "> with it are nearly through with it\n"
        "\n"
        "The comment sets no deadline. You can reply with a comment of your own, or\n"
        "add proof, at any time:\n" + _foot(claim)
    )


def test_66_a_rejection_says_where_to_read_the_reason(world: World) -> None:
    claim = file_claim(world, world.ana)
    take_up(claim, world.rev1)
    sent()
    item = ClaimItem.objects.get(claim=claim)

    decide_items(
        public_id=str(claim.public_id),
        decisions=[
            Decision(
                item_id=item.pk,
                approve=False,
                reason=DeclineReason.INSUFFICIENT_POE,
                text="The proof names no product.",
            )
        ],
        actor=actor(world.rev1),
        now=NOW,
    )

    message = _to(sent(), "ana@fabrikam.example")
    assert message.subject == f"Our decision on your claim {claim.reference}"
    assert message.body == (
        f"We have decided on your claim {claim.reference} for Contoso.\n"
        "\n"
        "Declined:\n"
        "\n"
        f"{SALES_S_A}"
        "\n"
        "What you can do: a declined item is not reviewed again in this claim. If you\n"
        "have what was missing, file a new claim with it.\n"
        "\n"
        "Read the reason for each declined item, and what we wrote about it, on the\n"
        "claim's page:\n" + _foot(claim)
    )


def test_an_approval_says_that_it_is_not_a_payout(world: World) -> None:
    claim = file_claim(world, world.ana)
    take_up(claim, world.rev1)
    sent()

    approve(claim, world.rev1)

    message = _to(sent(), "ana@fabrikam.example")
    assert message.subject == f"Our decision on your claim {claim.reference}"
    assert message.body == (
        f"We have decided on your claim {claim.reference} for Contoso.\n"
        "\n"
        "Approved:\n"
        "\n"
        f"{SALES_S_A}"
        "\n"
        "What happens next: we ask the customer contact to agree. Unless the customer\n"
        "declines, the association takes effect 7 calendar days after we write to the\n"
        "customer, at the end of the day. You do not need to do anything.\n"
        "\n"
        "An approval is not a payout. Whether incentives are paid also depends on\n"
        "your location's enrolment, on the product and on the rules of the incentive\n"
        "programme.\n"
        "\n"
        "See the outcome on the claim's page:\n" + _foot(claim)
    )


def test_a_decision_on_some_items_says_that_the_rest_is_undecided(world: World) -> None:
    claim = file_claim(
        world, world.ana, Entry(product=TEAMS), Entry(product=INTUNE), area=SolutionArea.MICROSOFT_365
    )
    take_up(claim, world.rev1)
    sent()
    teams = ClaimItem.objects.get(claim=claim, products__code=TEAMS)

    decide_items(
        public_id=str(claim.public_id),
        decisions=[Decision(item_id=teams.pk, approve=True)],
        actor=actor(world.rev1),
        now=NOW,
    )

    body = _to(sent(), "ana@fabrikam.example").body
    assert "Approved:\n\n- Microsoft Teams\n\nWe have not decided on the rest of the claim yet.\n" in body


def test_mails_about_revenue_association_say_that_it_never_pays(world: World) -> None:
    claim = file_claim(world, world.ana, activity=Activity.REVENUE_ASSOCIATION)
    take_up(claim, world.rev1)
    sent()

    approve(claim, world.rev1)
    decided = _to(sent(), "ana@fabrikam.example").body
    sweep(now=NOW + 8 * DAY)
    activated = _to(mail.outbox, "ana@fabrikam.example").body

    assert "An approval is not a payout: revenue association pays no incentive.\n" in decided
    assert "Revenue association pays no incentive.\n" in activated


def test_a_lapsed_question_is_reported_with_what_was_declined(world: World) -> None:
    claim = file_claim(world, world.ana)
    take_up(claim, world.rev1)
    _ask(world, claim)
    sent()

    sweep(now=NOW + 8 * DAY)

    message = _to(mail.outbox, "ana@fabrikam.example")
    assert message.subject == f"No answer in time: claim {claim.reference}"
    assert message.body == (
        "On Monday 6 July 2020 we asked you a question about your claim\n"
        f"{claim.reference} for Contoso. Your answer was due by Monday 13 July 2020,\n"
        "24:00 UTC, and we received none.\n"
        "\n"
        "We have therefore declined:\n"
        "\n"
        f"{SALES_S_A}"
        "\n"
        "What you can do: file a new claim for it, with the proof we asked for. We\n"
        "keep what you add to this claim now, but it no longer counts as an answer.\n"
        "\n"
        "Read the question again, and see the claim's status:\n" + _foot(claim)
    )


def test_a_silent_holder_learns_that_the_desk_continues_with_what_is_on_file(world: World) -> None:
    hold(world, world.ned)
    file_claim(world, world.ana)
    ask_all(world, give_notice(world))
    sent()

    sweep(now=NOW + 8 * DAY)

    [body] = [
        message.body
        for message in mail.outbox
        if message.to == ["ned@northwind.example"] and message.subject.startswith("No answer in time")
    ]
    assert "We continue with what is on file. You do not need to do anything." in body
    assert "declined" not in body


def test_a_holder_is_sent_to_the_comment_that_says_how_the_hearing_ended(world: World) -> None:
    held = hold(world, world.ned)
    file_claim(world, world.ana)
    case = give_notice(world)
    sent()

    decide_for(world, case, world.northwind.pk)

    message = _to(sent(), "ned@northwind.example")
    assert message.subject == f"New comment on your claim {held.reference}"
    assert message.body == (
        f"Earlier we wrote a comment on your claim {held.reference} for Contoso. We\n"
        "have now closed that matter. It was about:\n"
        "\n"
        f"{SALES_S_A}"
        "\n"
        "Our new comment on the claim says how it ended and what happens next. You do\n"
        "not need to do anything unless the comment says so. Read it:\n" + _foot(held)
    )


def test_a_partner_left_alone_in_a_contest_is_sent_to_the_comment_that_says_so(world: World) -> None:
    rival = file_claim(world, world.ned)
    claim = file_claim(world, world.ana)
    give_notice(world)
    sent()

    withdraw_claim(public_id=str(rival.public_id), actor=actor(world.ned), now=NOW + DAY)

    mails = sent(now=NOW + DAY)
    assert {message.to[0] for message in mails} == {"partana@fabrikam.example", "ana@fabrikam.example"}
    assert {message.subject for message in mails} == {f"New comment on your claim {claim.reference}"}


def test_the_winner_of_a_case_gets_one_mail_about_it(world: World) -> None:
    hold(world, world.ned)
    claim = file_claim(world, world.ana)
    case = give_notice(world)
    sent()

    decide_for(world, case, world.fabrikam.pk)

    assert _to(sent(), "ana@fabrikam.example").subject == f"Our decision on your claim {claim.reference}"


def test_the_loser_of_a_case_gets_one_mail_without_a_reason(world: World) -> None:
    hold(world, world.ned)
    claim = file_claim(world, world.ana)
    case = give_notice(world)
    sent()

    decide_case(
        case_id=str(case.public_id),
        ruling=Ruling(winner_id=world.northwind.pk, rationale="-", winner_text="Yes.", loser_text="No."),
        actor=actor(world.arb),
        now=NOW,
    )

    message = _to(sent(), "ana@fabrikam.example")
    assert message.subject == f"Our decision on your claim {claim.reference}"
    assert f"Declined:\n\n{SALES_S_A}" in message.body
    assert "prevailed" not in message.body
    assert "LOST_ARBITRATION" not in message.body


def test_an_ended_subscription_causes_one_mail_and_no_other(world: World) -> None:
    claim = file_claim(world, world.ana)
    file_claim(world, world.ned)
    give_notice(world)
    sent()
    Subscription.objects.filter(pk=world.s_a.pk).update(state=SubscriptionState.EXPIRED)

    end_subscription(subscription_id=world.s_a.pk, now=NOW)

    message = _to(sent(), "ana@fabrikam.example")
    assert message.subject == f"A subscription has ended: claim {claim.reference}"
    assert message.body == (
        f"A subscription in your claim {claim.reference} for Contoso ended before we\n"
        "decided. We have therefore declined:\n"
        "\n"
        f"{SALES_S_A}"
        "\n"
        "What you can do: if the customer has a new subscription in its place, file a\n"
        "new claim for that one. See this claim's status:\n" + _foot(claim)
    )


def test_an_association_that_ends_with_its_subscription_causes_one_mail(world: World) -> None:
    held = hold(world, world.ned)
    file_claim(world, world.ana)
    give_notice(world)
    sent()
    Subscription.objects.filter(pk=world.s_a.pk).update(state=SubscriptionState.DELETED)

    end_subscription(subscription_id=world.s_a.pk, now=NOW)

    message = _to(sent(), "ned@northwind.example")
    assert message.subject == f"Claim {held.reference} has ended"
    assert message.body == (
        f"Your company is no longer associated with Contoso through claim\n{held.reference}. This has ended:\n"
        "\n"
        f"{SALES_S_A}"
        "\n"
        "The subscription ended. What you can do: if the customer has a new\n"
        "subscription in its place, file a new claim for that one.\n"
        "\n"
        "See the claim and its history:\n" + _foot(held)
    )


def test_65_the_customer_learns_what_the_partner_will_see_and_how_to_decline(world: World) -> None:
    claim = file_claim(world, world.ana, Entry(product=MARKETING))
    take_up(claim, world.rev1)
    sent()

    approve(claim, world.rev1)

    message = _to(sent(), "custana@contoso.com")
    assert message.subject == (
        f"Fabrikam as partner of Contoso: decline by Monday 13 July 2020 if you do not agree ({claim.reference})"
    )
    assert message.reply_to == ["desk@cpor.example"]
    assert message.body == (
        "Hello,\n"
        "\n"
        "Fabrikam names you as its contact at Contoso. We have checked and approved\n"
        "that Fabrikam is recorded as your partner for:\n"
        "\n"
        "- Dynamics 365 Marketing (subscription\n"
        "  90c16fa7-e283-415b-9460-7fa2b3c4d5e6): Usage\n"
        "\n"
        "What Fabrikam will see: the usage and the number of sold seats of these\n"
        "items, and no other data of yours.\n"
        "\n"
        "If you agree, you do not need to do anything. It takes effect on Monday 13\n"
        "July 2020, 24:00 UTC.\n"
        "\n"
        "If you do not agree, decline before then: reply to this mail, or write to\n"
        f"desk@cpor.example. Give the reference {claim.reference} and say whether you\n"
        "decline all of the items or only some.\n"
        "\n"
        "The CPOR claim desk, https://claims.example\n"
    )


def test_the_approvals_of_one_decision_share_one_mail_to_the_customer(world: World) -> None:
    claim = file_claim(
        world, world.ana, Entry(product=TEAMS), Entry(product=INTUNE), area=SolutionArea.MICROSOFT_365
    )
    take_up(claim, world.rev1)
    sent()

    approve(claim, world.rev1)

    body = _to(sent(), "custana@contoso.com").body
    assert "- Microsoft Teams: Usage\n- Intune: Usage\n" in body


def test_nothing_a_partner_typed_reaches_the_customer(world: World) -> None:
    """A claim's names and texts could carry anything; the customer reads only what the directory and we say."""
    claim = file_claim(world, world.ana, called="Win a prize at evil.example")
    take_up(claim, world.rev1)
    sent()

    approve(claim, world.rev1)

    message = _to(sent(), "custana@contoso.com")
    for typed in ("prize", "CustAna", "PartAna", "ana@fabrikam.example", "The proof is complete."):
        assert typed not in f"{message.subject}{message.body}"


def test_an_activated_association_is_reported_with_its_day(world: World) -> None:
    claim = file_claim(world, world.ana)
    take_up(claim, world.rev1)
    approve(claim, world.rev1)
    sent()

    sweep(now=NOW + 8 * DAY)

    message = _to(mail.outbox, "ana@fabrikam.example")
    assert message.subject == f"Your association is active: claim {claim.reference}"
    assert message.body == (
        "The customer has not declined. Since Monday 13 July 2020, 24:00 UTC your\n"
        "company has been associated with Contoso for:\n"
        "\n"
        f"{SALES_S_A}"
        "\n"
        "We have passed it on to incentive assessment. That is not a payout: whether\n"
        "incentives are paid also depends on your location's enrolment and on the\n"
        "rules of the incentive programme.\n"
        "\n"
        "The association has no end date. It ends if the customer declines it, your\n"
        "company gives it up, the subscription ends, or the claim desk ends it.\n"
        "\n"
        "You do not need to do anything. You can add newer proof of execution to the\n"
        "claim at any time:\n" + _foot(claim)
    )


def test_the_author_of_an_idle_draft_is_warned_and_told_when_it_is_withdrawn(world: World) -> None:
    claim = draft(world, world.uma, mpn="4391507")

    sweep(now=NOW + 84 * DAY)
    [warned] = mail.outbox
    mail.outbox.clear()
    sweep(now=NOW + 91 * DAY)
    [over] = mail.outbox

    assert warned.subject == f"We will withdraw your draft {claim.reference} on Monday 5 October 2020"
    assert warned.body == (
        f"Your draft {claim.reference}, “Uma's claim”, has not been changed for a long\n"
        "time.\n"
        "We withdraw a draft that has not been changed for 90 days.\n"
        "\n"
        "What to do: to keep it, save a change or submit it before Monday 5 October\n"
        "2020, 00:00 (UTC). If you no longer need it, you do not need to do anything.\n" + _foot(claim)
    )
    assert over.subject == f"We withdrew your draft {claim.reference}"
    assert over.body == (
        f"We withdrew your draft {claim.reference}, “Uma's claim”, on Monday 5 October\n"
        "2020 (UTC), because it had not been changed for 90 days.\n"
        "\n"
        "What you can do: if you still want to claim, start a new claim. You can\n"
        "still read the old draft:\n" + _foot(claim)
    )


def test_a_review_deadline_is_mailed_before_it_is_due_and_when_it_is_missed(world: World) -> None:
    claim = file_claim(world, world.ana)
    take_up(claim, world.rev1)
    sent()

    sweep(now=NOW + 5 * DAY)
    [warned] = mail.outbox
    mail.outbox.clear()
    sweep(now=NOW + 8 * DAY)
    [breached] = mail.outbox

    link = f"https://claims.example/admin/claims/claim/{claim.public_id}/\n"
    assert warned.subject == f"Review due by Monday 13 July 2020: claim {claim.reference}"
    assert warned.body == (
        f"The review of claim {claim.reference} is due by Monday 13 July 2020, 24:00\n"
        "UTC.\n"
        "\n"
        "Why this date? Received Mon 6 July 2020. Five business days are counted from\n"
        "the day after: Tue 7 (1), Wed 8 (2), Thu 9 (3), Fri 10 (4), Mon 13 (5). Due\n"
        "at the end of Mon 13 July 2020 (UTC). Calendar: desk, version 1.\n"
        "\n"
        "What to do: decide the items, ask the partner, or post the notice.\n"
        f"{link}\n"
        "The CPOR claim desk, https://claims.example\n"
    )
    assert breached.subject == f"Review overdue since Monday 13 July 2020: claim {claim.reference}"
    assert "The deadline has been missed." in breached.body
    assert "Missed at the end of Mon 13 July 2020." in " ".join(breached.body.split())
    assert link in breached.body


def test_a_case_deadline_is_mailed_to_the_desk_under_the_cases_number(world: World) -> None:
    hold(world, world.ned)
    file_claim(world, world.ana)
    case = give_notice(world)
    sent()

    sweep(now=NOW + 5 * DAY)
    [warned] = mail.outbox
    mail.outbox.clear()
    sweep(now=NOW + 8 * DAY)
    [breached] = mail.outbox

    assert warned.to == breached.to == ["desk@cpor.example"]
    assert warned.subject == f"Arbitration due by Monday 13 July 2020: {case}"
    assert breached.subject == f"Arbitration overdue since Monday 13 July 2020: {case}"
    assert warned.body == (
        f"The decision on {case} is due by Monday 13 July 2020, 24:00 UTC.\n"
        "\n"
        "Why this date? Notice given Mon 6 July 2020. Five business days are counted\n"
        "from the day after: Tue 7 (1), Wed 8 (2), Thu 9 (3), Fri 10 (4), Mon 13 (5).\n"
        "Due at the end of Mon 13 July 2020 (UTC). Calendar: desk, version 1.\n"
        "\n"
        "What to do: decide the case, or ask the parties.\n"
        f"https://claims.example/admin/arbitration/case/?q={case}\n"
        "\n"
        "The CPOR claim desk, https://claims.example\n"
    )


def test_every_mail_fits_the_width_and_ends_with_one_newline(world: World) -> None:
    hold(world, world.ned)
    file_claim(world, world.ana)
    case = give_notice(world)
    ask_all(world, case)
    sweep(now=NOW + 9 * DAY)

    for message in mail.outbox:
        assert message.body.endswith("\n")
        assert "\n\n\n" not in message.body
        assert not message.body.startswith("\n")
        for line in message.body.splitlines():
            assert len(line) <= 76 or " " not in line.removeprefix("- ").strip(), line
