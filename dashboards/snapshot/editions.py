"""Editions of a closed quarter: none is ever overwritten; what late evidence changes makes a restated one."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from dashboards.snapshot.bundle import FIGURES, MANIFEST, Edition, Snapshot, canonical, unpacked
from dashboards.snapshot.figures import Figures
from dashboards.snapshot.verify import HEAD_SUFFIX
from dashboards.store import Row

_FILE = re.compile(r"(20\d\dQ[1-4])-(\d+|draft)\.zip")


def kept(folder: Path) -> list[tuple[str, int, Path]]:
    """Every bundle there: quarter, edition (0: draft), file; newest quarter and edition first."""
    found = [
        (match[1], 0 if match[2] == "draft" else int(match[2]), path)
        for path in (folder.glob("*.zip") if folder.is_dir() else ())
        if (match := _FILE.fullmatch(path.name))
    ]
    return sorted(found, key=lambda each: (each[0], each[1]), reverse=True)


def last(folder: Path, quarter: str) -> tuple[int, Path] | None:
    """The last edition of a quarter, drafts aside."""
    return next(((number, path) for name, number, path in kept(folder) if name == quarter and number), None)


def noted_at(path: Path) -> datetime | None:
    """The instant of the chain's head when that bundle was made; None: its head is not beside it."""
    try:
        told = json.loads(path.with_name(path.name + HEAD_SUFFIX).read_bytes())
        return datetime.fromisoformat(told["recorded_at"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def following(before: Path, number: int, snapshot: Snapshot, late: Iterable[Row]) -> Edition | None:
    """The edition after that one; None when it says the same, be it by
    other rules. `late`: rows of `snapshot_late` since it was made."""
    files = unpacked(before)
    was: Figures = json.loads(files[FIGURES])
    now: Figures = json.loads(canonical(snapshot.figures))
    manifest = json.loads(files[MANIFEST])
    if {**was, "rules": now["rules"]} == now and manifest["root"] == snapshot.root:
        return None
    late = list(late)
    why = []
    if events := sum(row["late"] for row in late):
        why.append(f"late_events {events}")
    if revised := sum(row["n"] - row["late"] for row in late):
        why.append(f"late_facts {revised}")
    if was["policy_version"] != now["policy_version"]:
        why.append("policy 1")
    if was["rules"] != now["rules"]:
        why.append("rules 1")
    changed = tuple(changes(was, now))
    return Edition(number + 1, hashlib.sha256(files[MANIFEST]).hexdigest(), changed, tuple(why or ["withdrawn 1"]))


def changes(was: Figures, now: Figures) -> list[dict[str, Any]]:
    """Promises whose state or number of breaches differs between two figures, in the policy's order."""
    earlier: Mapping[str, Any] = {each["id"]: each for each in was["promises"]}
    found = []
    for each in now["promises"]:
        old = earlier.get(each["id"], {"state": None, "failed": 0})
        if (old["state"], old["failed"]) != (each["state"], each["failed"]):
            found.append({"clause": each["id"], "was": old["state"], "was_n": old["failed"], "now": each["state"],
                          "now_n": each["failed"]})  # fmt: skip
    return found
