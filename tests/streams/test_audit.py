"""`clausewatch audit` at the command line: exit codes, forms, what goes to which stream."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from expectations.formats import COLUMNS
from infra.errors import UserError
from streams.audit import audit_command

NOW = "2026-04-01T00:00:00Z"


def line(name: str, type_: str, time: str = "2026-03-02T09:00:00Z", **data: Any) -> str:
    source = "/" + {"rights": "compliance"}.get(type_.split(".")[0], type_.split(".")[0])
    return json.dumps(
        {
            "specversion": "1.0",
            "id": name,
            "source": source,
            "type": type_,
            "subject": "s-1",
            "time": time,
            "data": data,
        }
    )


OFFENCE = line("e-1", "crm.record_accessed", authorised=False)
FINE = line("e-2", "crm.record_accessed", authorised=True)
SILENT = line("e-3", "crm.record_accessed")
ASKED = line("e-4", "rights.request_received", "2026-03-30T09:00:00Z", request="r-1", right="access")


def run(tmp_path: Path, lines: list[str], *options: str) -> Result:
    file = tmp_path / "events.jsonl"
    file.write_text("\n".join(lines) + "\n")
    return CliRunner().invoke(audit_command, [str(file), "--as-of", NOW, *options])


@pytest.mark.parametrize(
    ("lines", "options", "code"),
    [
        ([FINE], (), 0),
        ([FINE, OFFENCE], (), 1),
        ([SILENT], (), 0),
        (["no json"], (), 2),
        ([FINE, "no json"], (), 0),
        ([FINE, "no json"], ("--strict",), 2),
        ([OFFENCE, "no json"], ("--strict",), 2),
    ],
)
def test_the_exit_code_is_the_answer(tmp_path: Path, lines: list[str], options: tuple[str, ...], code: int) -> None:
    assert run(tmp_path, lines, *options).exit_code == code


def test_a_missing_file_is_told_without_a_traceback(tmp_path: Path) -> None:
    result = CliRunner().invoke(audit_command, [str(tmp_path / "none.jsonl")])
    assert isinstance(result.exception, UserError)
    assert result.exception.exit_code == 2


def test_json_has_the_promised_fields_and_breaches_only(tmp_path: Path) -> None:
    result = run(tmp_path, [OFFENCE, FINE, SILENT, ASKED, "no json"], "--format", "json")
    (finding,) = [json.loads(each) for each in result.stdout.splitlines()]
    assert tuple(finding) == COLUMNS
    assert (finding["clause"], finding["outcome"], finding["event_id"]) == ("SEC-1", "breach", "e-1")
    assert finding["evidence"] == {"authorised": False, "jurisdiction": "NL (assumed)"}
    assert "1 lines quarantined: invalid_json 1" in result.stderr


def test_all_shows_every_outcome_and_open_obligations(tmp_path: Path) -> None:
    result = run(tmp_path, [OFFENCE, SILENT, ASKED], "--format", "json", "--all")
    found = {(each["event_id"], each["clause"]): each for each in map(json.loads, result.stdout.splitlines())}
    assert found["e-3", "SEC-1"]["outcome"] == "indeterminate"
    assert found["e-3", "SEC-1"]["evidence"]["missing"] == ["authorised"]
    request = found["e-4", "RIGHT-1"]
    assert (request["outcome"], request["state"], request["due_at"]) == (None, "open", "2026-04-27T09:00:00Z")
    assert found["e-1", "GEN-3"]["outcome"] == "pass"


def test_events_after_t_are_left_out_and_counted(tmp_path: Path) -> None:
    result = run(tmp_path, [FINE, line("e-9", "crm.record_accessed", "2026-05-01T00:00:00Z", authorised=False)])
    assert result.exit_code == 0
    assert "1 events lie after that instant" in result.stderr


def test_csv_has_a_heading_and_is_safe_for_spreadsheets(tmp_path: Path) -> None:
    rows = list(csv.DictReader(io.StringIO(run(tmp_path, [OFFENCE], "--format", "csv").stdout)))
    assert [row["clause"] for row in rows] == ["SEC-1"]
    assert tuple(rows[0]) == COLUMNS


def test_ocsf_has_the_required_fields_of_a_compliance_finding(tmp_path: Path) -> None:
    (event,) = map(json.loads, run(tmp_path, [OFFENCE], "--format", "ocsf").stdout.splitlines())
    # Required by OCSF 1.6, class 2003, its base event, and the objects that it requires.
    for name in ("activity_id", "category_uid", "class_uid", "compliance", "finding_info", "metadata", "severity_id",
                 "time", "type_uid"):  # fmt: skip
        assert name in event, name
    assert (event["class_uid"], event["type_uid"], event["time"]) == (2003, 200301, 1772442000000)
    assert {"uid", "title"} <= event["finding_info"].keys()
    assert {"version", "product"} <= event["metadata"].keys()
    assert event["compliance"]["status_id"] == 3


def test_an_export_has_the_canonical_files(tmp_path: Path) -> None:
    run(tmp_path, [OFFENCE, ASKED], "--export", str(tmp_path / "out"))
    files = {file.stem: file.read_text().splitlines() for file in (tmp_path / "out").iterdir()}
    assert set(files) == {"events", "facts", "findings", "obligations", "counts", "quarantine"}
    assert len(files["events"]) == 2
    assert [json.loads(each)["clause"] for each in files["findings"]] == ["SEC-1"]
