"""The producer: idempotent, acknowledged by all in-sync replicas, every future checked."""

from __future__ import annotations

import time
from collections import Counter, deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from types import TracebackType
from typing import Any

from kafka import KafkaProducer
from kafka.errors import KafkaError, KafkaTimeoutError

from infra.access import client
from infra.topics import unreachable

_IN_FLIGHT = 20_000
STRUCTURED = (("content-type", b"application/cloudevents+json; charset=utf-8"),)


class Producer:
    """Sends records, counts those that the broker acknowledged (`sent`) and those it did not (`failed`).

    Partitions as Java's client does (murmur2 of the key). `on_failure(tag, reason)` is told of each record
    that failed, by the tag it was sent with. Raises UserError when no broker answers at the beginning.
    """

    def __init__(
        self,
        bootstrap: str,
        *,
        on_failure: Callable[[object, str], None] | None = None,
        linger_ms: int = 10,
        delivery_seconds: float = 120,
    ) -> None:
        self.sent = 0
        self._seconds = delivery_seconds
        self.failed: Counter[str] = Counter()
        self._on_failure = on_failure
        self._futures: deque[tuple[Any, object]] = deque()
        try:
            self._producer = KafkaProducer(
                **client(bootstrap),
                client_id="clausewatch-publish",
                bootstrap_timeout_ms=10_000,
                acks="all",
                enable_idempotence=True,
                linger_ms=linger_ms,
                batch_size=65536,
                max_request_size=4 * 1024 * 1024,
                max_block_ms=min(60_000, int(delivery_seconds * 1000)),
                delivery_timeout_ms=int(delivery_seconds * 1000),
                request_timeout_ms=min(30_000, int(delivery_seconds * 1000) - linger_ms),
            )
        except (KafkaError, OSError, ValueError) as error:
            raise unreachable(bootstrap, error) from None

    def __enter__(self) -> Producer:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def send(
        self,
        topic: str,
        key: str | None,
        value: bytes,
        *,
        headers: Sequence[tuple[str, bytes]] = STRUCTURED,
        tag: object = None,
    ) -> None:
        """Hands one record over; `flush` tells what became of it. Waits while 20,000 are on their way."""
        try:
            future = self._producer.send(
                topic, value=value, key=None if key is None else key.encode("utf-8"), headers=list(headers)
            )
        except KafkaError as error:  # too large, or no metadata within a minute
            self._fail(tag, error)
            return
        self._futures.append((future, tag))
        while self._futures and (self._futures[0][0].is_done or len(self._futures) > _IN_FLIGHT):
            self._settle(*self._futures.popleft())

    def flush(self) -> None:
        """Waits until every record was acknowledged or failed."""
        # A broker that goes away in the wrong moment leaves the library waiting for ever: the delivery's time ends it.
        until = time.monotonic() + self._seconds + 5
        with suppress(KafkaTimeoutError):
            self._producer.flush(timeout=self._seconds + 5)
        while self._futures:
            self._settle(*self._futures.popleft(), seconds=max(0.0, until - time.monotonic()))

    def close(self) -> None:
        """Flushes, then closes."""
        try:
            self.flush()
        finally:
            try:
                self._producer.close(timeout=5)  # flushes once more
            except KafkaTimeoutError:  # what was not acknowledged is counted already; let go of its thread
                self._producer._sender.force_close()
                self._producer._closed = True

    def _settle(self, future: Any, tag: object, seconds: float | None = None) -> None:
        try:
            future.get(timeout=self._seconds + 5 if seconds is None else seconds)
        except KafkaError as error:
            self._fail(tag, error)
        else:
            self.sent += 1

    def _fail(self, tag: object, error: KafkaError) -> None:
        reason = type(error).__name__
        self.failed[reason] += 1
        if self._on_failure is not None:
            self._on_failure(tag, reason)
