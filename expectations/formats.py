"""Findings in the forms that people and tools read: JSON Lines, CSV, and OCSF's Compliance Finding (class 2003)."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from expectations.model import registry

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

_REDACTED = re.compile(r"(\[redacted:\w+\])#[0-9a-f]+$")  # what keeps redacted ids apart is no part of the finding


def finding(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row of the warehouse as people and tools get it."""
    clause = registry()[row["clause"]]
    told = json.loads(row["evidence"] or "{}")
    message = clause.breach if row["outcome"] == "breach" else clause.promise
    if row["outcome"] == "indeterminate":
        told["missing"] = (row["missing"] or "").split()
        message = f"It cannot be told: {', '.join(told['missing']) or 'a field'} is absent. {clause.promise}"
    return {
        "finding": row["finding"],
        "clause": row["clause"],
        "outcome": row["outcome"],
        "severity": row["severity"],
        "source": row["source"],
        "event_id": unmarked(row["id"]),
        "subject": row["subject"],
        "time": instant(row["time"]),
        "obligation": row["key"] or None,
        "due_at": instant(row["due_at"]),
        "state": row["state"],
        "evidence": told,
        "message": message,
        "remedy": clause.remedy,
    }


def instant(at: datetime | None) -> str | None:
    """RFC 3339 in UTC."""
    return None if at is None else at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def unmarked(id: str) -> str:
    """An event's id without the mark that keeps redacted ones apart."""
    return _REDACTED.sub(r"\1", id)


def as_json(findings: Iterable[Finding]) -> str:
    """One object a line, its fields in the order of `COLUMNS`."""
    return "".join(json.dumps(dict(each), ensure_ascii=False, separators=(",", ":")) + "\n" for each in findings)


def as_csv(findings: Iterable[Finding]) -> str:
    """RFC 4180 with a heading; `evidence` as JSON. A cell a spreadsheet would compute is quoted by an apostrophe."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    for each in findings:
        writer.writerow([cell(each[name]) for name in COLUMNS])
    return text.getvalue()


def cell(value: Any) -> str:
    """A value as a cell of a table; what a spreadsheet would compute is quoted by an apostrophe."""
    text = json.dumps(value, sort_keys=True) if isinstance(value, dict) else "" if value is None else str(value)
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


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
