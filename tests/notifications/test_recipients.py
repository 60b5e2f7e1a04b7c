"""Exactly these recipients get each mail, one mail each."""

import pytest
from django.core import mail

from arbitration.services import request_information, start_review
from claims.enums import RequestReason
from claims.models import Claim, Contact
from claims.services import add_comment, submit_claim
from cpor.sweeps import sweep
from foundation.journal.models import Delivery
from foundation.kernel.actor import PartnerRole
from partners.models import DeskSeat, Member, MemberRole, User
from tests.notifications.filing import (
    DAY,
    about,
    ask_all,
    draft,
    file_claim,
    give_notice,
    hold,
    readers,
    sent,
    take_up,
)
from tests.portal.filed import claim_in
from tests.world import NOW, World, actor

PARTNER_PEOPLE = {"partana@fabrikam.example", "ana@fabrikam.example"}


def _asked(world: World, claim: Claim) -> None:
    take_up(claim, world.rev1)
    request_information(
        public_id=str(claim.public_id),
        reason=RequestReason.MISSING_CUSTOMER_ACKNOWLEDGMENT,
        question="Where does the customer agree?",
        actor=actor(world.rev1),
        now=NOW,
    )


def _new_admin(world: World, username: str, *mpns: str, email: str | None = None) -> Member:
    address = f"{username}@fabrikam.example" if email is None else email
    user = User.objects.create(username=username, email=address)
    member = Member.objects.create(user=user, organisation=world.fabrikam)
    MemberRole.objects.create(member=member, role=PartnerRole.INCENTIVES_ADMIN)
    member.locations.set(world.locations[mpn] for mpn in mpns)
    return member


def test_59_a_question_reaches_the_partner_contact_and_the_admins_of_the_location(world: World) -> None:
    claim = file_claim(world, world.ana)
    _new_admin(world, "here", "4391507", "4391509")
    _new_admin(world, "elsewhere", "4391509")
    sent()

    _asked(world, claim)

    mails = sent()
    assert readers(mails) == PARTNER_PEOPLE | {"here@fabrikam.example"}
    assert len(mails) == 3


def test_an_admin_limited_to_another_location_gets_no_mail(world: World) -> None:
    claim = file_claim(world, world.ana)
    sent()

    _asked(world, claim)

    assert "fre@fabrikam.example" not in readers(sent())


def test_former_members_barred_users_and_other_roles_get_no_mail(world: World) -> None:
    claim = file_claim(world, world.ana)
    left, barred = _new_admin(world, "left"), _new_admin(world, "barred")
    Member.objects.filter(pk=left.pk).update(ended_at=NOW)
    User.objects.filter(pk=barred.user_id).update(is_active=False)
    sent()

    _asked(world, claim)

    assert readers(sent()) == PARTNER_PEOPLE


@pytest.mark.parametrize(
    "address", ["", "  ", "no address", "two@x.example, three@x.example", "a@b.example\nBcc: c@d.example"]
)
def test_an_admin_without_a_usable_address_is_left_out(world: World, address: str) -> None:
    claim = file_claim(world, world.ana)
    _new_admin(world, "silent", email=address)
    sent()

    _asked(world, claim)

    assert readers(sent()) == PARTNER_PEOPLE


def test_one_address_in_two_roles_gets_one_mail(world: World) -> None:
    claim = file_claim(world, world.ana)
    Contact.objects.filter(claim=claim, kind="partner").update(email=" Ana@Fabrikam.example ")
    sent()

    _asked(world, claim)

    assert [message.to for message in sent()] == [["Ana@fabrikam.example"]]


def test_a_submission_is_confirmed_to_the_submitter(world: World) -> None:
    claim = draft(world, world.ana)

    submit_claim(public_id=str(claim.public_id), actor=actor(world.bea), now=NOW)

    assert readers(sent()) == {"bea@fabrikam.example"}


def test_a_desk_comment_is_mailed_and_a_partner_comment_is_not(world: World) -> None:
    claim = file_claim(world, world.ana)
    sent()

    add_comment(public_id=str(claim.public_id), text="Thank you.", actor=actor(world.ana), now=NOW)
    from_the_partner = sent()
    add_comment(public_id=str(claim.public_id), text="We are on it.", actor=actor(world.rev1), now=NOW)
    from_the_desk = sent()

    assert from_the_partner == []
    assert readers(from_the_desk) == PARTNER_PEOPLE


