"""Twenty viewers of the pages while a worker takes 500 events a second: real sessions over Streamlit's websocket.

On an empty warehouse, or on a copy of one (`--warehouse FILE`), as `apply --keep FOLDER` leaves them.
"""

from __future__ import annotations

import asyncio
import shutil
import time
from contextlib import AsyncExitStack
from itertools import islice
from pathlib import Path
from typing import Any

from infra.broker.apache import ApacheKafka
from tests.benchmarks import machine, watching
from tests.benchmarks.backlog import Backlog
from tests.benchmarks.figures import Figures, megabytes, quantile
from tests.support.pipeline import House, empty_topics
from tests.support.viewer import Viewer

RATE = 500  # events a second
VIEWERS, ARRIVING = 20, 10.0  # viewers; the seconds in which they come
WARM = 5_000  # events that are there before the first viewer
PAGES = ("", "breaches", "obligations", "alerts", "transfers", "policy", "pipeline", "register", "snapshots")
ALONE = 10  # first paints of each page, one after the other, in less than so many seconds
ALL_ALONE = 120.0


def wanted(seconds: float) -> int:
    """How many events it takes to send some to the end, when the crowd is watched for so long."""
    return WARM + round(RATE * (ALL_ALONE + ARRIVING + seconds))


def measure(
    kafka: ApacheKafka,
    folder: Path,
    backlog: Backlog,
    seconds: float,
    warehouse: Path | None,
    figures: Figures,
) -> None:
    """First paint alone, twenty at once, and their refreshes while events come at `RATE` a second."""
    empty_topics(kafka.address)
    house = House(folder / "viewers" / "data", kafka.address)
    if warehouse is not None:
        shutil.copyfile(warehouse, house.settings.warehouse_file)
    lines = iter(backlog.lines)
    try:
        house.start("warehouse", "worker-1")
        house.publish(list(islice(lines, WARM)))
        house.wait_until_some_read(WARM // 2, 300)
        house.start("dashboards")
        address = f"http://127.0.0.1:{house.parts['dashboards'].command()[-1]}"
        coming = list(islice(lines, wanted(seconds) - WARM))
        with machine.Peaks(watching.pids(house, kafka)) as peaks, house.publishing(coming, a_second=RATE):
            alone = {page: asyncio.run(_alone(address, page)) for page in PAGES}
            viewers, firsts, took = asyncio.run(_crowd(address, seconds))
    finally:
        house.end()
    faults = [fault for viewer in viewers for fault in viewer.faults]
    assert not faults, f"the pages failed: {sorted(set(faults))}"
    title = f"{'an empty warehouse' if warehouse is None else warehouse.stem}, {RATE:,} events/s"
    refreshes = [one for viewer in viewers for one in viewer.refreshes]
    figures.table(
        f"Pages on {title}",
        ["", "times", "p50 s", "p95 s", "most s"],
        [
            *(_row(f"first paint of /{page}, alone", times) for page, times in alone.items()),
            _row(f"first paint, {VIEWERS} viewers within {ARRIVING:.0f} s", firsts),
            _row(f"refresh, {VIEWERS} viewers of /", refreshes),
        ],
        f"From the question to the last message of the run; {took:.0f} s of watching; "
        f"{sum(viewer.received for viewer in viewers) / took / VIEWERS / 1000:.0f} kB/s a viewer. "
        "What a browser does with it is not included.",
    )
    figures.table(
        f"Processes with viewers on {title}",
        ["", "most resident MB", "processor s"],
        [(name, megabytes(peaks.rss[name]), peaks.cpu[name]) for name in peaks.rss],
    )


async def _alone(address: str, page: str) -> list[float]:
    times = []
    for _ in range(ALONE):
        async with Viewer(address, page) as viewer:
            times.append(await viewer.open())
            assert not viewer.faults, f"/{page}: {viewer.faults}"
    return times


async def _crowd(address: str, seconds: float) -> tuple[list[Viewer], list[float], float]:
    viewers = [Viewer(address) for _ in range(VIEWERS)]

    async def one(viewer: Viewer, after: float) -> float:
        await asyncio.sleep(after)
        await stack.enter_async_context(viewer)
        return await viewer.open()

    async with AsyncExitStack() as stack:
        firsts = await asyncio.gather(
            *(one(viewer, place * ARRIVING / VIEWERS) for place, viewer in enumerate(viewers))
        )
        began = time.perf_counter()
        for viewer in viewers:
            viewer.received = 0
        # They came at different moments, so their turns lie apart.
        await asyncio.gather(*(viewer.watch(seconds, place / VIEWERS) for place, viewer in enumerate(viewers)))
        return viewers, list(firsts), time.perf_counter() - began


def _row(name: str, times: list[float]) -> list[Any]:
    ordered = sorted(times)
    return [name, len(ordered), *(quantile(ordered, share) for share in (0.5, 0.95, 1.0))]
