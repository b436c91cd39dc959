"""On what was measured, and how much memory a process held at most."""

from __future__ import annotations

import os
import platform
import threading
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

import psutil

from infra.broker.apache import VERSION as KAFKA

PACKAGES = ("faust-streaming", "aiokafka", "kafka-python", "duckdb", "great-expectations", "polars", "pyarrow")


def describe() -> list[tuple[str, str]]:
    """Cores, memory, load, and the versions that the figures depend on."""
    cpuinfo = Path("/proc/cpuinfo")
    lines = cpuinfo.read_text("utf-8").splitlines() if cpuinfo.exists() else []
    model = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "")
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    load = " ".join(f"{each:.1f}" for each in os.getloadavg())
    return [
        ("cores", f"{usable} ({model or platform.machine()})"),
        ("memory", f"{psutil.virtual_memory().total / 2**30:.0f} GB"),
        ("load before (1, 5, 15 min)", load),
        ("system", platform.platform(terse=True)),
        ("python", platform.python_version()),
        ("broker", f"Apache Kafka {KAFKA}, one process on the same machine, -Xmx512m"),
        ("packages", ", ".join(f"{name} {version(name)}" for name in PACKAGES)),
    ]


class Peaks:
    """Looks at processes (name -> pid) ten times a second: their most resident memory, and processor seconds."""

    def __init__(self, processes: Mapping[str, int]) -> None:
        self._watched = {name: psutil.Process(pid) for name, pid in processes.items()}
        self._began = {name: _cpu(each) for name, each in self._watched.items()}
        self.rss = dict.fromkeys(self._watched, 0)
        self.cpu = dict.fromkeys(self._watched, 0.0)
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)

    def _look(self) -> None:
        while not self._ended.wait(0.1):
            for name, process in self._watched.items():
                try:
                    self.rss[name] = max(self.rss[name], process.memory_info().rss)
                    self.cpu[name] = _cpu(process) - self._began[name]
                except psutil.Error:
                    continue

    def __enter__(self) -> Peaks:
        self._thread.start()
        return self

    def __exit__(self, *_: Any) -> None:
        self._ended.set()
        self._thread.join()


def _cpu(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)
