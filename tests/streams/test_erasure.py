"""Erasing a subject, and the terms of the audit's own data: what goes, what stays, and that nothing comes back."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from expectations.contract.decode import Record
from expectations.policy import load
from expectations.readings import of_clauses
from infra.door import run
from infra.warehouse.retention import Terms
from infra.warehouse.store import Store
from streams.core.examine import Engine
from streams.worker.pipeline import Pipeline, Taken
from tests.support.warehouse import beliefs_are_sound, counted, counted_anew

NOW = datetime(2026, 3, 20, tzinfo=UTC)
COOKIE = {"name": "m", "kind": "marketing", "personal": True}
KNOWN = "subject-to-be-forgotten"


def event(name: str, type: str, time: str, subject: str, **data: Any) -> dict[str, Any]:
    return {
        "specversion": "1.0",
        "id": name,
        "source": "/" + type.split(".")[0],
        "type": type,
        "subject": subject,
        "time": time,
        "data": data,
    }


def life(subject: str, year: str = "2026") -> list[dict[str, Any]]:
    """A breach of WEB-2, and an unsubscription that was followed in time."""
    return [
        event(f"{subject}-view", "website.page_viewed", f"{year}-03-02T10:00:00Z", subject, ip="none",
              identifiable=False, cookies=[COOKIE]),
        event(f"{subject}-left", "newsletter.unsubscribed", f"{year}-03-03T10:00:00Z", subject),
        event(f"{subject}-erased", "newsletter.subscriber_erased", f"{year}-03-03T11:00:00Z", subject),
    ]  # fmt: skip


class Fixed:
    """A clock that stands at NOW."""

    at = NOW

    def now(self) -> datetime:
        return self.at


class Reader:
    """Reads events into a store as a worker does."""

    def __init__(self, store: Store) -> None:
        self.store, self.read = store, 0
        self.pipeline = Pipeline(
            store, Engine(load(clauses=of_clauses())), b"key", Fixed(), store.claim([0], "one").epochs
        )

    def take(self, *events: dict[str, Any]) -> None:
        records = [Record(json.dumps(e).encode(), None, (), "t", 0, self.read + n) for n, e in enumerate(events)]
        self.pipeline.records([Taken("t", 0, self.read, self.read + len(records), records)])
        self.read += len(records)
        while self.pipeline.revise():
            pass


@pytest.fixture
def reader(tmp_path: Path) -> Iterator[Reader]:
    store = Store(tmp_path / "warehouse.duckdb", clock=Fixed().now)
    made = Reader(store)
    made.take(*life(KNOWN), *life("another"))
    yield made
    with suppress(duckdb.ConnectionException):  # a test closed it
        store.close()


def told(store: Store, name: str) -> list[dict[str, Any]]:
    return list(store.query(name, {"now": NOW}).to_pylist())


def test_everything_of_a_subject_is_exported_and_the_look_is_noted(reader: Reader) -> None:
    found = reader.store.subject(KNOWN, "kim", "request 12")
    assert [row["id"] for row in found["events"]] == [f"{KNOWN}-view", f"{KNOWN}-left", f"{KNOWN}-erased"]
    assert "WEB-2" in {row["clause"] for row in found["verdicts"]}
    assert "NEWS-5" in {row["clause"] for row in found["obligations"]}
    assert {row["entity"] for row in found["facts"]} == {KNOWN}
    assert [(row["who"], row["what"], row["purpose"]) for row in found["looks"]] == [("kim", "export", "request 12")]
    assert found["looks"][0]["at"].date() == NOW.date()


def test_an_erased_subject_is_nowhere_and_counts_and_chain_stay(reader: Reader, tmp_path: Path) -> None:
    store = reader.store
    before, findings = counted(store), [row["finding"] for row in told(store, "findings")]
    held = store.subject(KNOWN, "kim", "request 12")
    done = store.erase([KNOWN], "kim", "request 13")
    assert done == {name: len(held[name]) for name in ("events", "facts", "verdicts", "obligations")}
    assert min(done.values()) > 0
    assert counted(store) == before == counted_anew(store)
    assert sorted(row["finding"] for row in told(store, "findings")) == sorted(findings)
    assert store.verify().faults == []
    beliefs_are_sound(store)
    beliefs_are_sound(store, "obligations")
    found = store.subject(KNOWN, "kim", "is it gone?")
    assert not any(found[table] for table in ("events", "facts", "verdicts", "obligations"))
    names = {row["subject"] for row in told(store, "findings")}
    assert "another" in names
    assert any(name.startswith("erased:") for name in names)
    store.export(tmp_path / "export", NOW)
    for file in (tmp_path / "export").iterdir():
        assert KNOWN not in file.read_text().replace(f"{KNOWN}-", ""), file.name  # ids of events stay


def test_no_byte_of_an_erased_subject_is_left_in_the_file(tmp_path: Path) -> None:
    file = tmp_path / "warehouse.duckdb"
    with Store(file, clock=Fixed().now) as store:
        known = [{**each, "id": f"e-{n}"} for n, each in enumerate(life(KNOWN))]
        Reader(store).take(*known, *life("another"))
    assert KNOWN.encode() in file.read_bytes()
    with Store(file, clock=Fixed().now) as store:
        store.erase([KNOWN], "kim", "request 13")
        kept = told(store, "findings")
    with Store(file, clock=Fixed().now) as store:  # the next start
        assert told(store, "findings") == kept
        assert store.verify().faults == []
        store.claim([0], "two")
    assert KNOWN.encode() not in file.read_bytes()
    assert not [each.name for each in tmp_path.iterdir() if each.name != file.name]


def test_what_comes_again_stays_erased(reader: Reader) -> None:
    store = reader.store
    store.erase([KNOWN], "kim", "request 13")
    kept = told(store, "findings")
    reader.take(*life(KNOWN))  # a resend, or a log read from its beginning
    reader.take({**life(KNOWN)[0], "data": {"ip": "full", "cookies": []}})  # another content under the same id
    assert told(store, "findings") == kept
    assert not store.subject(KNOWN, "kim", "is it gone?")["events"]
    store.rejudge(datetime(2020, 1, 1, tzinfo=UTC))
    while reader.pipeline.revise():
        pass
    assert told(store, "findings") == kept  # what is gone is not judged again
    reader.take(event("new", "website.page_viewed", "2026-03-10T10:00:00Z", KNOWN, ip="none", cookies=[COOKIE]))
    assert [row["id"] for row in store.subject(KNOWN, "kim", "who is new")["events"]] == ["new"]
    assert store.verify().faults == []
    assert counted(store) == counted_anew(store)


def test_terms_are_kept_and_nothing_more(reader: Reader) -> None:
    store = reader.store
    reader.take(*life("long-gone", "2024"))  # more than 24 months ago
    reader.take(
        *life("owed", "2024")[:2],  # not erased from the newsletter: still owed
        *life("of-old", "2018"),
        event("of-old-now", "newsletter.unsubscribed", "2026-03-19T20:00:00Z", "of-old"),
    )
    before = counted(store)
    plan = store.retention(Terms(), "timer", dry_run=True)
    of_2018 = len(store.subject("of-old", "kim", "how many")["verdicts"])
    assert (plan["subjects"], plan["findings"]) == (1, of_2018)
    assert store.subject("long-gone", "kim", "still here")["events"]

    done = store.retention(Terms(), "timer")
    assert (done["subjects"], done["findings"]) == (1, of_2018)
    assert not store.subject("long-gone", "kim", "gone?")["events"]
    assert len(store.subject("owed", "kim", "here?")["events"]) == 2
    found = store.subject("of-old", "kim", "here?")
    assert not found["verdicts"]  # of 2018, more than seven years ago
    assert [row["id"] for row in found["events"]] == ["of-old-left", "of-old-erased", "of-old-now"]
    assert counted(store) == before  # counts stay
    assert store.verify().faults == []
    store.rejudge(datetime(2000, 1, 1, tzinfo=UTC))
    while reader.pipeline.revise():
        pass
    assert not store.subject("of-old", "kim", "back?")["verdicts"]
    assert store.retention(Terms(), "timer", dry_run=True)["subjects"] == 0


def test_quarantine_and_looks_have_terms(reader: Reader) -> None:
    store = reader.store
    reader.pipeline.records(
        [Taken("t", 0, reader.read, reader.read + 1, [Record(b"{", None, (), "t", 0, reader.read)])]
    )
    store.subject(KNOWN, "kim", "a look")
    assert store.retention(Terms(), "timer")["quarantine"] == 0
    store._clock = lambda: datetime(2026, 5, 1, tzinfo=UTC)
    done = store.retention(Terms(), "timer")
    assert (done["quarantine"], done["looks"]) == (1, 0)
    store._clock = lambda: datetime(2027, 5, 1, tzinfo=UTC)
    assert store.retention(Terms(), "timer")["looks"] == 1
    assert store.verify().faults == []


def test_the_commands_refuse_what_is_no_pseudonym(
    reader: Reader, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    reader.store.close()
    monkeypatch.setenv("CLAUSEWATCH_DATA_DIR", str(tmp_path))
    assert run(["subject", "export", "kim@example.org", "--purpose", "x"]) == 2
    said = capsys.readouterr().err
    assert "no pseudonym" in said
    assert "example.org" not in said
    assert run(["subject", "export", "nobody", "--purpose", "x"]) == 2
    assert run(["subject", "export", KNOWN, "--purpose", "request 12", "--out", str(tmp_path / "out.json")]) == 0
    assert json.loads((tmp_path / "out.json").read_text())["events"][0]["id"] == f"{KNOWN}-view"
    assert (tmp_path / "out.json").stat().st_mode & 0o077 == 0
    assert run(["subject", "erase", KNOWN, "--purpose", "request 13", "--yes"]) == 0
    assert "3 events" in capsys.readouterr().out
    assert run(["subject", "erase", KNOWN, "--purpose", "request 13", "--yes"]) == 2
    assert run(["retention", "run", "--dry-run"]) == 0
    assert "beyond their term: nothing" in capsys.readouterr().out
    assert run(["verify"]) == 0
