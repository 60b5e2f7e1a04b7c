"""Each number of the rulebook has one default; the setting with its name changes it before any app is loaded."""

from dataclasses import asdict

from foundation.kernel.rulebook import Rulebook, rulebook

# domain.md parts 3 to 8, written out by hand.
DEFAULTS = {
    "desk_time_zone": "UTC",
    "review_bd": 5,
    "arbitration_bd": 5,
    "partner_response_bd": 5,
    "dispute_bd": 5,
    "clock_warning_bd": 1,
    "consent_window_days": 7,
    "dispute_window_days": 30,
    "draft_idle_days": 90,
    "draft_warning_days": 7,
    "poe_max_age_months": 12,
    "poe_retention_months": 24,
    "poe_max_bytes": 25_000_000,
    "poe_max_files": 10,
    "second_decision": False,
    "mismatches_per_minute": 30,
    "company_mismatches_per_minute": 120,
    "user_availability_checks_per_minute": 60,
    "availability_checks_per_minute": 120,
}


def test_the_defaults_are_those_of_the_rules() -> None:
    assert asdict(Rulebook()) == DEFAULTS


def test_without_settings_the_product_runs_on_the_defaults() -> None:
    assert rulebook == Rulebook()


def test_each_number_is_read_once_by_the_name_of_its_setting_and_its_type() -> None:
    asked: dict[str, tuple[type, object]] = {}

    def read(name: str, kind: type, default: object) -> object:
        asked[name] = (kind, default)
        return 6 if name == "REVIEW_BD" else default

    changed = Rulebook()
    changed.fill(read)

    assert asked == {name.upper(): (type(value), value) for name, value in DEFAULTS.items()}
    assert asdict(changed) == DEFAULTS | {"review_bd": 6}
