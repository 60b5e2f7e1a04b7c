"""Scenarios of group E on the pages: proof, the last check, submission and withdrawal."""

from datetime import timedelta

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError
from django.test import Client

from arbitration.services import start_review
from claims.enums import ClaimStatus
from claims.facts import gather_facts
from claims.inputs import DraftChanges
from claims.models import Claim, Evidence
from claims.services import save_claim
from tenants.enums import SubscriptionState
from tenants.models import Subscription
from tests.inspection.files import real_pdf
from tests.portal.conftest import SignIn
from tests.portal.filed import claim_in, complete_draft, filed_claim
from tests.portal.pages import complete, path_of, send, start, text_of, title_of
from tests.responses import Response
from tests.world import NOW, TEAMS, TODAY, World, actor

DAY = timedelta(days=1)


@pytest.fixture
def ana(world: World, sign_in: SignIn) -> Client:
    return sign_in(world.ana)


def upload(client: Client, claim: Claim, content: bytes, name: str = "proof.pdf", **details: str) -> Response:
    data = {"kind": "statement_of_work", "signed_on": str(TODAY - 30 * DAY), **details}
    return client.post(
        path_of(claim, "proof/"), {**data, "file": SimpleUploadedFile(name, content)}, follow=True
    )


def submit(client: Client, claim: Claim, *confirmed: str, **data: str) -> Response:
    return send(client, claim, "check", {"acknowledged": "on", "confirmed_warnings": list(confirmed), **data})


def test_48_a_claim_cannot_be_submitted_without_proof(world: World, ana: Client) -> None:
    claim = complete_draft(world, world.ana, with_proof=False)

    shown = ana.get(path_of(claim, "check/"))
    refused = submit(ana, claim)

    claim.refresh_from_db()
    assert "POE_REQUIRED" in text_of(shown)
    assert refused.status_code == 422
    assert title_of(refused).startswith("Error:")
    assert "POE_REQUIRED" in text_of(refused)
    assert f'href="{path_of(claim, "proof/")}"' in refused.content.decode()
    assert claim.status == ClaimStatus.DRAFT


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("empty.pdf", b"", "POE_FILE_EMPTY"),
        ("tool.exe", b"MZ" + b"\0" * 400, "POE_FILE_TYPE"),
        ("page.pdf", b"<!doctype html><html><body>Hello</body></html>", "POE_FILE_TYPE"),
        ("large.pdf", b"%PDF-1.7\n" + b"0" * 26_000_000, "POE_FILE_SIZE"),
    ],
)
def test_50_a_file_that_cannot_be_proof_is_refused_beside_its_field(
    world: World, ana: Client, name: str, content: bytes, code: str
) -> None:
    claim = complete_draft(world, world.ana, with_proof=False)

    page = upload(ana, claim, content, name, signer_name="Cora Example")

    assert page.status_code == 422
    assert text_of(page).count(code) == 2
    assert 'href="#id_file"' in page.content.decode()
    assert 'value="Cora Example"' in page.content.decode()
    assert Evidence.objects.count() == 0


def test_51_an_old_signature_needs_confirmation_and_a_future_one_is_refused(
    world: World, ana: Client
) -> None:
    claim = complete_draft(world, world.ana, with_proof=False)

    future = upload(ana, claim, real_pdf("Tomorrow"), signed_on=str(TODAY + DAY))
    old = upload(ana, claim, real_pdf("Old"), signed_on=str(TODAY - 400 * DAY))
    unconfirmed = submit(ana, claim)
    confirmed = submit(ana, claim, "POE_DATE_OLD")

    claim.refresh_from_db()
    assert future.status_code == 422
    assert "POE_DATE_FUTURE" in text_of(future)
    assert 'href="#id_signed_on"' in future.content.decode()
    assert old.status_code == 200
    assert "POE_DATE_OLD" in text_of(old)
    assert unconfirmed.status_code == 422
    assert "WARNINGS_NOT_CONFIRMED" in text_of(unconfirmed)
    assert 'value="POE_DATE_OLD"' in unconfirmed.content.decode()
    assert confirmed["Location"] == path_of(claim)
    assert claim.status == ClaimStatus.SUBMITTED


