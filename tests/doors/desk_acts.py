"""Refused acts of the desk: the service call, and the same act on the desk's page (a comment: through the API too)."""

from collections.abc import Callable
from typing import Any

from arbitration import services as desk
from arbitration.services import Decision
from claims.enums import DeclineReason, RequestReason
from claims.services import add_comment, confirm_override
from tests.api.client import ApiClient
from tests.desk.desk import Desk, items, outcome
from tests.doors.scenes import (
    RefusedAct,
    a_claim,
    another_is_pending,
    approved,
    contest,
    decided,
    exception_asked,
    noticed,
    parties_asked,
    proposed,
    proposed_and_changed,
    proposed_by_both,
    proposed_by_the_desk_admin,
    under_review,
)
from tests.filing import (
    approve,
    ask,
    at_desk,
    confirm,
    decide,
    decide_for,
    items_of,
    lift,
    notify,
    party_of,
    ruling,
    send_back,
    take_up,
    yes,
)
from tests.responses import Response
from tests.world import NOW

NAMING = "Northwind has signed it as well."
"""A text to Fabrikam that must not be sent."""
HINTING = "We hear two other partners."
"""A text to Fabrikam that its author has to confirm."""


def _desk(scene: Any, action: str, **data: Any) -> Response:
    """Post to the desk's page of the claim from a reviewer's browser; return the response."""
    return Desk(scene.world.rev1).act(scene.claim, action, **data)


def _in_case(scene: Any, action: str, **data: Any) -> Response:
    """Post to the desk's page of the case from an arbiter's browser; return the response."""
    return Desk(scene.world.arb).act(scene.case, action, **data)


def _reviewer(scene: Any) -> Any:
    return at_desk(scene.world.rev1)


def _arbiter(scene: Any) -> Any:
    return at_desk(scene.world.arb)


def _decline(**given: Any) -> Callable[[Any], object]:
    """Return a call that declines the claim's item as a reviewer, with the given values replaced."""

    def call(scene: Any) -> object:
        [item] = items_of(scene.claim)
        complete = {"reason": DeclineReason.INSUFFICIENT_POE, "text": "Nobody signed it."}
        return desk.decide_items(
            public_id=scene.id,
            decisions=[Decision(item_id=item.pk, approve=False, **{**complete, **given})],
            actor=_reviewer(scene),
            now=NOW,
        )

    return call


def _decline_at_the_desk(**given: str) -> Callable[[Any], Response]:
    def send(scene: Any) -> Response:
        [item] = items_of(scene.claim)
        complete = {"reason": "INSUFFICIENT_POE", "text": "Nobody signed it."}
        return _desk(scene, "decide_items", **outcome(item, "decline", **{**complete, **given}))

    return send


def _approve(scene: Any) -> object:
    return approve(scene.claim, scene.world.rev1)


def _approve_at_the_desk(scene: Any) -> Response:
    [item] = items_of(scene.claim)
    return _desk(scene, "decide_items", **outcome(item, "approve"))


def _decide(**texts: Any) -> Callable[[Any], object]:
    """Return a call that decides the case for Fabrikam, with some of the three texts replaced."""
    return lambda scene: desk.decide_case(
        case_id=str(scene.case.public_id),
        ruling=ruling(scene.world.fabrikam, **texts),
        actor=_arbiter(scene),
        now=NOW,
    )


def _decide_at_the_desk(**texts: str) -> Callable[..., Response]:
    def send(scene: Any, **more: Any) -> Response:
        complete = ruling(scene.world.fabrikam, **texts)
        return _in_case(
            scene,
            "decide_case",
            winner=str(complete.winner_id),
            rationale=complete.rationale,
            winner_text=complete.winner_text,
            loser_text=complete.loser_text,
            step="confirm",
            **more,
        )

    return send


def _desk_says(text: str) -> dict[str, Callable[[Any], Any]]:
    """Return the calls for the desk's comment through its three doors."""
    return {
        "by_service": lambda scene: add_comment(
            public_id=scene.id, text=text, actor=_reviewer(scene), now=NOW
        ),
        "by_api": lambda scene: ApiClient(scene.world.rev1, for_the_desk=True).post(
            f"claims/{scene.id}/comments/", {"text": text}
        ),
        "by_desk": lambda scene: _desk(scene, "comment", text=text),
    }


