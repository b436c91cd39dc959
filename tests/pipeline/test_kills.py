"""kill -9 of the worker and of the warehouse, in turn, while events arrive."""

from __future__ import annotations

import time
from pathlib import Path
from random import Random

import pytest

from tests.support.pipeline import House, Line, assert_equal

pytestmark = [pytest.mark.kafka, pytest.mark.timeout(240)]

ROUNDS = 3


def test_nothing_is_lost_and_nothing_counts_twice(
    house: House, lines: list[Line], expected: Path, tmp_path: Path
) -> None:
    random = Random(5)
    house.start("warehouse", "worker-1")
    with house.publishing(lines, a_second=120) as going:
        for _ in range(ROUNDS):
            for victim in ("worker-1", "warehouse"):
                time.sleep(random.uniform(0.2, 1.0))
                house.watch()
                assert going(), "the kill came too late to be in the middle"
                house.kill(victim)
                house.start(victim)
    house.wait_until_read(120)
    assert sum(house.stored().values()) >= len(lines)  # a retried send may stand twice in the log
    assert_equal(house.export(tmp_path / "export"), expected)
