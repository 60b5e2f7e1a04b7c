"""A partner that fills in steps, submits, uploads, answers, and reads pages."""

from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from claims.models import Claim
from partners.models import User
from tests.inspection.files import real_pdf
from tests.portal.pages import activity, contacts, path_of, rows, send, start, text_of
from tests.responses import Response
from tests.world import World


class Partner:
    """One user's browser on the partners' pages."""

    def __init__(self, user: User) -> None:
        self.user = user
        self.client = Client()

    def sign_in(self) -> Client:
        """Sign in again, since sessions end while the tests' clock runs over days."""
        self.client.force_login(self.user, backend="django.contrib.auth.backends.ModelBackend")
        return self.client

    def get(self, claim: Claim, page: str = "") -> Response:
        return self.sign_in().get(path_of(claim, page))

    def read(self, claim: Claim, page: str = "") -> str:
        """Return the text of a page of the claim."""
        answer = self.get(claim, page)
        assert answer.status_code == 200, answer.status_code
        return text_of(answer)

    def send(self, claim: Claim, step: str, **data: Any) -> Response:
        """Send one form as a browser does; return the last page after redirects."""
        return send(self.sign_in(), claim, step, data, follow=True)

    def begin(
        self, world: World, *activities: str, area: str = "business_applications", **customer: str
    ) -> Claim:
        """Return a draft with its customer (Contoso by default) and its activities (usage by default)."""
        claim = start(self.sign_in(), world, **customer)
        self.send(claim, "activity", **activity(area, *activities))
        return claim

    def complete(
        self, world: World, *pairs: tuple[str, object], activities: tuple[str, ...] = (), mpn: str = "4391507"
    ) -> Claim:
        """Return a draft for Business Applications that can be submitted, proof included."""
        claim = self.begin(world, *activities)
        self.send(claim, "products", **rows(*pairs))
        self.finish(claim, mpn)
        return claim

    def complete_workloads(self, world: World, *workloads: str) -> Claim:
        """Return a draft for Microsoft 365 that can be submitted, proof included."""
        claim = self.begin(world, area="microsoft_365")
        self.send(claim, "products", workloads=list(workloads))
        self.finish(claim)
        return claim

    def finish(self, claim: Claim, mpn: str = "4391507") -> None:
        """Add location, contacts and proof."""
        self.send(claim, "location", mpn_id=mpn)
        self.send(claim, "contacts", **contacts())
        self.upload(claim, f"Signed for {claim.reference}")

    def upload(
        self, claim: Claim, text: str, *, name: str = "proof.pdf", signed_on: str = "2020-06-06"
    ) -> Response:
        file = SimpleUploadedFile(name, real_pdf(text))
        return self.send(claim, "proof", file=file, kind="statement_of_work", signed_on=signed_on)

    def submit(self, claim: Claim, *confirmed: str) -> Response:
        return self.send(claim, "check", acknowledged="on", confirmed_warnings=list(confirmed))

    def answer(self, claim: Claim, comment: str) -> Response:
        return self.send(claim, "respond", comment=comment)
