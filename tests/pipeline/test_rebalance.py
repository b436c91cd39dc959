"""Workers come and go while events arrive."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.pipeline import PARTITIONS, House, Line, assert_equal, assert_sound

pytestmark = [pytest.mark.kafka, pytest.mark.slow, pytest.mark.timeout(240)]


def test_a_second_worker_joins_and_the_first_one_leaves(
    house: House, lines: list[Line], expected: Path, tmp_path: Path
) -> None:
    house.start("warehouse", "worker-1")
    with house.publishing(lines, a_second=30) as going:
        house.wait_until_some_read(300)
        house.start("worker-2")
        house.wait_until(lambda: house.owned() == PARTITIONS, 60, "both workers have partitions")
        assert going(), "the rebalance came too late to be in the middle"
    house.stop("worker-1")
    house.publish(lines[-300:])  # again, so that the one that is left has to read every partition on
    house.wait_until_read()
    assert sum(house.stored().values()) == len(lines) + 300
    assert_equal(house.export(tmp_path / "export"), expected)
    assert_sound(house)
