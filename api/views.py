"""Claims over REST. Each view makes one service call or reads what the caller may see."""

from collections.abc import Collection
from typing import Any, ClassVar
from uuid import UUID

from django.http.response import HttpResponseBase
from django.utils import timezone
from django_filters.rest_framework import DjangoFilterBackend
from rest_framework.permissions import SAFE_METHODS, IsAuthenticated
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from api import documents, serializers
from api.access import caller_of
from api.authentication import BearerAuthentication, SessionWithCsrf
from api.bodies import FilesParser, StrictJSONParser, body_of, shaped, without_unchanged
from api.filters import PAGING, REPEATABLE, ClaimFilter, refuse_strange_parameters
from api.limits import limit_headers
from api.paging import KeysetPage, Positions, PublicNames, whole_page
from api.versions import etag, version_seen
from claims import services
from claims.models import Claim
from claims.selectors import (
    claim_for,
    detailed_claim_for,
    history_of,
    load_details,
    own_user_ids,
    require_seen,
    visible_claims,
    visible_comments,
    visible_evidence,
    with_details,
)
from claims.validation import Report
from foundation.doors.files import serve_file
from wording.history import openings_of
from wording.items import products_of


class ClaimDeskView(APIView):
    """The base of every view: a signed-in caller with an actor, at one instant."""

    authentication_classes = [BearerAuthentication, SessionWithCsrf]
    permission_classes = [IsAuthenticated]
    parser_classes = [StrictJSONParser]
    renderer_classes = [JSONRenderer]
    metadata_class = None
    parameters: ClassVar[Collection[str]] = ()
    """What may stand behind the question mark of a GET."""
    metered: ClassVar[Collection[str]] = ()
    """The methods that ask the directory, which is limited (docs/api.md, Limits)."""

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Find the caller before anything else. Raises NotPermitted if the caller may not see claims."""
        super().initial(request, *args, **kwargs)
        self.actor = caller_of(request)
        self.now = timezone.now()
        known = self.parameters if request.method in SAFE_METHODS else ()
        refuse_strange_parameters(request, known, REPEATABLE)

    def finalize_response(self, request: Request, response: Response, *args: Any, **kwargs: Any) -> Response:
        """Announce the limits with every answer that counts against them, refusals included."""
        answer = super().finalize_response(request, response, *args, **kwargs)
        if request.method in self.metered and (actor := getattr(self, "actor", None)):
            for name, value in limit_headers(actor, now=self.now).items():
                answer[name] = value
        return answer

    def seen(self, public_id: UUID) -> Claim:
        """Return the claim with its details. Raises NotFound unless the caller may know of it."""
        return detailed_claim_for(self.actor, public_id)

    def claim_answer(self, claim: Claim, *, report: Report | None = None, status: int = 200) -> Response:
        """Return the response for a claim that a service returned, with its version as ETag."""
        claim = load_details(claim)
        document = documents.claim_document(claim, self.actor, report=report)
        return Response(document, status=status, headers=etag(claim))


class ClaimChecks(ClaimDeskView):
    metered = ("POST", "PATCH")

    def post(self, request: Request) -> Response:
        """Check a claim and store nothing."""
        sent = body_of(request, serializers.CheckSerializer)
        report = services.check_claim(
            claim_input=serializers.check_input(sent), actor=self.actor, now=self.now
        )
        return Response(report.as_dict())


class Claims(ClaimDeskView):
    metered = ("POST", "PATCH")
    filterset_class = ClaimFilter
    parameters = PAGING.union(ClaimFilter.base_filters)

    def get(self, request: Request) -> Response:
        """List the caller's claims, newest first."""
        visible = visible_claims(self.actor)
        page = KeysetPage(
            request,
            with_details(DjangoFilterBackend().filter_queryset(request, visible, self)),
            names=PublicNames(visible),
            order=("created_at", "id"),
            newest_first=True,
        )
        return Response(page.answer(documents.claim_documents(page.rows, self.actor)))

    def post(self, request: Request) -> Response:
        """Create a draft and return it with its findings."""
        sent = body_of(request, serializers.ClaimSerializer)
        saved = services.create_draft(changes=serializers.draft_changes(sent), actor=self.actor, now=self.now)
        answer = self.claim_answer(saved.claim, report=saved.report, status=201)
        answer["Location"] = f"{request.path}{saved.claim.public_id}/"
        return answer


class OneClaim(ClaimDeskView):
    metered = ("POST", "PATCH")

    def get(self, _request: Request, public_id: UUID) -> Response:
        """Return the claim."""
        claim = self.seen(public_id)
        return Response(documents.claim_document(claim, self.actor), headers=etag(claim))

    def patch(self, request: Request, public_id: UUID) -> Response:
        """Save what was sent, leave the rest, and return the findings."""
        claim = self.seen(public_id)
        require_seen(claim, version_seen(request))
        changed = without_unchanged(request.data, documents.claim_document(claim, self.actor))
        sent = shaped(changed, serializers.ClaimSerializer)
        saved = services.save_claim(
            public_id=str(public_id),
            changes=serializers.draft_changes(sent),
            actor=self.actor,
            now=self.now,
            version=version_seen(request),
        )
        return self.claim_answer(saved.claim, report=saved.report)


