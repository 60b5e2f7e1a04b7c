"""Refused acts: for each code of a refused action the situation, the service call, and the same act through the API and
on the page where a user would do it (a partner's, or the desk's)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from django.test import Client

from arbitration import services as desk
from arbitration.models import Case
from arbitration.services import Decision
from claims.enums import DeclineReason, RequestReason
from claims.inputs import DraftChanges, Entry
from claims.models import Claim
from claims.services import (
    add_comment,
    add_evidence,
    answer_requests,
    change_items,
    edit_items,
    save_claim,
    submit_claim,
    withdraw_claim,
)
from claims.services.evidence import ProofDetails
from cpor.demo.proof import statement_of_work
from partners.models import User
from tests.api.client import ApiClient
from tests.desk.desk import Desk, items, outcome
from tests.filing import (
    add_proof,
    approve,
    ask,
    ask_parties,
    at,
    at_desk,
    case_of,
    decide_for,
    draft,
    file_claim,
    held_and_claimed,
    hold,
    items_of,
    notify,
    party_of,
    pending,
    ruling,
    sales,
    take_up,
    withdraw,
    workloads,
)
from tests.portal.pages import path_of
from tests.responses import Response
from tests.world import MARKETING, NOW, SALES, TEAMS, World, actor

LATE = at(14, 0)
NAMING = "Northwind has signed it as well."
"""A text to Fabrikam that must not be sent."""


@dataclass(frozen=True, kw_only=True)
class RefusedAct:
    """One act and its refusal. Doors without the act are left out."""

    code: str
    what: str
    stage: Callable[[World], Any]
    by_service: Callable[[Any], object]
    by_api: Callable[[Any], Response] | None = None
    by_page: Callable[[Any], Response] | None = None
    by_desk: Callable[[Any], Response] | None = None
    moment: Any = NOW

    @property
    def name(self) -> str:
        return f"{self.code} {self.what}"


def _scene(world: World, claim: Claim, who: User | None = None, **more: Any) -> SimpleNamespace:
    """Return a claim with the user who acts on it."""
    who = who or world.ana
    return SimpleNamespace(world=world, claim=claim, id=str(claim.public_id), who=who, **more)


def _case_scene(world: World, theirs: Claim, ours: Claim, case: Case) -> SimpleNamespace:
    return _scene(world, ours, theirs=theirs, case=case)


def _api(scene: Any) -> ApiClient:
    return ApiClient(scene.who)


def _post(scene: Any, step: str, **data: Any) -> Response:
    """Post to a page of the claim from the acting user's browser; return the response."""
    client = Client()
    client.force_login(scene.who, backend="django.contrib.auth.backends.ModelBackend")
    return client.post(path_of(scene.claim, f"{step}/"), data)


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


# --- Situations ---


def a_draft(world: World) -> SimpleNamespace:
    return _scene(world, draft(world, world.ana))


def umas_draft(world: World) -> SimpleNamespace:
    return _scene(world, draft(world, world.uma), world.uma)


def a_claim(world: World) -> SimpleNamespace:
    return _scene(world, file_claim(world, world.ana))


def a_claim_that_uma_reads(world: World) -> SimpleNamespace:
    return _scene(world, file_claim(world, world.ana), world.uma)


def under_review(world: World) -> SimpleNamespace:
    scene = a_claim(world)
    take_up(scene.claim, world.rev1)
    return scene


def asked(world: World) -> SimpleNamespace:
    """Return a claim filed on Friday, so that nothing in it is newer than the question."""
    scene = _scene(world, file_claim(world, world.ana, sales(world.s_b), now=at(3), confirmed=()))
    take_up(scene.claim, world.rev1)
    ask(scene.claim, world.rev1)
    return scene


def uma_is_asked(world: World) -> SimpleNamespace:
    return _scene(world, asked(world).claim, world.uma)


def asked_with_a_rival(world: World) -> SimpleNamespace:
    hold(world, world.ned)
    return asked(world)


def approved(world: World) -> SimpleNamespace:
    return _scene(world, pending(world, world.ana))


