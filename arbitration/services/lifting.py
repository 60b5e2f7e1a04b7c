"""A desk admin lets someone who proposed a decision in a case confirm another's there (5.9)."""

from datetime import datetime

from django.utils.translation import gettext as _

from arbitration.events import BLOCK_LIFTED
from arbitration.lifecycle import CASE
from arbitration.models import LiftedBlock
from arbitration.selectors import case_for, liftable_people
from arbitration.steps.parties import age_case, lock_case
from arbitration.steps.rulings import refuse_long_text
from foundation.journal.step import Step, text_hash
from foundation.journal.unit import one_transaction
from foundation.kernel.actor import Actor
from foundation.kernel.errors import Conflict, NotPermitted, Refused, require_version


@one_transaction()
def lift_block(
    *, case_id: str, person_id: int, reason: str, actor: Actor, now: datetime, version: int | None = None
) -> LiftedBlock:
    """Let the person confirm a decision in the case that another proposes, and record why.

    Nobody lifts it for oneself, and a conflict of interest stays. Raises NotFound, NotPermitted (SECOND_PERSON_REQUIRED
    for oneself), StaleVersion, Conflict INVALID_TRANSITION (nothing blocks the person, or a conflict of interest
    does), and
    Refused (REASON_REQUIRED, COMMENT_TOO_LONG).
    """
    act, step = CASE["lift_block"], Step(actor=actor, at=now)
    act.right.enforce(actor)
    case = case_for(actor, case_id)
    if person_id == actor.person_id:
        raise NotPermitted(
            _("You cannot lift this for yourself. Ask another desk admin."), code="SECOND_PERSON_REQUIRED"
        )
    lock_case(step, case)
    require_version(case.version, version)
    act.enforce(actor, case.state)
    if not liftable_people(case).filter(pk=person_id).exists():
        raise Conflict(
            _(
                "There is nothing to lift for this person: either nothing blocks it, or it is or was a member of one "
                "of the parties, which stays so."
            )
        )
    if not reason.strip():
        raise Refused(
            _("Write why this person may confirm a decision here."), code="REASON_REQUIRED", pointer="/reason"
        )
    refuse_long_text(reason, pointer="/reason")
    lifted = LiftedBlock.objects.create(
        case=case, person_id=person_id, reason=reason.strip(), lifted_by_id=actor.person_id, lifted_at=now
    )
    age_case(case)
    step.record(BLOCK_LIFTED, case, person=person_id, reason_sha256=text_hash(reason))
    return lifted