def test_a_second_upload_of_the_same_file_is_refused_with_the_name_of_the_first(
    world: World, ana: Client
) -> None:
    claim = complete_draft(world, world.ana, with_proof=False)
    upload(ana, claim, real_pdf("Once"), "first.pdf")

    page = upload(ana, claim, real_pdf("Once"), "second.pdf")

    assert page.status_code == 422
    assert "POE_DUPLICATE" in text_of(page)
    assert "first.pdf" in text_of(page)
    assert Evidence.objects.count() == 1


def test_52_submitting_starts_the_review_clock_and_the_page_explains_the_due_date(
    world: World, ana: Client, clock: time_machine.Traveller
) -> None:
    claim = complete_draft(world, world.ana, acknowledged=False)
    clock.move_to(NOW.replace(hour=10))

    response = submit(ana, claim)
    page = text_of(ana.get(response["Location"]))

    claim.refresh_from_db()
    assert claim.status == ClaimStatus.SUBMITTED
    assert f"Claim {claim.reference} was submitted." in page
    assert "The claim desk" in page
    assert "Monday 13 July 2020, 24:00 UTC" in page
    assert "(5 business days left)" in page
    assert "Why this date?" in page
    assert "Received Mon 6 July 2020." in page
    assert "Business day 5" in page


def test_54_a_claim_whose_subscription_was_suspended_since_cannot_be_submitted(
    world: World, ana: Client
) -> None:
    claim = complete_draft(world, world.ana)
    Subscription.objects.filter(pk=world.s_a.pk).update(state=SubscriptionState.SUSPENDED)

    refused = submit(ana, claim)

    claim.refresh_from_db()
    assert refused.status_code == 422
    assert "SUBSCRIPTION_NOT_ACTIVE" in text_of(refused)
    assert claim.status == ClaimStatus.DRAFT


def test_a_claim_cannot_be_submitted_without_the_acknowledgement(world: World, ana: Client) -> None:
    claim = complete_draft(world, world.ana, acknowledged=False)

    shown = text_of(ana.get(path_of(claim, "check/")))
    refused = send(ana, claim, "check", {"confirmed_warnings": []})

    claim.refresh_from_db()
    assert "ACK_REQUIRED" not in shown
    assert refused.status_code == 422
    assert text_of(refused).count("ACK_REQUIRED") == 2
    assert 'href="#id_acknowledged"' in refused.content.decode()
    assert claim.status == ClaimStatus.DRAFT


def test_a_warning_confirmed_in_the_draft_is_not_ticked_for_who_submits(world: World, ana: Client) -> None:
    """Point 16's sibling: what is submitted is what is ticked on the page in front of the person."""
    claim = complete_draft(world, world.ana, with_proof=False)
    upload(ana, claim, real_pdf("Old"), signed_on=str(TODAY - 400 * DAY))
    save_claim(
        public_id=str(claim.public_id),
        changes=DraftChanges(confirmed_warnings=("POE_DATE_OLD",)),
        actor=actor(world.ana),
        now=NOW,
    )

    shown = ana.get(path_of(claim, "check/")).content.decode()
    refused = submit(ana, claim)
    kept = Claim.objects.get().status
    confirmed = submit(ana, claim, "POE_DATE_OLD")

    [box] = [line for line in shown.splitlines() if 'value="POE_DATE_OLD"' in line]
    assert " checked" not in box
    assert (refused.status_code, kept) == (422, ClaimStatus.DRAFT)
    assert "WARNINGS_NOT_CONFIRMED" in text_of(refused)
    assert confirmed.status_code == 302
    assert Claim.objects.get().status == ClaimStatus.SUBMITTED


def test_an_acknowledgement_in_the_draft_is_not_ticked_for_who_submits(world: World, ana: Client) -> None:
    claim = complete_draft(world, world.ana, acknowledged=True)

    shown = ana.get(path_of(claim, "check/")).content.decode()
    refused = send(ana, claim, "check", {"confirmed_warnings": []})

    claim.refresh_from_db()
    [box] = [line for line in shown.splitlines() if 'name="acknowledged"' in line]
    assert " checked" not in box
    assert (refused.status_code, claim.status) == (422, ClaimStatus.DRAFT)
    assert "ACK_REQUIRED" in text_of(refused)


def test_56_an_incentives_user_cannot_submit(world: World, sign_in: SignIn) -> None:
    uma = sign_in(world.uma)
    claim = complete_draft(world, world.uma)

    refused = submit(uma, claim)

    claim.refresh_from_db()
    assert refused.status_code == 403
    assert "ROLE_NOT_ALLOWED" in text_of(refused)
    assert claim.status == ClaimStatus.DRAFT


