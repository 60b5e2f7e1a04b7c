"""Service, API and page report a fault in a file of proof with the same code and message (F2, F3)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from claims.enums import EvidenceKind
from claims.inputs import ClaimInput, DraftChanges, ProofInput
from claims.models import Claim, Evidence
from claims.services import ProofDetails, add_evidence, check_claim, save_claim, submit_claim
from foundation.kernel.errors import Refused
from tests.api.client import ApiClient
from tests.doors.saying import says
from tests.doors.test_findings import browser_of, dicts
from tests.filing import add_proof, draft
from tests.inspection.files import pdf as spoilt_pdf
from tests.inspection.files import real_pdf
from tests.portal.pages import path_of, send
from tests.world import NOW, World, actor

LONG_AGO = date(2019, 6, 6)
TOMORROW = date(2020, 7, 7)


@dataclass(frozen=True, kw_only=True)
class Upload:
    """A refused file, and the field next to which a page shows the refusal (none: at the top)."""

    code: str
    name: str = "proof.pdf"
    content: Callable[[], bytes]
    signed_on: date | None = None
    beside: str = "file"


UPLOADS = (
    Upload(code="POE_FILE_EMPTY", content=lambda: b""),
    Upload(code="POE_FILE_TYPE", name="proof.exe", content=lambda: b"MZ\x90\x00" * 40),
    Upload(code="POE_FILE_TYPE", content=lambda: b"<!doctype html><html><body>Signed</body></html>"),
    Upload(code="POE_FILE_SIZE", content=lambda: real_pdf() + bytes(25_000_000)),
    Upload(
        code="POE_FILE_UNSAFE",
        content=lambda: spoilt_pdf(catalog=b"/OpenAction << /S /JavaScript /JS (app.alert\\(1\\)) >> "),
    ),
    Upload(code="POE_DUPLICATE", content=lambda: real_pdf("The first"), beside=""),
    Upload(code="POE_DATE_FUTURE", content=real_pdf, signed_on=TOMORROW, beside="signed_on"),
)


@pytest.mark.parametrize("upload", [pytest.param(each, id=f"{each.code} {each.name}") for each in UPLOADS])
def test_every_door_refuses_a_file_alike(world: World, upload: Upload) -> None:
    claim = draft(world, world.ana, proof=False)
    _attach(claim, world, real_pdf("The first"))
    content, signed = upload.content(), str(upload.signed_on or "")

    with pytest.raises(Refused) as refused:
        _attach(claim, world, content, upload.name, upload.signed_on)
    api_fields = {"signed_on": signed} if signed else {}
    answer = ApiClient(world.ana).upload(
        f"claims/{claim.public_id}/evidence/", content, upload.name, **api_fields
    )
    file = SimpleUploadedFile(upload.name, content)
    page = send(browser_of(world), claim, "proof", {"file": file, "kind": "other", "signed_on": signed})

    refusal = refused.value
    assert refusal.code == upload.code
    assert (answer.status_code, answer.json()["code"]) == (422, refusal.code)
    assert answer.json()["detail"] == str(refusal.message)
    assert answer.json()["findings"] == dicts(refusal.findings)
    assert page.status_code == 422
    assert says(page, refusal.code, refusal.message, beside=upload.beside)
    assert Evidence.objects.count() == 1


def _attach(
    claim: Claim, world: World, content: bytes, name: str = "first.pdf", signed_on: date | None = None
) -> Evidence:
    return add_evidence(
        public_id=str(claim.public_id),
        stream=BytesIO(content),
        name=name,
        details=ProofDetails(kind=EvidenceKind.OTHER, signed_on=signed_on),
        actor=actor(world.ana),
        now=NOW,
    )


def test_upload_and_rule_refuse_a_future_signature_alike(world: World) -> None:
    claim = draft(world, world.ana, proof=False)

    with pytest.raises(Refused) as refused:
        _attach(claim, world, real_pdf(), signed_on=TOMORROW)
    report = check_claim(
        claim_input=ClaimInput(organisation_id=0, evidence=(ProofInput(signed_on=TOMORROW),)),
        actor=actor(world.ana),
        now=NOW,
    )

    [found] = [each for each in report.errors if each.pointer == "/evidence/0/signed_on"]
    assert (found.code, found.message) == (refused.value.code, str(refused.value.message))


def test_every_door_warns_of_an_old_signature_alike(world: World) -> None:
    claim = draft(world, world.ana, proof=False)
    add_proof(claim, world.ana, signed_on=LONG_AGO)
    browser = browser_of(world)

    saved = save_claim(
        public_id=str(claim.public_id), changes=DraftChanges(name="x"), actor=actor(world.ana), now=NOW
    )
    saved_by_api = ApiClient(world.ana).patch(f"claims/{claim.public_id}/", {"name": "x"})
    proof_page = browser.get(path_of(claim, "proof/"))
    with pytest.raises(Refused) as refused:
        submit_claim(public_id=str(claim.public_id), actor=actor(world.ana), now=NOW)
    submitted_by_api = ApiClient(world.ana).post(f"claims/{claim.public_id}/submit/")
    submitted_on_page = send(browser, claim, "check", {"acknowledged": "on"})

    [warning] = saved.report.warnings
    assert warning.code == "POE_DATE_OLD"
    assert saved_by_api.json()["findings"] == dicts(saved.report.findings)
    assert says(proof_page, warning.code, warning.message)
    assert (submitted_by_api.status_code, submitted_by_api.json()["code"]) == (422, "WARNINGS_NOT_CONFIRMED")
    assert submitted_by_api.json()["findings"] == dicts(refused.value.findings)
    assert submitted_on_page.status_code == 422
    assert says(submitted_on_page, warning.code, warning.message)
