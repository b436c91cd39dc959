"""`python -m tests.benchmarks [throughput] [latency] [viewers] [apply] [snapshot] [peers]`: without a name, all.

Each prints its figures as they come; `--out` keeps them as JSON too. `--events 2000 --seconds 2 --stored 1000` is
a look whether everything runs, not a measurement.
"""

from __future__ import annotations

import argparse
import json
import signal
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from infra.broker.apache import ApacheKafka, fetch, find_java
from infra.errors import UserError
from tests.benchmarks import applying, latency, machine, peers, snapshot, throughput, viewers
from tests.benchmarks.backlog import Backlog
from tests.benchmarks.figures import Figures

NAMES = ("throughput", "peers", "latency", "viewers", "apply", "snapshot")


def main(arguments: Sequence[str] | None = None) -> int:
    given = _parser().parse_args(arguments)
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # so that the broker and the files go either way
    chosen = [name for name in NAMES if name in (given.names or NAMES)]
    figures = Figures()
    figures.table("Machine", ["", ""], machine.describe())
    with tempfile.TemporaryDirectory(prefix="clausewatch-bench-") as name:
        folder = Path(name)
        if set(chosen) - {"apply", "snapshot"}:
            try:
                with _kafka(folder) as kafka:
                    _streams(chosen, kafka, folder, given, figures)
            except UserError as error:
                print(f"✖ {error.message}\n  → {error.cure}")
                return 2
        if "apply" in chosen:
            applying.measure(given.keep or folder / "apply", given.stored, figures, keep=given.keep is not None)
        if "snapshot" in chosen:
            snapshot.measure(
                given.keep or folder / "snapshot",
                [size for size in given.stored if size > 10**5] or given.stored,
                figures,
                keep=given.keep is not None,
                warehouse=given.warehouse,
                quarter=given.quarter,
            )
    if given.out is not None:
        given.out.write_text(json.dumps(figures.kept, indent=1) + "\n", "utf-8")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description="Measure the whole path.")
    parser.add_argument("names", nargs="*", choices=[*NAMES, []], metavar="|".join(NAMES))
    parser.add_argument("--events", type=int, default=200_000, help="of the backlog, about (default: %(default)s)")
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2, 4], help="(throughput; default: 1 2 4)")
    parser.add_argument("--rates", type=int, nargs="+", default=[100, 2_000, 5_000], help="events/s (latency)")
    parser.add_argument("--seconds", type=float, default=20.0, help="of each rate (default: %(default)s)")
    parser.add_argument("--stored", type=int, nargs="+", default=[10**5, 10**6, 10**7], help="events (apply, snapshot)")
    parser.add_argument("--keep", type=Path, help="a folder in which the stores stay, as they were filled (apply)")
    parser.add_argument(
        "--warehouse", type=Path, help="a store to look at; an empty one unless given (viewers, snapshot)"
    )
    parser.add_argument("--quarter", help="of that store, such as 2026Q3 (snapshot)")
    parser.add_argument("--patience", type=float, default=75.0, help="seconds a backlog may take, then it is cut off")
    parser.add_argument("--out", type=Path, help="a JSON file for the figures")
    return parser


@contextmanager
def _kafka(folder: Path) -> Iterator[ApacheKafka]:
    find_java()
    fetch()
    kafka = ApacheKafka(folder / "kafka", folder / "kafka.log")
    kafka.start()
    try:
        yield kafka
    finally:
        kafka.stop()


def _streams(chosen: list[str], kafka: ApacheKafka, folder: Path, given: Any, figures: Figures) -> None:
    ours = None
    wanted = latency.WARM + sum(round(rate * given.seconds) for rate in given.rates) if "latency" in chosen else 0
    if "viewers" in chosen:
        wanted = max(wanted, viewers.wanted(given.seconds))
    backlog = Backlog.make(max(given.events, wanted), figures)
    if {"throughput", "peers"} & set(chosen):
        backlog.publish(kafka.address, figures, given.events)
    if "throughput" in chosen:
        ours = throughput.measure(kafka, folder, given.workers, given.patience, figures)
    if "peers" in chosen:
        peers.measure(kafka, folder, min(given.events, len(backlog.lines)), ours, given.patience, figures)
    if "latency" in chosen:
        latency.measure(kafka, folder, backlog, given.rates, given.seconds, figures)
    if "viewers" in chosen:
        viewers.measure(kafka, folder, backlog, given.seconds, given.warehouse, figures)


if __name__ == "__main__":
    raise SystemExit(main())
