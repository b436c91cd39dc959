"""Findings are a function of the set of events, and of nothing else."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from expectations.contract.decode import Record
from expectations.policy import load
from streams.audit import audit
from streams.core.examine import Engine
from tests.support.lives import AS_OF, as_lines, instants, lives

# Shrinking an audit takes minutes; the lines and their order are printed as they are.
slowly = settings(
    max_examples=10,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture(scope="module")
def engine() -> Engine:
    return Engine(load())


def exported(lines: Sequence[bytes], engine: Engine, piece: int = 1000, as_of: datetime = AS_OF) -> dict[str, str]:
    """The canonical files."""
    records = [Record(line, None, (), "events", 0, number) for number, line in enumerate(lines)]
    with tempfile.TemporaryDirectory() as folder:
        audit(records, as_of=as_of, engine=engine, piece=piece).store.export(Path(folder), as_of)
        return {file.name: file.read_text() for file in sorted(Path(folder).iterdir())}


def of_subject(files: Mapping[str, str], subject: str) -> list[dict[str, Any]]:
    """The findings and obligations of one subject."""
    rows = [json.loads(line) for name in ("findings", "obligations") for line in files[f"{name}.jsonl"].splitlines()]
    return [row for row in rows if row["subject"] == subject]


@slowly
@given(events=lives(), order=st.randoms(use_true_random=False), piece=st.integers(1, 6))
def test_any_order_and_any_batches_export_the_same(events: Any, order: Any, piece: int, engine: Engine) -> None:
    lines = as_lines(events)
    whole = exported(lines, engine)
    shuffled = [*lines, *lines[: len(lines) // 2]]  # some are delivered twice
    order.shuffle(shuffled)
    assert exported(shuffled, engine, piece) == whole
    assert whole["events.jsonl"].count("\n") > 0


@slowly
@given(events=lives(colliding=False))
def test_another_person_changes_nothing(events: Any, engine: Engine) -> None:
    alone = [each for each in events if each.get("subject") != "s-b"]
    together = of_subject(exported(as_lines(events), engine), "s-a")
    # How many were told of a change of the policy is the one thing that people have together.
    assert of_subject(exported(as_lines(alone), engine), "s-a") == together


@slowly
@given(events=lives())
def test_other_pseudonyms_give_the_same_findings_by_other_names(events: Any, engine: Engine) -> None:
    renamed = [{**each, "subject": each["subject"] + "-2"} if "subject" in each else each for each in events]

    def told(lines: Sequence[bytes]) -> list[tuple[Any, ...]]:
        files = exported(lines, engine)
        rows = [
            json.loads(line) for name in ("findings", "obligations") for line in files[f"{name}.jsonl"].splitlines()
        ]
        keys = ("clause", "source", "id", "key", "outcome", "missing", "clocks", "met_at", "cancelled_at", "evidence")
        return sorted(json.dumps([row.get(key) for key in keys]) for row in rows)  # type: ignore[misc]

    # A content's digest decides between two under one id, and it holds the pseudonym: such events are left out.
    identities = [(each["source"], each["id"]) for each in events]
    single = [n for n, identity in enumerate(identities) if identities.count(identity) == 1]
    assert told(as_lines([renamed[n] for n in single])) == told(as_lines([events[n] for n in single]))


@slowly
@given(events=lives(), as_of=instants())
def test_what_comes_later_does_not_exist_yet(events: Any, as_of: datetime, engine: Engine) -> None:
    until = [each for each in events if datetime.fromisoformat(each["time"]) <= as_of]
    assert exported(as_lines(events), engine, as_of=as_of) == exported(as_lines(until), engine, as_of=as_of)


@slowly
@given(events=lives(colliding=False), as_of=instants())
def test_a_store_that_knows_more_tells_the_same_of_that_instant(events: Any, as_of: datetime, engine: Engine) -> None:
    records = [Record(line, None, (), "events", 0, number) for number, line in enumerate(as_lines(events))]
    with tempfile.TemporaryDirectory() as folder:
        audit(records, as_of=AS_OF, engine=engine).store.export(Path(folder), as_of)
        told = {file.name: file.read_text() for file in sorted(Path(folder).iterdir())}
    assert told == exported(as_lines(events), engine, as_of=as_of)
