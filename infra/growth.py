"""How fast the data directory grows: measured every hour by the warehouse, told by the doctor.

`sizes.jsonl` in the data directory holds one line a measure, of the last fourteen days: `at`, and `bytes` on the disk
of everything below it (warehouse, write-ahead log, a durable broker's log, logs).
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from statistics import linear_regression
from typing import NamedTuple

from infra.files import write_atomically

EVERY = timedelta(hours=1)
KEPT = timedelta(days=14)
LEAST = timedelta(days=1)  # a day has its quiet hours: less of it tells nothing of a month
STALE = timedelta(days=2)
FILE = "sizes.jsonl"


class Size(NamedTuple):
    """One measure."""

    at: datetime
    bytes: int


def measure(directory: Path, now: datetime) -> None:
    """Adds a measure unless the last one is younger than an hour. A full disk is no reason to raise."""
    path = directory / FILE
    known = read(path)
    if known and timedelta(0) <= now - known[-1].at < EVERY:
        return
    kept = [*(each for each in known if now - KEPT <= each.at < now), Size(now, occupied(directory))]
    lines = [json.dumps({"at": each.at.isoformat(), "bytes": each.bytes}) + "\n" for each in kept]
    with suppress(OSError):
        write_atomically(path, "".join(lines))


def read(path: Path) -> list[Size]:
    """The measures of a file, oldest first; without it, none. What is no measure is passed over."""
    try:
        lines = path.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return []
    found = []
    for line in lines:
        with suppress(ValueError, KeyError, TypeError):
            said = json.loads(line)
            at = datetime.fromisoformat(said["at"])
            if at.tzinfo is not None:
                found.append(Size(at, int(said["bytes"])))
    return sorted(found)


def occupied(directory: Path) -> int:
    """Bytes that everything below a directory takes on the disk; files that go meanwhile count nothing."""
    return sum(_taken(directory))


def _taken(directory: Path) -> Iterator[int]:
    for folder, _, files in os.walk(directory):
        for name in files:
            with suppress(OSError):
                yield os.lstat(os.path.join(folder, name)).st_blocks * 512


def per_day(sizes: Sequence[Size]) -> float | None:
    """Bytes a day: the slope of the straight line nearest to the measures. None: less than a day is known.

    What is taken and given back, as by the write-ahead log, shifts it by three times its size over the whole time.
    """
    if len(sizes) < 2 or sizes[-1].at - sizes[0].at < LEAST:
        return None
    days = [(each.at - sizes[0].at) / timedelta(days=1) for each in sizes]
    return linear_regression(days, [each.bytes for each in sizes]).slope


class Forecast(NamedTuple):
    """`days` until the disk is full; None: never, or it is not `known`. `words` tell it, and what it rests on."""

    known: bool
    days: float | None
    words: str


def forecast(sizes: Sequence[Size], free: int, now: datetime) -> Forecast:
    """When so many free bytes are taken, by the measures, oldest first."""
    if not sizes:
        return Forecast(False, None, "how fast it grows is not known: the warehouse has not measured yet")
    first, last = sizes[0].at, sizes[-1].at
    if now - last > STALE:
        return Forecast(False, None, f"how fast it grows is not known: last measured {_span(now - last)} ago")
    if (grows := per_day(sizes)) is None:
        words = f"how fast it grows is not known yet: measured for {_span(last - first)}, a day is needed"
        return Forecast(False, None, words)
    over = f"measured over {_span(last - first)}"
    if grows <= 0:
        return Forecast(True, None, f"it does not grow ({over})")
    days = free / grows
    full = f"in about {days:.0f} days" if days < 3650 else "in more than ten years"
    return Forecast(True, days, f"grows {grows / 1024**2:,.1f} MB a day ({over}): full {full}")


def _span(length: timedelta) -> str:
    hours = length / timedelta(hours=1)
    return f"{hours / 24:.1f} days" if hours >= 48 else f"{hours:.0f} h"
