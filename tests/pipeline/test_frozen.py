"""A worker that slept while others took over, and partitions that go away and come back."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.pipeline import PARTITIONS, House, Line, assert_equal, assert_sound

pytestmark = [pytest.mark.kafka, pytest.mark.slow, pytest.mark.timeout(300)]


def test_an_owner_that_wakes_too_late_is_refused(
    house: House, lines: list[Line], expected: Path, tmp_path: Path
) -> None:
    house.start("warehouse", "worker-1", "worker-2")
    house.wait_until(lambda: house.owned() == PARTITIONS, 60, "both workers have partitions")
    third = len(lines) // 3
    with house.publishing(lines[:third], a_second=150):
        house.wait_until_some_read(100)
        house.freeze("worker-1")  # in the middle of its work: it holds what it polled
    house.wait_until(lambda: house.share("worker-2") == PARTITIONS, 60, "worker-2 has every partition")
    house.wait_until_read()
    house.thaw("worker-1")
    house.wait_until(lambda: house.owned() == PARTITIONS, 60, "worker-1 has partitions again")
    refused = house.said("worker-1", "fenced") + house.said("worker-1", "let go")
    assert refused, "it had nothing in hand"
    assert house.told == []  # it goes on in the same process

    house.publish(lines[third : 2 * third])
    house.stop("worker-2")  # its partitions go to worker-1, which had them before
    house.publish(lines[2 * third :])
    house.wait_until_read()
    assert house.share("worker-1") == PARTITIONS
    assert_equal(house.export(tmp_path / "export"), expected)
    assert_sound(house)
