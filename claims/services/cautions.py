"""What an author is told before a text is sent, without refusing it: hints at others (5.7)."""

import re
from collections.abc import Collection, Iterator
from datetime import date

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from claims.models import Claim, Evidence
from claims.steps.text_guard import rivals_of

_NUMBERS = (
    r"another|other|others|second|third|fourth|several|both|two|three|four|five|six|\d{1,2}|zwei|drei|vier|fünf|"
    r"zweite\w*|dritte\w*|weitere\w*|andere\w*|mehrere\w*|deux|trois|autres?|dos|tres|otros?"
)
_OTHERS = (
    r"partners?|part(?:y|ies)|claimants?|challengers?|applicants?|compan(?:y|ies)|competitors?|rivals?|contenders?|"
    r"holders?|claims|parteien?|antragsteller\w*|firmen|unternehmen|bewerber\w*|partenaires?|empresas?|socios?"
)
_COUNTED = re.compile(
    rf"\b(?:{_NUMBERS})\b(?:\W+\w+){{0,2}}?\W+(?:{_OTHERS})\b|\b(?:zwei|drei|vier|deux|trois)\b", re.I
)


def cautions_about(*, text: str, claim_ids: Collection[int]) -> list[str]:
    """Return in sentences what could hint at another party of the partners' cases; nothing where there is none."""
    claims = Claim.objects.filter(pk__in=claim_ids).select_related("organisation")
    found: list[str] = []
    for claim in claims if text.strip() else ():
        rivals = list(rivals_of(claim).values_list("pk", flat=True))
        if rivals:
            found += [*_counted(text), *_dates(text, claim, rivals)]
    return list(dict.fromkeys(found))


def _counted(text: str) -> Iterator[str]:
    for match in _COUNTED.finditer(text):
        yield _("“%(words)s” could tell how many others there are.") % {"words": match.group(0)}


def _dates(text: str, claim: Claim, rivals: list[int]) -> Iterator[str]:
    proof = Evidence.objects.filter(signed_on__isnull=False)
    own = _days(proof.filter(claim__organisation_id=claim.organisation_id))
    contested = Claim.objects.filter(organisation_id__in=rivals, case_parties__isnull=False)
    theirs = _days(proof.filter(claim__in=contested.values("pk")))
    for day in sorted(theirs - own):
        for written in _forms_of(day):
            if re.search(rf"(?<!\w){re.escape(written)}(?!\w)", text, re.I):
                yield _("“%(day)s” is the date of another party's proof.") % {"day": written}


def _days(files: QuerySet[Evidence]) -> set[date]:
    return {day for day in files.values_list("signed_on", flat=True) if day is not None}


def _forms_of(day: date) -> list[str]:
    """Return the usual ways to write a date."""
    year, month, number = day.year, day.strftime("%B"), day.day
    short = month[:3]
    return list(
        dict.fromkeys(
            [
                day.isoformat(),
                *(f"{number} {name} {year}" for name in (month, short)),
                *(f"{name} {number}, {year}" for name in (month, short)),
                *(f"{a:02d}{sign}{b:02d}{sign}{year}" for sign in "./-" for a, b in _orders(day)),
                *(f"{a}{sign}{b}{sign}{year}" for sign in "./-" for a, b in _orders(day)),
            ]
        )
    )


def _orders(day: date) -> list[tuple[int, int]]:
    return [(day.day, day.month), (day.month, day.day)]