def withdrawn(world: World) -> SimpleNamespace:
    scene = a_claim(world)
    withdraw(scene.claim, world.ana)
    return scene


def ten_files(world: World) -> SimpleNamespace:
    scene = a_draft(world)
    for _file in range(9):
        add_proof(scene.claim, world.ana)
    return scene


def contest(world: World) -> SimpleNamespace:
    """Let Northwind hold S-A and Fabrikam claim it; start the review of Fabrikam's claim."""
    theirs, ours, case = held_and_claimed(world)
    take_up(ours, world.rev1)
    return _case_scene(world, theirs, ours, case)


def noticed(world: World) -> SimpleNamespace:
    scene = contest(world)
    notify(scene.case, world.rev1)
    return scene


def parties_asked(world: World) -> SimpleNamespace:
    scene = noticed(world)
    ask_parties(scene.case, world.arb)
    return scene


def decided(world: World) -> SimpleNamespace:
    scene = noticed(world)
    decide_for(scene.case, world.arb2, world.northwind)
    return scene


def another_is_pending(world: World) -> SimpleNamespace:
    """Let Tailspin win Teams and wait for consent; put Fabrikam's later claim under review."""
    theirs = pending(world, world.tom, *workloads(TEAMS))
    ours = file_claim(world, world.ana, *workloads(TEAMS))
    take_up(ours, world.rev1)
    return _case_scene(world, theirs, ours, case_of(ours))


# --- The acts ---


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


def _decide(**texts: str) -> Callable[[Any], object]:
    """Return a call that decides the case for Fabrikam, with some of the three texts replaced."""
    return lambda scene: desk.decide_case(
        case_id=str(scene.case.public_id),
        ruling=ruling(scene.world.fabrikam, **texts),
        actor=_arbiter(scene),
        now=NOW,
    )


def _decide_at_the_desk(**texts: str) -> Callable[[Any], Response]:
    def send(scene: Any) -> Response:
        complete = ruling(scene.world.fabrikam, **texts)
        return _in_case(
            scene,
            "decide_case",
            winner=str(complete.winner_id),
            rationale=complete.rationale,
            winner_text=complete.winner_text,
            loser_text=complete.loser_text,
            step="confirm",
        )

    return send


def _add(scene: Any, entry: Entry) -> object:
    return change_items(public_id=scene.id, add=[entry], actor=actor(scene.who), now=NOW)


def _add_by_api(scene: Any, entry: Entry) -> Response:
    sent = {"product": entry.product, "subscription_id": entry.subscription_id}
    return _api(scene).post(f"claims/{scene.id}/items/", {"add": [sent]})


def _add_on_the_page(scene: Any, entry: Entry) -> Response:
    return _post(scene, "items", rows=1, product_0=entry.product, subscription_id_0=entry.subscription_id)


def _says(text: str) -> dict[str, Callable[[Any], Any]]:
    """Return the calls for a partner's comment through its three doors."""
    return {
        "by_service": lambda scene: add_comment(
            public_id=scene.id, text=text, actor=actor(scene.who), now=NOW
        ),
        "by_api": lambda scene: _api(scene).post(f"claims/{scene.id}/comments/", {"text": text}),
        "by_page": lambda scene: _post(scene, "comments", text=text),
    }


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


def _answers(comment: str = "The signed page is attached.", **given: Any) -> dict[str, Callable[[Any], Any]]:
    moment = given.pop("now", NOW)
    return {
        "by_service": lambda scene: answer_requests(
            public_id=scene.id, comment=comment, actor=actor(scene.who), now=moment, **given
        ),
        "by_api": lambda scene: _api(scene).post(
            f"claims/{scene.id}/respond/", {"comment": comment}, **_if_match(given)
        ),
        "by_page": lambda scene: _post(scene, "respond", comment=comment, **given),
    }


def _withdraws(**given: Any) -> dict[str, Callable[[Any], Any]]:
    return {
        "by_service": lambda scene: withdraw_claim(
            public_id=scene.id, actor=actor(scene.who), now=NOW, **given
        ),
        "by_api": lambda scene: _api(scene).post(f"claims/{scene.id}/withdraw/", {}, **_if_match(given)),
        "by_page": lambda scene: _post(scene, "withdraw", **given),
    }


