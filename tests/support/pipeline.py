"""The real pipeline for tests: `clausewatch warehouse` and `clausewatch worker` as processes of their own, over a
real Kafka, looked after as `clausewatch up` looks after them.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from heapq import heappop, heappush
from itertools import chain, groupby, takewhile
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

from kafka import KafkaConsumer, TopicPartition

from expectations.contract.decode import Record
from infra.access import access, client
from infra.files import write_atomically
from infra.parts import Part, answers_at, by_door, says_where
from infra.processes import free_port
from infra.producer import Producer
from infra.settings import Settings
from infra.topics import TOPICS, admin, create, describe, log_ends
from infra.warehouse.canonical import FILES
from infra.warehouse.client import Unavailable, Warehouse, connect
from infra.warehouse.store import Store
from streams.audit import audit
from streams.simulate.calendar import instant
from streams.simulate.deliveries import Carrier, Delivery, make_world, side_by_side
from streams.simulate.truth import Truth
from tests.support.warehouse import beliefs_are_sound, counted, counted_anew

PARTITIONS = 4
SESSION = 4.0  # seconds without a heartbeat after which Kafka gives a worker's partitions to others
SOON = {"CLAUSEWATCH_SESSION_TIMEOUT": f"{SESSION:g}"}  # as the environment of parts
START = datetime(2025, 10, 6, tzinfo=UTC)  # long ago: nothing is held, whatever the clock says
AS_OF = datetime(2025, 11, 12, 11, 17, tzinfo=UTC)  # after all events; some promises are overdue, some are open
KEY = bytes(range(32))  # of digests that tell nothing: the export has those of events with personal values
NO_EVENTS = (b"\xff\xfe\x00", b"[]", b"{" * 300, b'"text"', b'{"specversion":"1.0"}')


class Line(NamedTuple):
    """What is sent: topic, key, bytes."""

    topic: str
    key: str
    value: bytes


def simulated(*, seed: int = 7, subjects: int = 95, days: float = 12) -> list[Line]:
    """About 3,000 lines of the simulator in their order of arrival, bad lines and personal values included."""
    world = make_world(seed=seed, start=instant(START), subjects=subjects, days=days, truth=Truth(None), per_day=1.0)
    carrier, arriving = Carrier(world), list[Delivery]()
    with closing(side_by_side(world, subjects)) as lives:  # they go on for ever
        for events in takewhile(lambda events: not events or events[0].time < world.end, lives):
            for delivery in chain.from_iterable(map(carrier.carry, events)):
                heappush(arriving, delivery)
    ordered = [heappop(arriving)[2] for _ in range(len(arriving))]
    lines = [Line(f"{made.system}.events", made.key, made.value) for made in ordered]
    for number, value in enumerate(NO_EVENTS, 1):
        lines.insert(number * len(lines) // 6, Line("crm.events", "litter", value))
    return lines


def audited(lines: Sequence[Line], directory: Path) -> Path:
    """The canonical export of `clausewatch audit` over these lines, with their keys: those may be personal, too.

    As of a house's own: by one secret, `KEY`.
    """
    records = [
        Record(line.value, line.key.encode(), (), "events.jsonl", 0, number) for number, line in enumerate(lines, 1)
    ]
    with audit(records, as_of=AS_OF, key=KEY).store as store:
        store.export(directory, AS_OF)
    return directory


def shuffled(lines: Sequence[Line], seed: int) -> list[Line]:
    """The same lines in another order."""
    return Random(seed).sample(lines, len(lines))


def empty_topics(address: str) -> None:
    """The five topics anew, which is a new log."""
    delete_topics(address)
    create(address, PARTITIONS)


def delete_topics(address: str, seconds: float = 30) -> None:
    """None of the five is there afterwards."""
    until = time.monotonic() + seconds
    while there := list(describe(address)):
        assert time.monotonic() < until, f"still there: {there}"
        with admin(address) as client:
            client.delete_topics(there)
        time.sleep(0.2)


class House:
    """The parts on one data directory. `told`: what became of parts that ended without being asked to.

    `environment`: what the parts are given besides.
    """

    def __init__(self, directory: Path, kafka: str, environment: Mapping[str, str] | None = None) -> None:
        self.environment = dict(environment or {})
        ca = self.environment.get("CLAUSEWATCH_TLS_CA")
        self.settings = Settings(
            directory, bootstrap=kafka, partitions=PARTITIONS, access=access(kafka), tls_ca=Path(ca) if ca else None
        ).ensure()
        if not (own := self.settings.data_dir / "key").exists():
            write_atomically(own, KEY.hex())
        self.kafka = kafka
        self.port = free_port()  # of the warehouse
        self.parts: dict[str, Part] = {}
        self.told: list[str] = []

    def start(self, *names: str, wait: bool = True) -> None:
        """Starts `warehouse`, `worker-1`, `dashboards` … in this order; each is ready before the next one starts, but
        for workers, which start together, and unless nobody is to wait.
        """
        for _, alike in groupby(names, lambda name: name.partition("-")[0]):
            parts = [self.parts.setdefault(name, self._part(name)) for name in alike]
            for part in parts:
                part.start()
            for part in parts if wait else ():
                part.wait_ready(patience(60))

    def _part(self, name: str) -> Part:
        kind = name.partition("-")[0]
        port = str(self.port if kind == "warehouse" else free_port())
        known = {"worker": ("worker", "--name", name), "canaries": ("canaries",), "alerts": ("alerts",)}
        command = by_door(*known.get(kind, (kind, "--port", port)))
        environment = {
            **os.environ,
            "CLAUSEWATCH_DATA_DIR": str(self.settings.data_dir),
            "CLAUSEWATCH_PARTITIONS": str(PARTITIONS),
            "CLAUSEWATCH_GROUP": f"clausewatch-{self.settings.data_dir.parent.name}",
            "CLAUSEWATCH_PART": name,
            "KAFKA_BOOTSTRAP_SERVERS": self.kafka,
            "LOGNAME": "m.devries",
            **self.environment,
        }
        ready = answers_at(f"127.0.0.1:{port}") if kind == "dashboards" else says_where
        return Part(name, lambda: command, self.settings, environment, ready, grace=20)

    def stop(self, *names: str) -> None:
        """Asks them to end, the last started first; fails when one had to be killed."""
        for name in names or tuple(reversed(self.parts)):
            assert self.parts[name].stop(), f"{name} did not stop: {self.last(name)}"

    def kill(self, name: str) -> None:
        """kill -9; nobody starts it again but `start`."""
        part = self.parts[name]
        assert part.process is not None
        part.process.kill()
        part.process.wait()
        part.process = None
        part.due = None  # had it ended by itself just before, it would be started twice

    def freeze(self, name: str) -> None:
        """SIGSTOP: it is there, and does nothing. Returns when all its threads stand still."""
        process = self.parts[name].process
        assert process is not None
        process.send_signal(signal.SIGSTOP)
        os.waitid(os.P_PID, process.pid, os.WSTOPPED | os.WEXITED | os.WNOWAIT)

    def thaw(self, name: str) -> None:
        """SIGCONT; nothing when it does not run."""
        if (process := self.parts[name].process) is not None:
            process.send_signal(signal.SIGCONT)

    def end(self) -> None:
        """Whatever the test left running."""
        for part in reversed(self.parts.values()):
            part.stop()

    def owned(self) -> int:
        """How many partition numbers `worker-1` and `worker-2` were given at last; 0: one has none."""
        shares = [self.share(name) for name in ("worker-1", "worker-2")]
        return sum(shares) if all(shares) else 0

    def share(self, name: str) -> int:
        """How many partition numbers a worker was given at last."""
        told = self.said(name, "assigned")
        return int(told[-1]["partitions"]) if told else 0

    def said(self, name: str, event: str) -> list[dict[str, Any]]:
        """The lines of a part's log about this."""
        log = self.parts[name].log
        lines = log.read_text("utf-8", "replace").splitlines() if log.exists() else []
        return [json.loads(line) for line in lines if line.startswith("{") and f'"event": "{event}"' in line]

    def last(self, name: str) -> str:
        """The end of a part's log, for the failure's message."""
        log = self.parts[name].log
        return log.read_text("utf-8", "replace")[-3000:] if log.exists() else "(no log)"

    def watch(self) -> None:
        """As `up`: a part that ended is started again, after its back-off."""
        now = time.monotonic()
        for part in self.parts.values():
            if (told := part.watch(now)) is not None:
                self.told.append(told)

    @contextmanager
    def warehouse(self) -> Iterator[Warehouse]:
        """The running one, seen by the operator."""
        with connect(self.settings, "operator") as warehouse:
            yield warehouse

    def publish(self, lines: Sequence[Line], *, a_second: int | None = None) -> None:
        """Sends them; every one is acknowledged. `a_second`: no faster than that."""
        with _Sender(self.kafka) as sender:
            sender.send(lines, a_second)

    @contextmanager
    def publishing(self, lines: Sequence[Line], *, a_second: int) -> Iterator[Callable[[], bool]]:
        """Sends them beside the block, at its end what is left at once; `going()`: some are still to be sent.

        The broker is there when it begins; what becomes of it in the block is no reason to give up.
        """
        with _Sender(self.kafka) as sender, ThreadPoolExecutor(1) as aside:
            sending = aside.submit(sender.send, lines, a_second)
            try:
                yield lambda: not sending.done()
            finally:
                sender.hurry.set()
            sending.result()

    def stored(self) -> dict[tuple[str, int], int]:
        """The next offset of every partition of every topic that was read."""
        with self.warehouse() as warehouse:
            rows = warehouse.query("offsets").to_pylist()
        return {(row["topic"], row["partition"]): row["next"] for row in rows}

    def ends(self) -> dict[tuple[str, int], int]:
        """The end of the log, where it holds anything."""
        consumer = KafkaConsumer(**client(self.kafka), client_id="clausewatch-tests")
        try:
            ends = log_ends(consumer, [TopicPartition(t, p) for t in TOPICS for p in range(PARTITIONS)])
        finally:
            consumer.close()
        return {(place.topic, place.partition): end for place, end in ends.items() if end}

    def wait_until(self, ready: Callable[[], bool], seconds: float, what: str) -> None:
        """Looks after the parts meanwhile. A warehouse that is just being started again is waited for."""
        until = time.monotonic() + patience(seconds)
        while True:
            self.watch()
            try:
                if ready():
                    return
            except Exception as error:
                if not isinstance(error, Unavailable) and "no warehouse runs" not in str(error):
                    raise
            if time.monotonic() > until:
                logs = "\n".join(f"--- {name}\n{self.last(name)}" for name in self.parts)
                raise AssertionError(f"{what}: not within {seconds:.0f} s\n{self.told}\n{logs}")
            time.sleep(0.1)

    def wait_until_some_read(self, records: int, seconds: float = 60) -> None:
        """At least so many records are stored."""
        self.wait_until(lambda: sum(self.stored().values()) >= records, seconds, f"{records} records are stored")

    def wait_until_read(self, seconds: float = 90) -> None:
        """The whole log is stored, and all that it revised is judged again."""
        ends = self.ends()

        def read() -> bool:
            stored = self.stored()
            return all(stored.get(place) == end for place, end in ends.items()) and self._settled()

        self.wait_until(read, seconds, f"everything is read ({sum(ends.values())} records)")

    def _settled(self) -> bool:
        with self.warehouse() as warehouse:
            return not warehouse.query("progress", {"now": datetime.now(UTC)}).num_rows

    def export(self, directory: Path) -> Path:
        """The canonical tables as of AS_OF, after the search for one id under two times."""
        with self.warehouse() as warehouse:
            warehouse.reconcile()
        self.wait_until(self._settled, 30, "what the search found is judged again")
        with self.warehouse() as warehouse:
            warehouse.export(directory, AS_OF)
        return directory