def test_46_a_claim_cannot_be_submitted_while_the_directory_cannot_be_read(
    world: World, ana: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    claim = complete_draft(world, world.ana)

    def unreadable(*_arguments: object, **_options: object) -> None:
        raise DatabaseError("the directory is down")

    monkeypatch.setattr(f"claims.validation.{gather_facts.__name__}", unreadable)

    opened = ana.get(path_of(claim, "check/"))
    refused = submit(ana, claim, "MPN_REGION")

    claim.refresh_from_db()
    assert opened.status_code == 200
    assert "VALIDATION_UNAVAILABLE" in text_of(opened)
    assert refused.status_code == 503
    assert "VALIDATION_UNAVAILABLE" in text_of(refused)
    assert claim.status == ClaimStatus.DRAFT


@pytest.mark.parametrize("status", ["draft", "submitted", "under_review", "partner_action_required"])
def test_57_an_open_claim_can_be_withdrawn(world: World, ana: Client, status: str) -> None:
    claim = claim_in(world, status)

    offered = ana.get(path_of(claim)).content.decode()
    asked = ana.get(path_of(claim, "withdraw/"))
    response = send(ana, claim, "withdraw", {})

    claim.refresh_from_db()
    assert f'href="{path_of(claim, "withdraw/")}?tab=' in offered
    assert asked.status_code == 200
    assert response["Location"] == path_of(claim)
    assert claim.status == ClaimStatus.WITHDRAWN


def test_57_an_approved_claim_cannot_be_withdrawn(world: World, ana: Client) -> None:
    claim = claim_in(world, "approved")

    offered = ana.get(path_of(claim)).content.decode()
    refused = send(ana, claim, "withdraw", {})

    claim.refresh_from_db()
    assert "withdraw/" not in offered
    assert refused.status_code == 409
    assert "INVALID_TRANSITION" in text_of(refused)
    assert claim.status == ClaimStatus.APPROVED


def test_withdrawing_a_claim_that_has_changed_needs_a_new_confirmation(world: World, ana: Client) -> None:
    claim = claim_in(world, "submitted")
    stale = claim.version
    start_review(public_id=str(claim.public_id), actor=actor(world.rev1), now=NOW)

    refused = ana.post(path_of(claim, "withdraw/"), {"version": stale})

    claim.refresh_from_db()
    assert refused.status_code == 412
    assert "STALE_VERSION" in text_of(refused)
    assert f'name="over" value="{claim.version}"' in refused.content.decode()
    assert "Review started" in text_of(refused)
    assert claim.status == ClaimStatus.UNDER_REVIEW


def test_71_a_rival_claim_is_a_warning_to_confirm_that_does_not_name_the_rival(
    world: World, ana: Client
) -> None:
    filed_claim(world, world.ned, workloads=[TEAMS])
    claim = complete_draft(world, world.ana, workloads=[TEAMS])

    shown = ana.get(path_of(claim, "check/"))
    response = submit(ana, claim, "COMPETING_CLAIM")

    claim.refresh_from_db()
    assert "COMPETING_CLAIM" in text_of(shown)
    assert "Northwind" not in shown.content.decode()
    assert 'name="confirmed_warnings" value="COMPETING_CLAIM"' in shown.content.decode()
    assert response["Location"] == path_of(claim)
    assert claim.status == ClaimStatus.SUBMITTED


def test_29_the_last_page_shows_the_state_and_channel_of_a_typed_subscription(
    world: World, ana: Client
) -> None:
    claim = complete_draft(world, world.ana)

    page = text_of(ana.get(path_of(claim, "check/")))

    assert (
        "Dynamics 365 Sales (subscription 34828c05-c16c-4d6f-9cfc-4d2650ef19a1) · Active, Volume Licensing"
        in page
    )


def test_a_claim_can_be_filed_without_javascript(world: World, ana: Client) -> None:
    claim = start(ana, world)
    complete(ana, world, claim)
    upload(ana, claim, real_pdf())

    response = submit(ana, claim)

    claim.refresh_from_db()
    assert response["Location"] == path_of(claim)
    assert claim.status == ClaimStatus.SUBMITTED
    assert claim.acknowledged is True
