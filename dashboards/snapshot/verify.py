"""Whether a bundle is whole and says what its own data says: digests, root, every printed figure, every page."""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dashboards.snapshot.bundle import (
    FIGURES,
    FINDINGS,
    MANIFEST,
    Bundled,
    canonical,
    opened,
    pages,
    setter,
    unpacked,
)
from dashboards.snapshot.merkle import root
from dashboards.speech import LANGUAGES
from infra.errors import UserError

HEAD_SUFFIX = ".head.json"


@dataclass(frozen=True)
class Checked:
    """`faults`: what does not agree, in words; `notes`: what could not be compared, and why."""

    manifest: Mapping[str, Any]
    faults: tuple[str, ...]
    notes: tuple[str, ...]


def verified(path: Path) -> Checked:
    """Check a bundle offline. Raises UserError when the file is none."""
    try:
        files = unpacked(path)
        manifest = json.loads(files[MANIFEST])
        listed: dict[str, str] = dict(manifest["files"])
    except (OSError, zipfile.BadZipFile, KeyError, ValueError, TypeError) as fault:
        raise UserError(
            f"{path} is no bundle of a snapshot ({type(fault).__name__})",
            "name a .zip that `clausewatch snapshot` wrote",
        ) from fault
    faults = [f"{name} is missing" for name in listed if name not in files]
    faults += [f"{name} is not in the manifest" for name in files if name not in listed and name != MANIFEST]
    faults += [
        f"{name} was changed: its SHA-256 is not the manifest's"
        for name, digest in listed.items()
        if name in files and hashlib.sha256(files[name]).hexdigest() != digest
    ]
    notes: list[str] = []
    try:
        snapshot = opened(files)
        faults += _contents(files, manifest, snapshot, notes)
    except Exception as fault:  # whatever a forged file makes of it: it cannot be worked out again
        faults.append(f"the figures cannot be worked out again ({type(fault).__name__}: {fault})")
    faults += _head(path, files[MANIFEST], notes)
    return Checked(manifest, tuple(faults), tuple(notes))


def _contents(
    files: Mapping[str, bytes], manifest: Mapping[str, Any], snapshot: Bundled, notes: list[str]
) -> list[str]:
    faults = []
    if root(snapshot.lines).hex() != manifest["root"]:
        faults.append("the findings do not have the root that the manifest names")
    if len(snapshot.lines) != manifest["findings"]:
        faults.append(f"{FINDINGS} holds {len(snapshot.lines)} findings, the manifest says {manifest['findings']}")
    faults += snapshot.counted()
    printed, now = json.loads(files[FIGURES]), json.loads(canonical(snapshot.figures))
    faults += [f"figure {each}" for each in differences(printed, now)]
    if manifest["set_by"] != setter():
        notes.append("the pages were set by another version of this program or its packages: they are not compared")
        return faults
    for language in LANGUAGES:
        for name, content in pages(snapshot, language).items():
            if files.get(name) != content:
                faults.append(f"{name} is not the page that these figures make")
    return faults


def differences(printed: Any, now: Any, place: str = "") -> list[str]:
    """Where two JSON values differ: the place, what is printed, what the data gives."""
    if isinstance(printed, dict) and isinstance(now, dict):
        names = sorted({*printed, *now})
        return [each for name in names for each in differences(printed.get(name), now.get(name), f"{place}.{name}")]
    if isinstance(printed, list) and isinstance(now, list) and len(printed) == len(now):
        pairs = zip(printed, now, strict=True)
        return [each for n, (was, is_) in enumerate(pairs) for each in differences(was, is_, f"{place}[{n}]")]
    if printed == now:
        return []
    return [f"{place.lstrip('.')}: printed {_short(printed)}, the data gives {_short(now)}"]


def _short(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 60 else f"{text[:57]}..."


def _head(path: Path, manifest: bytes, notes: list[str]) -> list[str]:
    beside = path.with_name(path.name + HEAD_SUFFIX)
    if not beside.is_file():
        notes.append(f"{beside.name} is not beside it: the bundle is not tied to the warehouse's chain")
        return []
    try:
        told = json.loads(beside.read_bytes())
        if told["manifest"] == hashlib.sha256(manifest).hexdigest():
            return []
    except (OSError, ValueError, KeyError, TypeError):
        return [f"{beside.name} cannot be read"]
    return [f"{beside.name} was noted of another manifest than this one"]
