"""The guard against texts of the desk that name one party of a case to another (5.7)."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.text import get_text_list
from django.utils.translation import gettext as _

from claims.models import Claim, ClaimItem, Contact, TextOverride
from claims.steps.naming import (
    SHORTEST_FULL_NAME,
    SHORTEST_PHONE,
    SHORTEST_WORD,
    Naming,
    case_numbers_in,
    company_names,
    digits_of,
    drawn_part,
    public_ids_in,
    references_in,
)
from foundation.journal.step import text_hash
from foundation.kernel.errors import Refused
from foundation.kernel.lookalikes import Passage, words_of
from foundation.kernel.text import mail_domain
from partners.models import Location, Member, Organisation


def refuse_naming_parties(text: str, *, claim_id: int, pointer: str) -> None:
    """Raise Refused TEXT_NAMES_OTHER_PARTY if `text`, meant for this claim's partner, names another party of a case.

    Other parties are all organisations that are or were in a case with the partner, on whatever claim of it, or that
    ever had an item or an association on one of this claim's scopes. The refusal lists the words and where they stand.
    Words of the partner's own claim (its own name, the customer's domain) count as nobody else's. Exactly this text may
    go to this claim's partner once a second person has allowed it.
    """
    text = text.strip()
    passages = passages_naming_parties(text, claim_id=claim_id)
    if passages and not _is_allowed(text, claim_id):
        raise Refused(
            _(
                "This text names another party of the case: %(words)s. Take out names, MPNs, contacts, addresses and "
                "references of others. If it has to be sent so, ask a second person to allow it, on the claim's page."
            )
            % {"words": get_text_list([_shown(passage, text) for passage in passages], _("and"))},
            code="TEXT_NAMES_OTHER_PARTY",
            pointer=pointer,
            passages=passages,
        )


def sendable(text: str) -> str:
    """Return the text as it is stored when it is sent: with plain line ends, and without blanks around it."""
    return text.replace("\r\n", "\n").replace("\x00", "").strip()


def _is_allowed(text: str, claim_id: int) -> bool:
    return TextOverride.objects.filter(
        claim_id=claim_id, text_sha256=text_hash(sendable(text)), confirmed_by__isnull=False
    ).exists()


def _shown(passage: Passage, text: str) -> str:
    line = text.count("\n", 0, passage.start) + 1
    return _("“%(words)s” (line %(line)d)") % {"words": " ".join(passage.words.split()), "line": line}


def passages_naming_parties(text: str, *, claim_id: int) -> list[Passage]:
    """Return where the text names another party, in a number of queries that depends on nothing."""
    if not text:
        return []
    claim = Claim.objects.select_related("organisation", "tenant").get(pk=claim_id)
    rivals = {rival.pk: rival for rival in rivals_of(claim)}
    if not rivals:
        return []
    naming = Naming(
        companies=frozenset(name for rival in rivals.values() for name in company_names(rival.name)),
        allowed=frozenset(_own_words(claim)),
        **_named_by(claim, rivals.values()),
    )
    return sorted(
        {*naming.passages(text), *_references(text, claim, rivals)}, key=lambda passage: passage.start
    )


def rivals_of(claim: Claim) -> QuerySet[Organisation]:
    """Return the other parties of every case that the claim's organisation is or was in, and of this claim's scopes."""
    scopes = ClaimItem.objects.filter(claim=claim).values("scope_id")
    own = Claim.objects.filter(case_parties__case__in=_cases_of(claim.organisation_id))
    return (
        Organisation.objects.filter(
            Q(pk__in=own.values("organisation_id"))
            | Q(pk__in=Claim.objects.filter(items__scope_id__in=scopes).values("organisation_id"))
            | Q(associations__scope_id__in=scopes)
        )
        .exclude(pk=claim.organisation_id)
        .distinct()
    )


def _cases_of(organisation_id: int) -> Any:
    """Return the keys of the organisation's cases, past ones included."""
    return Claim.objects.filter(organisation_id=organisation_id, case_parties__isnull=False).values(
        "case_parties__case_id"
    )


def _mpns(organisation_ids: Iterable[int]) -> frozenset[str]:
    return frozenset(
        Location.objects.filter(organisation_id__in=organisation_ids).values_list("mpn_id", flat=True)
    )


