"""Making a snapshot: taken from a warehouse, kept as a bundle in a folder."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from dashboards.snapshot.bundle import MANIFEST, Bundled, Edition, Snapshot, lines_of, packed, unpacked
from dashboards.snapshot.editions import following, last, noted_at
from dashboards.snapshot.gather import findings, gather
from dashboards.snapshot.parameters import parameters
from dashboards.snapshot.verify import HEAD_SUFFIX
from dashboards.store import Warehouse
from expectations.policy import Policy, PolicyError, load
from expectations.readings import of_clauses
from infra.errors import UserError
from infra.files import private_directory, write_atomically
from infra.quarter import Quarter

Step = Callable[[str], None]


def silently(_: str) -> None:
    """Nobody is told of the steps."""


def policy_in_use() -> Policy:
    """The company's policy; raises UserError when its files are faulty."""
    try:
        return load(clauses=of_clauses())
    except PolicyError as fault:
        raise UserError(str(fault), "`clausewatch policy check` names every fault") from fault


def taken(warehouse: Warehouse, quarter: Quarter, as_of: datetime | None, step: Step = silently) -> Snapshot:
    """The quarter as the warehouse tells it, up to `as_of` (default: now) or its end. Raises UserError."""
    policy = policy_in_use()
    since, until = quarter.since(policy.zone), quarter.until(policy.zone)
    at = min((as_of or datetime.now(UTC)).astimezone(UTC).replace(microsecond=0), until)
    if at <= since:
        raise UserError(f"{quarter} has not begun by {at:%Y-%m-%d %H:%M} UTC", "name a quarter that has")
    aggregates = gather(warehouse, quarter, at, policy.zone, step)
    if not aggregates["sources"]:
        raise UserError(
            f"nothing is stored of {quarter}", "name another quarter, or the --data-dir of the installation"
        )
    attested = warehouse.query("attestations", {"now": at}).to_pylist()
    step("collecting findings")
    lines = lines_of(findings(warehouse, quarter, at, policy.zone))
    return Snapshot(parameters(policy, quarter, at, attested), aggregates, lines)


def kept(
    warehouse: Warehouse, made: Snapshot, folder: Path, lang: str, step: Step = silently
) -> tuple[Path, list[str]]:
    """Write the next edition or the draft; the PDF's path, and what is told besides."""
    quarter = made.parameters.quarter
    lines: list[str] = []
    if made.parameters.final:
        made, lines = _edition(warehouse, made, folder)
    bundle = private_directory(folder) / made.name
    pdf = bundle.with_name(f"{bundle.stem}-{lang}.pdf")
    if bundle.exists() and made.edition.number:
        write_atomically(pdf, unpacked(bundle)[f"snapshot-{lang}.pdf"])
        return pdf, [f"{quarter}: edition {made.edition.number} stands, nothing has changed: {bundle}"]
    lines.append(written(warehouse, made, bundle, pdf, lang, step))
    return pdf, lines


def written(warehouse: Warehouse, made: Bundled, bundle: Path, pdf: Path, lang: str, step: Step = silently) -> str:
    """Write the bundle, the chain's head beside it, and the PDF of one language; says what was written."""
    content = packed(made, step)
    write_atomically(bundle, content)
    files = unpacked(bundle)
    write_atomically(pdf, files[f"{made.kind}-{lang}.pdf"])
    _note_head(warehouse, bundle, files[MANIFEST], made.root)
    return f"{bundle}: {len(made.lines):,} findings, SHA-256 {hashlib.sha256(content).hexdigest()}"


def _edition(warehouse: Warehouse, made: Snapshot, folder: Path) -> tuple[Snapshot, list[str]]:
    quarter = made.parameters.quarter
    before = last(folder, quarter)
    if before is None:
        return replace(made, edition=Edition(1)), []
    number, path = before
    late: list[dict[str, Any]] = []
    if known := noted_at(path):
        span = {"since": datetime.fromisoformat(made.parameters.since), "known": known}
        now = datetime.fromisoformat(made.parameters.as_of)
        late = warehouse.query("snapshot_late", {"now": now, **span}).to_pylist()
    edition = following(path, number, made, late)
    if edition is None:
        return replace(made, edition=Edition(number)), []
    return replace(made, edition=edition), [f"{quarter} is restated: edition {edition.number} after {path.name}"]


def _note_head(warehouse: Warehouse, bundle: Path, manifest: bytes, root: str) -> None:
    rows = warehouse.query("head", {}).to_pylist()
    head = {}
    if rows:
        head = {"batch": rows[0]["batch"], "chain": rows[0]["chain"].hex()}
        head["recorded_at"] = rows[0]["recorded_at"].astimezone(UTC).isoformat(timespec="microseconds")
    told = {**head, "manifest": hashlib.sha256(manifest).hexdigest(), "root": root}
    write_atomically(bundle.with_name(bundle.name + HEAD_SUFFIX), json.dumps(told, sort_keys=True) + "\n")
