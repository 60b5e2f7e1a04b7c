"""Proof over the API: stored, refused and downloaded files."""

import hashlib

import pytest

from claims.enums import ScanState
from claims.models import Evidence
from tests.api.client import ApiClient, claim_body, codes, pdf, refused, teams_body
from tests.responses import Response
from tests.world import World


@pytest.fixture
def draft(world: World, ana: ApiClient) -> str:
    return str(ana.post("claims/", teams_body(world)).json()["id"])


def _bytes(answer: Response) -> bytes:
    return answer.getvalue()


def test_a_file_is_stored_with_its_details(ana: ApiClient, draft: str) -> None:
    content = pdf()

    answer = ana.upload(
        f"claims/{draft}/evidence/",
        content,
        kind="statement_of_work",
        signed_on="2020-06-01",
        signer_name="Cora Example",
        signer_title="CIO",
        covers=["microsoft-teams"],
    )

    stored = Evidence.objects.get()
    assert answer.status_code == 201
    assert answer.json() == {
        "id": str(stored.public_id),
        "name": "sow.pdf",
        "size": len(content),
        "content_type": "application/pdf",
        "sha256": hashlib.sha256(content).hexdigest(),
        "kind": "statement_of_work",
        "signed_on": "2020-06-01",
        "signer_name": "Cora Example",
        "signer_title": "CIO",
        "covers": ["microsoft-teams"],
        "scan_state": "not_scanned",
        "added_by": "Ana Alves",
        "added_at": "2020-07-06T09:00:00Z",
        "opened": [],
        "file": f"/api/v1/claims/{draft}/evidence/{stored.public_id}/file/",
    }
    assert ana.get(f"claims/{draft}/evidence/").json() == {
        "next": None,
        "previous": None,
        "results": [answer.json()],
    }


def test_a_file_is_downloaded_as_an_attachment_that_no_browser_opens(ana: ApiClient, draft: str) -> None:
    content = pdf()
    path = ana.upload(f"claims/{draft}/evidence/", content, 'Größe "1".pdf').json()["file"]

    answer = ana.get(path)

    assert answer.status_code == 200
    assert _bytes(answer) == content
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["Content-Disposition"].startswith("attachment; filename")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert answer.headers["Content-Security-Policy"].startswith("sandbox")


def test_100_a_file_of_another_partner_is_404(
    world: World, ana: ApiClient, ned: ApiClient, draft: str
) -> None:
    path = ana.upload(f"claims/{draft}/evidence/", pdf()).json()["file"]
    theirs = ned.post("claims/", {}).json()["id"]

    foreign = ned.get(path)
    through_own_claim = ned.get(path.replace(draft, theirs))

    assert refused(foreign) == refused(through_own_claim) == (404, "NOT_FOUND")
    assert b"%PDF" not in foreign.content + through_own_claim.content


@pytest.mark.parametrize("state", [ScanState.INFECTED, ScanState.PENDING])
def test_a_quarantined_file_is_listed_but_cannot_be_downloaded(
    ana: ApiClient, draft: str, state: ScanState
) -> None:
    path = ana.upload(f"claims/{draft}/evidence/", pdf()).json()["file"]
    Evidence.objects.filter(claim__public_id=draft).update(scan_state=state)

    assert refused(ana.get(path)) == (404, "NOT_FOUND")
    assert ana.get(f"claims/{draft}/evidence/").json()["results"][0]["scan_state"] == state


def test_a_file_that_is_gone_is_404(ana: ApiClient, draft: str) -> None:
    path = ana.upload(f"claims/{draft}/evidence/", pdf()).json()["file"]
    stored = Evidence.objects.get()
    assert stored.file.name is not None
    stored.file.storage.delete(stored.file.name)

    assert refused(ana.get(path)) == (404, "NOT_FOUND")


@pytest.mark.parametrize(
    ("content", "name", "code"),
    [
        (b"", "sow.pdf", "POE_FILE_EMPTY"),
        (b"MZ" + b"\0" * 100, "sow.exe", "POE_FILE_TYPE"),
        (b"<html><script>alert(1)</script></html>", "sow.pdf", "POE_FILE_TYPE"),
        (b"%PDF-1.4\n" + b"0" * 25_999_991, "sow.pdf", "POE_FILE_SIZE"),
    ],
)
def test_50_a_file_that_cannot_be_proof_is_refused_and_not_stored(
    ana: ApiClient, draft: str, content: bytes, name: str, code: str
) -> None:
    answer = ana.upload(f"claims/{draft}/evidence/", content, name)

    assert refused(answer) == (422, code)
    assert codes(answer) == [code]
    assert Evidence.objects.count() == 0


