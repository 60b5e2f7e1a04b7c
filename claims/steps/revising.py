"""The count and the instant of what a claim's partner can see: what the API calls `version`, `ETag` and `updated_at`."""

from datetime import timedelta

from django.db.models import DateTimeField, ExpressionWrapper, F, Value
from django.db.models.functions import Greatest

from claims.events import CLAIM_CREATED
from claims.models import Claim
from foundation.journal.models import Event
from foundation.journal.step import Step
from foundation.journal.unit import gather

SMALLEST_STEP = timedelta(microseconds=1)


def revise_claim(event: Event, _step: Step) -> None:
    """Raise the revision of the claim in whose history the event stands, once a transaction.

    A new claim has its first one already.
    """
    if event.claim_id is not None:
        gather(_revise, event)


def _revise(events: list[Event]) -> None:
    """Raise each claim's revision by one.

    Its instant never runs backwards, not even where the clocks of two processes differ. The statement locks the claim, so
    that two changes at once get two revisions.
    """
    created = {event.claim_id for event in events if event.type == CLAIM_CREATED.name}
    latest = {
        event.claim_id: event.at
        for event in events
        if event.claim_id is not None and event.claim_id not in created
    }
    later = ExpressionWrapper(F("updated_at") + SMALLEST_STEP, output_field=DateTimeField())
    for at in sorted(set(latest.values())):
        changed = [claim_id for claim_id, changed_at in latest.items() if changed_at == at]
        Claim.objects.filter(pk__in=changed).update(
            revision=F("revision") + 1, updated_at=Greatest(Value(at, DateTimeField()), later)
        )