class _Sender:
    """A source: what it is told that the broker did not take it sends again, though that may have arrived."""

    def __init__(self, kafka: str) -> None:
        self.hurry = threading.Event()  # no longer so many a second
        self._refused: list[Line] = []
        self._producer = Producer(kafka, on_failure=self._refuse, delivery_seconds=patience(120))

    def __enter__(self) -> _Sender:
        return self

    def __exit__(self, *_: object) -> None:
        self._producer.close()

    def _refuse(self, line: object, reason: str) -> None:
        assert isinstance(line, Line)
        self._refused.append(line)

    def send(self, lines: Sequence[Line], a_second: int | None) -> None:
        """Until every one is acknowledged."""
        began, waiting = time.monotonic(), lines
        for _ in range(5):
            for number, line in enumerate(waiting):
                if a_second is not None and number % 20 == 0:
                    self.hurry.wait(max(0.0, began + number / a_second - time.monotonic()))
                self._producer.send(*line, tag=line)
            self._producer.flush()
            waiting, self._refused = self._refused, []
            if not waiting:
                return
        raise AssertionError(f"{len(waiting)} of {len(lines)} were never taken: {dict(self._producer.failed)}")


def patience(seconds: float) -> float:
    """So many seconds of a machine that has nothing else to do."""
    return seconds * max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))


