"""Lets calls in: only with a token, only so many a second, and only what the caller's role may do."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

import pyarrow.flight as flight

from infra import logs
from infra.tokens import Issued
from infra.warehouse import roles
from infra.warehouse.answers import Refused, Unavailable

logger = logs.get("warehouse")
Callers = Callable[[str], Issued | None]  # of a secret


class Caller(flight.ServerMiddleware):  # type: ignore[misc]
    """Who calls: the token's name and role."""

    def __init__(self, issued: Issued) -> None:
        self.name, self.role = issued.name, issued.role


class Gate(flight.ServerMiddlewareFactory):  # type: ignore[misc]
    """Lets no call in without a token that counts. `clock`: seconds, monotonic."""

    def __init__(self, callers: Callers, clock: Callable[[], float] = time.monotonic) -> None:
        self._callers, self._clock = callers, clock
        self._buckets: dict[str, tuple[float, float]] = {}  # name -> calls that are left, as of when
        self._lock = threading.Lock()

    def start_call(self, info: Any, headers: Mapping[str, list[str]]) -> Caller:
        """The caller of the Authorization header; raises FlightUnauthenticatedError."""
        given = next((value[0] for name, value in headers.items() if name.lower() == "authorization"), "")
        scheme, _, secret = given.partition(" ")
        issued = self._callers(secret) if scheme == "Bearer" else None
        if issued is None:
            raise flight.FlightUnauthenticatedError("no token that counts: see `clausewatch tokens list`")
        return Caller(issued)

    def admit(self, caller: Caller, call: str, size: int) -> None:
        """Raises Refused (not this role's call, or too large) and Unavailable (too many a second)."""
        if not roles.may(caller.role, call):
            logger.warning("refused", caller=caller.name, role=caller.role, call=call[:40])
            raise Refused(f"role {caller.role} may not call {call[:40]!r}")
        limit = roles.LIMITS[caller.role]
        if size > limit.message:
            raise Refused(f"{call} of {size} bytes: role {caller.role} may send {limit.message} at once")
        with self._lock:
            now = self._clock()
            left, since = self._buckets.get(caller.name, (2.0 * limit.rate, now))
            left = min(2.0 * limit.rate, left + (now - since) * limit.rate)
            self._buckets[caller.name] = (max(0.0, left - 1), now)
        if left < 1:
            raise Unavailable(f"more than {limit.rate} calls a second by {caller.name}: try again in a moment")
