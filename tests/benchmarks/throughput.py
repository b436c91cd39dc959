"""A backlog through the whole path: one worker, then more, each time with a warehouse that is empty at first."""

from __future__ import annotations

import time
from pathlib import Path

from infra.broker.apache import ApacheKafka
from streams.worker.pipeline import STAGES
from tests.benchmarks import watching
from tests.benchmarks.figures import Figures, megabytes
from tests.benchmarks.machine import Peaks


def measure(kafka: ApacheKafka, folder: Path, counts: list[int], patience: float, figures: Figures) -> float | None:
    """Returns the records a second of the first of `counts` of workers; None when too few were read to tell."""
    rates = [_run(kafka, folder, workers, patience, figures) for workers in counts]
    figures.table(
        "Throughput",
        ["workers", "records/s", "times the first"],
        [(n, rate, rate / rates[0] if rate and rates[0] else None) for n, rate in zip(counts, rates, strict=True)],
        "From the last assignment of partitions to the commit of the last record; a dash: less than a quarter was left "
        "by then, publish more (--events).",
    )
    return rates[0]


def _run(kafka: ApacheKafka, folder: Path, workers: int, patience: float, figures: Figures) -> float | None:
    house = watching.Watched(folder / f"workers-{workers}" / "data", kafka.address)
    names = [f"worker-{number}" for number in range(1, workers + 1)]
    try:
        house.start("warehouse")
        ends = house.ends()
        with watching.Stored(house) as stored:
            began = time.time()
            house.start_together(*names)
            with Peaks(watching.pids(house, kafka)) as peaks:
                complete = stored.until(ends, patience)
                read_at = stored.seen[-1][0] if stored.seen else time.time()
                told = [watching.metrics(house, name) for name in names]
                revised = watching.settled(house, patience / 2) if complete else None
            total, records = sum(ends.values()), stored.records()
            since = max(filter(None, (watching.assigned(house, name) for name in names)), default=began)
            before = stored.records(since)
        took = max(read_at - since, 1e-3)
        # A worker that joined when most was read says nothing about the speed of both.
        rate = (records - before) / took if records - before > total / 4 else None
        _tell(figures, workers, told, peaks, took)
        parts = f"{records:,} of {total:,} records stored, {before:,} of them before the last assignment; "
        parts += f"{since - began:.1f} s from start to assignment, {took:.1f} s to read; "
        parts += "cut off" if not complete else "late facts judged again "
        if complete:
            parts += f"{revised:.1f} s later" if revised is not None else f"not within {patience / 2:.0f} s more"
        figures.say(parts)
        for name in house.told:
            figures.say(name)
        return rate
    finally:
        house.end()


def _tell(figures: Figures, workers: int, told: list[dict[str, float]], peaks: Peaks, took: float) -> None:
    rows = []
    for number, each in enumerate(told, 1):
        stages = [each.get(f"stage {stage}", 0.0) for stage in STAGES]
        done = sum(each.get(name, 0.0) for name in ("events_total", "duplicates_total", "quarantined_total"))
        batches = each.get("batches_total", 0.0)
        row = [f"worker-{number}", round(done), round(batches), done / batches if batches else None]
        rows.append([*row, *stages, max(0.0, took - sum(stages))])
    figures.table(
        f"Seconds by stage, {workers} worker{'s' * (workers > 1)}",
        ["", "records", "batches", "records a batch", *STAGES, "else"],
        rows,
        "`facts` and `apply` are calls of the warehouse, its work included; `else` is polling, waiting and "
        "acknowledging.",
    )
    figures.table(
        f"Processes, {workers} worker{'s' * (workers > 1)}",
        ["", "most resident MB", "processor s"],
        [(name, megabytes(peaks.rss[name]), peaks.cpu[name]) for name in peaks.rss],
        f"In the {took:.1f} s above and while late facts were judged again.",
    )
