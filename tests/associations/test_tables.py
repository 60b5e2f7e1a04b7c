"""What can happen to an association and to a grant: state x role x act, by hand from domain.md parts 2, 5 and 8.

X the system, unattended · * follows from another act.
"""

import pytest

from associations.enums import AssociationState
from associations.lifecycle import ASSOCIATION, GRANT
from foundation.kernel.lifecycle import Lifecycle
from tests.tables import TruthTable

STATES = dict(zip(AssociationState.values, AssociationState, strict=True))
ASSOCIATION_TABLE = TruthTable.written(
    """
act      | button | needs | leads to | pending_consent | active | ended
-----------------------------------------------------------------------
activate |        |       | active   | X               |        |
end      |        |       | ended    | *               | *      |
""",
    states=STATES,
)
GRANT_TABLE = TruthTable.written(
    """
act      | button | needs | leads to | pending_consent | active | ended
-----------------------------------------------------------------------
activate |        |       | active   | X               |        |
end      |        |       | ended    | *               | *      |
""",
    states=STATES,
)
TABLES = pytest.mark.parametrize(
    ("table", "lifecycle"),
    [(ASSOCIATION_TABLE, ASSOCIATION), (GRANT_TABLE, GRANT)],
    ids=["association", "grant"],
)


@TABLES
def test_the_code_agrees_with_the_table_written_by_hand(table: TruthTable, lifecycle: Lifecycle) -> None:
    assert list(table.disagreements(lifecycle)) == []


@TABLES
def test_a_mistake_in_any_row_is_noticed(table: TruthTable, lifecycle: Lifecycle) -> None:
    assert table.survivors(lifecycle) == []
