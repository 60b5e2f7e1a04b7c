"""Hearings, notices and exceptions for texts, when what they depend on changes in the same moment (PostgreSQL)."""

from collections import Counter
from collections.abc import Callable
from functools import partial

import pytest

from arbitration.models import Case, CaseDecision
from arbitration.services import decide_case
from claims.models import Claim, Comment, TextOverride
from claims.services import ask_override, confirm_override
from foundation.journal.models import Event
from partners.models import User
from tests.filing import (
    answer,
    ask_parties,
    at_once,
    case_of,
    codes,
    confirm,
    file_claim,
    none_refused,
    notify,
    outcomes,
    overtaken,
    propose_for,
    refusal,
    reloaded,
    ruling,
    say,
    second_decision,
    status,
    take_up,
    withdraw,
    workload_rivals,
    workloads,
)
from tests.world import NOW, TEAMS, World, actor

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

TEXT = "The form on page 2 is Northwind's."


def asked(claim: Claim, reviewer: User) -> TextOverride:
    return ask_override(
        public_id=str(claim.public_id), text=TEXT, reason="It sent this form.", actor=actor(reviewer), now=NOW
    )


def allowed(override: TextOverride, reviewer: User) -> TextOverride:
    public_id = str(override.claim.public_id)
    return confirm_override(public_id=public_id, override_id=override.pk, actor=actor(reviewer), now=NOW)


def told(kind: str) -> int:
    return Event.objects.filter(type=kind).count()


def in_order(first: str, acts: dict[str, Callable[[], object]]) -> list[str]:
    """Run the two acts, the second begun while the first is not committed, and return the second's refusal."""
    (second,) = (name for name in acts if name != first)
    return codes([overtaken(acts[first], acts[second])])


# --- Exceptions for a text (5.7) ---


def test_sixteen_ask_for_one_exception(world: World) -> None:
    _theirs, ours, _case = workload_rivals(world)
    people = (world.rev1, world.rev2, world.arb)

    answers = at_once(*[partial(asked, ours, people[number % 3]) for number in range(16)])

    assert codes(answers) == ["INVALID_TRANSITION"] * 15
    assert (TextOverride.objects.count(), told("claim.override_asked")) == (1, 1)


def test_sixteen_second_persons_allow_one_text(world: World) -> None:
    _theirs, ours, _case = workload_rivals(world)
    override = asked(ours, world.rev1)
    people = (world.rev2, world.arb, world.arb2)

    answers = at_once(*[partial(allowed, override, people[number % 3]) for number in range(16)])

    assert codes(answers) == ["INVALID_TRANSITION"] * 15
    (winner,) = (answer for answer in answers if isinstance(answer, TextOverride))
    override.refresh_from_db()
    assert override.confirmed_by_id == winner.confirmed_by_id
    assert told("claim.override_confirmed") == 1


@pytest.mark.parametrize("first", ["allow", "withdraw"])
def test_a_text_is_allowed_while_its_claim_settles(world: World, first: str) -> None:
    _theirs, ours, _case = workload_rivals(world)
    override = asked(ours, world.rev1)

    refused = in_order(
        first,
        {"allow": lambda: allowed(override, world.rev2), "withdraw": lambda: withdraw(ours, world.ana)},
    )

    override.refresh_from_db()
    assert refused == {"allow": [], "withdraw": ["INVALID_TRANSITION"]}[first]
    assert (override.confirmed_by_id is None) == (first == "withdraw")
    assert told("claim.override_confirmed") == (first == "allow")


def test_a_text_is_sent_while_it_is_allowed(world: World) -> None:
    """The text waits for the exception that is being made, rather than being refused a moment too early."""
    _theirs, ours, _case = workload_rivals(world)
    override = asked(ours, world.rev1)

    refused = codes([overtaken(lambda: allowed(override, world.rev2), lambda: say(ours, world.rev1, TEXT))])

    assert refused == []
    assert [comment.text for comment in ours.comments.all()] == [TEXT]


def test_a_text_is_allowed_and_sent_by_many_at_once_and_never_sent_before(world: World) -> None:
    _theirs, ours, _case = workload_rivals(world)
    override = asked(ours, world.rev1)

    answers = at_once(
        lambda: allowed(override, world.rev2), *[lambda: say(ours, world.rev1, TEXT) for _ in range(8)]
    )

    order = list(
        Event.objects.filter(claim_id=ours.pk, type__in=["claim.override_confirmed", "claim.comment_added"])
        .order_by("pk")
        .values_list("type", flat=True)
    )
    sent = Comment.objects.filter(claim=ours, text=TEXT).count()
    assert order == ["claim.override_confirmed", *["claim.comment_added"] * sent]
    assert codes(answers) == ["TEXT_NAMES_OTHER_PARTY"] * (8 - sent)


# --- Hearing (5.3) ---


def unheard(case: Case, arbiter: User, world: World) -> Case:
    return decide_case(
        case_id=str(case.public_id),
        ruling=ruling(world.fabrikam, unheard_reason="The customer cannot wait."),
        actor=actor(arbiter),
        now=NOW,
    )


