"""The file of one matter: what it collects, the draft for the authority, and that it verifies."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from dashboards.snapshot.blocks import Report
from dashboards.snapshot.bundle import packed, unpacked, zipped
from dashboards.snapshot.dossier import Dossier, collected, notification
from dashboards.snapshot.dossier_report import _history, _value
from dashboards.snapshot.verify import verified
from dashboards.snapshot.writer import Writer
from dashboards.speech import Speech
from expectations.contract.decode import Record
from expectations.policy import load
from infra.errors import UserError
from infra.warehouse.store import Store
from streams.audit import audit

AT = datetime(2026, 4, 1, tzinfo=UTC)
EVENTS = [
    ("2026-03-02T08:00:00Z", "breach.detected", None, {"incident": "inc-7", "subjects_affected": 12, "risk": "high"}),
    ("2026-03-02T09:00:00Z", "breach.team_assigned", None, {"incident": "inc-7"}),
    ("2026-03-06T08:00:00Z", "breach.authority_notified", None, {"incident": "inc-7", "authority": "AP"}),
    ("2026-03-02T08:00:00Z", "breach.detected", None, {"incident": "inc-8", "risk": "unlikely"}),
    ("2026-01-05T08:00:00Z", "rights.request_received", "s-1", {"request": "rq-1", "right": "access"}),
    ("2026-01-09T08:00:00Z", "rights.request_answered", "s-1", {"request": "rq-1", "outcome": "granted"}),
]


@pytest.fixture(scope="module")
def store() -> Store:
    lines = [
        {"specversion": "1.0", "id": f"e{n}", "source": "/compliance", "type": type_, "time": time, "data": data}
        | ({"subject": subject} if subject else {})
        for n, (time, type_, subject, data) in enumerate(EVENTS)
    ]
    records = [Record(json.dumps(line).encode(), None, (), "told", 0, n) for n, line in enumerate(lines)]
    return audit(records, as_of=AT, key=b"k").store


def of(store: Store, name: str) -> Dossier:
    return collected(store, name, AT, load())


def test_an_incident_is_collected_with_what_was_judged_of_it(store: Store) -> None:
    told = of(store, "inc-7").figures
    assert told["kind"] == "incident"
    assert [row["id"] for row in told["events"]] == ["e0", "e1", "e2"]
    outcomes = {row["clause"]: row["outcome"] for row in told["findings"]}
    assert outcomes["BREACH-1"] == "pass"
    assert outcomes["BREACH-3"] == "breach"  # 96 hours
    assert {row["clause"] for row in told["history"]} >= {"BREACH-1", "BREACH-3"}


def test_the_draft_tells_what_is_known_and_that_it_is_late(store: Store) -> None:
    draft = of(store, "inc-7").figures["notification"]
    assert (draft["people"], draft["risk"], draft["late"]) == (12, "high", True)
    assert draft["limit"] == "2026-03-05T08:00:00+00:00"
    assert draft["categories"] is None


def test_the_draft_of_an_untold_incident_names_the_hour_it_has_to_be_told(store: Store) -> None:
    report = of(store, "inc-8").report
    from dashboards.speech import Speech

    said = json.dumps(report(Speech("en", "UTC")).blocks, ensure_ascii=False)
    assert "by 5 Mar 2026 09:00" in said
    assert said.count("missing, to be added") == notification_gaps(store)


def notification_gaps(store: Store) -> int:
    """What nobody can know of inc-8: five items no event tells, and those that its events leave out."""
    draft = notification(of(store, "inc-8").figures["events"])
    left = ("told", "categories", "people", "jurisdictions", "team", "subjects")
    return 5 + sum(draft[each] is None for each in left)


def test_a_request_is_collected_with_its_person_and_facts(store: Store) -> None:
    told = of(store, "rq-1").figures
    assert (told["kind"], told["notification"]) == ("request", None)
    assert {row["subject"] for row in told["events"]} == {"s-1"}
    assert any(row["clause"] == "RIGHT-1" and row["outcome"] == "pass" for row in told["findings"])
    assert "requested" in {row["kind"] for row in told["facts"]}


def test_a_finding_is_collected_by_its_id(store: Store) -> None:
    late = next(row["finding"] for row in of(store, "inc-7").figures["findings"] if row["clause"] == "BREACH-3")
    told = of(store, late).figures
    assert (told["kind"], told["breaches"]) == ("finding", 1)
    assert [row["type"] for row in told["events"]] == ["breach.detected"]


def test_a_file_verifies_and_a_changed_event_is_found(store: Store, tmp_path: Path) -> None:
    made = of(store, "inc-7")
    bundle = tmp_path / made.name
    bundle.write_bytes(packed(made))
    assert verified(bundle).faults == ()
    files = unpacked(bundle)
    files["figures.json"] = files["figures.json"].replace(b"inc-7", b"inc-9")
    bundle.write_bytes(zipped(files))
    assert any(each.startswith("figure events[0].data.incident") for each in verified(bundle).faults)


def test_of_what_nothing_is_stored_nothing_is_made(store: Store) -> None:
    with pytest.raises(UserError, match="nothing is stored about inc-404"):
        of(store, "inc-404")


def test_the_file_is_read_by_local_clocks_and_words(store: Store) -> None:
    for language, told, yes in (("en", "2 Mar 2026 09:00", "yes"), ("nl", "2 mrt 2026 09:00", "ja")):
        by = Writer({"zone": "Europe/Amsterdam"}, Speech(language, "Europe/Amsterdam"))
        assert [_value(each, by) for each in ("2026-03-02T08:00:00Z", True, ["a", "b"], 12, "AP")] == [
            told, yes, "a b", "12", "AP",
        ]  # fmt: skip


def test_what_was_believed_after_the_first_says_why(store: Store) -> None:
    made = of(store, "rq-1")
    beliefs = [{**row, "finding": "f", "causes": []} for row in made.aggregates["history"][:1]]
    later = {**beliefs[0], "believed_from": "2026-05-30T00:00:00+00:00"}
    report = Report({})
    _history(report, Writer({"zone": "UTC", "history": [*beliefs, later]}, Speech("en", "UTC")))
    assert [row[-1] for row in report.blocks[-1]["rows"]] == ["first judged", "new facts came"]
