"""A change of the policy is one worker's, the people told of it are another's: both together say if it was told."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest

from tests.support.pipeline import PARTITIONS, House, Line, assert_equal, assert_sound, audited, shuffled

pytestmark = [pytest.mark.kafka, pytest.mark.slow, pytest.mark.timeout(240)]

VERSIONS = ("v-2", "v-3", "v-4")
PEOPLE = 150


def event(name: str, kind: str, subject: str | None = None, /, day: int = 3, **data: Any) -> Line:
    made = {"specversion": "1.0", "id": name, "source": "/compliance", "type": kind}
    made |= {"time": f"2025-10-{day:02d}T10:00:00Z", "data": data}
    whole = {**made, "subject": subject} if subject else made
    return Line("compliance.events", subject or "policy", json.dumps(whole).encode())


def told() -> list[Line]:
    """Each version told to all but one, who only hears of the last; every tenth of them twice."""
    lines = []
    for version in VERSIONS:
        for person in range(PEOPLE - (version != VERSIONS[-1])):
            for again in range(2 if person % 10 == 0 else 1):
                name = f"{version}-{person}-{again}"
                data = {"version": version, "channel": "email"}
                lines.append(event(name, "policy.notified", f"told-{person}", day=3 + person % 9, **data))
    return lines


def amended() -> list[Line]:
    data = {"affects_existing": True, "affected": PEOPLE, "effective_at": "2025-11-01T00:00:00Z"}
    return [event(version, "policy.amended", day=2, version=version, **data) for version in VERSIONS]


@pytest.mark.parametrize("first", ["the people", "the policy"])
def test_two_workers_count_everybody_who_was_told(first: str, house: House, tmp_path: Path) -> None:
    lines, changes = shuffled(told(), seed=3), amended()
    house.start("warehouse", "worker-1", "worker-2")
    house.wait_until(lambda: house.owned() == PARTITIONS, 60, "both workers have partitions")
    if first == "the policy":
        house.publish(changes)
        house.wait_until_read()
    with house.publishing(lines, a_second=40) as going:
        house.wait_until_some_read(100)
        if first == "the people":
            house.publish(changes[:2])
        time.sleep(0.5)
        house.kill("worker-2")
        assert going(), "the kill came too late to be in the middle"
        house.start("worker-2")
    if first == "the people":
        house.publish(changes[2:])
    house.wait_until_read(120)
    expected = audited([*changes, *lines], tmp_path / "audit")
    states = [json.loads(line)["state"] for line in (expected / "obligations.jsonl").read_text().splitlines()]
    assert sorted(states) == ["met", "overdue", "overdue"]
    assert_equal(house.export(tmp_path / "export"), expected)
    assert_sound(house)
