"""What can be done with a case: state x role x act, by hand from domain.md parts 5 and 9.

R reviewers and arbiters · A arbiters · * follows from another act.
"""

from arbitration.enums import CaseState
from arbitration.lifecycle import CASE, CaseFact
from tests.tables import TruthTable

CASE_TABLE = TruthTable.written(
    """
act            | button         | needs         | leads to | open | decided | closed
------------------------------------------------------------------------------------
post_notice    | post_notice    | unaware_party |          | R    |         |
ask_parties    | ask_parties    |               |          | R    |         |
decide         | decide_case    | all_heard     | decided  | A    |         |
decide_unheard | decide_unheard | unheard       | decided  | A    |         |
close          |                |               | closed   | *    |         |
""",
    states=dict(zip(CaseState.values, CaseState, strict=True)),
    facts={
        "unaware_party": CaseFact.PARTY_WITHOUT_NOTICE,
        "all_heard": CaseFact.EVERYONE_HEARD,
        "unheard": CaseFact.SOMEONE_UNHEARD,
    },
)


def test_the_code_agrees_with_the_table_written_by_hand() -> None:
    assert list(CASE_TABLE.disagreements(CASE)) == []


def test_a_mistake_in_any_row_is_noticed() -> None:
    assert CASE_TABLE.survivors(CASE) == []
