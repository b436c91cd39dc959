"""kill -9 of the worker and of the warehouse, in turn, while events arrive."""

from __future__ import annotations

import time
from pathlib import Path
from random import Random

import pytest

from tests.support.pipeline import House, Line, assert_equal, assert_sound

pytestmark = [pytest.mark.kafka, pytest.mark.timeout(240)]

ROUNDS = 3


def test_nothing_is_lost_and_nothing_counts_twice(
    house: House, lines: list[Line], expected: Path, tmp_path: Path
) -> None:
    random = Random(5)
    house.start("warehouse", "worker-1")
    share = -(-len(lines) // (2 * ROUNDS))
    for number in range(2 * ROUNDS):
        victim = ("worker-1", "warehouse")[number % 2]
        house.wait_until_read(60)  # so the one that is killed really works, and is not just being started
        already = sum(house.stored().values())
        with house.publishing(lines[number * share : (number + 1) * share], a_second=100) as going:
            house.wait_until_some_read(already + 50)
            time.sleep(random.uniform(0, 0.5))
            house.kill(victim)
            assert going(), "the kill came too late to be in the middle"
            house.start(victim)
    house.wait_until_read(120)
    assert sum(house.stored().values()) >= len(lines)  # a retried send may stand twice in the log
    assert_equal(house.export(tmp_path / "export"), expected)
    assert_sound(house)
