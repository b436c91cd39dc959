"""A worker that slept while others took over, and partitions that go away and come back."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from tests.support.pipeline import PARTITIONS, House, Line, assert_equal, assert_sound

pytestmark = [pytest.mark.kafka, pytest.mark.slow, pytest.mark.timeout(300)]


def refused(house: House) -> bool:
    """Whether worker-1 was refused what it had in hand."""
    return bool(house.said("worker-1", "fenced") or house.said("worker-1", "let go"))


def test_an_owner_that_wakes_too_late_is_refused(
    house: House, lines: list[Line], expected: Path, tmp_path: Path
) -> None:
    house.start("warehouse", "worker-1", "worker-2")
    sent = 0
    while not refused(house):  # once will do, unless nothing of that was for worker-1's partitions
        assert sent < len(lines) // 3, "it never had anything in hand"
        house.wait_until(lambda: house.owned() == PARTITIONS, 60, "both workers have partitions")
        with house.publishing(lines[sent : sent + 250], a_second=150):
            house.freeze("warehouse")
            time.sleep(2)  # by now the workers have asked for something, and wait
            house.freeze("worker-1")
            house.kill("warehouse")
            house.start("warehouse")  # nothing of it is stored: what worker-1 polled is still in its hand
        sent += 250
        house.wait_until(lambda: house.share("worker-2") == PARTITIONS, 60, "worker-2 has every partition")
        house.wait_until_read()
        house.thaw("worker-1")
        house.wait_until(lambda: house.owned() == PARTITIONS, 60, "worker-1 has partitions again")
    assert house.told == []  # it goes on in the same process

    house.publish(lines[sent:-1000])
    house.stop("worker-2")  # its partitions go to worker-1, which had them before
    house.publish(lines[-1000:])
    house.wait_until_read()
    assert house.share("worker-1") == PARTITIONS
    assert_equal(house.export(tmp_path / "export"), expected)
    assert_sound(house)
