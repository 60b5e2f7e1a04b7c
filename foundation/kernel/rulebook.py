"""The numbers of the rulebook (domain.md). Each has its default here, once; the setting of the same name changes it.

BD counts business days, DAYS calendar days. The settings file fills `rulebook` before any app is loaded; the domain reads
it and never reads settings.
"""

from collections.abc import Callable
from dataclasses import dataclass, fields


@dataclass(kw_only=True)
class Rulebook:
    """Every number that an operator may change."""

    desk_time_zone: str = "UTC"  # business days are counted on this zone's dates
    review_bd: int = 5
    arbitration_bd: int = 5
    partner_response_bd: int = 5
    dispute_bd: int = 5
    clock_warning_bd: int = 1  # a clock warns when this many counted days are left
    consent_window_days: int = 7
    dispute_window_days: int = 30
    draft_idle_days: int = 90
    draft_warning_days: int = 7
    poe_max_age_months: int = 12
    poe_retention_months: int = 24
    poe_max_bytes: int = 25_000_000
    poe_max_files: int = 10
    second_decision: bool = False  # whether a decision needs a second arbiter
    mismatches_per_minute: int = 30  # of a user
    company_mismatches_per_minute: int = 120
    user_availability_checks_per_minute: int = 60
    availability_checks_per_minute: int = 120  # of a company

    def fill(self, read: Callable[[str, type, object], object]) -> None:
        """Set each number to `read(NAME, type, default)`, NAME being that of its setting."""
        for number in fields(self):
            setattr(self, number.name, read(number.name.upper(), type(number.default), number.default))


rulebook = Rulebook()
