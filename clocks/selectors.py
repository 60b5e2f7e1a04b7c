"""Queries for clocks."""

from collections.abc import Iterable

from clocks.models import Clock


def clock_for(
    kind: str,
    subject_id: int,
    round: int | None = None,  # noqa: A002 (the rulebook's word)
) -> Clock | None:
    """Return the clock of this round, by default the newest, with all rows that explaining it needs; or None."""
    clocks = Clock.objects.filter(kind=kind, subject_id=subject_id).order_by("-round")
    if round is not None:
        clocks = clocks.filter(round=round)
    return clocks.select_related("calendar_version").prefetch_related("pauses", "extensions").first()


def clocks_for_subjects(kind: str, subject_ids: Iterable[int]) -> dict[int, Clock]:
    """Return each subject's newest clock by the subject's ID, in one query."""
    clocks = Clock.objects.filter(kind=kind, subject_id__in=set(subject_ids))
    return {clock.subject_id: clock for clock in clocks.select_related("calendar_version").order_by("round")}
