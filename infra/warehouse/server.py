"""The warehouse over Arrow Flight: every call is an action, checked against the caller's token and role.

Loopback only, unless TLS is configured. `apply` waits for the one before it; a query has its own cursor and limits
of time and size, so a slow one delays neither. `gate.py` says who is let in, `roles.py` to what.
"""

from __future__ import annotations

import os
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pyarrow.flight as flight

from infra import logs, traces
from infra.warehouse import roles, wire
from infra.warehouse.answers import Broken, Unavailable, WarehouseError
from infra.warehouse.chain import Head
from infra.warehouse.gate import Callers, Gate
from infra.warehouse.retention import Terms
from infra.warehouse.store import QUERY_SECONDS, Store

LONGEST_QUERY = 60.0  # seconds a caller may ask for
CHUNK = 1 << 20
logger = logs.get("warehouse")


def loopback(host: str) -> bool:
    """Whether an address is this machine's own."""
    if host == "localhost":
        return True
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


class WarehouseServer(flight.FlightServerBase):  # type: ignore[misc]
    """Serves one Store to the `callers` whose secrets are known. It answers from its making on.

    `tls`: PEM certificate chain and key. `on_broken` is called once if the store breaks.
    """

    def __init__(
        self,
        store: Store,
        callers: Callers,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        tls: tuple[bytes, bytes] | None = None,
        on_broken: Callable[[], None] | None = None,
    ) -> None:
        if tls is None and not loopback(host):
            raise WarehouseError(f"{host} is not this machine's own address: configure TLS, or serve 127.0.0.1")
        scheme = "grpc+tls" if tls else "grpc"
        self._gate = Gate(callers)
        self._asking = ThreadPoolExecutor(roles.QUERIES, "query", initializer=_step_back)
        super().__init__(
            f"{scheme}://{host}:{port}",
            tls_certificates=[tls] if tls else None,
            middleware={"gate": self._gate},
        )
        self._store = store
        self._on_broken = on_broken
        self.address = f"{'grpc+tls://' if tls else ''}{host}:{self.port}"

    def do_action(self, context: Any, action: Any) -> Iterator[bytes]:
        caller = context.get_middleware("gate")
        try:
            self._gate.admit(caller, action.type, action.body.size)
            header, tables, _ = wire.unpack(action.body)
            if action.type == "export":
                yield from self._export(header)
            elif action.type == "backup":
                yield from (wire.pack({}, raw=piece) for piece in self._store.backup())
            else:
                with traces.span(action.type, bytes=action.body.size, **_named(action.type, header)):
                    answer = getattr(self, f"_{action.type}")(header, tables)
                yield answer
        except Broken as fault:
            logger.error("store_broken", fault)
            if self._on_broken is not None:
                self._on_broken()
            yield wire.pack_refusal(Unavailable("the store is restarting"))
        except WarehouseError as fault:
            yield wire.pack_refusal(fault)
        except Exception as fault:
            # Its message may hold a value: the caller learns the type, the log the place.
            logger.error("call_failed", fault, call=action.type, caller=caller.name)
            yield wire.pack_refusal(WarehouseError(f"{action.type} failed: {type(fault).__name__}"))

    def _ping(self, header: Any, tables: Any) -> bytes:
        return wire.pack({"schema": self._store.schema})

    def _claim(self, header: Any, tables: Any) -> bytes:
        claim = self._store.claim(header["partitions"], header["worker"])
        offsets = [[topic, partition, following] for (topic, partition), following in claim.offsets.items()]
        return wire.pack({"epochs": list(claim.epochs.items()), "offsets": offsets, "registers": claim.registers})

    def _log(self, header: Any, tables: Any) -> bytes:
        self._store.log(header["cluster"], header["topics"], header["partitions"])
        return wire.pack({})

    def _beat(self, header: Any, tables: Any) -> bytes:
        unread = [(topic, partition) for topic, partition in header["unread"]]
        self._store.beat(header["worker"], header["partitions"], header["behind"], header["rules"], unread)
        return wire.pack({})

    def _lease(self, header: Any, tables: Any) -> bytes:
        asked = header["name"], header["holder"], header["seconds"], header["gone"]
        return wire.pack({"token": self._store.lease(*asked)})

    def _alert(self, header: Any, tables: Any) -> bytes:
        return wire.pack({"changed": self._store.alert(header["token"], tables)})

    def _silence(self, header: Any, tables: Any) -> bytes:
        return wire.pack({"changed": self._store.silence(tables["silences"])})

    def _facts(self, header: Any, tables: Any) -> bytes:
        number, rows = self._store.facts(header["entities"])
        return wire.pack({"number": number}, {"facts": rows})

    def _views(self, header: Any, tables: Any) -> bytes:
        return wire.pack({}, {"events": self._store.views(header["subjects"])})

    def _registers(self, header: Any, tables: Any) -> bytes:
        number, rows = self._store.registers(header["since"])
        return wire.pack({"number": number}, {"registers": rows})

    def _pending(self, header: Any, tables: Any) -> bytes:
        return wire.pack({}, {"rejudge": self._store.pending(header["partitions"], header["now"])})

    def _history(self, header: Any, tables: Any) -> bytes:
        after = tuple(header["after"]) if header["after"] else None
        return wire.pack({}, {"events": self._store.history(header["rejudge"], after, _piece(header))})

    def _stored(self, header: Any, tables: Any) -> bytes:
        after = tuple(header["after"]) if header["after"] else None
        return wire.pack({}, {"events": self._store.stored(header["since"], after, _piece(header))})

    def _flips(self, header: Any, tables: Any) -> bytes:
        return wire.pack({}, {"flips": self._store.flips(wire.unpack_batch(header, tables))})

    def _rejudge(self, header: Any, tables: Any) -> bytes:
        rows = self._store.rejudge(header["since"])
        logger.info("rejudge", since=header["since"].isoformat(), rows=rows)
        return wire.pack({"rows": rows})

    def _apply(self, header: Any, tables: Any) -> bytes:
        return wire.pack(vars(self._store.apply(wire.unpack_batch(header, tables))))

    def _query(self, header: Any, tables: Any) -> bytes:
        seconds = min(float(header["seconds"] or QUERY_SECONDS), LONGEST_QUERY)
        name, given = header["name"], header["parameters"]
        asked = self._asking.submit(self._store.query, name, given, seconds=seconds, most=roles.MOST_ROWS)
        try:
            rows = asked.result(2 * seconds)
        except TimeoutError:
            asked.cancel()
            raise Unavailable(f"{roles.QUERIES} other queries have run for {seconds:g} s: try again") from None
        if rows.nbytes > roles.MOST_BYTES:
            raise WarehouseError(f"query {name!r} gives {rows.nbytes >> 20} MB: ask for less at once")
        return wire.pack({}, {"rows": rows})

    def _accept_log(self, header: Any, tables: Any) -> bytes:
        topics = self._store.accept_log(header["reason"])
        logger.warning("log_accepted", topics=topics)
        return wire.pack({"topics": topics})

    def _accept_gap(self, header: Any, tables: Any) -> bytes:
        following = self._store.accept_gap(header["topic"], header["partition"], header["reason"])
        logger.warning("gap_accepted", topic=header["topic"], partition=header["partition"], next=following)
        return wire.pack({"next": following})

    def _reconcile(self, header: Any, tables: Any) -> bytes:
        return wire.pack({"removed": self._store.reconcile()})

    def _verify(self, header: Any, tables: Any) -> bytes:
        done = self._store.verify(Head.of(header["known"]) if header["known"] else None)
        if done.faults:
            logger.error("tampered", faults=len(done.faults))
        return wire.pack(done.words())

    def _subject(self, header: Any, tables: Any) -> bytes:
        asked = (header["name"], header["who"], header["purpose"], header["what"])
        return wire.pack({"found": self._store.subject(*asked)})

    def _look(self, header: Any, tables: Any) -> bytes:
        self._store.look(header["who"], header["what"], header["purpose"], header["subject"])
        return wire.pack({})

    def _erase(self, header: Any, tables: Any) -> bytes:
        return wire.pack({"done": self._store.erase(header["names"], header["who"], header["purpose"])})

    def _retention(self, header: Any, tables: Any) -> bytes:
        done = self._store.retention(Terms(**header["terms"]), header["who"], dry_run=header["dry_run"])
        return wire.pack({"done": done})

    def _checkpoint(self, header: Any, tables: Any) -> bytes:
        self._store.checkpoint()
        return wire.pack({})

    def _export(self, header: Any) -> Iterator[bytes]:
        """The files in pieces, then how many rows each has: the caller writes them, wherever it is."""
        with tempfile.TemporaryDirectory(prefix="clausewatch-export-") as name:
            written = self._store.export(name, header["as_of"])
            for file in written:
                with Path(name, f"{file}.jsonl").open("rb") as source:
                    while piece := source.read(CHUNK):
                        yield wire.pack({"file": file}, raw=piece)
        yield wire.pack({"written": written})


