"""The clock's table, state x role x act, written by hand from domain.md part 6.

M desk admins · X the system, unattended · * follows from another act.
"""

from clocks.enums import ClockState
from clocks.lifecycle import CLOCK
from tests.tables import TruthTable

CLOCK_TABLE = TruthTable.written(
    """
act          | button       | needs | leads to       | running | paused | met | cancelled
----------------------------------------------------------------------------------------
pause        |              |       | paused         | *       | *      |     |
resume       |              |       | running paused |         | *      |     |
meet         |              |       | met            | *       | *      |     |
cancel       |              |       | cancelled      | *       | *      |     |
extend       | extend       |       | running paused | MX      | MX     |     |
pin_calendar | pin_calendar |       | running paused | MX      | MX     |     |
""",
    states=dict(zip(ClockState.values, ClockState, strict=True)),
)


def test_the_code_agrees_with_the_table_written_by_hand() -> None:
    assert list(CLOCK_TABLE.disagreements(CLOCK)) == []


def test_a_mistake_in_any_row_is_noticed() -> None:
    assert CLOCK_TABLE.survivors(CLOCK) == []
