"""`clausewatch up`: starts every part in order, watches them, stops them in order.

Order: broker, topics, warehouse, workers, canaries, pages, alerts, demo. Ctrl-C (or SIGTERM) ends demo and canaries,
waits until what the broker holds is judged, then ends workers, pages, alerts, warehouse and broker. A second Ctrl-C
does not wait.
"""

from __future__ import annotations

import errno
import fcntl
import os
import shutil
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

import click

from infra import processes, provider, runbooks
from infra.access import VARIABLES, Address
from infra.broker.apache import fetched
from infra.broker.commands import Broker, make
from infra.errors import UserError
from infra.files import private_directory
from infra.parts import LONGEST_DELAY, Part, answers_at, at_once, by_door, says_where
from infra.settings import Settings
from infra.topics import LogIdentity, behind, create, identity
from infra.warehouse.answers import ACCEPT_LOG
from infra.warehouse.client import AnotherLog, WarehouseError, connect

DRAIN_SECONDS = 30
LEAST_FREE = 500 * 1024 * 1024
_DISK = "free some space, or choose another disk with --data-dir"
_DISK_PAGE, _BROKER_PAGE, _BACKLOG_PAGE = map(runbooks.hint, ("disk", "broker", "backlog"))


@click.command("up")
@click.option("--data-dir", type=click.Path(path_type=Path, file_okay=False), help="[default: .clausewatch]")
@click.option(
    "--broker", "chosen", help="embedded, kafka, or HOST:PORT. [default: KAFKA_BOOTSTRAP_SERVERS or embedded]"
)
@click.option("--port", type=click.IntRange(1, 65535), default=8501, show_default=True, help="Of the pages.")
@click.option("--workers", type=click.IntRange(0, 64), default=1, show_default=True)
@click.option("--no-demo", is_flag=True, help="No made-up life: only what is published.")
@click.option("--canaries", default="1h", show_default=True, help="How often each clause is tried: 1m to 1h.")
def up(data_dir: Path | None, chosen: str | None, port: int, workers: int, no_demo: bool, canaries: str) -> int:
    """Start everything and show where the pages are; Ctrl-C stops it all, in order."""
    settings = Settings.at(data_dir)
    chosen = chosen or settings.bootstrap or "embedded"
    if chosen not in ("embedded", "kafka") and ":" not in chosen:
        raise UserError(f'--broker "{chosen}" is no broker', "write embedded, kafka, or HOST:PORT")
    try:
        with alone(settings.ensure()):
            refuse_full(settings.data_dir)
            provider.load(settings)  # what is wrong in its file is told before anything starts
            processes.refuse_taken(port, "the pages", "choose another with --port, or stop what listens there")
            return House(settings, chosen, port, workers, canaries, demo=not no_demo).run()
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        raise UserError(f"the disk of {settings.data_dir} is full", _DISK) from None


