"""Every door refuses an act with the same code, status and message, and changes nothing."""

import pytest
import time_machine

from foundation.kernel.errors import DomainError
from tests.doors.acts import REFUSED_ACTS
from tests.doors.saying import codes_on, says
from tests.doors.scenes import RefusedAct
from tests.filing import everything_recorded
from tests.responses import Response
from tests.world import World


@pytest.mark.parametrize("act", [pytest.param(act, id=act.name) for act in REFUSED_ACTS])
def test_every_door_refuses_an_act_alike(
    world: World, act: RefusedAct, clock: time_machine.Traveller
) -> None:
    scene = act.stage(world)
    clock.move_to(act.moment)
    before = everything_recorded()

    with pytest.raises(DomainError) as caught:
        act.by_service(scene)
    refusal = caught.value
    answer = act.by_api and act.by_api(scene)
    pages = [send(scene) for send in (act.by_page, act.by_desk) if send]

    assert refusal.code == act.code
    assert everything_recorded() == before
    if answer is not None:
        assert (answer.status_code, answer.json()["code"]) == (refusal.http_status, refusal.code)
        assert answer.json()["detail"] == str(refusal.message)
    for page in pages:
        _assert_refused(page, refusal)


def _assert_refused(page: Response, refusal: DomainError) -> None:
    assert page.status_code == refusal.http_status
    assert says(page, refusal.code, refusal.message), (refusal.code, str(refusal.message), codes_on(page))
