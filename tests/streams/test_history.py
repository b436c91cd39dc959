"""What was believed when: `history`, and `--known-at` beside `--as-of` in `query` and `audit` of a warehouse."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from expectations.contract.decode import Record
from expectations.policy import load
from expectations.readings import of_clauses
from expectations.vocabulary import finding_id
from infra.door import run
from infra.warehouse.store import Store
from streams.core.examine import Engine
from streams.worker.pipeline import Pipeline, Taken

SUBJECT = "s-1"
START = datetime(2026, 3, 10, tzinfo=UTC)  # when the first record was read; each further one an hour later
COOKIE = {"name": "m", "kind": "marketing", "personal": True}
SENT = finding_id("WEB-2", "/website", "view")


def event(name: str, type: str, time: str, **data: Any) -> dict[str, Any]:
    source = "/" + type.split(".")[0]
    return {
        "specversion": "1.0", "id": name, "source": source, "type": type, "subject": SUBJECT, "time": time,
        "data": data,
    }  # fmt: skip


ARRIVING = [
    event("view", "website.page_viewed", "2026-03-02T10:00:00Z", ip="none", identifiable=False, cookies=[COOKIE]),
    event("late", "website.consent_given", "2026-03-02T09:00:00Z", purposes=["marketing"]),
    event("later", "website.consent_withdrawn", "2026-03-02T09:30:00Z", purposes=["marketing"]),
    event("left", "newsletter.unsubscribed", "2026-03-03T10:00:00Z"),
    event("erased", "newsletter.subscriber_erased", "2026-03-03T11:00:00Z"),
]


class Ticking:
    """A clock that stands still within a transaction and goes on between them."""

    def __init__(self) -> None:
        self.at = START

    def now(self) -> datetime:
        self.at += timedelta(microseconds=1)
        return self.at


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A warehouse that read one record an hour, the last of them first."""
    monkeypatch.setenv("CLAUSEWATCH_DATA_DIR", str(tmp_path))
    clock = Ticking()
    with Store(tmp_path / "warehouse.duckdb", clock=clock.now) as store:
        pipeline = Pipeline(store, Engine(load(clauses=of_clauses())), b"key", clock, store.claim([0], "one").epochs)
        for number, each in enumerate(ARRIVING):
            clock.at = START + timedelta(hours=number)
            record = Record(json.dumps(each).encode(), None, (), "t", 0, number)
            pipeline.records([Taken("t", 0, number, number + 1, [record])])
            while pipeline.revise():
                pass
    return tmp_path


def told(capsys: pytest.CaptureFixture[str], *arguments: str) -> list[dict[str, Any]]:
    capsys.readouterr()
    assert run([*arguments, "--json"]) == 0
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_a_finding_tells_what_was_believed_when_and_why(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    beliefs = told(capsys, "history", SENT)
    assert [each["outcome"] for each in beliefs] == ["breach", "pass", "breach"]
    assert [each["causes"] for each in beliefs] == [[], ["late_fact"], ["late_fact"]]
    assert [[came["id"] for came in each["came"]] for each in beliefs] == [["view"], ["late"], ["later"]]
    for before, after in itertools.pairwise(beliefs):
        assert before["believed_to"] == after["believed_from"]
    assert beliefs[-1]["believed_to"] is None

    capsys.readouterr()
    assert run(["history", SENT]) == 0
    shown = capsys.readouterr().out
    assert "WEB-2 on /website view of 2026-03-02T10:00:00Z" in shown
    assert "a fact came late" in shown
    assert "website.consent_withdrawn" in shown


def test_an_obligation_tells_its_states(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    left = finding_id("NEWS-5", "/newsletter", "left")
    beliefs = told(capsys, "history", left)
    assert [(each["outcome"], each["state"]) for each in beliefs] == [("breach", "overdue"), ("pass", "met")]
    assert [[came["id"] for came in each["came"]] for each in beliefs] == [["left"], ["erased"]]


def test_an_unknown_finding_is_told(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["history", "0" * 32]) == 2
    assert "no finding is named 000" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("known_at", "broken"),
    [("2026-03-09T00:00:00Z", False), ("2026-03-10T00:30:00Z", True), ("2026-03-10T01:30:00Z", False), (None, True)],
)
def test_what_was_known_at_an_instant(
    known_at: str | None, broken: bool, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ["--known-at", known_at] if known_at else []
    assert any(row["finding"] == SENT for row in told(capsys, "query", "findings", *asked)) is broken
    assert run(["audit", "--format", "json", *asked]) in (0, 1)
    found = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert any(each["finding"] == SENT for each in found) is broken


def test_what_had_happened_and_what_was_known_are_two_clocks(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    left = finding_id("NEWS-5", "/newsletter", "left")

    def state(as_of: str, known_at: str) -> str | None:
        rows = told(capsys, "query", "obligations", "--as-of", as_of, "--known-at", known_at)
        return next((row["state"] for row in rows if row["finding"] == left), None)

    assert state("2026-03-03T10:30:00Z", "2026-03-10T03:30:00Z") == "open"
    assert state("2026-03-03T10:30:00Z", "2026-03-10T02:30:00Z") is None  # it had not arrived
    assert state("2026-03-09T00:00:00Z", "2026-03-10T03:30:00Z") == "overdue"  # its end had not arrived
    assert state("2026-03-09T00:00:00Z", "2026-03-10T04:30:00Z") == "met"
    assert state("2026-03-03T09:00:00Z", "2026-03-10T04:30:00Z") is None  # it had not happened


def test_what_cannot_be_asked_is_told(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for arguments, words in [
        (["query"], "no query was named"),
        (["query", "nothing"], "no query is named 'nothing'"),
        (["query", "offsets", "--known-at", "2026-03-10T00:00:00Z"], "only what is believed now"),
        (["query", "findings", "--set", "colour=red"], "is no parameter of findings"),
        (["audit", "--all"], "about files"),
    ]:
        assert run(arguments) == 2, arguments
        assert words in capsys.readouterr().err
    assert told(capsys, "query", "head")[0]["chain"]
    assert run(["query", "--list"]) == 0
    assert "history" in capsys.readouterr().out