def assert_sound(house: House) -> None:
    """Ends all parts; what they leave behind is sound."""
    house.stop()
    assert_sound_store(house.settings.warehouse_file)


def copied(house: House, directory: Path) -> Path:
    """The store as kill -9 would leave it now, copied, while everything goes on."""
    directory.mkdir(parents=True)
    file = house.settings.warehouse_file
    house.freeze("warehouse")
    try:
        for part in file.parent.glob(f"{file.name}*"):  # the log of what is not yet in the file, too
            shutil.copy2(part, directory / part.name)
    finally:
        house.thaw("warehouse")
    return directory / file.name


def assert_sound_store(file: Path) -> None:
    """Beliefs have neither overlaps nor holes, counts are those of the rows, the chain is whole."""
    with Store(file) as store:
        beliefs_are_sound(store)
        beliefs_are_sound(store, "obligations")
        assert counted(store) == counted_anew(store)
        assert store.verify().faults == []


def assert_equal(found: Path, expected: Path) -> None:
    """Byte for byte; a failure shows the first lines that only one of them has."""
    differences = []
    for name in FILES:
        ours, theirs = ((folder / f"{name}.jsonl").read_bytes() for folder in (found, expected))
        if ours == theirs:
            continue
        mine, wanted = ours.splitlines(), theirs.splitlines()
        extra, missing = sorted(set(mine) - set(wanted)), sorted(set(wanted) - set(mine))
        differences.append(
            f"{name}: {len(mine)} lines, expected {len(wanted)}; {len(extra)} extra, {len(missing)} missing\n"
            + "\n".join(f"  + {line.decode()}" for line in extra[:3])
            + "\n"
            + "\n".join(f"  - {line.decode()}" for line in missing[:3])
        )
    assert not differences, "\n".join(differences)
