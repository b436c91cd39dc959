"""Whatever is sent, every record is an event or a quarantine record, in the decoder and in the whole audit."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from expectations.contract.decode import Record
from expectations.policy import load
from streams.audit import audit
from streams.core.examine import Engine
from tests.fuzz import mutations, oracle

AS_OF = datetime(2026, 6, 1, tzinfo=UTC)
_SETTINGS = settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
_LINES = st.lists(st.sampled_from(mutations.seeds()) | st.binary(max_size=30), min_size=1, max_size=6)


@_SETTINGS
@given(_LINES, st.randoms(use_true_random=False), st.integers(1, 12))
def test_a_changed_record_is_an_event_or_a_quarantine_record(lines: list[bytes], random: Random, rounds: int) -> None:
    for _ in range(rounds):
        lines = mutations.mutated(lines, random)
    oracle.check(mutations.records(lines))


@pytest.mark.parametrize("line", mutations.seeds())
def test_every_type_has_a_sound_seed(line: bytes) -> None:
    found = oracle.check(mutations.records([line]))
    assert found.quarantine.rows() == []


@pytest.mark.parametrize("seed", range(3))
def test_the_whole_audit_takes_any_fields(seed: int, tmp_path: Path) -> None:
    random = Random(seed)
    lines = list(mutations.seeds())
    for _ in range(60):
        kept = lines[: random.randint(1, len(lines))]
        lines += mutations.mutated(random.sample(kept, min(8, len(kept))), random)
    records = [record._replace(offset=number) for number, record in enumerate(mutations.records(lines))]
    done = audit(records, as_of=AS_OF, key=oracle.SECRET, engine=Engine(load()), piece=100)
    with done.store as store:
        store.export(tmp_path, AS_OF)
    assert done.events + done.later + sum(done.quarantined.values()) == len(records)
    assert (tmp_path / "findings.jsonl").stat().st_size
    assert "unjudgeable" not in (tmp_path / "quarantine.jsonl").read_text("utf-8"), "a fault of ours"


@pytest.mark.parametrize("kind", sorted(mutations.PLANTED))
def test_a_full_record_of_any_kind_is_read_in_time(kind: str) -> None:
    value = mutations.PLANTED[kind][0]
    fill = (value + ", ") * (900_000 // (len(value) + 2))
    record = Record(b'{"specversion":"1.0","id":"' + fill.encode() + b'"}', None, (), "t", 0, 0)
    began = time.process_time()
    oracle.check([record])  # reads it twice
    assert time.process_time() - began < 30