def _asks(question: str) -> dict[str, Callable[[Any], Any]]:
    return {
        "by_service": lambda scene: desk.request_information(
            public_id=scene.id, reason=RequestReason.OTHER, question=question, actor=_reviewer(scene), now=NOW
        ),
        "by_desk": lambda scene: _desk(
            scene,
            "request_information",
            reason="OTHER",
            question=question,
            items=items(*items_of(scene.claim)),
        ),
    }


def _asks_the_parties(question: str) -> dict[str, Callable[[Any], Any]]:
    def party_ids(scene: Any) -> list[int]:
        return [party_of(scene.case, claim).pk for claim in (scene.theirs, scene.claim)]

    return {
        "by_service": lambda scene: desk.ask_parties(
            case_id=str(scene.case.public_id),
            party_ids=party_ids(scene),
            reason=RequestReason.OTHER,
            question=question,
            actor=_arbiter(scene),
            now=NOW,
        ),
        "by_desk": lambda scene: _in_case(
            scene, "ask_parties", parties=party_ids(scene), reason="OTHER", question=question
        ),
    }


def _posts_notice(**texts: Any) -> dict[str, Callable[[Any], Any]]:
    return {
        "by_service": lambda scene: notify(scene.case, scene.world.rev1, **texts),
        "by_desk": lambda scene: _in_case(scene, "post_notice", **texts),
    }


def _confirms() -> dict[str, Callable[[Any], Any]]:
    return {
        "by_service": lambda scene: confirm(scene.case, scene.world.arb),
        "by_desk": lambda scene: _in_case(scene, "confirm_decision"),
    }


def _returns(reason: str) -> dict[str, Callable[[Any], Any]]:
    return {
        "by_service": lambda scene: send_back(scene.case, scene.world.arb, reason=reason),
        "by_desk": lambda scene: _in_case(scene, "return_decision", reason=reason),
    }


def _lifts(reason: str = "Nobody else is here.", **given: Any) -> dict[str, Callable[[Any], Any]]:
    """Return the calls by which the scene's desk admin lifts the block for its person."""
    return {
        "by_service": lambda scene: lift(scene.case, scene.keeper, scene.person, reason=reason, **given),
        "by_desk": lambda scene: Desk(scene.keeper).act(
            scene.case, "lift_block", person=scene.person.pk, reason=reason, **given
        ),
    }


