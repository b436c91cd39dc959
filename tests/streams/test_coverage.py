"""`policy coverage`, `policy check --text` and what-if, as they are typed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from expectations.model import registry
from expectations.policy import CUSTOM_CONNECT, load
from infra.door import run

SUBJECT = "s-00000000000000000000000001"


def event(number: int, type: str, time: str, source: str, subject: bool = True, **data: Any) -> str:
    whole = {"specversion": "1.0", "id": f"e{number}", "source": source, "type": type, "time": time, "data": data}
    return json.dumps({**whole, "subject": SUBJECT} if subject else whole)


@pytest.fixture
def events(tmp_path: Path) -> str:
    file = tmp_path / "events.jsonl"
    viewed = {"ip": "full", "tracked": True, "identifiable": False, "cookies": []}
    vouched = {"sentence": "1.closing.02", "actor": "officer-1", "evidence": "log-1"}
    lines = [
        event(1, "website.page_viewed", "2026-03-02T10:00:00Z", "/website", **viewed),
        event(2, "newsletter.unsubscribed", "2026-03-02T10:00:00Z", "/newsletter"),
        event(3, "attestation.given", "2026-03-02T10:00:00Z", "/compliance", False, **vouched),
    ]
    file.write_text("\n".join(lines) + "\n")
    return str(file)


def told(out: str) -> dict[str, dict[str, Any]]:
    rows = [json.loads(line) for line in out.splitlines()]
    return {row.get("sentence") or row["clause"]: row for row in rows}


def test_every_sentence_is_told_with_its_class_and_what_was_seen(
    events: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["policy", "coverage", events, "--as-of", "2026-03-10T00:00:00Z", "--format", "json"]) == 1
    rows = told(capsys.readouterr().out)
    assert list(rows) == [each.id for each in load().sentences]
    standing = {name: row["standing"] for name, row in rows.items()}
    assert standing["1.closing.02"] == "attested"
    assert standing["2.website.13"] == "no evidence"  # nobody vouches
    assert standing["2.general.03"] == "not checkable"
    assert standing["0.page.01"] == "promises nothing"
    for row in rows.values():
        if "CLICK-1" in row["clauses"]:
            assert (row["standing"], row["breaches"] > 0) == ("with evidence", True)
        if row["clauses"] == ["NEWS-1"]:
            assert row["standing"] == "no evidence"  # never as kept


def test_an_attestation_that_ran_out_is_no_evidence(events: str, capsys: pytest.CaptureFixture[str]) -> None:
    run(["policy", "coverage", events, "--as-of", "2027-03-10T00:00:00Z", "--format", "json"])
    row = told(capsys.readouterr().out)["1.closing.02"]
    assert row["standing"] == "no evidence"
    assert row["told"].startswith("nobody since 2027-03-02, when officer-1's word ended.")


def test_every_clause_is_told_with_its_sentences(events: str, capsys: pytest.CaptureFixture[str]) -> None:
    run(["policy", "coverage", events, "--clauses", "--format", "json", "--as-of", "2026-03-10T00:00:00Z"])
    rows = told(capsys.readouterr().out)
    assert list(rows) == list(registry())
    assert (rows["NEWS-5"]["judged"], rows["NEWS-5"]["breaches"]) == (1, 1)
    assert all(row["scenarios"] > 6 for row in rows.values())
    resting = {clause for each in load().sentences for clause in each.clauses}
    assert {name for name, row in rows.items() if row["sentences"]} == resting & set(registry())


def test_the_table_is_readable(events: str, capsys: pytest.CaptureFixture[str]) -> None:
    run(["policy", "coverage", events, "--as-of", "2026-03-10T00:00:00Z"])
    printed = capsys.readouterr()
    assert "officer-1 until 2027-03-02, log-1" in " ".join(printed.out.split())
    assert {line.split(" ")[0] for line in printed.out.splitlines()} >= {each.id for each in load().sentences}
    assert printed.err.startswith(f"{len(load().sentences)} sentences:") or "sentences:" in printed.err


def test_what_a_draft_would_flip_is_told(events: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    draft = tmp_path / "2018-05-25.yaml"
    text = (CUSTOM_CONNECT / "2018-05-25.yaml").read_text("utf-8")
    draft.write_text(text.replace("ip_is_personal: true", "ip_is_personal: false"), "utf-8")
    assert run(["audit", events, "--policy", str(draft), "--what-if", "--as-of", "2026-03-10T00:00:00Z"]) == 1
    assert "CLICK-1 breach pass 1 /website e1" in " ".join(capsys.readouterr().out.split())
    assert run(["audit", events, "--what-if", "--as-of", "2026-03-10T00:00:00Z"]) == 0
    assert "no outcome flips" in capsys.readouterr().out


def test_a_text_is_compared_with_the_sentences_that_are_known(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "policy.txt"
    file.write_text("Privacy Policy\nWe never keep anything.\n", "utf-8")
    assert run(["policy", "check", "--text", str(file)]) == 1
    printed = capsys.readouterr()
    assert "changed" in printed.out
    assert "We never keep anything." in printed.out
    assert "1 same" in printed.err
