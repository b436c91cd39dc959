"""The pages served from a seeded warehouse, by `python -m tests.support.pages --state fresh --port 0`, and helpers
that look at them.

States: `fresh`, `season` (with thirteen weeks before it), `empty` (a warehouse without events), `hangs` (answered once,
then never again), `nothing` (never answers), `panel` (the panel of sources raises), `missed` (one clause did not find
its canary), `small` (as `fresh`, with a fiftieth of its traffic). `hangs` and `panel` are small, too.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--font-render-hinting=none"]


def free_port() -> int:
    """A port of loopback that nothing listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def served(state: str = "fresh", prepare: Callable[[Path, str], object] | None = None) -> Iterator[str]:
    """The pages' address while the block runs; the process is this test's own.

    `prepare` is called with the data directory and the address before it starts.
    """
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="clausewatch-") as data:
        environment = {
            **os.environ,
            "CLAUSEWATCH_DATA_DIR": data,
            "STREAMLIT_SERVER_PORT": str(port),
            "LOGNAME": "m.devries",
        }
        if prepare is not None:
            prepare(Path(data), f"http://127.0.0.1:{port}")
        command = [sys.executable, "-m", "tests.support.pages", state, str(port)]
        with open(Path(data) / "pages.log", "wb") as log:
            process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=subprocess.STDOUT)
            try:
                address = f"http://127.0.0.1:{port}"
                _await(address, process, Path(data) / "pages.log")
                yield address
            finally:
                process.terminate()
                try:
                    process.wait(10)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()


def _await(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(900):
        if process.poll() is not None:
            raise AssertionError(f"the pages ended: {log.read_text('utf-8', 'replace')[-2000:]}")
        try:
            with urllib.request.urlopen(f"{address}/_stcore/health", timeout=1):
                return
        except OSError:
            time.sleep(0.1)
    raise AssertionError("the pages did not answer within 90 s")


@contextmanager
def chromium() -> Iterator[Any]:
    """A running browser; skips with the reason where there is none, under CI that is a failure."""
    executable = next((found for name in CHROMIUM if (found := shutil.which(name))), None)
    if executable is None:
        reason = "no chromium: apt-get install chromium"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=executable, args=FLAGS)
        yield running
        running.close()


def wait_for_finding(page: Any, finding: str, seconds: float = 5.0) -> float:
    """Wait until the breach stands in the table of latest breaches; returns the seconds waited."""
    began = time.monotonic()
    page.get_by_test_id(f"finding-{finding}").wait_for(state="visible", timeout=seconds * 1000)
    return time.monotonic() - began


def wait_for_event(page: Any, event_id: str, seconds: float = 5.0) -> float:
    """As `wait_for_finding`, by the event's id."""
    began = time.monotonic()
    page.locator(f'tr[data-event="{event_id}"]').first.wait_for(state="visible", timeout=seconds * 1000)
    return time.monotonic() - began


def main(state: str, port: int) -> None:
    """Serve one state until ended."""
    import uvicorn

    from dashboards import questions, store
    from dashboards.pages import now
    from dashboards.server import app
    from tests.support.season import season
    from tests.support.seeded import Seeded

    small = state in ("small", "hangs", "panel")
    seeded = Seeded(share=0.02) if small else Seeded()
    if state == "empty":
        seeded.store.beat("worker-1", 12, 0)
    elif state != "nothing":
        if state == "season":
            season(seeded)
        seeded.day().live(looks=8 if small else 24).alerts()
        seeded.resolve(*(row["finding"] for row in _some_breaches(seeded)))
        if state == "missed":
            seeded.canaries({"NEWS-4": (timedelta(minutes=4), timedelta(minutes=24))})
        _snapshots(seeded)
    if state == "panel":
        now.sources = _fails  # type: ignore[assignment]
    reader = seeded.reader
    if state in ("hangs", "nothing"):
        reader._warehouse = _Hangs()
        if state == "hangs":
            reader._answered = time.monotonic() - 38
    store.install(reader)
    questions.install(questions.Desk(lambda: reader._warehouse or seeded.store, clock=seeded.clock))
    uvicorn.run(app, host="127.0.0.1", port=port, log_level="warning")


def _some_breaches(seeded: Any) -> Any:
    """Those of two hours, so that the wall has a cell of what is resolved."""
    asked = {"clause": "XFER-1", "rows": 2, "now": seeded.clock.now()}
    return seeded.store.query("breaches", asked).to_pylist()


def _snapshots(seeded: Any) -> None:
    """A draft of the running quarter, where the page looks for it."""
    from dashboards.pages.snapshots import folder
    from dashboards.snapshot.make import kept, taken
    from infra.quarter import Quarter

    kept(seeded.store, taken(seeded.store, Quarter.of("2026Q4"), seeded.clock.now()), folder(), "en")


class _Hangs:
    def query(self, name: str, parameters: object) -> Any:
        time.sleep(3600)


def _fails(*_: object) -> str:
    raise ValueError("a figure is missing")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
