"""Snapshots that are made by themselves and told through the receivers, each once.

One that falls due is a notice of the ledger, sent to MAKER: `clausewatch snapshot` in a process of its own. What comes
of it is kept as of any other notice, so one that was cut off or failed is made again, later and later, for a week; in
the transaction that keeps that it was made, every receiver gets his notice.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import threading
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from infra.parts import by_door
from infra.quarter import Quarter
from infra.schedule import Due, Schedule
from infra.settings import Settings
from streams.alerts.config import Config
from streams.alerts.delivery import Outcome
from streams.alerts.raising import identity

Row = Mapping[str, Any]
Ask = Callable[..., Sequence[Row]]  # rows of a named query
MAKER, WAY = "snapshots", "made"
PATIENCE = timedelta(days=7)  # until then the next draft is due
TOLD_AFTER = 6  # attempts, in about three minutes: then its readers learn that it is not there
LONGEST = 1800.0  # seconds


@dataclass
class Reports:
    """Which snapshots are due, by the ledger. `make`: of a due one, its bundle; raises MakingError."""

    schedule: Schedule
    make: Callable[[Due], Path]
    _known: set[str] = field(default_factory=set)

    def due(self, ask: Ask, now: datetime) -> list[Row]:
        """Notices to MAKER of what fell due since there are records, and is not in the ledger."""
        found = {_identity(each): each for each in self.schedule.due(now)}
        asked = sorted(found.keys() - self._known)
        if not asked:
            return []
        since = ask("recorded_since")[0]["since"]
        if since is None:
            return []
        self._known |= {row["notice"] for row in ask("notices_named", notices=json.dumps(asked))}
        self._known |= {name for name, each in found.items() if each.at <= since}
        made = [_notice(each, now) for name, each in found.items() if name not in self._known]
        self._known |= {row["notice"] for row in made}
        return made

    def attempt(self, notice: Row) -> Outcome:
        """One attempt at a notice to MAKER."""
        told = json.loads(notice["message"])["snapshot"]
        due = Due(Quarter.of(told["quarter"]), told["final"], datetime.fromisoformat(told["due"]))
        try:
            return Outcome(told={**told, **_facts(self.make(due))})
        except MakingError as fault:
            return Outcome(str(fault))
        except (OSError, zipfile.BadZipFile, KeyError, ValueError) as fault:
            return Outcome(type(fault).__name__)

    def forget(self) -> None:
        """Ask the ledger anew: another may have written it."""
        self._known.clear()


class MakingError(Exception):
    """Why no snapshot came of it, in words of ours."""


class Maker:
    """Calls `clausewatch snapshot` of this installation, one at a time; `close` ends the one that runs."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._one, self._closed = threading.Lock(), False
        self._running: subprocess.Popen[str] | None = None

    def __call__(self, due: Due) -> Path:
        """The bundle. Raises MakingError."""
        upto = [] if due.final else ["--as-of", due.at.isoformat()]
        folder = ["--data-dir", str(self.settings.data_dir), "--part", "alerts"]
        command = by_door("snapshot", str(due.quarter), *folder, *upto)
        with self._one:
            if self._closed:
                raise MakingError("ended")
            self._running = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
            )
            try:
                told, faults = self._running.communicate(timeout=LONGEST)
            except subprocess.TimeoutExpired:
                self._running.kill()
                self._running.communicate()
                raise MakingError(f"not made within {LONGEST:g} s") from None
            if code := self._running.returncode:
                said = next((line for line in faults.splitlines() if line.startswith("✖ ")), f"it ended with {code}")
                raise MakingError(said.removeprefix("✖ "))
        pdf = Path(told.strip().splitlines()[-1])
        return pdf.with_name(pdf.stem.rpartition("-")[0] + ".zip")

    def close(self) -> None:
        """End the one that runs: it is made again at the next start."""
        self._closed = True
        if self._running is not None and self._running.poll() is None:
            self._running.terminate()


def told(config: Config, notice: Row, outcome: Outcome, now: datetime) -> Iterator[Row]:
    """What the readers are told after an attempt at a notice to MAKER: it is there, or it is long in coming."""
    snapshot = json.loads(notice["message"])["snapshot"]
    failed = outcome.told is None
    if failed and notice["attempts"] != TOLD_AFTER:
        return
    message = {"snapshot": {**(outcome.told or snapshot), "failed": failed}, "link": config.raising.link}
    for name in config.snapshots:
        for way in config.receivers[name].integrations:
            grouped = f"{notice['grouped']}{' failed' * failed}"
            yield _row(name, way.name, grouped, message, now)


def _identity(due: Due) -> str:
    return identity(MAKER, WAY, _group(due))


def _group(due: Due) -> str:
    return f"snapshot {due.quarter} {'final' if due.final else due.at.date().isoformat()}"


def _notice(due: Due, now: datetime) -> Row:
    snapshot = {"quarter": str(due.quarter), "final": due.final, "due": due.at.isoformat()}
    return _row(MAKER, WAY, _group(due), {"snapshot": snapshot}, now)


def _row(receiver: str, way: str, grouped: str, message: Mapping[str, Any], now: datetime) -> Row:
    return {
        "notice": identity(receiver, way, grouped),
        "receiver": receiver,
        "way": way,
        "grouped": grouped,
        "message": json.dumps(message),
        "state": "waiting",
        "attempts": 0,
        "repeated": False,
        "made_at": now,
    }


def _facts(bundle: Path) -> dict[str, Any]:
    """What is told of a bundle: its edition, digest, period and how many promises are in which state."""
    with zipfile.ZipFile(bundle) as archive:
        manifest, figures = (json.loads(archive.read(f"{name}.json")) for name in ("manifest", "figures"))
    return {
        "file": str(bundle),
        "digest": hashlib.sha256(bundle.read_bytes()).hexdigest(),
        "edition": manifest["edition"],
        "states": figures["states"],
        "first_day": figures["first_day"],
        "last_day": figures["last_day"],
    }


def pages(snapshot: Row, language: str) -> tuple[str, bytes] | None:
    """Name and bytes of the PDF that a message tells of; None: the bundle is gone, or is another by now."""
    try:
        bundle = Path(snapshot["file"])
        if hashlib.sha256(bundle.read_bytes()).hexdigest() != snapshot["digest"]:
            return None
        with zipfile.ZipFile(bundle) as archive:
            return f"{bundle.stem}-{language}.pdf", archive.read(f"snapshot-{language}.pdf")
    except (OSError, KeyError, zipfile.BadZipFile):
        return None