DESK_ACTS = (
    RefusedAct(
        code="SECOND_PERSON_REQUIRED",
        what="confirming after having proposed another decision",
        stage=proposed_by_both,
        **_confirms(),
    ),
    RefusedAct(
        code="SECOND_PERSON_REQUIRED",
        what="lifting a block for oneself",
        stage=proposed_by_the_desk_admin,
        **_lifts(),
    ),
    RefusedAct(
        code="ROLE_NOT_ALLOWED",
        what="an arbiter lifting a block",
        stage=proposed_by_both,
        by_service=lambda scene: lift(scene.case, scene.world.arb2, scene.world.arb),
        by_desk=lambda scene: _in_case(scene, "lift_block", person=scene.world.arb2.pk, reason="Why not?"),
    ),
    RefusedAct(
        code="REASON_REQUIRED",
        what="lifting a block without a reason",
        stage=proposed_by_both,
        **_lifts(" "),
    ),
    RefusedAct(
        code="COMMENT_TOO_LONG",
        what="lifting a block with a long reason",
        stage=proposed_by_both,
        **_lifts("x" * 4001),
    ),
    RefusedAct(
        code="STALE_VERSION",
        what="lifting a block",
        stage=proposed_by_both,
        **_lifts(version=1),
    ),
    RefusedAct(
        code="ROLE_NOT_ALLOWED",
        what="support taking a claim up",
        stage=a_claim,
        by_service=lambda scene: take_up(scene.claim, scene.world.sup),
        by_desk=lambda scene: Desk(scene.world.sup).act(scene.claim, "start_review"),
    ),
    RefusedAct(
        code="ROLE_NOT_ALLOWED",
        what="a reviewer deciding a case",
        stage=noticed,
        by_service=lambda scene: decide_for(scene.case, scene.world.rev1, scene.world.fabrikam),
        by_desk=lambda scene: Desk(scene.world.rev1).act(
            scene.case,
            "decide_case",
            winner=str(scene.world.fabrikam.pk),
            rationale="It is newer.",
            winner_text="Yes.",
            loser_text="No.",
            step="confirm",
        ),
    ),
    RefusedAct(
        code="INVALID_TRANSITION",
        what="taking a claim up twice",
        stage=under_review,
        by_service=lambda scene: take_up(scene.claim, scene.world.rev1),
        by_desk=lambda scene: _desk(scene, "start_review"),
    ),
    RefusedAct(
        code="INVALID_TRANSITION",
        what="deciding before the review",
        stage=a_claim,
        by_service=_approve,
        by_desk=_approve_at_the_desk,
    ),
    RefusedAct(
        code="INVALID_TRANSITION",
        what="asking about an approved claim",
        stage=approved,
        **_asks("Who signed?"),
    ),
    RefusedAct(
        code="INVALID_TRANSITION", what="a notice when every party has one", stage=noticed, **_posts_notice()
    ),
    RefusedAct(
        code="CASE_OPEN",
        what="asking about a contested item at its claim",
        stage=contest,
        by_service=lambda scene: ask(scene.claim, scene.world.rev1, *items_of(scene.claim)),
        by_desk=lambda scene: Desk(scene.world.rev1).act(
            scene.claim,
            "request_information",
            items=[str(item.public_id) for item in items_of(scene.claim)],
            reason="OTHER",
            question="Who signed it?",
        ),
    ),
    RefusedAct(
        code="CASE_OPEN",
        what="deciding a case before the notice",
        stage=contest,
        by_service=_decide(),
        by_desk=_decide_at_the_desk(),
    ),
    RefusedAct(
        code="CASE_OPEN",
        what="deciding a case while a question is open",
        stage=parties_asked,
        by_service=_decide(),
        by_desk=_decide_at_the_desk(),
    ),
    RefusedAct(
        code="SECOND_PERSON_REQUIRED",
        what="confirming one's own decision",
        stage=proposed,
        **_confirms(),
    ),
    RefusedAct(
        code="SECOND_PERSON_REQUIRED",
        what="allowing one's own exception for a text",
        stage=exception_asked,
        by_service=lambda scene: confirm_override(
            public_id=scene.id, override_id=scene.override, actor=_reviewer(scene), now=NOW
        ),
        by_desk=lambda scene: _desk(scene, "confirm_override", override=scene.override),
    ),
    RefusedAct(
        code="STALE_VERSION",
        what="confirming a decision after a party added proof",
        stage=proposed_and_changed,
        **_confirms(),
    ),
    RefusedAct(
        code="INVALID_TRANSITION",
        what="confirming a decision that nobody proposed",
        stage=noticed,
        **_confirms(),
    ),
    RefusedAct(
        code="INVALID_TRANSITION",
        what="deciding a case while a decision waits",
        stage=proposed,
        by_service=_decide(),
        by_desk=_decide_at_the_desk(),
    ),
    RefusedAct(
        code="REASON_REQUIRED",
        what="returning a decision without a reason",
        stage=proposed,
        **_returns(" "),
    ),
    RefusedAct(
        code="INVALID_TRANSITION",
        what="returning a decision that nobody proposed",
        stage=noticed,
        **_returns("The dates differ."),
    ),
    RefusedAct(
        code="ROLE_NOT_ALLOWED",
        what="a reviewer confirming a decision",
        stage=proposed,
        by_service=lambda scene: confirm(scene.case, scene.world.rev1),
        by_desk=lambda scene: Desk(scene.world.rev1).act(scene.case, "confirm_decision"),
    ),
    RefusedAct(
        code="INVALID_TRANSITION",
        what="asking in a case that has ended",
        stage=decided,
        **_asks_the_parties("When did it begin?"),
    ),
    RefusedAct(
        code="SCOPE_TAKEN",
        what="deciding a case for another while one waits for consent",
        stage=another_is_pending,
        by_service=_decide(),
        by_desk=_decide_at_the_desk(),
    ),
    RefusedAct(
        code="SCOPE_TAKEN",
        what="approving for another while one waits for consent",
        stage=another_is_pending,
        by_service=_approve,
        by_desk=_approve_at_the_desk,
    ),
    RefusedAct(
        code="CASE_OPEN",
        what="approving a contested item",
        stage=contest,
        by_service=_approve,
        by_desk=_approve_at_the_desk,
    ),
    RefusedAct(
        code="STALE_VERSION",
        what="taking a claim up",
        stage=a_claim,
        by_service=lambda scene: desk.start_review(
            public_id=scene.id, actor=_reviewer(scene), now=NOW, version=0
        ),
        by_desk=lambda scene: _desk(scene, "start_review", version=0),
    ),
    RefusedAct(
        code="STALE_VERSION",
        what="a notice in a case",
        stage=contest,
        by_service=lambda scene: desk.post_notice(
            case_id=str(scene.case.public_id), actor=_arbiter(scene), now=NOW, version=99
        ),
        by_desk=lambda scene: _in_case(scene, "post_notice", version=99),
    ),
    RefusedAct(code="COMMENT_REQUIRED", what="an empty message", stage=a_claim, **_desk_says("")),
    RefusedAct(code="COMMENT_TOO_LONG", what="a message", stage=a_claim, **_desk_says("x" * 4001)),
    RefusedAct(
        code="COMMENT_REQUIRED",
        what="an empty note",
        stage=a_claim,
        by_service=lambda scene: desk.add_note(public_id=scene.id, text="", actor=_reviewer(scene), now=NOW),
        by_desk=lambda scene: _desk(scene, "note", text=""),
    ),
    RefusedAct(code="COMMENT_REQUIRED", what="a request without words", stage=under_review, **_asks(" ")),
    RefusedAct(
        code="COMMENT_REQUIRED",
        what="declining without a text",
        stage=under_review,
        by_service=_decline(text=""),
        by_desk=_decline_at_the_desk(text=""),
    ),
    RefusedAct(
        code="COMMENT_REQUIRED",
        what="a question to parties without words",
        stage=noticed,
        **_asks_the_parties(""),
    ),
    *(
        RefusedAct(
            code="COMMENT_REQUIRED",
            what=f"a decision without its {text}",
            stage=noticed,
            by_service=_decide(**{text: ""}),
            by_desk=_decide_at_the_desk(**{text: ""}),
        )
        for text in ("rationale", "winner_text", "loser_text")
    ),
    RefusedAct(
        code="REASON_REQUIRED",
        what="declining without a reason",
        stage=under_review,
        by_service=_decline(reason=None),
        by_desk=_decline_at_the_desk(reason=""),
    ),
    RefusedAct(
        code="WARNINGS_NOT_CONFIRMED",  # a page shows the hints itself, and sends the same text once more
        what="a message that hints at others",
        stage=contest,
        by_service=lambda scene: add_comment(
            public_id=scene.id, text=HINTING, confirmed_warnings=(), actor=_reviewer(scene), now=NOW
        ),
        by_api=lambda scene: ApiClient(scene.world.rev1, for_the_desk=True).post(
            f"claims/{scene.id}/comments/", {"text": HINTING}
        ),
    ),
    RefusedAct(code="TEXT_NAMES_OTHER_PARTY", what="a message", stage=contest, **_desk_says(NAMING)),
    RefusedAct(code="TEXT_NAMES_OTHER_PARTY", what="a request", stage=contest, **_asks(NAMING)),
    RefusedAct(
        code="TEXT_NAMES_OTHER_PARTY",
        what="a notice",
        stage=contest,
        **_posts_notice(challenger_text=NAMING, holder_text=""),
    ),
    RefusedAct(
        code="TEXT_NAMES_OTHER_PARTY",
        what="a question to parties",
        stage=noticed,
        **_asks_the_parties(NAMING),
    ),
    RefusedAct(
        code="TEXT_NAMES_OTHER_PARTY",
        what="the winner's text",
        stage=noticed,
        by_service=_decide(winner_text=NAMING),
        by_desk=_decide_at_the_desk(winner_text=NAMING),
    ),
    RefusedAct(
        code="POE_NOT_OPENED",
        what="a case decided without opening its proof",
        stage=noticed,
        by_service=_decide(unopened=()),
        by_desk=lambda scene: _decide_at_the_desk()(scene, unopened=[]),
    ),
    RefusedAct(
        code="POE_NOT_OPENED",
        what="items decided without opening their proof",
        stage=under_review,
        by_service=lambda scene: decide(
            scene.claim, scene.world.rev1, *map(yes, items_of(scene.claim)), unopened=()
        ),
        by_desk=lambda scene: _desk(
            scene, "decide_items", unopened=[], **outcome(items_of(scene.claim)[0], "approve")
        ),
    ),
    RefusedAct(
        code="TEXT_NAMES_OTHER_PARTY",
        what="the losers' text",
        stage=noticed,
        by_service=_decide(loser_text="Fabrikam was faster."),
        by_desk=_decide_at_the_desk(loser_text="Fabrikam was faster."),
    ),
)
