"""Calls and comparisons that these tests share."""

import io

from inspection import DEFAULT_LIMITS, Detail, InspectionLimits, Problem, Verdict, inspect_file

Refusal = tuple[Problem | None, Detail | None]
ACCEPTED: Refusal = (None, None)


def look_at(content: bytes, name: str, limits: InspectionLimits = DEFAULT_LIMITS) -> Verdict:
    return inspect_file(io.BytesIO(content), name, limits)


def refusal(content: bytes, name: str, limits: InspectionLimits = DEFAULT_LIMITS) -> Refusal:
    verdict = look_at(content, name, limits)
    return verdict.problem, verdict.detail


def wrong_type(detail: Detail) -> Refusal:
    return Problem.TYPE, detail


def unsafe(detail: Detail) -> Refusal:
    return Problem.UNSAFE, detail