class House:
    """All parts of one run."""

    def __init__(self, settings: Settings, chosen: str, port: int, workers: int, canaries: str, *, demo: bool) -> None:
        self.settings = settings
        self.chosen = chosen
        self.port = port
        self.workers = workers
        self.canaries = canaries
        self.demo = demo
        self.broker: Broker | None = None
        self.address = Address.of(chosen, settings.access)  # of a broker that is not ours
        self.parts: list[Part] = []
        self.asked = threading.Event()  # to stop
        self.hurried = False
        self.starting = True
        self._broker_due: float | None = None
        self._broker_delay = 1.0
        self._told_full = False

    def run(self) -> int:
        """Until it is asked to stop; exit code 0. Raises UserError when a part does not start."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._on_signal)
        try:
            self._start()
            self.starting = False
            while not self.asked.wait(0.25):
                self._watch()
        except KeyboardInterrupt:
            self.asked.set()
        finally:
            self.starting = False
            self._stop()
        return 0

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        if self.starting:
            self.starting = False
            raise KeyboardInterrupt
        self.hurried = self.asked.is_set()
        self.asked.set()

    def _start(self) -> None:
        began = time.monotonic()
        if self.chosen in ("embedded", "kafka"):
            self.broker = make(self.chosen, self.settings)
            if self.chosen == "kafka" and not fetched():
                click.echo("  … broker      Maven fetches Apache Kafka, this first time")
            self.broker.start()
            self._note_broker()
        what = {"embedded": "embedded, in memory only", "kafka": "Apache Kafka, durable"}
        self._ready("broker", what.get(self.chosen, "yours"), self.address, began)
        began = time.monotonic()
        made = create(self.address, self.settings.partitions)
        each = f"{self.settings.partitions} partitions each"
        self._ready("topics", f"{len(made)} of 5 made" if made else "all five there", each, began)
        warehouse = self._part("warehouse", ["warehouse"], grace=20)
        address = self._launch(warehouse, "DuckDB behind Arrow Flight", 60)
        again = by_door("warehouse", "--port", address.rpartition(":")[2])  # where the others know it
        warehouse.command = lambda: again
        self._tell_log(identity(self.address))
        for n in range(1, self.workers + 1):
            self._launch(self._part(f"worker-{n}", ["worker"], grace=20), "reads, judges, stores", 90)
        sender = self._part("canaries", ["canaries", "--every", self.canaries], grace=10)
        self._launch(sender, "a made-up breach per clause", 30)
        pages = self._part("dashboards", ["dashboards", "--port", str(self.port)], grace=5)
        pages.ready = answers_at(f"127.0.0.1:{self.port}")
        here = self._launch(pages, "the pages", 60)
        where = found.address if (found := provider.load(self.settings)) else here
        self._launch(
            self._part("alerts", ["alerts", "--link", where], grace=15),
            "raises alerts and tells them",
            30,
        )
        if self.demo:
            demo = self._part("demo", [], grace=10)
            demo.command, demo.ready, demo.once = self._live, at_once, True
            self._launch(demo, "a made-up Custom Connect, live", 5)
        self.settings.run_file("up").write(address=where)
        click.echo(f"\n  Open {where}\n  Ctrl-C stops everything; logs are in {self.settings.logs}")

    def _part(self, name: str, arguments: list[str], grace: float) -> Part:
        ours = VARIABLES if self.broker is not None else ()  # our own broker asks for no login
        environment = {
            **{name: value for name, value in os.environ.items() if name not in ours},
            "CLAUSEWATCH_DATA_DIR": str(self.settings.data_dir),
            "CLAUSEWATCH_PARTITIONS": str(self.settings.partitions),
            "CLAUSEWATCH_PART": name,
            "KAFKA_BOOTSTRAP_SERVERS": self.address,
        }
        command = by_door(*arguments)
        part = Part(name, lambda: command, self.settings, environment, says_where, grace)
        self.parts.append(part)
        return part

    def _live(self) -> list[str]:
        """A new seed at each start: other people, so no event of an earlier start comes under one's id."""
        return by_door("simulate", "--broker", self.address, "--seed", str(time.time_ns() // 1_000_000))

    def _launch(self, part: Part, what: str, seconds: float) -> str:
        began = time.monotonic()
        part.start()
        address = part.wait_ready(seconds)
        self._ready(part.name, what, address, began)
        return address

    def _ready(self, name: str, what: str, where: str, began: float) -> None:
        click.echo(f"  ● {name:<11} {what:<32} {where}  ({time.monotonic() - began:.1f} s)")

    def _note_broker(self) -> None:
        assert self.broker is not None
        assert self.broker.process is not None
        self.address = self.broker.address
        self.settings.run_file("broker").write(pid=self.broker.process.pid, address=self.address, kind=self.broker.kind)

    def _tell_log(self, log: LogIdentity) -> None:
        """Which log is read. A broker in memory begins anew each time, and nobody needs to accept that."""
        with connect(self.settings, "up") as warehouse:
            try:
                warehouse.log(log.cluster, log.topics, log.partitions)
            except AnotherLog as refused:
                if self.broker is None or self.broker.durable:
                    raise UserError(str(refused), f"{ACCEPT_LOG}, or choose another --data-dir") from None
                warehouse.accept_log("the embedded broker holds its log in memory: it began anew")
                warehouse.log(log.cluster, log.topics, log.partitions)

    def _watch(self) -> None:
        now = time.monotonic()
        for part in self.parts:
            if (told := part.watch(now)) is not None:
                click.echo(f"  {'●' if part.running() else '✖'} {told}")
        if self.broker is not None and (self._broker_due is not None or not self.broker.running()):
            self._mend_broker(self.broker, now)
        free = shutil.disk_usage(self.settings.data_dir).free
        if free < LEAST_FREE and not self._told_full:
            click.echo(
                f"  ▲ only {free // 2**20} MB are free on the disk of {self.settings.data_dir}: {_DISK} ({_DISK_PAGE})"
            )
        self._told_full = free < LEAST_FREE

    def _mend_broker(self, broker: Broker, now: float) -> None:
        """Starts it again; in memory it is a new log, so whoever read or wrote the old one begins anew."""
        if self._broker_due is None:
            lost = "" if broker.durable else "; what it held and was not judged is lost"
            click.echo(
                f"  ✖ broker ended{lost}; again in {self._broker_delay:.0f} s; see {broker.log} and `{_BROKER_PAGE}`"
            )
            self._broker_due = now + self._broker_delay
            self._broker_delay = min(self._broker_delay * 2, LONGEST_DELAY)
        if now < self._broker_due:
            return
        readers = [part for part in self.parts if part.name.startswith(("worker", "canaries", "demo"))]
        try:
            if not broker.durable:
                for part in reversed(readers):
                    part.stop()
            if not broker.running():
                broker.start()
                self._note_broker()
            create(self.address, self.settings.partitions)
            if not broker.durable:
                self._tell_log(identity(self.address))  # before anybody reads: offsets of the old log mean nothing
                for part in readers:
                    part.start()
        except (UserError, WarehouseError) as error:
            click.echo(f"  ✖ broker is not ready: {error}; again in {self._broker_delay:.0f} s; see `{_BROKER_PAGE}`")
            self._broker_due = time.monotonic() + self._broker_delay
            self._broker_delay = min(self._broker_delay * 2, LONGEST_DELAY)
            return
        self._broker_due = None
        click.echo("  ● broker is started again")

    def _stop(self) -> None:
        click.echo("\n  stopping; Ctrl-C again does not wait")
        for name in ("demo", "canaries", None, "worker", "dashboards", "alerts", "warehouse"):
            if name is None:
                self._drain()
                continue
            for part in [part for part in self.parts if part.name.startswith(name)]:
                was = part.running()
                in_time = part.stop()
                if was:
                    click.echo(f"  ○ {part.name} {'stopped' if in_time else 'killed: it did not stop in time'}")
        if self.broker is not None:
            self.broker.stop()
            self.settings.run_file("broker").remove()
            click.echo("  ○ broker stopped")
        self.settings.run_file("up").remove()

    def _drain(self) -> None:
        """Waits while workers store what is in the log, 30 s at most; says what is left."""
        if not any(part.running() for part in self.parts if part.name == "warehouse"):
            return  # it never got so far that anything was read
        judging = any(part.running() for part in self.parts if part.name.startswith("worker"))
        until = time.monotonic() + DRAIN_SECONDS
        left = self._behind()
        while judging and left and time.monotonic() < until and not self.hurried:
            time.sleep(0.5)
            left = self._behind()
        if left == 0:
            click.echo("  ○ everything that was published is judged")
            return
        lost = self.broker is not None and not self.broker.durable
        fate = "lost with the broker's memory" if lost else "kept by the broker and read at the next start"
        many = "an unknown number of" if left is None else f"{left:,}"
        click.echo(f"  ▲ {many} published records were not judged: {fate} ({_BACKLOG_PAGE})")

    def _behind(self) -> int | None:
        try:
            with connect(self.settings, "up") as warehouse:
                rows = warehouse.query("offsets").to_pylist()
        except (UserError, WarehouseError):
            return None
        return behind(self.address, {(row["topic"], row["partition"]): row["next"] for row in rows})


@contextmanager
def alone(settings: Settings) -> Iterator[None]:
    """Holds the data directory; refused while another `up` holds it. Waits for what a killed one left running."""
    lock = private_directory(settings.data_dir / "run") / "up.lock"
    with lock.open("a") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            said = settings.run_file("up").read() or {}
            where = f", pages at {said['address']}" if "address" in said else ""
            raise UserError(
                f"clausewatch is up already on {settings.data_dir}{where}",
                "stop it with Ctrl-C there, or choose another --data-dir and --port",
            ) from None
        until = time.monotonic() + 20
        while left := [name for name in ("warehouse", "broker") if settings.run_file(name).read()]:
            if time.monotonic() > until:
                pid = (settings.run_file(left[0]).read() or {}).get("pid")
                raise UserError(
                    f"a {left[0]} runs by itself on {settings.data_dir} (pid {pid})", f"stop it first: kill {pid}"
                )
            time.sleep(0.2)
        yield


def refuse_full(directory: Path) -> None:
    """Raises UserError when less than 500 MB are free."""
    free = shutil.disk_usage(directory).free
    if free < LEAST_FREE:
        raise UserError(f"only {free // 2**20} MB are free on the disk of {directory}", _DISK)
