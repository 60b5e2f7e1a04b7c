"""However a contest ends, no mail tells one party anything about another (domain.md parts 5.7 and 9)."""

import re
from collections.abc import Iterator
from datetime import datetime

import pytest
from django.core import mail

from associations.models import Association
from claims.models import Claim, Comment, Evidence
from claims.services import add_comment, answer_requests
from cpor.sweeps import sweep
from partners.models import Location, Member, Organisation, User
from tests.notifications.filing import DAY, ask_all, decide_for, file_claim, give_notice, hold
from tests.world import NOW, World, actor

HINTS = (
    r"another|rival|holder|challenger|compet\w*|other part\w*|contest\w*|oppon\w*|somebody else|else holds"
)


def _words_of(organisation: Organisation) -> Iterator[str]:
    """Return every word that could identify the organisation, its people or its claims."""
    yield from (organisation.name, organisation.code)
    yield from Location.objects.filter(organisation=organisation).values_list("mpn_id", flat=True)
    for member in Member.objects.filter(organisation=organisation).select_related("user"):
        yield from (member.user.username, member.user.first_name, member.user.last_name, member.user.email)
    for claim in Claim.objects.filter(organisation=organisation):
        yield from (claim.name, claim.reference or "", str(claim.public_id))
        yield from Comment.objects.filter(claim=claim, side="partner").values_list("text", flat=True)
        yield from Evidence.objects.filter(claim=claim).values_list("name", flat=True)
        for contact in claim.contacts.all():
            yield from (contact.first_name, contact.last_name, contact.email)
    for association in Association.objects.filter(organisation=organisation):
        yield str(association.public_id)


def _mails_to(organisation: Organisation) -> list[str]:
    return [
        f"{message.subject}\n{message.body}"
        for message in mail.outbox
        if message.to[0].endswith(f"@{organisation.code}.example")
    ]


def _found(text: str, words: Iterator[str]) -> list[str]:
    return [
        word for word in words if word and re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text, re.IGNORECASE)
    ]


def _answer(claim: Claim, user: User, *, now: datetime) -> None:
    answer_requests(
        public_id=str(claim.public_id),
        actor=actor(user),
        now=now,
        comment=f"What only {user.username} knows: zebra-{user.username}.",
    )


@pytest.mark.parametrize("behaviour", ["nobody is asked", "both answer", "both stay silent"])
@pytest.mark.parametrize("winner", ["fabrikam", "northwind", None])
@pytest.mark.parametrize("held", [True, False])
def test_no_mail_to_a_party_mentions_another_party(
    world: World, held: bool, winner: str | None, behaviour: str
) -> None:
    theirs = hold(world, world.ned) if held else file_claim(world, world.ned)
    ours = file_claim(world, world.ana)
    file_claim(world, world.tom)
    case = give_notice(world)
    add_comment(
        public_id=str(theirs.public_id), text="Only ned says walrus.", actor=actor(world.ned), now=NOW
    )
    if behaviour != "nobody is asked":
        ask_all(world, case)
    if behaviour == "both answer":
        _answer(ours, world.ana, now=NOW + DAY)
        _answer(theirs, world.ned, now=NOW + DAY)
    sweep(now=NOW + 8 * DAY)
    case.refresh_from_db()
    still_in = set(case.parties.filter(left_at=None).values_list("organisation__code", flat=True))
    winner_id = Organisation.objects.get(code=winner).pk if winner in still_in else None
    if case.state == "open":
        decide_for(world, case, winner_id, now=NOW + 8 * DAY)
    for days in (8, 16, 40):
        sweep(now=NOW + days * DAY)

    parties = [world.fabrikam, world.northwind, world.tailspin]
    assert all(_mails_to(party) for party in parties)
    for party in parties:
        text = "\n".join(_mails_to(party))
        for other in parties:
            if other != party:
                assert _found(text, _words_of(other)) == []
        assert re.findall(HINTS, text, re.IGNORECASE) == []
        assert "RATIONALE" not in text


def test_a_superseded_holder_learns_that_its_association_ended_and_nothing_else(world: World) -> None:
    theirs = hold(world, world.ned)
    file_claim(world, world.ana)
    decide_for(world, give_notice(world), world.fabrikam.pk)
    sweep(now=NOW)
    mail.outbox.clear()

    sweep(now=NOW + 8 * DAY)

    assert [message.subject for message in mail.outbox if "northwind" in message.to[0]] == [
        f"Claim {theirs.reference} has ended",
        f"Claim {theirs.reference} has ended",
    ]
    body = next(message.body for message in mail.outbox if message.to == ["ned@northwind.example"])
    assert body == (
        f"Your company is no longer associated with Contoso through claim\n{theirs.reference}. This has ended:\n"
        "\n"
        "- Dynamics 365 Sales (subscription 34828c05-c16c-4d6f-9cfc-4d2650ef19a1)\n"
        "\n"
        "Our decision, which we explained to you in a comment, has taken effect.\n"
        "\n"
        "See the claim and its history:\n"
        f"https://claims.example/claims/{theirs.public_id}/\n"
        "\n"
        "The CPOR claim desk, https://claims.example\n"
    )


def test_before_the_notice_a_contested_claim_gets_the_same_mails_as_an_uncontested_one(world: World) -> None:
    """Nothing reveals a case before the notice (5.1)."""
    file_claim(world, world.ned)
    contested = file_claim(world, world.ana)
    sweep(now=NOW)
    mails = [message for message in mail.outbox if message.to == ["ana@fabrikam.example"]]

    assert [message.subject for message in mails] == [f"We received your claim {contested.reference}"]
    assert re.findall(HINTS, str(mails[0].body), re.IGNORECASE) == []
