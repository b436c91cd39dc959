"""Which partitions of a backlog stand still: records that arrive all the time are no news while they are worked off."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

Place = tuple[str, int]  # topic, partition
RECENT = timedelta(minutes=1)  # who stored something since then is at work, in turns
PATIENCE = 5.0  # seconds in which a record that has just come is stored


def standing(
    waiting: Collection[Place], before: Sequence[Mapping[str, Any]], after: Sequence[Mapping[str, Any]], now: datetime
) -> list[Place]:
    """Those of the places where nothing was stored between two answers to query `offsets`, nor in the last minute."""
    was = {(row["topic"], row["partition"]): row["next"] for row in before}
    at_work = {
        place
        for row in after
        if row["next"] > was.get(place := (row["topic"], row["partition"]), 0) or row["recorded_at"] > now - RECENT
    }
    return sorted(set(waiting) - at_work)


def watch(
    ask: Callable[[], Sequence[Mapping[str, Any]]], waiting: Collection[Place], seconds: float = PATIENCE
) -> list[Place]:
    """Asks again and again, as long as any of the places stands still; those that still do. `ask`: query `offsets`."""
    before = ask()
    until = time.monotonic() + seconds
    while (still := standing(waiting, before, ask(), datetime.now(UTC))) and time.monotonic() < until:
        time.sleep(0.25)
    return still
