"""Parts of clausewatch as processes of their own."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from infra.settings import Settings

QUICK_JAVA = ("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC")  # Kafka starts in two thirds of the time


def clausewatch(*arguments: str, **given: Any) -> subprocess.Popen[str]:
    """The command with these words, running."""
    program = "import sys; from infra.door import main; main(sys.argv[1:])"
    return subprocess.Popen(
        [sys.executable, "-c", program, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        **given,
    )


@contextmanager
def running(data_dir: Path, **given: Any) -> Iterator[subprocess.Popen[str]]:
    """A warehouse over that folder; killed at the end, if it still runs."""
    process = clausewatch("warehouse", "--data-dir", str(data_dir), **given)
    settings = Settings(data_dir)
    try:
        until = time.monotonic() + 30
        while settings.run_file("warehouse").read() is None:
            assert process.poll() is None, process.communicate()[1]
            assert time.monotonic() < until
            time.sleep(0.05)
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()
