"""Two users confirm at the same time: every number is given once and none is left out."""

from __future__ import annotations

import workers
from conftest import System
from test_exactly_once import assert_consecutive


def test_two_users_confirm_at_once(calm: System) -> None:
    crowd = [calm.start(workers.issue, 15) for _ in range(2)]
    numbers = [number for worker in crowd for number in calm.finish(worker)]
    assert len(set(numbers)) == 30, "no number is given twice"
    assert_consecutive(numbers)
