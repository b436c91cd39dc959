"""What a verdict says of itself: the evidence (categories, codes, times, numbers) and the fields it lacked."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any

import polars as pl

from expectations.model import Clause, registry
from expectations.regimes import POPIA
from expectations.vocabulary import FIELDS, TYPES, finding_id
from infra.clock import utc_text
from streams.state.frame import DOUBTS, HINGES

ASSUMED = "NL (assumed)"  # a subject without jurisdiction is treated as Dutch, and the finding says so
_WORD = re.compile(r"[A-Za-z0-9_.:/*-]{1,64}")
_ENVELOPE = frozenset(("row", "type", "role", "personal_envelope", "source", "id", "subject", "time", "system"))


@cache
def reads(clause: str, readings: str) -> tuple[str, ...]:
    """The columns that a clause reads under those readings (JSON), sorted."""
    rule = registry()[clause].rule(json.loads(readings))
    return tuple(sorted({*rule.applies.meta.root_names(), *rule.holds.meta.root_names()}))


def plain(value: Any) -> Any:
    """A value as evidence may hold it: a word, a number, a time, or lists of them; free text is left out."""
    if isinstance(value, datetime):
        return utc_text(value)
    if isinstance(value, str):
        return value if _WORD.fullmatch(value) else "[text]"
    if isinstance(value, Mapping):
        return {name: plain(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [plain(each) for each in value]
    return value


def evidence(clause: Clause, row: Mapping[str, Any], columns: Sequence[str]) -> str:
    """JSON object: field -> what decided."""
    if clause.id == "GEN-3":
        told: dict[str, Any] = {each["field"]: each["kind"] for each in row["personal"] or ()}
    else:
        told = {
            name: plain(row[name])
            for name in columns
            if name not in _ENVELOPE and row.get(name) not in (None, []) and not name.startswith("activity.")
        }
        if "activity.name" in columns:
            told["activity"] = row["activity.name"]
    if row["subject"] is not None:
        told |= regime(clause, row["jurisdiction"])
    return json.dumps(told, sort_keys=True, separators=(",", ":"))


def regime(clause: Clause, jurisdiction: str | None) -> dict[str, Any]:
    """Whose law a finding about a person is told by: the jurisdiction; in South Africa POPIA's references (POPIA-1)."""
    told: dict[str, Any] = {"jurisdiction": plain(jurisdiction) if jurisdiction else ASSUMED}
    if jurisdiction == POPIA.country:
        told["popia"] = [each for each in clause.law if each.startswith(POPIA.law)]
        told["regulator"] = POPIA.regulator
    return told


def missing(row: Mapping[str, Any], columns: Sequence[str]) -> str:
    """The fields that the clause read, be it by what hinges on them, and that were absent; for lists, with a hole.

    By spaces. Fields of what it rests on are among them: the right of its request, the set of its clauses, how a
    sign-up was confirmed.
    """
    own = {FIELDS[name].column for name in TYPES[row["type"]].fields} if row["type"] in TYPES else set()
    fields = [name for name in columns if name in own]
    absent = [name for name in fields if name not in _ENVELOPE and row.get(name) is None]
    absent += [HINGES[name] for name in columns if name in HINGES and row.get(name) is None]
    absent += [DOUBTS[name] for name in columns if name in DOUBTS and row.get(name) is not None]
    if not absent:  # present, but an element lacks what decides
        absent = [name for name in fields if name not in _ENVELOPE and isinstance(row.get(name), list)]
    return " ".join(sorted(set(absent)))


def verdict_rows(
    frame: pl.DataFrame, outcomes: pl.DataFrame, version: str, readings: Mapping[str, str]
) -> list[dict[str, Any]]:
    """Rows of the schema VERDICTS for outcomes other than pass: columns `row`, `clause`, `word`."""
    if outcomes.is_empty():
        return []
    rows = {row["row"]: row for row in frame.join(outcomes.select("row").unique(), on="row").iter_rows(named=True)}
    found = []
    for number, clause_id, word in outcomes.select("row", "clause", "word").iter_rows():
        row, clause = rows[number], registry()[clause_id]
        columns = reads(clause_id, readings[clause_id])
        found.append(
            {
                "finding": finding_id(clause_id, row["source"], row["id"]),
                "clause": clause_id,
                "source": row["source"],
                "id": row["id"],
                "outcome": word,
                "severity": clause.severity.value,
                "system": row["system"],
                "type": row["type"],
                "subject": row["subject"],
                "time": row["time"],
                "policy_version": version,
                "evidence": evidence(clause, row, columns),
                "missing": missing(row, columns) if word == "indeterminate" else None,
            }
        )
    return found
