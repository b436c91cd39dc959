"""A bundle: one ZIP with all that a snapshot says and rests on; the same inputs give the same bytes.

manifest.json           format, kind, name, edition, SHA-256 of every other file, Merkle root over the findings' lines
parameters.json         what the figures depend on besides: policy version, rules, clauses, attestations, zone
aggregates/<name>.parquet   answers of the named queries
findings.jsonl          every breach of the quarter, OCSF 2003, canonical JSON, by name
figures.json            every printed figure
edition.json            what this edition changed of the one before, and why
snapshot-<language>.pdf, snapshot-<language>.html   the report and its twin (`dossier-…` of a matter)
Beside it `<bundle>.head.json`: the head of the warehouse's chain when it was made, outside "the same bytes".
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from functools import cache, cached_property
from importlib import metadata, resources
from pathlib import Path
from typing import Any, ClassVar, Protocol

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq

from dashboards.snapshot.blocks import Report
from dashboards.snapshot.figures import Figures, Parameters, figures
from dashboards.snapshot.gather import Aggregates
from dashboards.snapshot.html import html
from dashboards.snapshot.merkle import root
from dashboards.snapshot.report import written
from dashboards.snapshot.typeset import pdf
from dashboards.speech import LANGUAGES, Speech
from dashboards.store import Row
from expectations.formats import finding, ocsf

FORMAT = 1
MANIFEST, FINDINGS, FIGURES, PARAMETERS, EDITION = (
    "manifest.json", "findings.jsonl", "figures.json", "parameters.json", "edition.json",
)  # fmt: skip
_STAMP = (1980, 1, 1, 0, 0, 0)  # ZIP's first instant: when a file was packed is no part of it
SETTERS = ("typst", "altair", "vl-convert-python", "fontpkg-inter")


@dataclass(frozen=True)
class Edition:
    """Which edition of its quarter; `changed`: what it says otherwise than the one before, `why` in words."""

    number: int = 0  # 0: a draft
    replaces: str = ""  # SHA-256 of the manifest of the edition before
    changed: tuple[Mapping[str, Any], ...] = ()
    why: tuple[str, ...] = ()

    def name(self, quarter: str) -> str:
        """The bundle's file name."""
        return f"{quarter}-{self.number or 'draft'}.zip"


@dataclass(frozen=True)
class Snapshot:
    """All of a snapshot before it is packed. `lines`: the findings' canonical lines, in order."""

    parameters: Parameters
    aggregates: Aggregates
    lines: tuple[bytes, ...]
    edition: Edition = field(default_factory=Edition)
    kind: ClassVar[str] = "snapshot"

    @cached_property
    def figures(self) -> Figures:
        return figures(self.aggregates, self.parameters)

    @cached_property
    def root(self) -> str:
        return root(self.lines).hex()

    @property
    def name(self) -> str:
        return self.edition.name(self.parameters.quarter)

    def report(self, say: Speech) -> Report:
        """The report in that language."""
        return written(self.figures, say, root=self.root, bundle=self.name, edition=asdict(self.edition))

    def counted(self) -> list[str]:
        """Where findings and aggregates do not agree by clause and severity, in words."""
        found: Counter[tuple[str, str]] = Counter()
        for line in self.lines:
            each = json.loads(line)
            found[each["compliance"]["control"], each["severity"].lower()] += 1
        told: Counter[tuple[str, str]] = Counter()
        for row in self.aggregates["breaches"]:
            if row["quarter"] == self.parameters.quarter:
                told[row["clause"], row["severity"]] += row["n"]
        return [
            f"{clause} ({severity}): {found[clause, severity]} findings, the aggregates count {told[clause, severity]}"
            for clause, severity in sorted({*found, *told})
            if found[clause, severity] != told[clause, severity]
        ]


