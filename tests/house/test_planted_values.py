"""An audit of planted personal values: each is found or its record set aside, and none is written anywhere."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from great_expectations.datasource.fluent.interfaces import Batch

from expectations.contract.decode import Record
from infra import door
from infra.warehouse.queries import names
from streams.audit import audit
from tests.support.planted import Planted, cells, found, found_in_files, planted

AS_OF = datetime(2026, 6, 1, tzinfo=UTC)


def records(lines: list[Planted]) -> list[Record]:
    """As they come from Kafka, with key and headers."""
    return [
        Record(line.value, line.key.encode(), line.headers, line.topic, 0, number) for number, line in enumerate(lines)
    ]


def test_every_planted_value_is_found_and_none_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    results: list[str] = []
    validate = Batch.validate

    def kept(*given: Any, **options: Any) -> Any:
        answer = validate(*given, **options)
        results.append(str(answer.to_json_dict()))
        return answer

    monkeypatch.setattr(Batch, "validate", kept)
    lines = planted(every_kind=True)
    with audit(records(lines), as_of=AS_OF, key=b"k", passes=True).store as store:
        store.export(tmp_path / "export", AS_OF)
        answers = [store.query(name, {"now": AS_OF}).to_pylist() for name in names()]
        stored = cells(store)
    told = [json.loads(line) for line in (tmp_path / "export" / "findings.jsonl").read_text("utf-8").splitlines()]
    breaches = {(one["source"], one["id"]) for one in told if one["clause"] == "GEN-3" and one["outcome"] == "breach"}
    aside = sum(json.loads(line)["n"] for line in (tmp_path / "export" / "quarantine.jsonl").open())
    sealed = sum(line.place == "sealed" for line in lines)  # neither read nor stored
    assert len(breaches) > 0.6 * len(lines)  # the rest stands where a bool, a number or a word of a closed list belongs
    assert len(breaches) + aside + sealed == len(lines)
    assert results
    assert found("\n".join(results)) == []
    assert found(str(answers)) == []
    assert found(stored) == []
    assert list(found_in_files(tmp_path)) == []


@pytest.mark.parametrize("form", ["table", "json", "csv", "ocsf"])
def test_no_format_of_the_command_writes_one(
    form: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    sent, data = tmp_path / "sent", tmp_path / "data"
    sent.mkdir()
    lines = planted(every_kind=False)[::4]
    (sent / "events.jsonl").write_bytes(b"\n".join(line.value for line in lines))
    monkeypatch.setenv("CLAUSEWATCH_DATA_DIR", str(data))
    monkeypatch.setenv("CLAUSEWATCH_DEBUG", "1")
    as_of = ["--as-of", "2026-06-01T00:00:00Z"]
    assert door.run(["audit", str(sent / "events.jsonl"), *as_of, "--format", form]) == 1
    written = capfd.readouterr()
    assert "GEN-3" in written.out
    assert found(written.out + written.err) == []
    assert list(found_in_files(data)) == []
