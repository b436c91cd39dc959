"""Who may call what, how large and how often. Each process has a token of its own, and the token has a role."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

ALLOWED: Mapping[str, frozenset[str]] = {
    # What reads the log and writes verdicts.
    "worker": frozenset(
        (
            *("claim", "log", "facts", "views", "registers", "pending", "history", "apply", "beat"),
            *("query", "ping"),
        )
    ),
    # What shows: named queries, and one person at a time, which notes who looked and why before it answers. An
    # officer silences from there.
    "dashboards": frozenset(("query", "look", "subject", "silence", "ping")),
    # What starts the parts: says which log is read, and asks how far it was. Its own broker begins anew each time.
    "up": frozenset(("log", "accept_log", "query", "ping")),
    # What raises alerts and tells them.
    "alerts": frozenset(("lease", "alert", "query", "ping")),
    # A person at the keyboard of the installation.
    "operator": frozenset(
        (
            *("query", "export", "accept_gap", "accept_log", "reconcile", "checkpoint", "verify", "backup", "ping"),
            *("subject", "look", "erase", "retention", "silence"),
            *("facts", "views", "registers", "stored", "flips", "rejudge"),
        )
    ),
}
CALLS = frozenset().union(*ALLOWED.values())


@dataclass(frozen=True)
class Limit:
    """What one caller of a role may ask for. A worker that cannot store is stuck, so its batches always pass."""

    message: int  # bytes of one call
    rate: int  # calls a second; twice as many at once


LIMITS: Mapping[str, Limit] = {
    "worker": Limit(message=1 << 30, rate=1000),
    "dashboards": Limit(message=1 << 16, rate=200),
    "up": Limit(message=1 << 16, rate=50),
    "alerts": Limit(message=1 << 26, rate=200),
    "operator": Limit(message=1 << 28, rate=200),
}
MOST_ROWS, MOST_BYTES = 200_000, 1 << 26  # of the answer to one query
PIECE = 20_000  # events in one answer
QUERIES = 4  # at once, of all callers; others wait as long as their own limit of time


def may(role: str, call: str) -> bool:
    """Whether this role may make this call."""
    return call in ALLOWED.get(role, frozenset())