class Bundled(Protocol):
    """What can be packed: a quarter's snapshot, or the file of one matter (`dossier.py`)."""

    @property
    def kind(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def parameters(self) -> Any: ...
    @property
    def aggregates(self) -> Aggregates: ...
    @property
    def lines(self) -> tuple[bytes, ...]: ...
    @property
    def edition(self) -> Edition: ...
    @property
    def figures(self) -> Figures: ...
    @property
    def root(self) -> str: ...
    def report(self, say: Speech) -> Report: ...
    def counted(self) -> list[str]: ...


def canonical(value: Any) -> bytes:
    """JSON with sorted keys, no spaces, UTF-8."""
    return msgspec.json.encode(value, order="deterministic")


def lines_of(rows: Iterable[Row]) -> tuple[bytes, ...]:
    """The canonical lines of findings, from rows of `snapshot_findings`."""
    return tuple(canonical(ocsf(finding(row))) for row in rows)


@cache
def setter() -> dict[str, str]:
    """What sets the pages: versions of the packages, and a digest of this folder's own files."""
    folder, whole = resources.files("dashboards.snapshot"), hashlib.sha256()
    for name in sorted(file.name for file in folder.iterdir() if file.name.endswith((".py", ".typ", ".css"))):
        whole.update(folder.joinpath(name).read_bytes())
    for file in sorted(folder.joinpath("words").iterdir(), key=lambda each: each.name):
        whole.update(file.read_bytes())
    return {**{name: metadata.version(name) for name in SETTERS}, "pages": whole.hexdigest()}


def pages(told: Bundled, language: str) -> dict[str, bytes]:
    """The report in one language, as files of the bundle."""
    at = datetime.fromisoformat(told.parameters.as_of)
    report = told.report(Speech(language, told.parameters.zone))
    return {
        f"{told.kind}-{language}.pdf": pdf(report, canonical(told.figures), at),
        f"{told.kind}-{language}.html": html(report),
    }


def packed(snapshot: Bundled, step: Callable[[str], None] = lambda _: None) -> bytes:
    """The bundle's bytes."""
    files = {
        PARAMETERS: canonical(asdict(snapshot.parameters)),
        FIGURES: canonical(snapshot.figures),
        EDITION: canonical(asdict(snapshot.edition)),
        FINDINGS: b"".join(line + b"\n" for line in snapshot.lines),
        **{f"aggregates/{name}.parquet": _parquet(rows) for name, rows in snapshot.aggregates.items()},
    }
    for language in LANGUAGES:
        step(f"setting the pages ({language})")
        files |= pages(snapshot, language)
    manifest = {
        "format": FORMAT,
        "kind": snapshot.kind,
        "name": Path(snapshot.name).stem,
        "edition": snapshot.edition.number,
        "root": snapshot.root,
        "findings": len(snapshot.lines),
        "set_by": setter(),
        "files": {name: hashlib.sha256(content).hexdigest() for name, content in files.items()},
    }
    return zipped({MANIFEST: canonical(manifest), **files})


def zipped(files: Mapping[str, bytes]) -> bytes:
    """A ZIP of these files, by name, without an instant of its own."""
    into = io.BytesIO()
    with zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in sorted(files.items()):
            entry = zipfile.ZipInfo(name, _STAMP)
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o600 << 16
            archive.writestr(entry, content)
    return into.getvalue()


def _parquet(rows: list[Row]) -> bytes:
    into = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(rows), into, compression="zstd")
    return into.getvalue()


def unpacked(path: Path) -> dict[str, bytes]:
    """The files of a bundle. Raises OSError, or zipfile.BadZipFile when it is none."""
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def opened(files: Mapping[str, bytes]) -> Bundled:
    """What those files hold; raises KeyError, ValueError or TypeError when one is missing or odd."""
    from dashboards.snapshot.dossier import Dossier, Matter

    given = json.loads(files[PARAMETERS])
    tuples = {name: tuple(value) for name, value in given.items() if isinstance(value, list)}
    edition = json.loads(files[EDITION])
    aggregates = {
        name.removeprefix("aggregates/").removesuffix(".parquet"): pq.read_table(io.BytesIO(content)).to_pylist()
        for name, content in files.items()
        if name.startswith("aggregates/")
    }
    lines = tuple(files[FINDINGS].splitlines())
    if json.loads(files[MANIFEST])["kind"] == Dossier.kind:
        return Dossier(Matter(**given), aggregates, lines)
    told = Edition(edition["number"], edition["replaces"], tuple(edition["changed"]), tuple(edition["why"]))
    return Snapshot(Parameters(**{**given, **tuples}), aggregates, lines, told)
