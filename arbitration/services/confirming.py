"""The second arbiter, who confirms a proposed decision or returns it (5.9)."""

from collections.abc import Collection
from datetime import datetime

from django.utils.translation import gettext as _

from arbitration.enums import ProposalState
from arbitration.events import DECISION_CONFIRMED, DECISION_RETURNED
from arbitration.lifecycle import CASE, PROPOSAL
from arbitration.models import Case, ProposedDecision
from arbitration.selectors import case_for, is_blocked, waiting_proposal
from arbitration.steps.parties import age_case, lock_case
from arbitration.steps.proposals import changes_since, ruling_of
from arbitration.steps.rulings import (
    carry_out,
    matter_of,
    refuse_long_text,
    refuse_ruling,
    refuse_taken_scope,
    refuse_unopened,
)
from foundation.journal.step import Step, text_hash
from foundation.journal.unit import one_transaction
from foundation.kernel.actor import Actor
from foundation.kernel.errors import Conflict, NotPermitted, Refused, StaleVersion, require_version


@one_transaction()
def confirm_decision(
    *,
    case_id: str,
    actor: Actor,
    now: datetime,
    version: int | None = None,
    unopened: Collection[str] | None = None,
) -> Case:
    """Confirm the proposed decision of the case, which then takes effect.

    Every check runs again; with `unopened` given, each file that counts was opened by this arbiter or is in it (public
    ids). Raises, in this order: NotFound, NotPermitted (SECOND_PERSON_REQUIRED for an arbiter who proposed this
    decision or, unless a desk admin lifted that, another one in this case), Conflict SCOPE_TAKEN, StaleVersion (saying
    what has changed since it was proposed), Conflict INVALID_TRANSITION if no decision waits, and what `decide_case`
    raises.
    """
    act, step = CASE["confirm_decision"], Step(actor=actor, at=now)
    act.right.enforce(actor)
    case = case_for(actor, case_id)
    lock_case(step, case)
    proposal = waiting_proposal(case)
    if proposal is None:
        require_version(case.version, version)
        act.enforce(actor, case.state)
        raise _nothing_waits()
    if is_blocked(case, actor.user_id):
        raise NotPermitted(
            _("A second arbiter has to confirm this decision: you have proposed a decision in this case."),
            code="SECOND_PERSON_REQUIRED",
        )
    refuse_taken_scope(case, proposal.winner_id)
    matter = matter_of(case)
    changes = changes_since(proposal, matter, actor)
    if changes:
        raise StaleVersion(
            _("Return this decision, because the case has changed since it was proposed: %(changes)s")
            % {"changes": " ".join(changes)}
        )
    require_version(case.version, version)
    act.enforce(actor, case.state)
    ruling = ruling_of(proposal)
    refuse_ruling(matter, ruling)
    refuse_unopened(matter, actor, unopened)
    _advance_confirmed(step, proposal)
    carry_out(
        step, matter, act, ruling, author_id=proposal.proposed_by_id, confirmed={"proposal": proposal.pk}
    )
    return case


def _advance_confirmed(step: Step, proposal: ProposedDecision) -> None:
    step.advance(
        proposal,
        PROPOSAL["confirm"],
        to=ProposalState.CONFIRMED,
        event=DECISION_CONFIRMED,
        changes={"reviewed_by_id": step.actor.person_id, "reviewed_at": step.at},
        case=proposal.case_id,
    )


@one_transaction()
def return_decision(
    *, case_id: str, reason: str, actor: Actor, now: datetime, version: int | None = None
) -> Case:
    """Return the proposed decision with a reason, so that the case can be decided again.

    Its author may take it back in the same way. Raises NotFound, NotPermitted, StaleVersion, Conflict INVALID_TRANSITION
    if no decision waits, Refused REASON_REQUIRED and COMMENT_TOO_LONG.
    """
    act, step = CASE["return_decision"], Step(actor=actor, at=now)
    act.right.enforce(actor)
    case = case_for(actor, case_id)
    lock_case(step, case)
    require_version(case.version, version)
    act.enforce(actor, case.state)
    proposal = waiting_proposal(case)
    if proposal is None:
        raise _nothing_waits()
    if not reason.strip():
        raise Refused(_("Write why you return the decision."), code="REASON_REQUIRED", pointer="/reason")
    refuse_long_text(reason, pointer="/reason")
    step.advance(
        proposal,
        PROPOSAL["return"],
        to=ProposalState.RETURNED,
        event=DECISION_RETURNED,
        changes={
            "reviewed_by_id": actor.person_id,
            "reviewed_at": now,
            "return_reason": reason.strip(),
        },
        case=case.pk,
        reason_sha256=text_hash(reason),
    )
    age_case(case)
    return case


def _nothing_waits() -> Conflict:
    return Conflict(_("No decision of this case waits for a second arbiter any more."))
