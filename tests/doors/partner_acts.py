"""Refused acts of partners: the service call, and the same act through the API and on the page."""

from collections.abc import Callable
from typing import Any

from django.test import Client

from claims.inputs import DraftChanges, Entry
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
from tests.api.client import ApiClient
from tests.doors.scenes import (
    RefusedAct,
    a_claim,
    a_claim_that_uma_reads,
    a_draft,
    approved,
    asked,
    asked_with_a_rival,
    ten_files,
    uma_is_asked,
    umas_draft,
    under_review,
    withdrawn,
)
from tests.filing import at, hold, sales
from tests.portal.pages import path_of
from tests.responses import Response
from tests.world import MARKETING, NOW, SALES, actor

LATE = at(14, 0)


def _api(scene: Any) -> ApiClient:
    return ApiClient(scene.user)


def _post(scene: Any, step: str, **data: Any) -> Response:
    """Post to a page of the claim from the acting user's browser; return the response."""
    client = Client()
    client.force_login(scene.user, backend="django.contrib.auth.backends.ModelBackend")
    return client.post(path_of(scene.claim, f"{step}/"), data)


def _add(scene: Any, entry: Entry) -> object:
    return change_items(public_id=scene.id, add=[entry], actor=actor(scene.user), now=NOW)


def _add_by_api(scene: Any, entry: Entry) -> Response:
    sent = {"product": entry.product, "subscription_id": entry.subscription_id}
    return _api(scene).post(f"claims/{scene.id}/items/", {"add": [sent]})


def _add_on_the_page(scene: Any, entry: Entry) -> Response:
    return _post(scene, "items", rows=1, product_0=entry.product, subscription_id_0=entry.subscription_id)


def _says(text: str) -> dict[str, Callable[[Any], Any]]:
    """Return the calls for a partner's comment through its three doors."""
    return {
        "by_service": lambda scene: add_comment(
            public_id=scene.id, text=text, actor=actor(scene.user), now=NOW
        ),
        "by_api": lambda scene: _api(scene).post(f"claims/{scene.id}/comments/", {"text": text}),
        "by_page": lambda scene: _post(scene, "comments", text=text),
    }


def _answers(comment: str = "The signed page is attached.", **given: Any) -> dict[str, Callable[[Any], Any]]:
    moment = given.pop("now", NOW)
    return {
        "by_service": lambda scene: answer_requests(
            public_id=scene.id, comment=comment, actor=actor(scene.user), now=moment, **given
        ),
        "by_api": lambda scene: _api(scene).post(
            f"claims/{scene.id}/respond/", {"comment": comment}, **_if_match(given)
        ),
        "by_page": lambda scene: _post(scene, "respond", comment=comment, **given),
    }


def _withdraws(**given: Any) -> dict[str, Callable[[Any], Any]]:
    return {
        "by_service": lambda scene: withdraw_claim(
            public_id=scene.id, actor=actor(scene.user), now=NOW, **given
        ),
        "by_api": lambda scene: _api(scene).post(f"claims/{scene.id}/withdraw/", {}, **_if_match(given)),
        "by_page": lambda scene: _post(scene, "withdraw", **given),
    }


def _submits(**given: Any) -> dict[str, Callable[[Any], Any]]:
    return {
        "by_service": lambda scene: submit_claim(
            public_id=scene.id, actor=actor(scene.user), now=NOW, **given
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
            actor=actor(scene.user),
            now=NOW,
            **given,
        ),
        "by_api": lambda scene: _api(scene).patch(f"claims/{scene.id}/", fields, **_if_match(given)),
        "by_page": lambda scene: _post(scene, step, **fields, **given),
    }


def _if_match(given: dict[str, Any]) -> dict[str, str]:
    return {"If_Match": f'"{given["version"]}"'} if "version" in given else {}


def _uploads(name: str = "more.pdf", **details: Any) -> dict[str, Callable[[Any], Any]]:
    def content() -> Any:
        stream = statement_of_work(["One more page"])
        stream.name = name
        return stream

    return {
        "by_service": lambda scene: add_evidence(
            public_id=scene.id,
            stream=content(),
            name=name,
            details=ProofDetails(**details),
            actor=actor(scene.user),
            now=NOW,
        ),
        "by_api": lambda scene: _api(scene).upload(
            f"claims/{scene.id}/evidence/", content().read(), name, **details
        ),
        "by_page": lambda scene: _post(scene, "proof", file=content(), kind="other", **details),
    }


PARTNER_ACTS = (
    # Roles that are refused in every state (S2, part 9)
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
        code="INVALID_TRANSITION", what="withdrawing an approved claim", stage=approved, **_withdraws()
    ),
    RefusedAct(
        code="INVALID_TRANSITION", what="answering without a question", stage=under_review, **_answers()
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
        code="INVALID_TRANSITION", what="commenting on a withdrawn claim", stage=withdrawn, **_says("Why?")
    ),
    RefusedAct(
        code="INVALID_TRANSITION", what="adding proof to a withdrawn claim", stage=withdrawn, **_uploads()
    ),
    RefusedAct(
        code="RESPONSE_LATE",
        what="answering at the due instant",
        stage=asked,
        moment=LATE,
        **_answers("", now=LATE),
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
        what="adding an item that the claim has",
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
            public_id=scene.id, add=[Entry(product=SALES)] * 50, actor=actor(scene.user), now=NOW
        ),
        by_api=lambda scene: _api(scene).post(
            f"claims/{scene.id}/items/", {"add": [{"product": SALES}] * 50}
        ),
    ),
    RefusedAct(code="POE_TOO_MANY", what="the eleventh file", stage=ten_files, **_uploads()),
    *(
        RefusedAct(
            code="INVALID_FIELD",  # the API refuses it as a shape, with the same code at the same place
            what=f"a file that covers another product, {when}",
            stage=stage,
            by_service=_uploads(covers=(SALES, MARKETING))["by_service"],
            by_page=_uploads(covers=(SALES, MARKETING))["by_page"],
        )
        for when, stage in (("in a draft", a_draft), ("of a claim", a_claim))
    ),
)
