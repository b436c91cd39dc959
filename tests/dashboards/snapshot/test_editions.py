"""A closed quarter is never overwritten: what came late makes a restated edition that says what and why."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from dashboards.snapshot.bundle import EDITION, unpacked
from dashboards.snapshot.editions import following
from dashboards.snapshot.editions import kept as editions
from dashboards.snapshot.make import kept, taken
from dashboards.snapshot.verify import verified
from infra.quarter import Quarter
from tests.support.seeded import NOW, VERSION, Seeded, batch, event, verdict

QUARTER = Quarter.of("2026Q4")
CLOSED = QUARTER.until("Europe/Amsterdam")


def test_late_evidence_makes_a_second_edition_and_keeps_the_first(tmp_path: Path) -> None:
    seeded = Seeded(share=0.01).day()
    seeded.clock.at = CLOSED + timedelta(days=3)
    kept(seeded.store, taken(seeded.store, QUARTER, CLOSED), tmp_path, "en")
    first = (tmp_path / "2026Q4-1.zip").read_bytes()

    _, told = kept(seeded.store, taken(seeded.store, QUARTER, CLOSED), tmp_path, "nl")
    assert "edition 1 stands" in told[0]
    assert [number for _, number, _ in editions(tmp_path)] == [1]

    seeded.clock.at = CLOSED + timedelta(days=20)
    row = event(seeded.chance, "newsletter", "newsletter.sent", NOW - timedelta(days=5), "", 1)
    late = verdict(row, "NEWS-3", "critical", "breach", {})
    seeded.store.apply(batch(seeded.epoch, [row], [late]))
    _, told = kept(seeded.store, taken(seeded.store, QUARTER, CLOSED), tmp_path, "en")
    assert "restated: edition 2" in told[0]
    assert (tmp_path / "2026Q4-1.zip").read_bytes() == first
    edition = json.loads(unpacked(tmp_path / "2026Q4-2.zip")[EDITION])
    assert edition["why"] == ["late_events 1"]
    (changed,) = edition["changed"]
    assert (changed["clause"], changed["was_n"], changed["now_n"], changed["now"]) == ("NEWS-3", 0, 1, "broken")
    assert verified(tmp_path / "2026Q4-2.zip").faults == ()
    assert row["policy_version"] == VERSION


def test_other_rules_that_find_the_same_make_no_edition(tmp_path: Path) -> None:
    seeded = Seeded(share=0.01).day()
    made = taken(seeded.store, QUARTER, CLOSED)
    kept(seeded.store, made, tmp_path, "en")
    other = replace(made, parameters=replace(made.parameters, rules="0" * 64))
    assert following(tmp_path / "2026Q4-1.zip", 1, other, []) is None
    fewer = replace(other, lines=made.lines[1:])
    edition = following(tmp_path / "2026Q4-1.zip", 1, fewer, [])
    assert edition is not None
    assert edition.why == ("rules 1",)


def test_a_draft_is_replaced_by_the_next(tmp_path: Path) -> None:
    seeded = Seeded(share=0.01).day()
    for at in (NOW - timedelta(hours=1), NOW):
        kept(seeded.store, taken(seeded.store, QUARTER, at), tmp_path, "en")
    assert [(number, path.name) for _, number, path in editions(tmp_path)] == [(0, "2026Q4-draft.zip")]
