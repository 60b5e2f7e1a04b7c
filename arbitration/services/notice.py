"""Notices to the parties of a case (5.2)."""

from datetime import datetime

from django.utils.translation import gettext as _

from arbitration.lifecycle import CASE
from arbitration.models import Case
from arbitration.selectors import case_for, live_parties
from arbitration.steps.parties import is_standard_notice, lock_case, notify
from claims.steps import refuse_naming_parties
from foundation.journal.step import Step
from foundation.journal.unit import one_transaction
from foundation.kernel.actor import Actor
from foundation.kernel.errors import Conflict, require_version


@one_transaction()
def post_notice(
    *,
    case_id: str,
    actor: Actor,
    now: datetime,
    challenger_text: str = "",
    holder_text: str = "",
    version: int | None = None,
) -> Case:
    """Post the notice to each party without one; the first notice of a case starts its arbitration clock.

    Raises NotFound, NotPermitted, StaleVersion, Conflict (ended, or all have it), and Refused TEXT_NAMES_OTHER_PARTY.
    """
    act = CASE["post_notice"]
    act.right.enforce(actor)
    case = case_for(actor, case_id)
    step = Step(actor=actor, at=now)
    lock_case(step, case)
    require_version(case.version, version)
    act.enforce(actor, case.state)
    waiting = list(live_parties(case).filter(noticed_at__isnull=True))
    if not waiting:
        raise Conflict(_("Every party has had its notice."))
    for party in waiting:
        text, pointer = (
            (holder_text, "/holder_text") if party.is_holder else (challenger_text, "/challenger_text")
        )
        if not is_standard_notice(text):
            refuse_naming_parties(text, claim_id=party.claim_id, pointer=pointer)
    notify(step, case, waiting, challenger_text=challenger_text, holder_text=holder_text)
    return case