def _submits(**given: Any) -> dict[str, Callable[[Any], Any]]:
    return {
        "by_service": lambda scene: submit_claim(
            public_id=scene.id, actor=actor(scene.who), now=NOW, **given
        ),
        "by_api": lambda scene: _api(scene).post(f"claims/{scene.id}/submit/", {}, **_if_match(given)),
        "by_page": lambda scene: _post(scene, "check", acknowledged="on", **given),
    }


def _typed(fields: dict[str, str]) -> dict[str, Any]:
    """Return the fields of a request body under the names of the service."""
    return {"tenant_guid" if name == "tenant_id" else name: value for name, value in fields.items()}


def _saves(step: str, fields: dict[str, str], **given: Any) -> dict[str, Callable[[Any], Any]]:
    return {
        "by_service": lambda scene: save_claim(
            public_id=scene.id,
            changes=DraftChanges(**_typed(fields)),
            actor=actor(scene.who),
            now=NOW,
            **given,
        ),
        "by_api": lambda scene: _api(scene).patch(f"claims/{scene.id}/", fields, **_if_match(given)),
        "by_page": lambda scene: _post(scene, step, **fields, **given),
    }


def _if_match(given: dict[str, Any]) -> dict[str, str]:
    return {"If_Match": f'"{given["version"]}"'} if "version" in given else {}


def _uploads(name: str = "more.pdf") -> dict[str, Callable[[Any], Any]]:
    def content() -> Any:
        stream = statement_of_work(["One more page"])
        stream.name = name
        return stream

    return {
        "by_service": lambda scene: add_evidence(
            public_id=scene.id,
            stream=content(),
            name=name,
            details=ProofDetails(),
            actor=actor(scene.who),
            now=NOW,
        ),
        "by_api": lambda scene: _api(scene).upload(f"claims/{scene.id}/evidence/", content().read(), name),
        "by_page": lambda scene: _post(scene, "proof", file=content(), kind="other"),
    }


