"""A draft of the policy tried on all that is stored, in a process of its own: no page waits for it."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from expectations.lined import Fault, FileError
from expectations.soundness import faults_of

FILE = "draft.yaml"
THREAD = "trial"


def checked(name: str, content: bytes) -> list[Fault]:
    """What is wrong in the draft, as `clausewatch policy check` tells it; under the name that the officer knows."""
    with tempfile.TemporaryDirectory(prefix="clausewatch-") as folder:
        path = Path(folder) / FILE
        path.write_bytes(content)
        try:
            faults = faults_of(path)
        except FileError as error:
            faults = list(error.faults)
        except UnicodeDecodeError:
            faults = [Fault(name, 1, "file", "is not UTF-8", "save it so")]
    return [Fault(_named(each.file, name), each.line, each.field, each.fault, each.cure) for each in faults]


def _named(file: str, name: str) -> str:
    return name if Path(file).name == FILE else Path(file).name


def command(data_dir: Path, draft: Path) -> list[str]:
    """What tries a draft."""
    asked = ("audit", "--policy", str(draft), "--data-dir", str(data_dir), "--format", "json")
    return [sys.executable, "-m", "infra", *asked]


def busy() -> bool:
    """Whether this server tries a draft now: one at a time, for each judges all that is stored."""
    return any(thread.name == THREAD for thread in threading.enumerate())


@dataclass
class Trial:
    """One trial under way or done. `judged`: events so far; `failed`: what went wrong, in the program's own words."""

    name: str
    judged: int = 0
    flips: list[dict[str, Any]] = field(default_factory=list)
    state: str = "running"  # running, done, failed, cancelled
    failed: str = ""
    _process: subprocess.Popen[str] | None = None

    def start(self, content: bytes, data_dir: Path, made: Sequence[str] | None = None) -> Trial:
        """Begin; `made`: another command than the real one. The thread ends with its process."""
        threading.Thread(target=self._run, args=(content, data_dir, made), name=THREAD, daemon=True).start()
        return self

    def cancel(self) -> None:
        """End it; what it found so far is dropped."""
        if self.state == "running":
            self.state = "cancelled"
        if self._process is not None:
            self._process.terminate()

    def _run(self, content: bytes, data_dir: Path, made: Sequence[str] | None) -> None:
        try:
            with tempfile.TemporaryDirectory(prefix="clausewatch-") as folder:
                draft = Path(folder) / FILE
                draft.write_bytes(content)
                self._follow(made or command(data_dir, draft))
        except Exception as fault:
            self._end("failed", type(fault).__qualname__)

    def _follow(self, asked: Sequence[str]) -> None:
        with subprocess.Popen(asked, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
            self._process = process
            if self.state == "cancelled":
                process.terminate()
            said: list[str] = []
            errors = threading.Thread(target=lambda: said.extend(process.stderr or ()), daemon=True)
            errors.start()
            found = []
            for line in process.stdout or ():
                told = json.loads(line)
                if "judged" in told:
                    self.judged = told["judged"]
                else:
                    found.append(told)
            code = process.wait()
            errors.join()
        if code == 0 or (code == 1 and found):
            self.flips = found
            self._end("done")
        else:
            self._end("failed", " ".join("".join(said[-4:]).split())[:400])

    def _end(self, state: str, failed: str = "") -> None:
        if self.state == "running":
            self.state, self.failed = state, failed
