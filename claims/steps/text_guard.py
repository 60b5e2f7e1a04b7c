"""The guard against texts of the desk that name one party of a case to another (5.7)."""

import re
from collections.abc import Iterable

from django.db.models import Q
from django.utils.translation import gettext as _

from claims.models import Claim, ClaimItem, Contact
from foundation.kernel.errors import Refused
from foundation.kernel.text import mail_domain
from partners.models import Location, Organisation

SHORTEST_WORD = 3  # shorter codes and surnames occur in ordinary sentences; full names always count


def refuse_naming_parties(text: str, *, claim_id: int, pointer: str) -> None:
    """Raise Refused TEXT_NAMES_OTHER_PARTY if `text`, meant for this claim's partner, names a rival on any of its scopes.

    Rivals are all other organisations that ever had an item or an association on one of the claim's scopes. Their names,
    MPNs, contacts and mail domains count, except for words that the partner's own claim contains (the customer's domain).
    """
    claim = Claim.objects.get(pk=claim_id)
    scope_ids = list(ClaimItem.objects.filter(claim=claim).values_list("scope_id", flat=True))
    rivals = Organisation.objects.filter(
        Q(claims__items__scope_id__in=scope_ids) | Q(associations__scope_id__in=scope_ids)
    ).exclude(pk=claim.organisation_id)
    rival_ids = set(rivals.values_list("pk", flat=True))
    if not rival_ids:
        return
    own = {_folded(word) for word in _own_words(claim)}
    haystack = _folded(text)
    contacts = _rival_contacts(rival_ids, scope_ids)
    words = map(_folded, _rival_words(rival_ids, contacts))
    named = any(word and word not in own and _mentions(haystack, word) for word in words)
    if named or any(_mentions(text, name) for name in _surnames(contacts) if _folded(name) not in own):
        raise Refused(
            _(
                "This text names another party of the case. Take out names, MPNs, contacts and domains of others."
            ),
            code="TEXT_NAMES_OTHER_PARTY",
            pointer=pointer,
        )


def _folded(text: str) -> str:
    """Return the words in lower case, one blank apart."""
    return " ".join(text.split()).casefold()


def _mentions(haystack: str, word: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(word)}(?!\w)", haystack) is not None


def _own_words(claim: Claim) -> Iterable[str]:
    yield claim.organisation.name
    yield claim.domain
    if claim.tenant is not None:
        yield claim.tenant.name
        yield from claim.tenant.domains.values_list("name", flat=True)
    for contact in Contact.objects.filter(claim=claim):
        yield from (contact.email, mail_domain(contact.email), contact.first_name, contact.last_name)
        yield f"{contact.first_name} {contact.last_name}"


def _rival_contacts(rival_ids: set[int], scope_ids: list[int]) -> list[Contact]:
    named = Contact.objects.filter(claim__organisation_id__in=rival_ids, claim__items__scope_id__in=scope_ids)
    return list(named.distinct())


def _surnames(contacts: Iterable[Contact]) -> Iterable[str]:
    """Yield surnames, to be matched case-sensitively, so that a contact called May or Page blocks no ordinary word."""
    return (
        name for name in (contact.last_name.strip() for contact in contacts) if len(name) >= SHORTEST_WORD
    )


def _rival_words(rival_ids: set[int], contacts: Iterable[Contact]) -> Iterable[str]:
    for organisation in Organisation.objects.filter(pk__in=rival_ids):
        yield organisation.name
        if len(organisation.code) >= SHORTEST_WORD:
            yield organisation.code
    yield from Location.objects.filter(organisation_id__in=rival_ids).values_list("mpn_id", flat=True)
    for contact in contacts:
        yield from (contact.email, mail_domain(contact.email))
        yield f"{contact.first_name} {contact.last_name}"
