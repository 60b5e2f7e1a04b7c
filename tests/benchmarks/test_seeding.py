"""Seeded rows are as coherent as those that the services wrote, whatever their number."""

from collections import Counter
from collections.abc import Iterator

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from arbitration.models import Case
from benchmarks.management.commands.seed_bench import Command
from claims.models import Claim
from claims.services import add_comment
from foundation.journal.models import Event
from partners.models import User
from tests.walk.invariants import check_all, check_replay
from tests.world import actor


@pytest.fixture
def numbers_begin_again(transactional_db: None) -> Iterator[None]:
    """Let the tests that follow number their rows from one, not from where the copies ended."""
    yield
    call_command("flush", interactive=False, verbosity=0)


@pytest.mark.postgres
@pytest.mark.usefixtures("numbers_begin_again")
@pytest.mark.django_db(transaction=True)
def test_seeded_claims_break_no_invariant_their_history_replays_and_life_goes_on() -> None:
    call_command(Command(), claims=300, seed=1)

    check_all()
    check_replay()
    statuses = Counter(Claim.objects.values_list("status", flat=True))
    assert statuses.keys() == {
        "draft",
        "submitted",
        "under_review",
        "partner_action_required",
        "approved",
        "rejected",
        "withdrawn",
        "ended",
    }
    assert set(Case.objects.values_list("state", flat=True)) == {"open", "decided"}
    with_reference = Claim.objects.exclude(reference=None).values_list("reference", flat=True)
    assert len(set(with_reference)) == len(with_reference)

    member = User.objects.get(username="partner0")
    claim = Claim.objects.filter(organisation__members__user=member, status="approved").latest("pk")
    add_comment(public_id=str(claim.public_id), text="It goes on.", actor=actor(member), now=timezone.now())
    assert Event.objects.latest("pk").claim_id == claim.pk

    with pytest.raises(CommandError, match="There is data in this database"):
        call_command(Command(), claims=10)