@pytest.mark.parametrize("outcome", ["approved", "rejected"])
def test_a_partner_comment_on_a_decided_claim_is_mailed_to_its_reviewer(world: World, outcome: str) -> None:
    """Found by an outside auditor: such a comment was in nobody's queue and sent no mail."""
    claim = claim_in(world, outcome)
    sent()

    _comment(world, claim)

    [told] = sent()
    assert told.to == [world.rev1.email]
    assert told.subject == f"New comment on a decided claim: {claim.reference}"
    assert f"/admin/claims/claim/{claim.public_id}/" in str(told.body)


def test_a_partner_comment_on_a_claim_whose_reviewer_left_is_mailed_to_the_desk(world: World) -> None:
    claim = claim_in(world, "rejected")
    DeskSeat.objects.filter(user=world.rev1).delete()
    sent()

    _comment(world, claim)

    assert readers(sent()) == {"desk@cpor.example"}


def test_a_comment_that_a_case_seals_is_told_to_nobody(world: World) -> None:
    held = hold(world, world.ned)
    file_claim(world, world.ana)
    ask_all(world, give_notice(world))
    sent()

    add_comment(public_id=str(held.public_id), text="More is coming.", actor=actor(world.ned), now=NOW)

    assert sent() == []


def _comment(world: World, claim: Claim) -> None:
    add_comment(public_id=str(claim.public_id), text="Look at page 2.", actor=actor(world.ana), now=NOW)


def test_a_comment_that_is_part_of_a_step_gets_no_mail_of_its_own(world: World) -> None:
    claim = file_claim(world, world.ana)
    sent()

    _asked(world, claim)

    subjects = {message.subject for message in sent()}
    assert subjects == {f"Answer our question by Monday 13 July 2020: claim {claim.reference}"}


def test_the_author_gets_the_mails_about_an_idle_draft(world: World) -> None:
    draft(world, world.uma, mpn="4391507")

    sweep(now=NOW + 84 * DAY)
    warned = list(mail.outbox)
    mail.outbox.clear()
    sweep(now=NOW + 92 * DAY)

    assert readers(warned) == {"uma@fabrikam.example"}
    assert readers(mail.outbox) == {"uma@fabrikam.example"}


def test_an_author_who_left_gets_no_mail_about_the_draft(world: World) -> None:
    draft(world, world.uma, mpn="4391507")
    Member.objects.filter(user=world.uma).update(ended_at=NOW)

    sweep(now=NOW + 84 * DAY)

    assert mail.outbox == []


def test_a_review_deadline_is_mailed_to_the_assignee(world: World) -> None:
    claim = file_claim(world, world.ana)
    take_up(claim, world.rev1)
    sent()

    sweep(now=NOW + 5 * DAY)

    assert readers(mail.outbox) == {"rev1@desk.example"}


def test_the_review_deadline_of_an_unassigned_claim_is_mailed_to_the_desk(world: World) -> None:
    file_claim(world, world.ana)
    sent()

    sweep(now=NOW + 5 * DAY)

    assert readers(mail.outbox) == {"desk@cpor.example"}


def test_an_assignee_who_became_conflicted_or_left_the_desk_gets_no_mail(world: World) -> None:
    conflicted, gone = file_claim(world, world.ana), file_claim(world, world.tom)
    take_up(conflicted, world.rev1)
    take_up(gone, world.rev2)
    sent()
    Member.objects.create(user=world.rev1, organisation=world.fabrikam, ended_at=NOW)
    DeskSeat.objects.filter(user=world.rev2).delete()

    sweep(now=NOW + 5 * DAY)

    assert readers(mail.outbox) == {"desk@cpor.example"}


def test_a_question_to_the_holder_goes_to_the_holders_own_people(world: World) -> None:
    hold(world, world.ned)
    file_claim(world, world.ana)
    case = give_notice(world)
    sent()

    ask_all(world, case)

    assert readers(sent()) == PARTNER_PEOPLE | {"partned@northwind.example", "ned@northwind.example"}


def test_addresses_are_fixed_when_the_event_is_recorded(world: World) -> None:
    """A member who joins between commit and sending gets no mail about what happened before."""
    claim = file_claim(world, world.ana)
    sent()
    _asked(world, claim)
    _new_admin(world, "later")

    assert readers(sent()) == PARTNER_PEOPLE


def test_an_event_without_recipients_leaves_no_delivery(world: World) -> None:
    claim = file_claim(world, world.ana)
    sent()
    before = Delivery.objects.count()

    start_review(public_id=str(claim.public_id), actor=actor(world.rev1), now=NOW)

    assert Delivery.objects.count() == before
    assert about(sent(), "claim") == []