class Findings(ClaimDeskView):
    metered = ("GET", "HEAD")

    def get(self, _request: Request, public_id: UUID) -> Response:
        """Return what a save of the draft would say, and store nothing."""
        report = services.check_draft(public_id=str(public_id), actor=self.actor, now=self.now)
        return Response({**report.as_dict(), "withheld": list(report.withheld)})


class Submit(ClaimDeskView):
    metered = ("POST", "PATCH")

    def post(self, request: Request, public_id: UUID) -> Response:
        """Submit the draft; a refusal (422) carries all findings."""
        sent = body_of(request, serializers.SubmitSerializer)
        claim = services.submit_claim(
            public_id=str(public_id),
            confirmed_warnings=serializers.codes_if_sent(sent, "confirmed_warnings"),
            acknowledged=sent.get("acknowledged"),
            actor=self.actor,
            now=self.now,
            version=version_seen(request),
        )
        return self.claim_answer(claim)


class Withdraw(ClaimDeskView):
    def post(self, request: Request, public_id: UUID) -> Response:
        """Discard the draft, or withdraw the items that are still open."""
        body_of(request, serializers.WithdrawSerializer)
        claim = services.withdraw_claim(
            public_id=str(public_id), actor=self.actor, now=self.now, version=version_seen(request)
        )
        return self.claim_answer(claim)


class Respond(ClaimDeskView):
    def post(self, request: Request, public_id: UUID) -> Response:
        """Answer one of the desk's requests, or all of them."""
        sent = body_of(request, serializers.RespondSerializer)
        claim = services.answer_requests(
            public_id=str(public_id),
            comment=sent.get("comment") or "",
            request_id=sent.get("request_id"),
            actor=self.actor,
            now=self.now,
            version=version_seen(request),
        )
        return self.claim_answer(claim)


class Items(ClaimDeskView):
    metered = ("POST", "PATCH")

    def get(self, _request: Request, public_id: UUID) -> Response:
        """List the claim's items."""
        claim = self.seen(public_id)
        return Response(whole_page(documents.item_documents(claim)), headers=etag(claim))

    def post(self, request: Request, public_id: UUID) -> Response:
        """Add and remove items."""
        sent = body_of(request, serializers.ItemChangesSerializer)
        edited = services.edit_items(
            public_id=str(public_id),
            add=serializers.entries(sent.get("add")),
            remove=serializers.codes(sent, "remove"),
            confirmed_warnings=serializers.codes(sent, "confirmed_warnings"),
            actor=self.actor,
            now=self.now,
            version=version_seen(request),
        )
        return self.claim_answer(edited.claim, report=edited.report)


class Comments(ClaimDeskView):
    parameters = PAGING

    def get(self, request: Request, public_id: UUID) -> Response:
        """List the claim's comments, oldest first."""
        comments = visible_comments(claim_for(self.actor, public_id), self.actor)
        page = KeysetPage(request, comments, names=PublicNames(comments), order=("id",), newest_first=False)
        return Response(page.answer([documents.comment_document(comment) for comment in page.rows]))

    def post(self, request: Request, public_id: UUID) -> Response:
        """Add a comment."""
        sent = body_of(request, serializers.CommentSerializer)
        comment = services.add_comment(
            public_id=str(public_id),
            text=sent.get("text") or "",
            confirmed_warnings=serializers.codes(sent, "confirmed_warnings"),
            actor=self.actor,
            now=self.now,
        )
        return Response(documents.comment_document(comment), status=201)


class EvidenceFiles(ClaimDeskView):
    def get_parsers(self) -> list[Any]:
        """Accept files as parts of a form only."""
        return [FilesParser()]

    def get(self, _request: Request, public_id: UUID) -> Response:
        """List the claim's files of proof, oldest first."""
        claim = claim_for(self.actor, public_id)
        files = list(visible_evidence(claim, self.actor))
        opened = openings_of(files, self.actor)
        return Response(
            whole_page(
                [documents.evidence_document(file, public_id, opened.get(file.pk, ())) for file in files]
            )
        )

    def post(self, request: Request, public_id: UUID) -> Response:
        """Add a file of proof."""
        claim = self.seen(public_id)
        sent = body_of(request, serializers.EvidenceSerializer, context={"products": products_of(claim, {})})
        evidence = services.add_evidence(
            public_id=str(public_id),
            stream=sent["file"],
            name=sent["file"].name,
            details=serializers.proof_details(sent),
            actor=self.actor,
            now=self.now,
        )
        return Response(documents.evidence_document(evidence, public_id), status=201)


class EvidenceFile(ClaimDeskView):
    def get(self, request: Request, public_id: UUID, evidence_id: UUID) -> HttpResponseBase:
        """Return the file as an attachment, never to be shown by the browser."""
        evidence = services.open_evidence(
            public_id=public_id,
            evidence_id=evidence_id,
            reads=request.method == "GET",
            actor=self.actor,
            now=self.now,
        )
        return serve_file(evidence.file, name=evidence.name, content_type=evidence.content_type)


class History(ClaimDeskView):
    parameters = PAGING

    def get(self, request: Request, public_id: UUID) -> Response:
        """List the claim's history, oldest first."""
        claim = claim_for(self.actor, public_id)
        events = history_of(claim, self.actor)
        page = KeysetPage(request, events, names=Positions(events), order=("id",), newest_first=False)
        items, own = dict(claim.items.values_list("pk", "public_id")), own_user_ids(claim)
        return Response(page.answer([documents.event_document(event, items, own) for event in page.rows]))
