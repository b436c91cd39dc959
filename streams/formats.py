"""Findings in the forms people and tools read: a table, JSON Lines, CSV, and OCSF's Compliance Finding (class 2003)."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from rich.console import Console
from rich.table import Table

Finding = Mapping[str, Any]
OCSF_VERSION = "1.6.0"
COLUMNS = (
    "finding", "clause", "outcome", "severity", "source", "event_id", "subject", "time", "obligation", "due_at",
    "state", "evidence", "message", "remedy",
)  # fmt: skip
_SEVERITY = {"low": 2, "medium": 3, "high": 4, "critical": 5}  # OCSF severity_id
_STATUS = {
    "pass": (1, "Pass"),
    "indeterminate": (2, "Warning"),
    "breach": (3, "Fail"),
}  # compliance.status_id


def as_json(findings: Iterable[Finding]) -> str:
    """One object a line, its fields in the order of `COLUMNS`."""
    return "".join(json.dumps(dict(each), ensure_ascii=False, separators=(",", ":")) + "\n" for each in findings)


def as_csv(findings: Iterable[Finding]) -> str:
    """RFC 4180 with a heading; `evidence` as JSON. A cell a spreadsheet would compute is quoted by an apostrophe."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    for each in findings:
        writer.writerow([_cell(each[name]) for name in COLUMNS])
    return text.getvalue()


def _cell(value: Any) -> str:
    text = json.dumps(value, sort_keys=True) if isinstance(value, dict) else "" if value is None else str(value)
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


def as_table(findings: Iterable[Finding]) -> str:
    """A table for a terminal."""
    table = Table(box=None, pad_edge=False)
    for name in ("clause", "outcome", "severity", "time", "source", "event", "subject", "due", "message"):
        table.add_column(name, overflow="fold")
    for each in findings:
        table.add_row(
            each["clause"], each["outcome"] or each["state"] or "", each["severity"], each["time"], each["source"],
            each["event_id"], each["subject"] or "", each["due_at"] or "", each["message"],
        )  # fmt: skip
    console = Console(file=io.StringIO(), width=200)
    console.print(table)
    return console.file.getvalue()  # type: ignore[attr-defined,no-any-return]


def as_ocsf(findings: Iterable[Finding]) -> str:
    """OCSF Compliance Finding (class_uid 2003), one object a line; times in milliseconds since 1970."""
    return "".join(json.dumps(ocsf(each), ensure_ascii=False, separators=(",", ":")) + "\n" for each in findings)


def ocsf(finding: Finding) -> dict[str, Any]:
    """One finding as an OCSF event."""
    at = int(datetime.fromisoformat(finding["time"]).timestamp() * 1000)
    status_id, status = _STATUS.get(finding["outcome"] or "", (0, "Unknown"))
    resource = {"uid": finding["subject"], "type": "data subject"} if finding["subject"] else None
    return {
        "activity_id": 1,
        "activity_name": "Create",
        "category_uid": 2,
        "category_name": "Findings",
        "class_uid": 2003,
        "class_name": "Compliance Finding",
        "type_uid": 200301,
        "severity_id": _SEVERITY[finding["severity"]],
        "severity": finding["severity"].capitalize(),
        "time": at,
        "message": finding["message"],
        "metadata": {
            "version": OCSF_VERSION,
            "product": {"name": "Clausewatch", "vendor_name": "Clausewatch"},
            "uid": finding["finding"],
        },
        "finding_info": {
            "uid": finding["finding"],
            "title": finding["message"],
            "desc": finding["message"],
            "types": [finding["clause"]],
            "created_time": at,
        },
        "compliance": {
            "control": finding["clause"],
            "standards": ["privacy policy"],
            "status_id": status_id,
            "status": status,
        },
        "remediation": {"desc": finding["remedy"]},
        "resources": [resource] if resource else [],
        "unmapped": {
            "source": finding["source"],
            "event_id": finding["event_id"],
            "obligation": finding["obligation"],
            "due_at": finding["due_at"],
            "state": finding["state"],
            "evidence": finding["evidence"],
        },
    }


FORMATS: Mapping[str, Callable[[Iterable[Finding]], str]] = {
    "table": as_table,
    "json": as_json,
    "csv": as_csv,
    "ocsf": as_ocsf,
}
