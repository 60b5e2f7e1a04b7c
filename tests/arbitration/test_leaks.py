"""No partner can read anything about another, however a contest goes (domain.md part 9)."""

import json
import re
from collections.abc import Callable, Iterator

import pytest
from django.db.models import Model

from arbitration.models import Case
from claims.inputs import Purpose, input_of
from claims.models import Claim, Comment, Evidence
from claims.selectors import (
    history_of,
    load_details,
    open_requests,
    visible_claims,
    visible_comments,
    visible_evidence,
)
from claims.validation import check
from partners.models import Location, Member, Organisation, User
from tests.filing import (
    DAY,
    add_proof,
    answer,
    ask_parties,
    at,
    case_of,
    consent_passes,
    decide_for,
    directory_says,
    file_claim,
    held_and_claimed,
    hold,
    notify,
    reloaded,
    say,
    time_passes,
    withdraw,
)
from tests.world import NOW, World, actor


def words_of(organisation: Organisation) -> Iterator[str]:
    """Return everything that could identify the organisation, its people or its claims."""
    yield from (organisation.name, organisation.code)
    yield from Location.objects.filter(organisation=organisation).values_list("mpn_id", flat=True)
    for member in Member.objects.filter(organisation=organisation).select_related("user"):
        yield from (member.user.username, member.user.first_name, member.user.last_name, member.user.email)
    for claim in Claim.objects.filter(organisation=organisation):
        yield from (claim.name, claim.reference or "", str(claim.public_id))
        yield from Comment.objects.filter(claim=claim, side="partner").values_list("text", flat=True)
        yield from Evidence.objects.filter(claim=claim).values_list("name", flat=True)
        for contact in claim.contacts.all():
            yield from (contact.last_name, contact.email)


def readable_by(user: User) -> str:
    """Return all that the user can read of its claims through the selectors, as one text."""
    reader, parts = actor(user), []
    for claim in visible_claims(reader):
        detailed = load_details(reloaded(claim))
        parts.append(json.dumps(_row(detailed), default=str))
        for rows in (
            detailed.items.all(),
            detailed.contacts.all(),
            visible_comments(claim, reader),
            visible_evidence(claim, reader),
            [party.request for party in open_requests(claim)],
        ):
            parts.extend(json.dumps(_row(row), default=str) for row in rows)
        for comment in visible_comments(claim, reader):
            parts.append(comment.author.get_full_name() if comment.author else "")
        for event in history_of(claim, reader):
            details = [(detail.old, detail.new) for detail in event.details.all()]
            parts.append(json.dumps([event.type, event.actor_name, event.payload, details], default=str))
        report = check(input_of(claim), actor=reader, now=NOW, purpose=Purpose.CHECK)
        parts.append(json.dumps(report.as_dict(), default=str))
    return "\n".join(parts)


def _row(row: Model) -> dict[str, object]:
    return {field.name: getattr(row, field.attname) for field in row._meta.concrete_fields}


def assert_no_party_reads_of_another(world: World) -> None:
    readers = {"fabrikam": world.ana, "northwind": world.ned, "tailspin": world.tom}
    for code, user in readers.items():
        text = readable_by(user)
        assert text, f"{code} reads nothing at all"
        for rival in Organisation.objects.exclude(code=code):
            for word in filter(None, words_of(rival)):
                found = re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text, re.IGNORECASE)
                assert found is None, f"{code} reads “{word}” of {rival.code}"


Story = Callable[[World, Claim, Claim, Claim, Case], object]


def _everybody_speaks(world: World, *claims: Claim) -> None:
    for claim, user in zip(claims, (world.ned, world.ana, world.tom), strict=True):
        say(claim, user, f"What only {user.username} knows: zebra-{user.username}.", now=at(7))
        add_proof(claim, user, now=at(7))