def _named_by(claim: Claim, rivals: Iterable[Organisation]) -> dict[str, frozenset[str]]:
    """Return what names the rivals: MPNs, codes, members; contacts, references and addresses of claims in contest."""
    ids = [rival.pk for rival in rivals]
    scopes = ClaimItem.objects.filter(claim=claim).values("scope_id")
    contested = Claim.objects.filter(
        Q(case_parties__case__in=_cases_of(claim.organisation_id)) | Q(items__scope_id__in=scopes),
        organisation_id__in=ids,
    )
    contacts = list(Contact.objects.filter(claim__in=contested.values("pk")))
    phones = {digits for contact in contacts if len(digits := digits_of(contact.phone)) >= SHORTEST_PHONE}
    members = Member.objects.filter(organisation_id__in=ids).values_list(
        "user__first_name", "user__last_name", "user__email"
    )
    people = {(contact.first_name, contact.last_name, contact.email) for contact in contacts} | set(members)
    last_names = {
        last.strip()
        for first, last, _address in people
        if len(last.strip()) >= (SHORTEST_WORD if first.strip() else SHORTEST_FULL_NAME)
    }
    surnames = {name for name in last_names if len(words_of(name)) == 1}
    others = last_names - surnames | {rival.code for rival in rivals if len(rival.code) >= SHORTEST_WORD}
    for first, last, address in people:
        others |= {address, mail_domain(address), f"{first} {last}" if first.strip() and last.strip() else ""}
    others |= set(map(drawn_part, contested.values_list("reference", flat=True)))
    return {
        "surnames": frozenset(surnames),
        "others": frozenset(others),
        "digits": (_mpns(ids) | phones) - _mpns([claim.organisation_id]) - _own_phones(claim),
    }


def _own_phones(claim: Claim) -> frozenset[str]:
    phones = Contact.objects.filter(claim=claim).values_list("phone", flat=True)
    return frozenset(map(digits_of, phones))


def _own_words(claim: Claim) -> Iterator[str]:
    """Yield what the partner knows of itself and of the customer."""
    yield from company_names(claim.organisation.name)
    yield claim.organisation.code
    yield claim.domain
    if claim.tenant is not None:
        yield from company_names(claim.tenant.name)
        yield from claim.tenant.domains.values_list("name", flat=True)
    people = {
        *Contact.objects.filter(claim=claim).values_list("first_name", "last_name", "email"),
        *Member.objects.filter(organisation_id=claim.organisation_id).values_list(
            "user__first_name", "user__last_name", "user__email"
        ),
    }
    for first, last, address in people:
        yield from (address, mail_domain(address), first, last, f"{first} {last}")


def _references(text: str, claim: Claim, rivals: Iterable[int]) -> Iterator[Passage]:
    """Yield what refers to a rival's claim, or to a case, as it would be written."""
    named = references_in(text)
    if named:
        theirs = Claim.objects.filter(reference__in=named, organisation_id__in=rivals)
        for reference in theirs.values_list("reference", flat=True):
            yield _passage(text, str(reference))
    numbers, public_ids = case_numbers_in(text), public_ids_in(text)
    of_cases = Claim.objects.filter(organisation_id__in=[*rivals, claim.organisation_id])
    if numbers:
        known = of_cases.filter(case_parties__case_id__in=numbers)
        for number in known.values_list("case_parties__case_id", flat=True).distinct():
            if number in numbers:
                yield _passage(text, f"CASE-{number:06d}")
    if public_ids:
        theirs = Claim.objects.filter(public_id__in=public_ids, organisation_id__in=rivals)
        cases = of_cases.filter(case_parties__case__public_id__in=public_ids)
        for named_id in {
            *theirs.values_list("public_id", flat=True),
            *cases.values_list("case_parties__case__public_id", flat=True),
        } & public_ids:
            yield _passage(text, str(named_id).upper())


def _passage(text: str, written: str) -> Passage:
    """Return where the text has these words, or where it begins if it spells them in another way."""
    place = max(0, text.upper().find(written))
    return Passage(written, place, place + len(written))
