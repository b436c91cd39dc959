"""What only one may do at a time: a lease that runs out, with a token that fences the holder before."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from infra.warehouse.answers import Held
from infra.warehouse.tables import transaction


def take(connection: Any, name: str, holder: str, seconds: float, gone: str, now: datetime) -> int:
    """Hold it for so long from now; the holder's own is made longer, with the same token. Raises Held.

    `gone`: a holder that is known to have ended, so that nobody waits for his time to run out.
    """
    found = connection.execute("SELECT holder, token, until FROM leases WHERE name = ?", [name]).fetchall()
    token = 1
    if found:
        before, token, until = found[0]
        if before != holder:
            if until > now and before != gone:
                raise Held(name, before)
            token += 1
    with transaction(connection):
        connection.execute("DELETE FROM leases WHERE name = ?", [name])
        connection.execute(
            "INSERT INTO leases VALUES (?, ?, ?, ?)", [name, holder, token, now + timedelta(seconds=seconds)]
        )
    return int(token)


def check(connection: Any, name: str, token: int) -> None:
    """Raises Held when the lease has another token by now."""
    found = connection.execute("SELECT holder, token FROM leases WHERE name = ?", [name]).fetchall()
    if not found or found[0][1] != token:
        raise Held(name, found[0][0] if found else "nobody")