PARTNER_ACTS = (
    # Roles: who may not, whatever the state (S2, part 9)
    RefusedAct(code="ROLE_NOT_ALLOWED", what="submitting", stage=umas_draft, **_submits()),
    RefusedAct(code="ROLE_NOT_ALLOWED", what="withdrawing", stage=a_claim_that_uma_reads, **_withdraws()),
    RefusedAct(code="ROLE_NOT_ALLOWED", what="answering", stage=uma_is_asked, **_answers()),
    RefusedAct(
        code="ROLE_NOT_ALLOWED",
        what="changing the location of an asked claim",
        stage=uma_is_asked,
        **_saves("location", {"mpn_id": "4391509"}),
    ),
    RefusedAct(
        code="ROLE_NOT_ALLOWED",
        what="changing items",
        stage=uma_is_asked,
        by_service=lambda scene: _add(scene, Entry(product=MARKETING)),
        by_api=lambda scene: _add_by_api(scene, Entry(product=MARKETING)),
        by_page=lambda scene: _add_on_the_page(scene, Entry(product=MARKETING)),
    ),
    # States
    RefusedAct(code="INVALID_TRANSITION", what="submitting twice", stage=a_claim, **_submits()),
    RefusedAct(
        code="INVALID_TRANSITION", what="withdrawing what is approved", stage=approved, **_withdraws()
    ),
    RefusedAct(
        code="INVALID_TRANSITION", what="answering what nobody asked", stage=under_review, **_answers()
    ),
    RefusedAct(
        code="INVALID_TRANSITION",
        what="changing the customer of a submitted claim",
        stage=a_claim,
        **_saves("customer", {"tenant_id": "x", "domain": "adatum", "name": ""}),
    ),
    RefusedAct(
        code="INVALID_TRANSITION",
        what="changing items of a claim under review",
        stage=under_review,
        by_service=lambda scene: _add(scene, Entry(product=MARKETING)),
        by_api=lambda scene: _add_by_api(scene, Entry(product=MARKETING)),
        by_page=lambda scene: _add_on_the_page(scene, Entry(product=MARKETING)),
    ),
    RefusedAct(
        code="INVALID_TRANSITION", what="commenting what is withdrawn", stage=withdrawn, **_says("Why?")
    ),
    RefusedAct(
        code="INVALID_TRANSITION", what="adding proof to what is withdrawn", stage=withdrawn, **_uploads()
    ),
    RefusedAct(
        code="RESPONSE_LATE",
        what="answering at the due instant",
        stage=asked,
        moment=LATE,
        **_answers(now=LATE),
    ),
    # Versions
    RefusedAct(
        code="STALE_VERSION",
        what="saving a draft",
        stage=a_draft,
        **_saves("customer", {"tenant_id": "x", "domain": "y", "name": ""}, version=0),
    ),
    RefusedAct(code="STALE_VERSION", what="submitting", stage=a_draft, **_submits(version=0)),
    RefusedAct(code="STALE_VERSION", what="withdrawing", stage=a_claim, **_withdraws(version=0)),
    RefusedAct(code="STALE_VERSION", what="answering", stage=asked, **_answers(version=0)),
    # Texts
    RefusedAct(code="COMMENT_REQUIRED", what="an empty comment", stage=a_claim, **_says(" \n")),
    RefusedAct(code="COMMENT_TOO_LONG", what="a comment", stage=a_claim, **_says("x" * 4001)),
    RefusedAct(
        code="COMMENT_REQUIRED", what="an answer without anything new", stage=asked, **_answers(comment="")
    ),
    # Warnings and items
    RefusedAct(
        code="WARNINGS_NOT_CONFIRMED",
        what="submitting",
        stage=lambda world: (hold(world, world.ned), a_draft(world))[1],
        **_submits(),
    ),
    RefusedAct(
        code="WARNINGS_NOT_CONFIRMED",
        what="changing items",
        stage=asked_with_a_rival,
        by_service=lambda scene: _add(scene, sales(scene.world.s_a)),
        by_api=lambda scene: _add_by_api(scene, sales(scene.world.s_a)),
        by_page=lambda scene: _add_on_the_page(scene, sales(scene.world.s_a)),
    ),
    RefusedAct(
        code="ITEM_DUPLICATE",
        what="adding what the claim has",
        stage=asked,
        by_service=lambda scene: _add(scene, sales(scene.world.s_b)),
        by_api=lambda scene: _add_by_api(scene, sales(scene.world.s_b)),
        by_page=lambda scene: _add_on_the_page(scene, sales(scene.world.s_b)),
    ),
    RefusedAct(
        code="TOO_MANY_ITEMS",  # a page has no more rows than a claim takes
        what="the 51st item of a draft",
        stage=a_draft,
        by_service=lambda scene: edit_items(
            public_id=scene.id, add=[Entry(product=SALES)] * 50, actor=actor(scene.who), now=NOW
        ),
        by_api=lambda scene: _api(scene).post(
            f"claims/{scene.id}/items/", {"add": [{"product": SALES}] * 50}
        ),
    ),
    RefusedAct(code="POE_TOO_MANY", what="the eleventh file", stage=ten_files, **_uploads()),
)

DESK_ACTS = (
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
        what="asking about what is approved",
        stage=approved,
        **_asks("Who signed?"),
    ),
    RefusedAct(
        code="INVALID_TRANSITION", what="a notice where all have theirs", stage=noticed, **_posts_notice()
    ),
    RefusedAct(
        code="INVALID_TRANSITION",
        what="deciding a case while a question is open",
        stage=parties_asked,
        by_service=_decide(),
        by_desk=_decide_at_the_desk(),
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
        what="approving what is contested",
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
        code="TEXT_NAMES_OTHER_PARTY",
        what="the losers' text",
        stage=noticed,
        by_service=_decide(loser_text="Fabrikam was faster."),
        by_desk=_decide_at_the_desk(loser_text="Fabrikam was faster."),
    ),
)

REFUSED_ACTS: Sequence[RefusedAct] = (*PARTNER_ACTS, *DESK_ACTS)
