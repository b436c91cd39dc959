"""The ground truth: what the makers of a life know about it, one JSON line each.

A line is {"clause", "outcome", "source", "event_id", "obligation", "due_at", "under"}. `outcome` is "breach",
"indeterminate" (a field that decides was left out on purpose) or "quarantined" (then `clause` is null and
`reason` says why the line is no event). `obligation` is the key of an obligation ("" where it needs none),
null for a verdict on the event itself. `under` is "default" or "other" where only these readings
of the policy say so (`readings.py`), else null. A broken promise counts as a breach from `due_at` on, not before.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import msgspec

from streams.simulate.calendar import stamp

_encode = msgspec.json.Encoder().encode


class Truth:
    """Receives what is broken and hands each line to `sink`; counts by clause and outcome."""

    def __init__(self, sink: Callable[[bytes], Any] | None = None) -> None:
        self.sink = sink
        self.counts: Counter[tuple[str, str]] = Counter()

    def row(self, clause: str, source: str, event_id: str, outcome: str = "breach", side: str | None = None) -> None:
        """A verdict on one event."""
        self._write(clause, outcome, source, event_id, None, None, side)

    def promise(self, clause: str, source: str, event_id: str, key: str, due: int, side: str | None = None) -> None:
        """An obligation that was not kept at its due instant (`due` in milliseconds)."""
        self._write(clause, "breach", source, event_id, key, stamp(due), side)

    def unsure(self, clause: str, source: str, event_id: str, key: str, side: str | None = None) -> None:
        """An obligation of which nobody can tell whether it was opened, or what became of it."""
        self._write(clause, "indeterminate", source, event_id, key, None, side)

    def quarantined(self, reason: str, source: str | None, event_id: str | None) -> None:
        """A line that is no event, and why."""
        self.counts["quarantine", reason] += 1
        if self.sink is not None:
            line = {"clause": None, "outcome": "quarantined", "source": source, "event_id": event_id}
            self.sink(_encode({**line, "obligation": None, "due_at": None, "under": None, "reason": reason}))

    def _write(
        self, clause: str, outcome: str, source: str, event_id: str, key: str | None, due: str | None, side: str | None
    ) -> None:
        self.counts[clause, outcome] += 1
        if self.sink is not None:
            line = {"clause": clause, "outcome": outcome, "source": source, "event_id": event_id}
            self.sink(_encode({**line, "obligation": key, "due_at": due, "under": side}))
