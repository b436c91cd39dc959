"""Others on the same backlog, each a process of its own that ends when it has read everything.

A bare aiokafka consumer and a default Faust agent only count; quixstreams decodes, makes three stateless checks and
stores in DuckDB, in a venv of its own, since its dependencies are no concern of ours.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import venv
from pathlib import Path
from typing import Any

import psutil

from infra.broker.apache import ApacheKafka
from tests.benchmarks.figures import Figures, megabytes

QUIXSTREAMS = ("quixstreams==3.28.1", "duckdb", "orjson", "pyarrow")
INSTALL_SECONDS = 150
WHAT = {
    "aiokafka": "consumer, only counts",
    "faust": "default agent, only counts",
    "quixstreams": "JSON, three stateless checks, DuckDB",
}


def measure(
    kafka: ApacheKafka, folder: Path, records: int, ours: float | None, patience: float, figures: Figures
) -> None:
    """Prints records a second of each, and ours as a multiple of it (`ours`: of one worker)."""
    rows: list[list[Any]] = []
    for name, what in WHAT.items():
        python: Path | str = Path(sys.executable)
        if name == "quixstreams":
            python = _environment(folder / "quixstreams")
        if isinstance(python, str):
            rows.append([name, f"not measured: {python}", None, None, None])
            continue
        script = Path(__file__).with_name(f"peer_{name}.py")
        figures.say(f"{name}: {what}")
        said = _run([str(python), str(script), kafka.address, str(records)], folder / f"peer-{name}", patience)
        rate = said.get("rate")
        trouble = said.get("trouble", "")
        rows.append([name, what + trouble, rate, said.get("rss"), ours / rate if ours and rate else None])
    if ours:
        rows.append(["clausewatch", "one worker: the whole path", ours, None, 1.0])
    figures.table(
        "Peers on the same backlog",
        ["", "what it does", "records/s", "most resident MB", "clausewatch / it"],
        rows,
        "From the first record to the last; the broker is the same process.",
    )


def _run(command: list[str], folder: Path, patience: float) -> dict[str, Any]:
    """What the script says on its last line (`rate`), and `rss`; or `trouble`."""
    folder.mkdir(parents=True)
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, cwd=folder)
    most, until = 0, time.monotonic() + patience
    watched = psutil.Process(process.pid)
    while process.poll() is None and time.monotonic() < until:
        try:
            most = max(most, watched.memory_info().rss)
        except psutil.Error:
            break
        time.sleep(0.1)
    if process.poll() is None and time.monotonic() >= until:
        process.kill()
        process.wait()
        return {"trouble": f": not within {patience:.0f} s"}
    output = process.communicate()[0].decode("utf-8", "replace").strip().splitlines()
    if process.returncode or not output:
        last = (folder / "log").read_text("utf-8", "replace").strip().splitlines()[-1:]
        return {"trouble": f": ended with {process.returncode} ({' '.join(last)[:200]})"}
    return {**json.loads(output[-1]), "rss": megabytes(most)}


def _environment(folder: Path) -> Path | str:
    """The Python of a venv with quixstreams; or why there is none."""
    try:
        venv.create(folder, with_pip=True)
    except (OSError, subprocess.CalledProcessError) as error:
        return f"no venv can be made ({type(error).__name__})"
    python = folder / "bin" / "python"
    command = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *QUIXSTREAMS]
    try:
        ran = subprocess.run(
            command, capture_output=True, text=True, timeout=INSTALL_SECONDS, env={**os.environ, "PIP_NO_INPUT": "1"}
        )
    except subprocess.TimeoutExpired:
        return f"pip did not install it within {INSTALL_SECONDS} s"
    if ran.returncode:
        return f"pip cannot install it ({' '.join(ran.stderr.strip().splitlines()[-1:])[:200]})"
    return python
