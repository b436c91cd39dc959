"""The warehouse over the wire: the same methods and exceptions as `Store`.

An answer can be lost after the commit: repeat the call, `apply` is idempotent. `Unavailable` says that the
warehouse did not answer; the call may or may not have been done.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow.flight as flight

from infra.settings import Settings
from infra.warehouse import wire
from infra.warehouse.answers import (
    AnotherLog,
    Applied,
    Broken,
    Claim,
    Fenced,
    Gap,
    Held,
    Refused,
    Stale,
    TimedOut,
    Unavailable,
    WarehouseError,
)
from infra.warehouse.chain import Head
from infra.warehouse.retention import Terms
from infra.warehouse.schema import EVENTS, FACTS, REGISTERS, REJUDGE, Batch
from infra.warehouse.verify import Verified

__all__ = [
    "AnotherLog",
    "Applied",
    "Broken",
    "Claim",
    "Fenced",
    "Gap",
    "Held",
    "Refused",
    "Stale",
    "TimedOut",
    "Unavailable",
    "Warehouse",
    "WarehouseError",
    "connect",
]

CALL_SECONDS = 120.0
LONG_SECONDS = 3600.0  # of calls that read all that is stored
QUERY_SECONDS = 10.0


class Warehouse:
    """A running warehouse at `location` (HOST:PORT, or grpc+tls://HOST:PORT), seen with a process's token.

    `token`: the secret, or what gives it: asked again when it no longer counts, as after a rotation.
    `roots`: PEM certificates that may have signed the server's. Thread-safe; connects at the first call.
    """

    def __init__(self, location: str, token: str | Callable[[], str], *, roots: bytes | None = None) -> None:
        self.location = location if "://" in location else f"grpc://{location}"
        self._client = flight.FlightClient(self.location, tls_root_certs=roots)
        self._ask = token if callable(token) else lambda: token
        self._token = self._ask()

    def _results(self, call: str, message: bytes, seconds: float) -> Iterator[tuple[dict[str, Any], Any, Any]]:
        shown = self._token
        try:
            yield from self._answers(shown, call, message, seconds)
        except flight.FlightUnauthenticatedError as fault:
            self._token = self._ask()
            if self._token == shown:
                cure = "see `clausewatch tokens list` where the warehouse runs"
                raise Refused(f"the warehouse does not know this token, or it was revoked: {cure}") from fault
            yield from self._results(call, message, seconds)

    def _answers(
        self, token: str, call: str, message: bytes, seconds: float
    ) -> Iterator[tuple[dict[str, Any], Any, Any]]:
        options = flight.FlightCallOptions(timeout=seconds, headers=[(b"authorization", f"Bearer {token}".encode())])
        try:
            for result in self._client.do_action(flight.Action(call, message), options):
                header, tables, rest = wire.unpack(result.body)
                if "refused" in header:
                    raise wire.refusal(header, tables)
                yield header, tables, rest
        except flight.FlightUnauthenticatedError:
            raise
        except flight.FlightTimedOutError as fault:
            raise Unavailable(f"{call} was not answered within {seconds:g} s") from fault
        except (flight.FlightError, OSError) as fault:
            raise Unavailable(f"the warehouse at {self.location} does not answer") from fault

    def _call(
        self,
        call: str,
        header: Mapping[str, Any] | None = None,
        *,
        message: bytes | None = None,
        seconds: float = CALL_SECONDS,
    ) -> tuple[dict[str, Any], Any]:
        packed = wire.pack(header or {}) if message is None else message
        answer = next(self._results(call, packed, seconds), None)
        if answer is None:
            raise Unavailable(f"{call} was answered with nothing")
        return answer[0], answer[1]

    def ping(self) -> int:
        """The number of its schema; raises Unavailable."""
        return int(self._call("ping", seconds=2.0)[0]["schema"])

    def claim(self, partitions: Sequence[int], worker: str) -> Claim:
        """See `Store.claim`."""
        answer, _ = self._call("claim", {"partitions": list(partitions), "worker": worker})
        offsets = {(topic, partition): following for topic, partition, following in answer["offsets"]}
        return Claim({int(p): e for p, e in answer["epochs"]}, offsets, answer["registers"])

    def log(self, cluster: str, topics: Mapping[str, str], partitions: int) -> None:
        """See `Store.log`."""
        self._call("log", {"cluster": cluster, "topics": dict(topics), "partitions": partitions})

    def beat(
        self, worker: str, partitions: int, behind: int, rules: str = "", unread: Sequence[tuple[str, int]] = ()
    ) -> None:
        """See `Store.beat`."""
        asked = {"worker": worker, "partitions": partitions, "behind": behind, "rules": rules, "unread": list(unread)}
        self._call("beat", asked, seconds=10.0)

    def facts(self, entities: Sequence[str]) -> tuple[int, Any]:
        """See `Store.facts`."""
        answer, tables = self._call("facts", {"entities": list(entities)})
        return answer["number"], tables["facts"].cast(FACTS)

    def views(self, subjects: Sequence[str]) -> Any:
        """See `Store.views`."""
        return self._call("views", {"subjects": list(subjects)})[1]["events"].cast(EVENTS)

    def registers(self, since: int) -> tuple[int, Any]:
        """See `Store.registers`."""
        answer, tables = self._call("registers", {"since": since})
        return answer["number"], tables["registers"].cast(REGISTERS)

    def pending(self, partitions: Sequence[int], now: datetime) -> Any:
        """See `Store.pending`."""
        return self._call("pending", {"partitions": list(partitions), "now": now})[1]["rejudge"].cast(REJUDGE)

    def history(
        self,
        rejudge_rows: int | Sequence[int],
        after: tuple[datetime, str, str] | None = None,
        limit: int = 5000,
    ) -> Any:
        """See `Store.history`."""
        numbers = [rejudge_rows] if isinstance(rejudge_rows, int) else list(rejudge_rows)
        asked = {"rejudge": numbers, "after": list(after) if after else None, "limit": limit}
        return self._call("history", asked)[1]["events"].cast(EVENTS)

    def stored(self, since: datetime, after: tuple[datetime, str, str] | None = None, limit: int = 5000) -> Any:
        """See `Store.stored`."""
        asked = {"since": since, "after": list(after) if after else None, "limit": limit}
        return self._call("stored", asked)[1]["events"].cast(EVENTS)

    def flips(self, batch: Batch) -> Any:
        """See `Store.flips`."""
        return self._call("flips", message=wire.pack_batch(batch))[1]["flips"]

    def rejudge(self, since: datetime) -> int:
        """See `Store.rejudge`."""
        return int(self._call("rejudge", {"since": since})[0]["rows"])

    def apply(self, batch: Batch) -> Applied:
        """See `Store.apply`."""
        return Applied(**self._call("apply", message=wire.pack_batch(batch))[0])

    def lease(self, name: str, holder: str, seconds: float, gone: str = "") -> int:
        """See `Store.lease`."""
        asked = {"name": name, "holder": holder, "seconds": seconds, "gone": gone}
        return int(self._call("lease", asked)[0]["token"])

    def alert(self, token: int, changes: Mapping[str, Any]) -> int:
        """See `Store.alert`."""
        return int(self._call("alert", message=wire.pack({"token": token}, changes))[0]["changed"])

    def silence(self, rows: Any) -> int:
        """See `Store.silence`."""
        return int(self._call("silence", message=wire.pack({}, {"silences": rows}))[0]["changed"])

    def query(self, name: str, parameters: Mapping[str, Any] | None = None, *, seconds: float = QUERY_SECONDS) -> Any:
        """See `Store.query`."""
        asked = {"name": name, "parameters": dict(parameters or {}), "seconds": seconds}
        return self._call("query", asked, seconds=seconds + 5)[1]["rows"]

    def accept_log(self, reason: str) -> list[str]:
        """See `Store.accept_log`."""
        return list(self._call("accept_log", {"reason": reason})[0]["topics"])

    def accept_gap(self, topic: str, partition: int, reason: str) -> int:
        """See `Store.accept_gap`."""
        asked = {"topic": topic, "partition": partition, "reason": reason}
        return int(self._call("accept_gap", asked)[0]["next"])

    def reconcile(self) -> int:
        """See `Store.reconcile`."""
        return int(self._call("reconcile")[0]["removed"])

    def verify(self, known: Head | None = None) -> Verified:
        """See `Store.verify`."""
        asked = {"known": known.words() if known else None}
        return Verified.of(self._call("verify", asked, seconds=LONG_SECONDS)[0])

    def subject(self, name: str, who: str, purpose: str, what: str = "export") -> dict[str, list[dict[str, Any]]]:
        """See `Store.subject`."""
        asked = {"name": name, "who": who, "purpose": purpose, "what": what}
        return dict(self._call("subject", asked)[0]["found"])

    def look(self, who: str, what: str, purpose: str, subject: str | None = None) -> None:
        """See `Store.look`."""
        self._call("look", {"who": who, "what": what, "purpose": purpose, "subject": subject})

    def erase(self, names: Sequence[str], who: str, purpose: str) -> dict[str, int]:
        """See `Store.erase`."""
        asked = {"names": list(names), "who": who, "purpose": purpose}
        return dict(self._call("erase", asked)[0]["done"])

    def retention(self, terms: Terms, who: str, *, dry_run: bool = False) -> dict[str, int]:
        """See `Store.retention`."""
        asked = {"terms": asdict(terms), "who": who, "dry_run": dry_run}
        return dict(self._call("retention", asked, seconds=LONG_SECONDS)[0]["done"])

    def backup(self, progress: Callable[[int], None] = lambda done: None) -> Iterator[bytes]:
        """See `Store.backup`."""
        done = 0
        for _, _, rest in self._results("backup", wire.pack({}), LONG_SECONDS):
            piece = rest.to_pybytes()
            done += len(piece)
            progress(done)
            yield piece

    def checkpoint(self) -> None:
        """See `Store.checkpoint`."""
        self._call("checkpoint")

    def export(self, directory: Path | str, as_of: datetime | None = None) -> dict[str, int]:
        """See `Store.export`; the files are written here."""
        folder = Path(directory)
        folder.mkdir(parents=True, exist_ok=True)
        written: dict[str, int] = {}
        with ExitStack() as stack:
            files: dict[str, Any] = {}
            for header, _, rest in self._results("export", wire.pack({"as_of": as_of}), LONG_SECONDS):
                if "written" in header:
                    written = header["written"]
                    continue
                name = header["file"]
                if name not in files:
                    files[name] = stack.enter_context((folder / f".{name}.jsonl").open("wb"))
                files[name].write(rest)
        for name in written:
            partial = folder / f".{name}.jsonl"
            if name not in files:
                partial.touch()
            partial.replace(folder / f"{name}.jsonl")
        return written

    def close(self) -> None:
        """Let go of the connection."""
        self._client.close()

    def __enter__(self) -> Warehouse:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def connect(settings: Settings, name: str, role: str | None = None) -> Warehouse:
    """The warehouse of this installation, seen by the process of this name. Raises UserError."""
    return Warehouse(settings.warehouse_address(), lambda: settings.token(name, role), roots=settings.roots())