def _asked(world: World, theirs: Claim, ours: Claim, third: Claim, case: Case) -> None:
    ask_parties(case, world.arb, now=at(8))
    answer(ours, world.ana, now=at(9), comment="In May, says lion-ana.")


def _no_party_answers(world: World, theirs: Claim, ours: Claim, third: Claim, case: Case) -> None:
    ask_parties(case, world.arb, now=at(8))
    time_passes(at(20))


def _one_challenger_withdraws(world: World, theirs: Claim, ours: Claim, third: Claim, case: Case) -> None:
    _asked(world, theirs, ours, third, case)
    withdraw(third, world.tom, now=at(9))


def _all_challengers_withdraw(world: World, theirs: Claim, ours: Claim, third: Claim, case: Case) -> None:
    _one_challenger_withdraws(world, theirs, ours, third, case)
    withdraw(ours, world.ana, now=at(9))


def _a_challenger_gets_consent(world: World, theirs: Claim, ours: Claim, third: Claim, case: Case) -> None:
    decide_for(case, world.arb, world.fabrikam, now=at(8))
    consent_passes(ours, handed_over_at=at(8))


def _the_subscription_ends(world: World, theirs: Claim, ours: Claim, third: Claim, case: Case) -> None:
    notify(case, world.rev1, now=at(8))
    directory_says(world.s_a, state="expired", now=at(9))


def _the_loser_claims_again(world: World, theirs: Claim, ours: Claim, third: Claim, case: Case) -> None:
    decide_for(case, world.arb, world.fabrikam, now=at(8))
    file_claim(world, world.tom, now=at(9))
    notify(case_of(ours), world.rev1, now=at(9))


STORIES: dict[str, Story] = {
    "nothing happens": lambda world, theirs, ours, third, case: None,
    "a notice": lambda world, theirs, ours, third, case: notify(case, world.rev1, now=at(8)),
    "one answers": _asked,
    "no party answers": _no_party_answers,
    "a challenger withdraws": _one_challenger_withdraws,
    "all challengers withdraw": _all_challengers_withdraw,
    "the holder wins": lambda world, theirs, ours, third, case: decide_for(
        case, world.arb, world.northwind, now=at(8)
    ),
    "a challenger wins": lambda world, theirs, ours, third, case: decide_for(
        case, world.arb, world.fabrikam, now=at(8)
    ),
    "a challenger wins and consent ends": _a_challenger_gets_consent,
    "nobody wins": lambda world, theirs, ours, third, case: decide_for(case, world.arb, None, now=at(8)),
    "the subscription ends": _the_subscription_ends,
    "the loser claims again": _the_loser_claims_again,
}


WITHOUT_A_HOLDER = ("one answers", "all challengers withdraw", "a challenger wins", "the subscription ends")


@pytest.mark.parametrize(
    ("story", "held"),
    [*((story, True) for story in STORIES), *((story, False) for story in WITHOUT_A_HOLDER)],
)
def test_no_party_reads_about_another(world: World, story: str, held: bool) -> None:
    theirs = hold(world, world.ned) if held else file_claim(world, world.ned)
    ours, third = file_claim(world, world.ana), file_claim(world, world.tom)
    _everybody_speaks(world, theirs, ours, third)

    STORIES[story](world, theirs, ours, third, case_of(third))

    assert_no_party_reads_of_another(world)


def test_a_report_is_the_same_for_a_holder_a_rival_and_several(world: World) -> None:
    """The partner reads the stored report, which must not depend on the identity or number of competitors."""
    _theirs, ours, _case = held_and_claimed(world)
    withdraw(ours, world.ana)
    again = file_claim(world, world.ana, now=NOW + DAY)
    withdraw(again, world.ana, now=NOW + DAY)
    file_claim(world, world.tom, now=NOW + DAY)

    several = file_claim(world, world.ana, now=NOW + DAY)

    reports = [reloaded(claim).report or {} for claim in (several, ours)]
    assert reports[0]["findings"] == reports[1]["findings"]
