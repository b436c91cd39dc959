"""Who may call what: a token per role, in a 0600 file each. A role is a part, not a person."""

from __future__ import annotations

import hmac
from collections.abc import Mapping

ALLOWED: Mapping[str, frozenset[str]] = {
    # What reads the log and writes verdicts.
    "worker": frozenset(
        (
            *("claim", "log", "facts", "views", "registers", "pending", "history", "apply", "beat"),
            *("query", "ping"),
        )
    ),
    # What shows: named queries only, so facts and whole events never reach a page by another way.
    "dashboards": frozenset(("query", "ping")),
    # A person at the keyboard of the installation.
    "operator": frozenset(
        (
            *("query", "export", "accept_gap", "reconcile", "checkpoint", "ping"),
            *("facts", "views", "registers", "stored", "flips", "rejudge"),
        )
    ),
}
CALLS = frozenset().union(*ALLOWED.values())


def role_of(token: str, tokens: Mapping[str, str]) -> str | None:
    """The role whose token this is. Every token is compared, each in constant time."""
    found = None
    for role, secret in tokens.items():
        if hmac.compare_digest(secret.encode(), token.encode("utf-8", "surrogateescape")):
            found = role
    return found


def may(role: str, call: str) -> bool:
    """Whether this role may make this call."""
    return call in ALLOWED.get(role, frozenset())
