"""Three brokers: the one that leads is killed in the middle, and later another one."""

from __future__ import annotations

from pathlib import Path

import pytest

from infra.topics import create
from tests.support.cluster import cluster
from tests.support.pipeline import PARTITIONS, House, Line, assert_equal, assert_sound
from tests.support.services import need_kafka

pytestmark = [pytest.mark.kafka, pytest.mark.slow, pytest.mark.timeout(600)]


def test_a_killed_leader_changes_nothing(lines: list[Line], expected: Path, tmp_path: Path) -> None:
    need_kafka()
    with cluster(tmp_path) as brokers:
        create(brokers.address, PARTITIONS)
        house = House(tmp_path / "data", brokers.address)
        try:
            house.start("warehouse", "worker-1")
            half = len(lines) // 2
            for part in (lines[:half], lines[half:]):
                before = sum(house.stored().values())
                with house.publishing(part, a_second=100) as going:
                    house.wait_until_some_read(before + 200)
                    leader = brokers.leader()
                    leader.kill()
                    assert going(), "the kill came too late to be in the middle"
                house.wait_until_read(180)  # with two of them
                leader.start()
            assert_equal(house.export(tmp_path / "export"), expected)
            assert_sound(house)
        finally:
            house.end()
