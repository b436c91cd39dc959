"""The parts that `clausewatch up` starts: each a child process that is watched, restarted and stopped."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from infra import processes, runbooks
from infra.errors import UserError
from infra.settings import Settings

FIRST_DELAY = 1.0
LONGEST_DELAY = 30.0
STEADY = 60.0  # seconds after which a part that ends is taken as one that had run well
_HINTS = {75: " (its store has to be opened again: is the disk full?)", -9: " (killed: out of memory?)"}


@dataclass
class Part:
    """One command as a child.

    `ready()` gives its address, or what else it says of itself, once it can be used. `once`: it may end by itself.
    """

    name: str
    command: Callable[[], Sequence[str]]  # asked at every start
    settings: Settings
    environment: Mapping[str, str]
    ready: Callable[[Part], str | None]
    grace: float = 10
    once: bool = False
    delay: float = FIRST_DELAY
    due: float | None = None  # when it is to be started again (monotonic)
    process: subprocess.Popen[bytes] | None = None
    _since: float = field(default=0.0, repr=False)

    @property
    def log(self) -> Path:
        return self.settings.logs / f"{self.name}.log"

    def start(self) -> None:
        """Starts the child; does not wait."""
        self.due = None
        self._since = time.monotonic()
        self.process = processes.spawn(self.command(), log=self.log, env=self.environment)

    def wait_ready(self, seconds: float) -> str:
        """What `ready` says. Raises UserError when it ended, or did not get ready in time."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            if self.process is None or self.process.poll() is not None:
                code = None if self.process is None else self.process.returncode
                raise UserError(
                    f"{self.name} did not start: {last_words(self.log) or f'it ended with {code}'}",
                    f"see {self.log}",
                )
            if (said := self.ready(self)) is not None:
                return said
            time.sleep(0.05)
        raise UserError(f"{self.name} was not ready after {seconds:.0f} s", f"see {self.log}")

    def running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def watch(self, now: float) -> str | None:
        """Looks after it once: words for the person when it ended or was started again, else None."""
        if self.due is not None:
            if now < self.due:
                return None
            self.start()
            return f"{self.name} is started again"
        if self.process is None or self.process.poll() is None:
            return None
        code = self.process.returncode
        if self.once and code == 0:
            self.process = None
            return f"{self.name} has finished"
        if now - self._since > STEADY:
            self.delay = FIRST_DELAY
        self.due = now + self.delay
        where = f"see {self.log} and `{runbooks.hint(runbooks.ENDED.get(code, 'part-ended'))}`"
        told = f"{self.name} ended ({code}){_HINTS.get(code, '')}; again in {self.delay:.0f} s; {where}"
        self.delay = min(self.delay * 2, LONGEST_DELAY)
        return told

    def stop(self) -> bool:
        """Asks it to end; False when it had to be killed."""
        self.due = None
        process, self.process = self.process, None
        return process is None or processes.stop(process, grace=self.grace)


def by_door(*arguments: str) -> list[str]:
    """The command line of one of the door's commands, in this Python."""
    return [sys.executable, "-m", "infra", *arguments]


def says_where(part: Part) -> str | None:
    """Ready when its run file names its own pid: its address."""
    assert part.process is not None
    for path in (part.settings.data_dir / "run").glob(f"{part.name.partition('-')[0]}*.json"):
        try:
            said = json.loads(path.read_text("utf-8"))
        except (OSError, ValueError):
            continue
        if said.get("pid") == part.process.pid:
            return str(said.get("address", ""))
    return None


def answers_at(address: str) -> Callable[[Part], str | None]:
    """Ready when something answers at HOST:PORT."""
    return lambda part: f"http://{address}" if processes.listens(address) else None


def at_once(part: Part) -> str | None:
    """Ready when started."""
    return ""


def last_words(log: Path) -> str:
    """The last line of a log that a person would read, or nothing."""
    try:
        lines = log.read_bytes()[-4000:].decode("utf-8", "replace").strip().splitlines()
    except OSError:
        return ""
    told = [line for line in lines if line.startswith("✖ ")] or lines[-1:]
    return told[-1].removeprefix("✖ ")[:300] if told else ""
