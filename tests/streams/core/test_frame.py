"""The frame of a batch is built in slices: a person with many facts and many events does not fill the memory."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from expectations.agreements import agreements
from expectations.contract.decode import Record, decode
from expectations.facts import facts_of
from expectations.policy import load
from streams.state import frame
from tests.support import builders, scenarios


def test_slices_hold_so_many_pairs_of_event_and_fact_and_give_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = [builders.line(each) for case in scenarios.every_case() for each in (*case.given, case.event)]
    records = [Record(line, None, (), "scenario", 0, number) for number, line in enumerate(lines)]
    events = decode(records, key=b"k").events.with_row_index("row")
    policy, facts = load(), facts_of(events)
    version = policy.versions[-1]
    given = frame.Sources(facts, agreements(events, backdating=version.backdating), policy.references, version)
    wanted = dict.fromkeys(frame.STATE, frozenset(events["type"].unique()))
    whole = frame.build(events, given, wanted)

    told: dict[str, int] = dict(facts.group_by("entity").len().iter_rows())
    seen: list[tuple[int, int]] = []
    built = frame._built

    def watched(some: pl.DataFrame, *more: Any) -> pl.DataFrame:
        seen.append((some.height, sum(told.get(subject, 0) for subject in some["subject"])))
        return built(some, *more)

    monkeypatch.setattr(frame, "_built", watched)
    monkeypatch.setattr(frame, "PAIRS", 2_000)
    assert_frame_equal(frame.build(events, given, wanted), whole)
    assert len(seen) > 2
    assert all(pairs <= 2_000 or height == 1 for height, pairs in seen)
    assert max(pairs for _, pairs in seen) > 1_000
