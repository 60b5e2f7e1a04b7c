"""Refused acts: for each code the situation, the service call, and the same act through the API and on the page where a
user does it (a partner's, or the desk's)."""

from collections.abc import Sequence

from tests.doors.desk_acts import DESK_ACTS
from tests.doors.partner_acts import PARTNER_ACTS
from tests.doors.scenes import RefusedAct

REFUSED_ACTS: Sequence[RefusedAct] = (*PARTNER_ACTS, *DESK_ACTS)
