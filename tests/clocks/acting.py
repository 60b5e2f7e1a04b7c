"""Clock steps for tests, at a given instant and, by default, as the system."""

from datetime import datetime
from typing import Any

from clocks import steps
from clocks.models import Clock
from foundation.journal.step import Step
from foundation.kernel.actor import SYSTEM, Actor


def start_clock(*, started_at: datetime, actor: Actor = SYSTEM, **given: Any) -> Clock:
    return steps.start_clock(Step(actor=actor, at=started_at), **given)


def pause_clock(*, clock: Clock, cause: str, cause_ref: int, now: datetime, actor: Actor = SYSTEM) -> Clock:
    return steps.pause_clock(Step(actor=actor, at=now), clock, cause=cause, cause_ref=cause_ref)


def resume_clock(*, clock: Clock, cause: str, cause_ref: int, now: datetime, actor: Actor = SYSTEM) -> Clock:
    return steps.resume_clock(Step(actor=actor, at=now), clock, cause=cause, cause_ref=cause_ref)


def meet_clock(*, clock: Clock, at: datetime, actor: Actor = SYSTEM) -> Clock:
    return steps.meet_clock(Step(actor=actor, at=at), clock)


def cancel_clock(*, clock: Clock, at: datetime, actor: Actor = SYSTEM) -> Clock:
    return steps.cancel_clock(Step(actor=actor, at=at), clock)
