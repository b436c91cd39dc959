"""A quarter's snapshot of 10^6 and 10^7 events of that quarter (`--stored 100000000`: of 10^8), from a file.

One in a thousand is a breach, one in a hundred opens an obligation, four in a hundred are disclosures.
`--warehouse FILE` looks at a copy of a store that is there. The work is done in a process of its own, whose time and
memory are told: DuckDB's too.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import pyarrow as pa

from infra.quarter import Quarter
from tests.benchmarks.applying import history
from tests.benchmarks.figures import Figures, megabytes

QUARTER, ZONE = Quarter(2026, 3), "Europe/Amsterdam"
BREACHES, OWED, DISCLOSED = 1000, 100, 25
PEOPLE = 5_000


def measure(
    folder: Path, sizes: list[int], figures: Figures, *, keep: bool, warehouse: Path | None, quarter: str | None
) -> None:
    """Prints what the report costs at each size. `keep`: the stores stay as filled."""
    rows: list[list[Any]] = []
    if warehouse:
        folder.mkdir(parents=True, exist_ok=True)
        warehouse = Path(shutil.copyfile(warehouse, folder / "looked-at.duckdb"))
    for file in [warehouse] if warehouse else [folder / f"quarter-{stored}.duckdb" for stored in sizes]:
        if not file.exists():
            folder.mkdir(parents=True, exist_ok=True)
            stored = int(file.stem.rpartition("-")[2])
            took = fill(file, stored)
            figures.say(f"{stored:,} events of {QUARTER} in {took:.1f} s, file {megabytes(file.stat().st_size):,} MB")
        told = _apart(file, quarter or str(QUARTER))
        rows.append([told["events"], told["findings"], told["seconds"], told["cpu"], told["memory"], told["longest"]])
        figures.kept[f"snapshot of {told['events']} events, by step"] = told["steps"]
        if not keep or warehouse:
            file.unlink()
    columns = ["events of the quarter", "breaches", "seconds", "CPU s", "most memory MB", "longest steps"]
    figures.table("snapshot: a quarter's report", columns, rows, "Both languages, PDF and HTML, and the bundle.")


def fill(file: Path, stored: int) -> float:
    """Makes a store of a quarter of so many events; returns the seconds it took."""
    since, until = QUARTER.since(ZONE), QUARTER.until(ZONE)
    people = pa.table({"place": range(PEOPLE), "name": [f"p-{n}" for n in range(PEOPLE)]})
    pace = (until - since).total_seconds() * 1e6 / stored
    return history(file, stored, people, until=until, pace=pace, breaches=BREACHES, owed=OWED, disclosed=DISCLOSED)


def _apart(file: Path, quarter: str) -> dict[str, Any]:
    command = [sys.executable, "-m", "tests.benchmarks.snapshot", str(file), quarter]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True, env={**os.environ, "OMP_NUM_THREADS": "2"})
    return dict(json.loads(done.stdout.splitlines()[-1]))


def _timed(file: Path, quarter: Quarter) -> dict[str, Any]:
    from dashboards.snapshot.commands import MEMORY
    from dashboards.snapshot.make import kept, taken
    from infra.warehouse.store import Store

    began, steps = time.perf_counter(), [("start", time.perf_counter())]
    with tempfile.TemporaryDirectory() as folder, Store(file) as store:
        store.limit(MEMORY)
        told = taken(store, quarter, None, lambda name: steps.append((name, time.perf_counter())))
        path, _ = kept(store, told, Path(folder), "en", lambda name: steps.append((name, time.perf_counter())))
        size = path.with_name(path.name.replace("-en.pdf", ".zip")).stat().st_size
    ended = time.perf_counter()
    ends = [at for _, at in steps[1:]] + [ended]
    spent = {name: round(end - at, 3) for (name, at), end in zip(steps, ends, strict=True)}
    used = resource.getrusage(resource.RUSAGE_SELF)
    peak = next(line for line in Path("/proc/self/status").read_text("ascii").splitlines() if "VmHWM" in line)
    longest = sorted(spent, key=lambda name: -spent[name])[:3]
    return {
        "events": told.figures["events"], "findings": len(told.lines), "seconds": round(ended - began, 2),
        "cpu": round(used.ru_utime + used.ru_stime, 2), "memory": megabytes(int(peak.split()[1]) * 1024),
        "bundle": size,
        "longest": ", ".join(f"{name} {spent[name]:.1f} s" for name in longest), "steps": spent,
    }  # fmt: skip


def main() -> None:
    """`python -m tests.benchmarks.snapshot FILE QUARTER`: the figures of one report as JSON."""
    parser = argparse.ArgumentParser()
    parser.add_argument("file", type=Path)
    parser.add_argument("quarter", type=Quarter.of)
    given = parser.parse_args()
    print(json.dumps(_timed(given.file, given.quarter)))


if __name__ == "__main__":
    main()
