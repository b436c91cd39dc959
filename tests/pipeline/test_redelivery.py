"""Everything is sent a second time, in another order."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.pipeline import House, Line, assert_equal, assert_sound, shuffled

pytestmark = [pytest.mark.kafka, pytest.mark.slow, pytest.mark.timeout(240)]


def test_what_comes_twice_in_any_order_counts_once(
    house: House, lines: list[Line], expected: Path, tmp_path: Path
) -> None:
    house.start("warehouse", "worker-1")
    house.publish(shuffled(lines, seed=1))
    house.publish(shuffled(lines, seed=2))
    house.wait_until_read(150)
    assert sum(house.stored().values()) == 2 * len(lines)
    assert_equal(house.export(tmp_path / "export"), expected)
    assert_sound(house)
    assert house.told == []