@pytest.mark.parametrize("first", ["answer", "decide"])
def test_a_party_answers_while_the_case_is_decided_without_its_answer(world: World, first: str) -> None:
    theirs, ours, case = workload_rivals(world)
    notify(case, world.rev1)
    ask_parties(case, world.arb, theirs)

    refused = in_order(
        first,
        {"answer": lambda: answer(theirs, world.ned), "decide": lambda: unheard(case, world.arb, world)},
    )

    assert refused == ["INVALID_TRANSITION"]
    assert (outcomes(ours), CaseDecision.objects.count()) == {
        "answer": (["pending"], 0),
        "decide": (["approved"], 1),
    }[first]


@pytest.mark.parametrize("first", ["notify", "decide"])
def test_a_notice_goes_out_while_the_case_is_decided_without_it(world: World, first: str) -> None:
    _theirs, ours, case = workload_rivals(world)

    refused = in_order(
        first,
        {"notify": lambda: notify(case, world.rev1), "decide": lambda: unheard(case, world.arb, world)},
    )

    assert refused == ["INVALID_TRANSITION"]
    assert outcomes(ours) == [{"notify": "pending", "decide": "approved"}[first]]


@pytest.mark.parametrize("first", ["notify", "withdraw"])
def test_a_party_withdraws_while_the_notice_goes_out(world: World, first: str) -> None:
    theirs, ours, case = workload_rivals(world)

    refused = in_order(
        first, {"notify": lambda: notify(case, world.rev1), "withdraw": lambda: withdraw(theirs, world.ned)}
    )

    assert refused == {"notify": [], "withdraw": ["INVALID_TRANSITION"]}[first]
    assert Case.objects.get().state != "open"
    assert (outcomes(theirs), outcomes(ours)) == (["withdrawn"], ["pending"])
    # With the notice, the party that stays is also told that the case has ended.
    comments = (theirs.comments.count(), ours.comments.count())
    assert comments == {"notify": (1, 2), "withdraw": (0, 0)}[first]


def test_sixteen_post_one_notice(world: World) -> None:
    theirs, ours, case = workload_rivals(world)

    answers = at_once(*[partial(notify, case, (world.rev1, world.rev2)[number % 2]) for number in range(16)])

    assert codes(answers) == ["INVALID_TRANSITION"] * 15
    assert (theirs.comments.count(), ours.comments.count()) == (1, 1)


@pytest.mark.parametrize("first", ["join", "notify"])
def test_a_third_party_joins_while_the_notice_goes_out(world: World, first: str) -> None:
    _theirs, _ours, case = workload_rivals(world)

    def join() -> None:
        file_claim(world, world.tom, *workloads(TEAMS))

    refused = in_order(first, {"join": join, "notify": lambda: notify(case, world.rev1)})

    unaware = case.parties.filter(noticed_at=None).values_list("organisation__code", flat=True)
    assert refused == []
    assert list(unaware) == {"join": [], "notify": ["tailspin"]}[first]


@pytest.mark.parametrize("first", ["answer", "confirm"])
def test_a_party_answers_while_a_decision_without_its_answer_is_confirmed(world: World, first: str) -> None:
    theirs, ours, case = workload_rivals(world)
    notify(case, world.rev1)
    ask_parties(case, world.arb, theirs)
    with second_decision():
        unheard(case, world.arb2, world)

    refused = in_order(
        first, {"answer": lambda: answer(theirs, world.ned), "confirm": lambda: confirm(case, world.arb)}
    )

    assert refused == {"answer": ["STALE_VERSION"], "confirm": ["INVALID_TRANSITION"]}[first]
    assert outcomes(ours) == [{"answer": "pending", "confirm": "approved"}[first]]


def test_a_decision_is_proposed_and_a_party_asked_at_once(world: World) -> None:
    """Whichever is first, nothing is decided while a question is open."""
    _theirs, ours, case = workload_rivals(world)
    notify(case, world.rev1)

    answers = at_once(
        lambda: propose_for(case, world.arb2, world.fabrikam), lambda: ask_parties(case, world.arb, ours)
    )
    waits = Counter(codes(answers))

    assert waits in (Counter(), Counter(["CASE_OPEN"]))
    assert refusal(lambda: confirm(case, world.arb)) == ("INVALID_TRANSITION" if waits else "STALE_VERSION")
    assert outcomes(ours) == ["pending"]


def test_reviews_of_both_parties_begin_while_the_notice_goes_out(world: World) -> None:
    theirs, ours, case = workload_rivals(world)

    answers = at_once(
        lambda: notify(case, world.rev1),
        lambda: take_up(ours, world.rev2),
        lambda: take_up(theirs, world.rev2),
    )

    assert set(codes(answers)) <= {"INVALID_TRANSITION"}
    assert [status(claim) for claim in (theirs, ours)] == ["under_review"] * 2
    assert len(none_refused([case_of(reloaded(ours))])) == 1
    started = Event.objects.filter(type="claim.review_started").values_list("claim_id", flat=True)
    assert Counter(started) == Counter([theirs.pk, ours.pk])