def _named(call: str, header: Any) -> dict[str, str]:
    """What of a call is told in its trace: the name of a query, never its parameters."""
    return {"query": str(header["name"])} if call == "query" else {}


def _step_back() -> None:
    """The calling thread gives way to others where processors are scarce, so that queries delay no `apply`."""
    if hasattr(os, "setpriority"):
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), 10)


def _piece(header: Any) -> int:
    return max(1, min(int(header["limit"]), roles.PIECE))


class Housekeeper(threading.Thread):
    """Reconciles now and then: two per cent of the time at most, not more often than every 10 s.

    `hourly` is done soon after the start, then every hour; it does not raise.
    """

    def __init__(self, store: Store, hourly: Callable[[], None] = lambda: None) -> None:
        super().__init__(name="housekeeper", daemon=True)
        self._store, self._hourly = store, hourly
        self._ended = threading.Event()

    def run(self) -> None:
        pause, due = 10.0, time.monotonic()
        while not self._ended.wait(pause):
            started = time.monotonic()
            if started >= due:
                self._hourly()
                due = started + 3600
            try:
                if removed := self._store.reconcile():
                    logger.info("reconciled", removed=removed)
            except Exception as fault:
                logger.error("reconcile_failed", fault)
            pause = max(10.0, 50 * (time.monotonic() - started))

    def end(self) -> None:
        """Stop, waiting for what is under way."""
        self._ended.set()
        self.join()
