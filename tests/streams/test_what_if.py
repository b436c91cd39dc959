"""A draft is tried on what is stored: which outcomes it would flip, and nothing is changed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from expectations.contract.decode import Record
from expectations.policy import CUSTOM_CONNECT, load
from expectations.readings import of_clauses
from infra.clock import WallClock
from infra.door import run
from infra.settings import Settings
from infra.warehouse.client import connect
from streams.core.examine import Engine
from streams.worker.pipeline import Pipeline, Taken
from tests.support import builders
from tests.support.processes import running

STORED = (
    {"time": "2026-03-02T10:00:00Z", "type": "website.page_viewed", "ip": "full", "tracked": True},
    {"time": "2026-03-02T10:00:00Z", "type": "newsletter.unsubscribed"},
    {"time": "2026-03-04T10:00:00Z", "type": "newsletter.subscriber_erased"},
)


def draft(folder: Path) -> str:
    """Our policy, laxer: an IP address is no personal datum, and an address may stand for three days."""
    file = folder / "draft.yaml"
    text = (
        (CUSTOM_CONNECT / "2018-05-25.yaml").read_text("utf-8").replace("ip_is_personal: true", "ip_is_personal: false")
    )
    file.write_text(text.replace("unsubscribe_erasure: 24h", "unsubscribe_erasure: 72h"), "utf-8")
    return str(file)


def store(data_dir: Path) -> None:
    """The events above, judged by the policy in use."""
    events = [builders.event(each, f"e-{number}") for number, each in enumerate(STORED)]
    records = [Record(builders.line(each), None, (), "t", 0, number) for number, each in enumerate(events)]
    with connect(Settings(data_dir), "worker") as warehouse:
        warehouse.log("one", {"t": "t1"}, 1)
        engine = Engine(load(clauses=of_clauses()))
        pipeline = Pipeline(warehouse, engine, b"key", WallClock(), warehouse.claim([0], "one").epochs)
        pipeline.records([Taken("t", 0, 0, len(records), records)])


@pytest.mark.timeout(120)
def test_a_draft_is_tried_on_all_that_is_stored(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data_dir = tmp_path / "data"
    with running(data_dir):
        store(data_dir)
        asked = ["audit", "--policy", draft(tmp_path), "--data-dir", str(data_dir)]
        assert run(asked) == 1
        told = " ".join(capsys.readouterr().out.split())
        assert "CLICK-1 breach pass 1 /website e-0" in told
        assert "NEWS-5 breach pass 1 /newsletter e-1" in told
        assert run(["audit", "--policy", str(CUSTOM_CONNECT), "--data-dir", str(data_dir)]) == 0  # nothing was changed
        assert "no outcome flips" in capsys.readouterr().out


def test_without_files_draft_or_warehouse_it_says_what_to_do(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["audit", "--data-dir", str(tmp_path / "none")]) == 2
    assert "no warehouse is at" in capsys.readouterr().err
    assert run(["audit", "--policy", draft(tmp_path), "--as-of", "2026-03-02"]) == 2
    assert "tried on all that is stored" in capsys.readouterr().err
    assert run(["audit", "--policy", draft(tmp_path), "--data-dir", str(tmp_path / "none")]) == 2
    assert "clausewatch up" in capsys.readouterr().err


def test_for_programs_it_tells_how_far_it_is_and_every_flip(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "events.jsonl"
    lines = (json.dumps(builders.event(each, f"e-{number}")) for number, each in enumerate(STORED))
    file.write_text("\n".join(lines), "utf-8")
    assert run(["audit", str(file), "--policy", draft(tmp_path), "--what-if", "--format", "json"]) == 1
    first, *flips = map(json.loads, capsys.readouterr().out.splitlines())
    assert first == {"judged": 3}
    assert flips[0] == {
        "clause": "CLICK-1",
        "from": "breach",
        "to": "pass",
        "outcomes": 1,
        "examples": [{"source": "/website", "event_id": "e-0"}],
    }
    assert [flip["clause"] for flip in flips] == ["CLICK-1", "NEWS-5"]


def test_a_draft_of_files_flips_the_same(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "events.jsonl"
    lines = (json.dumps(builders.event(each, f"e-{number}")) for number, each in enumerate(STORED))
    file.write_text("\n".join(lines), "utf-8")
    assert run(["audit", str(file), "--policy", draft(tmp_path), "--what-if"]) == 1
    told = " ".join(capsys.readouterr().out.split())
    assert "CLICK-1 breach pass 1 /website e-0" in told
    assert "NEWS-5 breach pass 1 /newsletter e-1" in told
