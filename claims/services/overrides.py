"""Texts of the desk that name another party and are sent all the same, because a second person allows it (5.7)."""

from datetime import datetime

from django.db import IntegrityError
from django.utils.translation import gettext as _

from claims.events import OVERRIDE_ASKED, OVERRIDE_CONFIRMED
from claims.lifecycle import CLAIM
from claims.models import Claim, TextOverride
from claims.selectors import claim_for, lock_claim, one_or_not_found, visible_claims
from claims.steps.text_guard import passages_naming_parties, rivals_of, sendable
from foundation.journal.step import Step, text_hash
from foundation.journal.unit import one_transaction
from foundation.kernel.actor import Actor
from foundation.kernel.errors import Conflict, NotFound, NotPermitted, Refused


@one_transaction()
def ask_override(*, public_id: str, text: str, reason: str, actor: Actor, now: datetime) -> TextOverride:
    """Ask a second person to allow exactly this text to this claim's partner.

    Raises NotFound, NotPermitted, Refused COMMENT_REQUIRED or REASON_REQUIRED, and Conflict for a text that names nobody
    or was asked about before.
    """
    claim = _claim(actor, public_id)
    CLAIM["ask_override"].enforce(actor, claim.status)
    text = sendable(text)
    if not text:
        raise Refused(
            _("Write the text exactly as it is to be sent."), code="COMMENT_REQUIRED", pointer="/text"
        )
    if not reason.strip():
        raise Refused(_("Say why it has to be sent so."), code="REASON_REQUIRED", pointer="/reason")
    passages = passages_naming_parties(text, claim_id=claim.pk)
    if not passages:
        raise Conflict(_("This text names no other party. Send it as it is."))
    try:
        with one_transaction(undoable=True):
            override = TextOverride.objects.create(
                claim=claim,
                text=text,
                text_sha256=text_hash(text),
                words=[passage.words for passage in passages],
                reason=reason.strip(),
                asked_by_id=actor.person_id,
                asked_at=now,
            )
    except IntegrityError:
        raise Conflict(_("A second person has been asked about this text already.")) from None
    Step(actor=actor, at=now).about(claim).record(
        OVERRIDE_ASKED,
        override,
        override=override.pk,
        text_sha256=override.text_sha256,
        reason_sha256=text_hash(reason),
    )
    return override


@one_transaction()
def confirm_override(*, public_id: str, override_id: int, actor: Actor, now: datetime) -> TextOverride:
    """Allow the text as the second person; from now on it can be sent, as it is, to this claim's partner.

    Raises NotFound, NotPermitted (SECOND_PERSON_REQUIRED for its author), and Conflict if it is allowed already.
    """
    claim = _claim(actor, public_id)
    CLAIM["confirm_override"].enforce(actor, claim.status)
    override = one_or_not_found(TextOverride.objects.select_for_update().filter(claim=claim, pk=override_id))
    if override.asked_by_id == actor.person_id:
        raise NotPermitted(
            _("A second person has to allow this text: you asked for it."), code="SECOND_PERSON_REQUIRED"
        )
    waiting = TextOverride.objects.filter(pk=override.pk, confirmed_by__isnull=True)
    if not waiting.update(confirmed_by_id=actor.person_id, confirmed_at=now):
        raise Conflict(_("This text has been allowed already."))
    override.refresh_from_db()
    Step(actor=actor, at=now).about(claim).record(
        OVERRIDE_CONFIRMED, override, override=override.pk, text_sha256=override.text_sha256
    )
    return override


def waiting_overrides(actor: Actor, *, claim: Claim | None = None) -> list[TextOverride]:
    """Return the texts that wait for a second person, of this claim or of all that the actor sees, oldest first.

    A text is left out where the actor is or was a member of a party that the claim's partner may not learn of (5.9), and
    where nothing can be sent any more.
    """
    waiting = TextOverride.objects.filter(
        confirmed_by__isnull=True,
        claim__in=visible_claims(actor).filter(status__in=CLAIM.sources("confirm_override")).values("pk"),
    )
    if claim is not None:
        waiting = waiting.filter(claim=claim)
    found = list(waiting.select_related("claim__organisation", "asked_by").order_by("asked_at", "pk"))
    return [each for each in found if not _is_conflicted(actor, each.claim)]


def _is_conflicted(actor: Actor, claim: Claim) -> bool:
    conflicts = actor.conflicted_organisation_ids
    return bool(conflicts) and rivals_of(claim).filter(pk__in=conflicts).exists()


def _claim(actor: Actor, public_id: str) -> Claim:
    """Lock the claim and return it.

    Raises NotFound also for who is or was a member of one of the parties that it names (5.9).
    """
    claim = lock_claim(claim_for(actor, public_id)).claim
    if _is_conflicted(actor, claim):
        raise NotFound
    return claim
