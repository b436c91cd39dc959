"""What is read is another log than before, or must not be read at all."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from infra.broker.apache import ApacheKafka
from infra.doctor import warehouse
from infra.errors import UserError
from infra.topics import TOPICS, admin
from tests.support.pipeline import PARTITIONS, House, Line, assert_equal, assert_sound, empty_topics

pytestmark = [pytest.mark.kafka, pytest.mark.slow, pytest.mark.timeout(300)]


REFUSED = "the topics are others than those that were read"


def accept(house: House) -> str:
    """Somebody says that another log is meant; returns what `offsets show` said before."""
    offsets = [sys.executable, "-m", "infra", "offsets"]
    given = ["--data-dir", str(house.settings.data_dir)]
    told = subprocess.run([*offsets, "show", *given], capture_output=True, text=True, check=True).stdout
    subprocess.run([*offsets, "accept-log", "--reason", "made anew", *given], capture_output=True, check=True)
    return told


def test_topics_that_are_made_anew_are_refused_until_accepted_then_read_from_their_beginning(
    house: House, lines: list[Line], expected: Path, tmp_path: Path
) -> None:
    half = len(lines) // 2
    house.start("warehouse", "worker-1")
    house.publish(lines[:half])
    house.wait_until_read()
    before = house.stored()
    empty_topics(house.kafka)  # under the worker's eyes
    house.publish(lines[half - 100 :])
    house.wait_until(lambda: f"{REFUSED}, made anew: " in house.last("worker-1"), 90, "a refusal")
    assert house.stored() == before
    words = [finding.words for finding in warehouse(house.settings) if finding.what == "log"]
    assert len(words) == len(before)
    assert "✖ crm.events[0] is another log than the one that was read up to offset" in accept(house)
    house.wait_until_read(150)
    assert_equal(house.export(tmp_path / "export"), expected)
    assert_sound(house)


def test_a_new_cluster_fills_the_old_warehouse_on_once_it_is_accepted(
    house: House, own_kafka: ApacheKafka, lines: list[Line], expected: Path, tmp_path: Path
) -> None:
    half = len(lines) // 2
    house.start("warehouse", "worker-1")
    house.publish(lines[:half])
    house.wait_until_read()
    house.stop()
    moved = House(house.settings.data_dir, own_kafka.address)
    try:
        moved.start("warehouse")
        with pytest.raises(UserError):
            moved.start("worker-1")
        assert f"{REFUSED}, of cluster " in moved.last("worker-1")
        accept(moved)
        moved.start("worker-1")
        moved.publish(lines[half - 100 :])
        moved.wait_until_read()
        assert_equal(moved.export(tmp_path / "export"), expected)
        assert_sound(moved)
    finally:
        moved.end()


def more_partitions(kafka: str, *topics: str) -> None:
    with admin(kafka) as client:
        client.create_partitions(dict.fromkeys(topics, PARTITIONS + 2))


def test_another_number_of_partitions_is_refused_with_the_reason(house: House, lines: list[Line]) -> None:
    house.start("warehouse", "worker-1")
    house.publish(lines[:200])
    house.wait_until_read()
    stored = house.stored()

    def told(words: str) -> Callable[[], bool]:
        return lambda: words in house.last("worker-1")

    more_partitions(house.kafka, "crm.events")
    house.wait_until(told("the topics differ in partitions (crm.events 6, newsletter.events 4"), 90, "a refusal")
    more_partitions(house.kafka, *TOPICS[1:])
    house.wait_until(told("the topics have 6 partitions each, this warehouse was filled from 4"), 90, "a refusal")
    assert house.stored() == stored
    assert not house.said("worker-1", "ended")
