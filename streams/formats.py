"""The forms of `clausewatch audit --format`: a table for a terminal, and those of `expectations.formats`."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Mapping

from rich.console import Console
from rich.table import Table

from expectations.formats import Finding, as_csv, as_json, as_ocsf


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


FORMATS: Mapping[str, Callable[[Iterable[Finding]], str]] = {
    "table": as_table,
    "json": as_json,
    "csv": as_csv,
    "ocsf": as_ocsf,
}
