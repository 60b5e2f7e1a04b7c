"""A text that names another party is sent all the same if a second person allows it (5.7)."""

import pytest
from django.db import IntegrityError, transaction

from claims.models import Claim, TextOverride
from claims.services import ask_override, confirm_override
from foundation.journal.models import Event
from foundation.kernel.errors import Conflict, NotFound, NotPermitted, Refused
from partners.models import Member, User
from tests.desk.desk import Desk
from tests.filing import refusal, say, status, workload_rivals
from tests.world import NOW, World, actor

TEXT = "May we ask why page 2 is missing?\nThe form is Northwind's."
REASON = "The partner sent this form itself."


@pytest.fixture
def ours(world: World) -> Claim:
    return workload_rivals(world)[1]


def asked(claim: Claim, reviewer: User, text: str = TEXT, reason: str = REASON) -> TextOverride:
    return ask_override(
        public_id=str(claim.public_id), text=text, reason=reason, actor=actor(reviewer), now=NOW
    )


def confirmed(override: TextOverride, reviewer: User) -> TextOverride:
    public_id = str(override.claim.public_id)
    return confirm_override(public_id=public_id, override_id=override.pk, actor=actor(reviewer), now=NOW)


def test_what_a_second_person_allows_is_sent_as_it_is_to_this_partner_alone(
    world: World, ours: Claim
) -> None:
    theirs = Claim.objects.get(organisation=world.northwind)

    confirmed(asked(ours, world.rev1), world.arb)
    say(ours, world.rev1, f" {TEXT} ")

    assert [comment.text for comment in ours.comments.all()] == [TEXT]
    assert refusal(lambda: say(ours, world.rev1, f"{TEXT} Again.")) == "TEXT_NAMES_OTHER_PARTY"
    assert refusal(lambda: say(theirs, world.rev1, "Fabrikam. " + TEXT)) == "TEXT_NAMES_OTHER_PARTY"


def test_asking_allows_nothing_yet(world: World, ours: Claim) -> None:
    override = asked(ours, world.rev1)

    assert refusal(lambda: say(ours, world.rev1, TEXT)) == "TEXT_NAMES_OTHER_PARTY"
    assert (override.words, override.reason) == (["Northwind"], REASON)


def test_nobody_allows_a_text_of_ones_own(world: World, ours: Claim) -> None:
    override = asked(ours, world.rev1)

    with pytest.raises(NotPermitted) as refused:
        confirmed(override, world.rev1)

    override.refresh_from_db()
    assert refused.value.code == "SECOND_PERSON_REQUIRED"
    assert override.confirmed_by is None


def test_nobody_who_belongs_to_a_named_party_asks_or_allows(world: World, ours: Claim) -> None:
    override = asked(ours, world.rev1)
    Member.objects.create(user=world.rev2, organisation=world.northwind, ended_at=NOW)

    with pytest.raises(NotFound):
        confirmed(override, world.rev2)
    with pytest.raises(NotFound):
        asked(ours, world.rev2, "Northwind")

    override.refresh_from_db()
    assert override.confirmed_by is None


@pytest.mark.parametrize(
    ("text", "reason", "error", "code"),
    [
        (" ", REASON, Refused, "COMMENT_REQUIRED"),
        (TEXT, " ", Refused, "REASON_REQUIRED"),
        ("Who signed it?", REASON, Conflict, "INVALID_TRANSITION"),
    ],
)
def test_asking_needs_a_text_that_names_others_and_a_reason(
    world: World, ours: Claim, text: str, reason: str, error: type[Exception], code: str
) -> None:
    with pytest.raises(error) as refused:
        asked(ours, world.rev1, text, reason)

    assert getattr(refused.value, "code", "") == code
    assert TextOverride.objects.count() == 0


def test_a_text_is_asked_about_and_allowed_once(world: World, ours: Claim) -> None:
    override = confirmed(asked(ours, world.rev1), world.rev2)

    with pytest.raises(Conflict):
        asked(ours, world.rev2)
    with pytest.raises(Conflict):
        confirmed(override, world.arb)

    override.refresh_from_db()
    assert override.confirmed_by == world.rev2
    assert list(Event.objects.filter(type__startswith="claim.override").values_list("type", flat=True)) == [
        "claim.override_asked",
        "claim.override_confirmed",
    ]


def test_the_database_refuses_who_confirms_an_own_text(world: World, ours: Claim) -> None:
    override = asked(ours, world.rev1)

    with pytest.raises(IntegrityError), transaction.atomic():
        TextOverride.objects.filter(pk=override.pk).update(confirmed_by=world.rev1, confirmed_at=NOW)

    override.refresh_from_db()
    assert override.confirmed_at is None


def test_the_desk_asks_from_the_refusal_and_another_allows_it_on_the_page(world: World, ours: Claim) -> None:
    rev1, rev2 = Desk(world.rev1), Desk(world.rev2)

    refused = rev1.act(ours, "comment", text=TEXT)
    rev1.act(ours, "ask_override", text=TEXT, reason=REASON)
    own = rev1.read(ours)
    other = rev2.read(ours)
    rev2.act(ours, "confirm_override", override=TextOverride.objects.get().pk)
    rev1.act(ours, "comment", text=TEXT)

    assert "<mark>Northwind</mark>" in refused.content.decode()
    assert refused.content.decode().count("May we ask why page 2 is missing?") == 3
    assert ("Allow this text" in own, "Allow this text" in other) == (False, True)
    assert [comment.text for comment in ours.comments.all()] == [TEXT]
    assert status(ours) == "submitted"
