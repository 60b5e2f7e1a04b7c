"""What can be done with a case: state x role x act, by hand from domain.md parts 5 and 9.

R reviewers and arbiters · A arbiters · M desk admins · * follows from another act.
"""

import pytest

from arbitration.enums import CaseState, ProposalState
from arbitration.lifecycle import CASE, PROPOSAL, CaseFact
from foundation.kernel.lifecycle import Lifecycle
from tests.tables import TruthTable

CASE_TABLE = TruthTable.written(
    """
act              | button           | needs                      | leads to | open | decided | closed
-----------------------------------------------------------------------------------------------------
post_notice      | post_notice      | unaware_party              |          | R    |         |
ask_parties      | ask_parties      |                            |          | R    |         |
decide           | decide_case      | all_heard nothing_proposed | decided  | A    |         |
decide_unheard   | decide_unheard   | unheard nothing_proposed   | decided  | A    |         |
confirm_decision | confirm_decision | second_person              | decided  | A    |         |
return_decision  | return_decision  | decision_waits             |          | A    |         |
lift_block       | lift_block       | someone_blocked            |          | M    |         |
close            |                  |                            | closed   | *    |         |
""",
    states=dict(zip(CaseState.values, CaseState, strict=True)),
    facts={
        "unaware_party": CaseFact.PARTY_WITHOUT_NOTICE,
        "all_heard": CaseFact.EVERYONE_HEARD,
        "unheard": CaseFact.SOMEONE_UNHEARD,
        "nothing_proposed": CaseFact.NOTHING_PROPOSED,
        "decision_waits": CaseFact.DECISION_WAITS,
        "second_person": CaseFact.IS_SECOND_PERSON,
        "someone_blocked": CaseFact.SOMEONE_BLOCKED,
    },
)

PROPOSAL_TABLE = TruthTable.written(
    """
act     | button  | needs | leads to  | proposed | confirmed | returned | void
------------------------------------------------------------------------------
confirm | confirm |       | confirmed | A        |           |          |
return  | return  |       | returned  | A        |           |          |
void    |         |       | void      | *        |           |          |
""",
    states=dict(zip(ProposalState.values, ProposalState, strict=True)),
)
TABLES = pytest.mark.parametrize(
    ("written", "coded"),
    [(CASE_TABLE, CASE), (PROPOSAL_TABLE, PROPOSAL)],
    ids=["case", "proposed decision"],
)


@TABLES
def test_the_code_agrees_with_the_table_written_by_hand(written: TruthTable, coded: Lifecycle) -> None:
    assert list(written.disagreements(coded)) == []


@TABLES
def test_a_mistake_in_any_row_is_noticed(written: TruthTable, coded: Lifecycle) -> None:
    assert written.survivors(coded) == []