def test_a_second_upload_of_the_same_file_is_refused_with_the_name_of_the_first(
    ana: ApiClient, draft: str
) -> None:
    ana.upload(f"claims/{draft}/evidence/", pdf())

    again = ana.upload(f"claims/{draft}/evidence/", pdf(), "copy.pdf")

    assert refused(again) == (422, "POE_DUPLICATE")
    assert "sow.pdf" in again.json()["detail"]
    assert Evidence.objects.count() == 1


def test_51_a_signature_in_the_future_is_refused_and_an_old_one_is_a_warning(
    world: World, ana: ApiClient
) -> None:
    claim_id = ana.post("claims/", claim_body(world)).json()["id"]

    future = ana.upload(f"claims/{claim_id}/evidence/", pdf("a"), signed_on="2020-07-07")
    old = ana.upload(f"claims/{claim_id}/evidence/", pdf("b"), signed_on="2019-06-06")
    submission = ana.post(f"claims/{claim_id}/submit/")

    assert refused(future) == (422, "POE_DATE_FUTURE")
    assert old.status_code == 201
    assert refused(submission) == (422, "WARNINGS_NOT_CONFIRMED")
    assert codes(submission, "warning") == ["POE_DATE_OLD"]


@pytest.mark.parametrize(
    ("fields", "pointer"),
    [
        ({"kind": "invoice"}, "/kind"),
        ({"signed_on": "1 June"}, "/signed_on"),
        ({"signed_on": "2020-13-01"}, "/signed_on"),
        ({"signer_name": "x" * 101}, "/signer_name"),
        ({"signer_name": "a\x00b"}, "/signer_name"),
        ({"colour": "blue"}, "/colour"),
    ],
)
def test_invalid_details_of_a_file_are_refused(
    ana: ApiClient, draft: str, fields: dict[str, str], pointer: str
) -> None:
    answer = ana.upload(f"claims/{draft}/evidence/", pdf(), **fields)

    assert refused(answer) == (400, "INVALID_REQUEST")
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]
    assert Evidence.objects.count() == 0


def test_a_form_without_a_file_is_400(ana: ApiClient, draft: str) -> None:
    answer = ana.client.post(f"/api/v1/claims/{draft}/evidence/", {"kind": "other"}, headers=ana.headers)
    as_text = ana.client.post(f"/api/v1/claims/{draft}/evidence/", {"file": "x"}, headers=ana.headers)

    assert refused(answer) == refused(as_text) == (400, "INVALID_REQUEST")
    assert [error["pointer"] for error in answer.json()["errors"]] == ["/file"]


def _part(name: bytes, content: bytes) -> bytes:
    head = b'Content-Disposition: form-data; name="file"; filename="' + name + b'"'
    return b"--cut\r\n" + head + b"\r\nContent-Type: application/pdf\r\n\r\n" + content + b"\r\n--cut--\r\n"


@pytest.mark.parametrize(
    ("sent", "stored"),
    [
        (b"=?UTF-8?B?5aWR57SELnBkZg==?=", "契約.pdf"),
        (b"=?UTF-8?B?w6/Dv8O/LnBkZg==?=", "ïÿÿ.pdf"),
        (b"=?utf-8?Q?Angebot=5FM=C3=BCller.pdf?=", "Angebot_Müller.pdf"),
        ("契約．ｐｄｆ".encode(), "契約.pdf"),
        ("Mu\u0308ller.pdf".encode(), "Müller.pdf"),
    ],
)
def test_a_file_keeps_the_name_that_a_program_encoded(
    ana: ApiClient, draft: str, sent: bytes, stored: str
) -> None:
    body = _part(sent, pdf())

    answer = ana.send("POST", f"claims/{draft}/evidence/", body, "multipart/form-data; boundary=cut")

    assert (answer.status_code, answer.json().get("name")) == (201, stored)


def test_a_file_name_in_other_bytes_than_utf_8_is_refused_in_one_sentence(ana: ApiClient, draft: str) -> None:
    body = _part(b"M\xfcller.pdf", pdf())

    answer = ana.send("POST", f"claims/{draft}/evidence/", body, "multipart/form-data; boundary=cut")

    assert answer.status_code == 400
    assert answer.json()["detail"] == (
        "The name of the file is not in UTF-8. Send it in UTF-8, or as filename*=UTF-8''name."
    )
    assert not Evidence.objects.exists()


def test_a_file_covers_only_products_of_the_claim(ana: ApiClient, draft: str) -> None:
    answer = ana.upload(f"claims/{draft}/evidence/", pdf(), covers=["microsoft-teams", "intune", "nonsense"])

    assert answer.status_code == 400
    assert [(error["code"], error["pointer"]) for error in answer.json()["errors"]] == [
        ("INVALID_FIELD", "/covers/1"),
        ("INVALID_FIELD", "/covers/2"),
    ]
    assert Evidence.objects.count() == 0
