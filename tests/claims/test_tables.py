"""What can be done with a claim, an item and a request: state x role x act, by hand from domain.md parts 3 and 9.

S submitting roles · D whoever may draft · K the desk, every seat · R reviewers and arbiters · X the system, unattended ·
* follows from another act.
"""

import pytest

from claims.enums import ClaimStatus, ItemOutcome, RequestState
from claims.lifecycle import CLAIM, ITEM, REQUEST, ClaimFact
from foundation.kernel.lifecycle import Lifecycle
from tests.tables import TruthTable

CLAIM_TABLE = TruthTable.written(
    """
act                 | button              | needs       | leads to     | draft | subm | review | asked | appr | rej | disp | final | ended | withdrawn
--------------------------------------------------------------------------------------------------------------------------------------------------
save                | edit                |             |              | D     |      |        |       |      |     |      |       |       |
correct_contacts    | edit                |             |              |       | D    |        |       |      |     |      |       |       |
amend               | edit                | undisputed  |              |       |      |        | S     |      |     |      |       |       |
submit              | submit              |             | subm         | S     |      |        |       |      |     |      |       |       |
discard             | withdraw            |             | withdrawn    | D     |      |        |       |      |     |      |       |       |
expire              |                     |             | withdrawn    | X     |      |        |       |      |     |      |       |       |
withdraw            | withdraw            |             |              |       | S    | S      | S     |      |     | S    |       |       |
respond             | respond             | asked       |              |       | S    | S      | S     | S    | S   | S    | S     | S     | S
add_evidence        | add_evidence        |             |              | D     | D    | D      | D     | D    | D   | D    |       |       |
comment             | comment             |             |              | DK    | DK   | DK     | DK    | DK   | DK  | DK   |       |       |
start_review        | start_review        |             | review       |       | R    |        |       |      |     |      |       |       |
request_information | request_information | free_item   | asked        |       |      | R      | R     |      |     | R    |       |       |
decide_items        | decide_items        | free_item   |              |       |      | R      | R     |      |     | R    |       |       |
note                | note                |             |              | R     | R    | R      | R     | R    | R   | R    | R     | R     | R
ask_override        | ask_override        |             |              |       | R    | R      | R     | R    | R   | R    |       |       |
confirm_override    | confirm_override    | override    |              |       | R    | R      | R     | R    | R   | R    |       |       |
resume              |                     |             | review disp  |       |      |        | *     |      |     |      |       |       |
settle              |                     |             | appr rej final ended withdrawn | | * | *    | *     |      |     | *    |       |       |
end                 |                     |             | ended        |       |      |        |       | *    |     |      |       |       |
""",  # noqa: E501 - a table is read by its columns
    states={
        "draft": ClaimStatus.DRAFT,
        "subm": ClaimStatus.SUBMITTED,
        "review": ClaimStatus.UNDER_REVIEW,
        "asked": ClaimStatus.PARTNER_ACTION_REQUIRED,
        "appr": ClaimStatus.APPROVED,
        "rej": ClaimStatus.REJECTED,
        "disp": ClaimStatus.DISPUTED,
        "final": ClaimStatus.REJECTED_FINAL,
        "ended": ClaimStatus.ENDED,
        "withdrawn": ClaimStatus.WITHDRAWN,
    },
    facts={
        "asked": ClaimFact.ASKED,
        "undisputed": ClaimFact.UNDISPUTED,
        "free_item": ClaimFact.HAS_FREE_ITEM,
        "override": ClaimFact.OVERRIDE_WAITS,
    },
)
ITEM_TABLE = TruthTable.written(
    """
act      | button   | needs | leads to  | pending | approved | declined | withdrawn
----------------------------------------------------------------------------------
approve  | approve  |       | approved  | R       |          |          |
decline  |          |       | declined  | RX      |          |          |
withdraw | withdraw |       | withdrawn | S       |          |          |
""",
    states=dict(zip(ItemOutcome.values, ItemOutcome, strict=True)),
)
REQUEST_TABLE = TruthTable.written(
    """
act    | button | needs | leads to | open | answered | lapsed | closed
----------------------------------------------------------------------
answer | answer |       | answered | S    |          |        |
lapse  |        |       | lapsed   | X    |          |        |
close  |        |       | closed   | *    |          |        |
""",
    states=dict(zip(RequestState.values, RequestState, strict=True)),
)
TABLES = pytest.mark.parametrize(
    ("table", "lifecycle"),
    [(CLAIM_TABLE, CLAIM), (ITEM_TABLE, ITEM), (REQUEST_TABLE, REQUEST)],
    ids=["claim", "item", "request"],
)


@TABLES
def test_the_code_agrees_with_the_table_written_by_hand(table: TruthTable, lifecycle: Lifecycle) -> None:
    assert list(table.disagreements(lifecycle)) == []


@TABLES
def test_a_mistake_in_any_row_is_noticed(table: TruthTable, lifecycle: Lifecycle) -> None:
    assert table.survivors(lifecycle) == []
