"""The log lost records that were not read: their partition stops with an alarm, the others go on."""

from __future__ import annotations

import subprocess
import sys
import time
import urllib.request
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest
from kafka import KafkaConsumer, TopicPartition

from infra.doctor import warehouse
from infra.topics import admin
from streams.worker.offsets import FETCH_WAIT
from tests.support.pipeline import House, Line, assert_equal, assert_sound, audited

pytestmark = [pytest.mark.kafka, pytest.mark.slow, pytest.mark.timeout(300)]


def held(kafka: str, place: TopicPartition) -> list[bytes]:
    """The values of a partition that no transaction wrote to: the n-th has offset n."""
    consumer = KafkaConsumer(bootstrap_servers=kafka, client_id="clausewatch-tests")
    try:
        consumer.assign([place])
        consumer.seek_to_beginning(place)
        end, found = consumer.end_offsets([place])[place], list[bytes]()
        while len(found) < end:
            found += [each.value for each in consumer.poll(timeout_ms=500).get(place, ())]
        return found
    finally:
        consumer.close()


def shown(house: House) -> int:
    """How many holes the pages are told of."""
    now = datetime.now(UTC)
    with house.warehouse() as running:
        return int(running.query("now_pulse", {"now": now, "since": now}).to_pylist()[0]["holes"])


def gauge(house: House, worker: str) -> float:
    """The metric `clausewatch_stopped`."""
    said = house.settings.run_file(worker).read() or {}
    with urllib.request.urlopen(f"http://{said['address']}/metrics", timeout=5) as answer:
        lines = answer.read().decode().splitlines()
    return next(float(line.rpartition(" ")[2]) for line in lines if line.startswith("clausewatch_stopped "))


@pytest.mark.parametrize("meanwhile", ["ended", "asleep"])
def test_a_hole_stops_its_partition_until_it_is_accepted(
    meanwhile: str, house: House, lines: list[Line], tmp_path: Path
) -> None:
    third = len(lines) // 3
    house.start("warehouse", "worker-1")
    house.publish(lines[:third])
    house.wait_until_read()
    house.stop("worker-1") if meanwhile == "ended" else house.freeze("worker-1")
    time.sleep(4 * FETCH_WAIT / 1000)  # what it had asked for is answered: nothing
    before = house.stored()
    house.publish(lines[third : 2 * third])
    place = TopicPartition(*max(before, key=lambda each: before[each]))
    values = held(house.kafka, place)
    lost = values[before[place] : before[place] + 3]
    with admin(house.kafka) as client:
        client.delete_records({place: before[place] + len(lost)})
    house.start("worker-1") if meanwhile == "ended" else house.thaw("worker-1")

    ends = house.ends()
    others = {each: end for each, end in ends.items() if each != place}
    house.wait_until(
        lambda: {each: at for each, at in house.stored().items() if each != place} == others, 90, "the others are read"
    )
    house.wait_until(lambda: bool(house.said("worker-1", "gap")), 30, "an alarm")
    assert house.stored()[place] == before[place]
    offsets = [sys.executable, "-m", "infra", "offsets"]
    given = ["--data-dir", str(house.settings.data_dir)]
    told = subprocess.run([*offsets, "show", *given], capture_output=True, text=True, check=True).stdout
    assert f"✖ {place.topic}[{place.partition}] has no offsets {before[place]} to {before[place] + 2}" in told
    wrong = [finding.words for finding in warehouse(house.settings) if finding.state == "wrong"]
    assert [words.partition(" ")[0] for words in wrong] == [f"{place.topic}[{place.partition}]"]
    assert (shown(house), gauge(house, "worker-1")) == (1, 1.0)

    mend = [*offsets, "accept-gap", place.topic, str(place.partition), "--reason", "kept for too short a time", *given]
    subprocess.run(mend, capture_output=True, check=True)
    house.wait_until_read()
    house.publish(lines[2 * third :])
    house.wait_until_read()
    house.wait_until(lambda: (shown(house), gauge(house, "worker-1")) == (0, 0.0), 30, "the alarm is over")
    assert house.told == []  # in the same process
    rest, without = Counter(lost), list[Line]()
    for line in lines:
        if rest[line.value]:
            rest[line.value] -= 1
        else:
            without.append(line)
    assert_equal(house.export(tmp_path / "export"), audited(without, tmp_path / "audit"))
    assert_sound(house)
