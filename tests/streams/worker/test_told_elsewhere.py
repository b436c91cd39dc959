"""Notices to persons lie on the partitions of these persons; what they come to is the policy's owner's to say."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest

from expectations.contract.decode import Record
from expectations.policy import load
from infra.clock import FixedClock
from infra.warehouse.store import Store
from streams.audit import audit
from streams.core.examine import Engine
from streams.worker.pipeline import Pipeline, Taken

TOPIC = "compliance.events"
POLICY, PEOPLE = 0, 1  # partitions
AS_OF = datetime(2026, 6, 1, tzinfo=UTC)


def event(name: str, kind: str, subject: str | None = None, /, day: int = 3, **data: Any) -> bytes:
    made = {"specversion": "1.0", "id": name, "source": "/compliance", "type": kind}
    made |= {"time": f"2026-03-{day:02d}T10:00:00Z", "data": {"version": "v-2", **data}}
    return json.dumps({**made, "subject": subject} if subject else made).encode()


AMENDED = event("amended", "policy.amended", day=2, affects_existing=True, affected=2)
NOTICES = [event(f"n{n}", "policy.notified", who, channel="email") for n, who in enumerate(("s-1", "s-1", "s-2"))]


class Hurried:
    """A warehouse that is overtaken: between a worker's question and its `apply` somebody else stores something."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.meanwhile: Any = None

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    def facts(self, entities: Any) -> Any:
        known = self._store.facts(entities)
        if self.meanwhile is not None:
            act, self.meanwhile = self.meanwhile, None
            act()
        return known


@pytest.fixture(scope="module")
def engine() -> Engine:
    return Engine(load())


class Two:
    """Two workers, one for the policy's partition and one for the people's."""

    def __init__(self, engine: Engine) -> None:
        self.store = Hurried(Store(":memory:", clock=lambda: AS_OF))
        self.workers = {
            number: Pipeline(
                self.store, engine, b"key", FixedClock(AS_OF), self.store.claim([number], str(number)).epochs
            )
            for number in (POLICY, PEOPLE)
        }
        self.read = {POLICY: 0, PEOPLE: 0}

    def send(self, line: bytes, *, to: int | None = None) -> None:
        """One event, through the worker that owns its key, or another."""
        partition = (PEOPLE if b"subject" in line else POLICY) if to is None else to
        offset = self.read[partition]
        self.read[partition] += 1
        record = Record(line, None, (), TOPIC, partition, offset)
        self.workers[partition].records([Taken(TOPIC, partition, offset, offset + 1, [record])])

    def settle(self) -> None:
        """The owners work off what was revised."""
        while any(worker.revise() for worker in self.workers.values()):
            pass

    def exported(self, directory: Path) -> dict[str, str]:
        self.store.export(directory, AS_OF)
        return {file.name: file.read_text() for file in sorted(directory.iterdir())}


def audited(lines: list[bytes], engine: Engine, directory: Path) -> dict[str, str]:
    records = [Record(line, None, (), "f", 0, number) for number, line in enumerate(lines)]
    audit(records, engine=engine, as_of=AS_OF).store.export(directory, AS_OF)
    return {file.name: file.read_text() for file in sorted(directory.iterdir())}


def test_whatever_comes_first_the_persons_told_are_counted(engine: Engine, tmp_path: Path) -> None:
    wanted = audited([AMENDED, *NOTICES], engine, tmp_path / "audit")
    assert '"state":"met"' in wanted["obligations.jsonl"]
    for number, order in enumerate(list(permutations([AMENDED, *NOTICES]))[::3]):
        two = Two(engine)
        for line in order:
            two.send(line)
        two.settle()
        assert two.exported(tmp_path / str(number)) == wanted


@pytest.mark.parametrize("overtaken", [AMENDED, NOTICES[2]])
def test_a_worker_that_is_overtaken_loses_nothing(overtaken: bytes, engine: Engine, tmp_path: Path) -> None:
    others = [line for line in (AMENDED, NOTICES[2]) if line != overtaken]
    two = Two(engine)
    two.send(NOTICES[0])
    two.store.meanwhile = lambda: two.send(others[0])
    two.send(overtaken)
    two.settle()
    assert two.exported(tmp_path / "two") == audited([AMENDED, NOTICES[0], NOTICES[2]], engine, tmp_path / "audit")


def test_a_revision_that_is_overtaken_is_followed_by_another(engine: Engine, tmp_path: Path) -> None:
    two = Two(engine)
    two.send(AMENDED)
    two.send(NOTICES[0])
    two.store.meanwhile = lambda: two.send(NOTICES[2])
    two.settle()
    wanted = audited([AMENDED, NOTICES[0], NOTICES[2]], engine, tmp_path / "audit")
    assert '"state":"met"' in wanted["obligations.jsonl"]
    assert two.exported(tmp_path / "two") == wanted


def test_two_contents_of_one_notice_count_as_the_smaller(engine: Engine, tmp_path: Path) -> None:
    rivals = [event("n2", "policy.notified", "s-2", channel=way) for way in ("email", "website")]
    wanted = audited([AMENDED, NOTICES[0], *rivals], engine, tmp_path / "audit")
    for number, order in enumerate(list(permutations([AMENDED, NOTICES[0], *rivals]))[::3]):
        two = Two(engine)
        for line in order:
            two.send(line)
        two.settle()
        assert two.exported(tmp_path / str(number)) == wanted


def incident(number: int, kind: str, hour: int, **data: Any) -> bytes:
    made = {"specversion": "1.0", "id": f"i{number}", "source": "/compliance", "type": kind}
    return json.dumps({**made, "time": f"2026-03-03T{hour}:00:00Z", "data": {"incident": "i-1", **data}}).encode()


def test_records_with_wrong_keys_are_judged_with_what_another_worker_stores_meanwhile(
    engine: Engine, tmp_path: Path
) -> None:
    lines = [incident(1, "breach.detected", 10, risk="risk"), incident(2, "breach.team_assigned", 11)]
    wanted = audited(lines, engine, tmp_path / "audit")
    assert '"state":"met"' in wanted["obligations.jsonl"]
    for number, (overtaken, other) in enumerate(permutations(lines)):
        two = Two(engine)
        two.store.meanwhile = lambda line=other, two=two: two.send(line, to=PEOPLE)
        two.send(overtaken, to=POLICY)
        two.settle()
        assert two.exported(tmp_path / str(number)) == wanted
