"""The count and the instant of what a claim's partner can see: what the API calls `version`, `ETag` and `updated_at`."""

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import DateTimeField, ExpressionWrapper, F, Value
from django.db.models.functions import Greatest

from claims.events import CLAIM_CREATED
from claims.models import Claim
from foundation.journal.models import Event
from foundation.journal.step import Mark, Step, first_in_transaction

SMALLEST_STEP = timedelta(microseconds=1)


@dataclass(frozen=True)
class _Revised(Mark):
    """Marks in a transaction that this claim has its new revision already."""

    claim_id: int


def revise_claim(event: Event, _step: Step) -> None:
    """Raise the revision of the claim in whose history the event stands, once a transaction.

    Its instant never runs backwards, not even where the clocks of two processes differ. The statement locks the claim, so
    that two changes at once get two revisions. A new claim has its first one already.
    """
    if event.claim_id is None or not first_in_transaction(_Revised(event.claim_id)):
        return
    if event.type == CLAIM_CREATED.name:
        return
    later = ExpressionWrapper(F("updated_at") + SMALLEST_STEP, output_field=DateTimeField())
    Claim.objects.filter(pk=event.claim_id).update(
        revision=F("revision") + 1, updated_at=Greatest(Value(event.at, DateTimeField()), later)
    )
