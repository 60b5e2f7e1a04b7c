"""What the customers of claims may still decline."""

from collections import defaultdict
from collections.abc import Iterable

from associations.enums import AssociationState
from associations.models import ConsentRequest


def open_consents(claim_ids: Iterable[int]) -> dict[int, list[ConsentRequest]]:
    """Return, for each claim, the questions to its customer that still hold up a grant; in one query."""
    requests = ConsentRequest.objects.filter(
        claim_id__in=set(claim_ids), grants__state=AssociationState.PENDING_CONSENT
    ).distinct()
    by_claim: dict[int, list[ConsentRequest]] = defaultdict(list)
    for request in requests:
        by_claim[request.claim_id].append(request)
    return by_claim
