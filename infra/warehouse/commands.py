"""`clausewatch warehouse`, `clausewatch export` and `clausewatch offsets`."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from infra import growth, logs, traces
from infra.errors import UserError
from infra.settings import Settings
from infra.warehouse.answers import WarehouseError, hole_told
from infra.warehouse.client import Warehouse, connect
from infra.warehouse.server import Housekeeper, WarehouseServer
from infra.warehouse.store import Store

BROKEN = 75  # EX_TEMPFAIL: the store has to be opened again; `up` starts it again


data_dir_option = click.option(
    "--data-dir",
    type=click.Path(path_type=Path, file_okay=False),
    help="Default: CLAUSEWATCH_DATA_DIR, else .clausewatch.",
)


class Instant(click.ParamType):
    """An instant with an offset, as an option."""

    name = "instant"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        if isinstance(value, datetime):
            return value
        try:
            found = datetime.fromisoformat(str(value))
        except ValueError:
            self.fail(f"{value!r} is no instant; write 2026-03-02T12:00:00Z", param, ctx)
        if found.tzinfo is None:
            self.fail(f"{value!r} has no offset; write 2026-03-02T12:00:00Z", param, ctx)
        return found.astimezone(UTC)


@contextmanager
def cured(cure: str) -> Iterator[None]:
    try:
        yield
    except WarehouseError as fault:
        raise UserError(str(fault), cure) from fault


@click.command()
@data_dir_option
@click.option("--host", default="127.0.0.1", show_default=True, help="Other than loopback only with TLS.")
@click.option("--port", default=0, help="Default: any free one, written to run/warehouse.json.")
@click.option("--tls-cert", type=click.Path(path_type=Path, exists=True, dir_okay=False), envvar="CLAUSEWATCH_TLS_CERT")
@click.option("--tls-key", type=click.Path(path_type=Path, exists=True, dir_okay=False), envvar="CLAUSEWATCH_TLS_KEY")
def warehouse(data_dir: Path | None, host: str, port: int, tls_cert: Path | None, tls_key: Path | None) -> int:
    """Run the warehouse in the foreground until SIGTERM or Ctrl-C."""
    settings = Settings.at(data_dir).ensure()
    log = logs.configure("warehouse")
    traces.configure("warehouse")
    if (tls_cert is None) != (tls_key is None):
        raise UserError("TLS needs both a certificate and a key", "give --tls-cert and --tls-key")
    tls = (tls_cert.read_bytes(), tls_key.read_bytes()) if tls_cert and tls_key else None
    with cured(f"stop the other process, or choose another --data-dir than {settings.data_dir}"):
        store = Store(settings.warehouse_file)
    ended, broken = threading.Event(), threading.Event()

    def on_broken() -> None:
        broken.set()
        ended.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    callers = settings.tokens.caller
    run_file = settings.run_file("warehouse")
    housekeeper = Housekeeper(store, lambda: growth.measure(settings.data_dir, datetime.now(UTC)))
    try:
        with cured("free the port or choose another with --port; for another host configure TLS"):
            server = _listen(
                lambda: WarehouseServer(store, callers, host=host, port=port, tls=tls, on_broken=on_broken)
            )
        housekeeper.start()
        run_file.write(address=server.address)
        log.info("serving", address=server.address, schema=store.schema)
        ended.wait()
        log.info("stopping", broken=broken.is_set())
        server.shutdown()
        housekeeper.end()
    finally:
        run_file.remove()
        if broken.is_set():
            log.error("store_needs_reopening", cure="free disk space, all acknowledged commits are kept")
        else:
            store.close()
    return BROKEN if broken.is_set() else 0


def _listen(make: Callable[[], WarehouseServer]) -> WarehouseServer:
    try:
        return make()
    except OSError as fault:
        raise WarehouseError(f"the address cannot be listened on: {fault}") from fault


@contextmanager
def reached(settings: Settings, part: str = "operator") -> Iterator[Warehouse | Store]:
    """The running warehouse, with the token of that part, else its file."""
    if settings.warehouse or settings.run_file("warehouse").read():
        with connect(settings, part) as running:
            yield running
        return
    if not settings.warehouse_file.exists():
        raise UserError(
            f"no warehouse is at {settings.warehouse_file}",
            "run `clausewatch up` first, or name its --data-dir",
        )
    with Store(settings.warehouse_file) as store:
        yield store


@click.command()
@data_dir_option
@click.option(
    "--canonical",
    is_flag=True,
    required=True,
    help="The sorted tables that two equal runs share byte for byte.",
)
@click.option("--out", "directory", type=click.Path(path_type=Path, file_okay=False), required=True)
@click.option("--as-of", type=Instant(), help="Default: now.")
def export(data_dir: Path | None, canonical: bool, directory: Path, as_of: datetime | None) -> None:
    """Write the canonical tables as sorted JSON Lines files."""
    with (
        cured("see logs/warehouse.log; `clausewatch doctor` says what runs"),
        reached(Settings.at(data_dir)) as found,
    ):
        found.reconcile()
        written = found.export(directory, as_of)
    for name, rows in written.items():
        click.echo(f"{rows:>10} {directory / name}.jsonl", err=True)


@click.group()
def offsets() -> None:
    """How far the log was read, and its holes."""


@offsets.command("accept-gap")
@data_dir_option
@click.argument("topic")
@click.argument("partition", type=int)
@click.option("--reason", required=True, help="Shown wherever the hole's time is.")
def accept_gap(data_dir: Path | None, topic: str, partition: int, reason: str) -> None:
    """Go on behind records that the log no longer has."""
    with cured("`clausewatch offsets show` lists what was read"), reached(Settings.at(data_dir)) as found:
        following = found.accept_gap(topic, partition, reason)
    click.echo(f"{topic}[{partition}] is read on from offset {following}")


@offsets.command("accept-log")
@data_dir_option
@click.option("--reason", required=True, help="Shown by `offsets show`.")
def accept_log(data_dir: Path | None, reason: str) -> None:
    """Read topics that were made anew, or another broker's, from their beginning; what is stored counts once."""
    with cured("`clausewatch offsets show` lists what was refused"), reached(Settings.at(data_dir)) as found:
        topics = found.accept_log(reason)
    click.echo(f"read from their beginning: {', '.join(topics)}")


@offsets.command("show")
@data_dir_option
def show(data_dir: Path | None) -> None:
    """List the next offset of every partition, and the holes of the log."""
    with cured("`clausewatch doctor` says what runs"), reached(Settings.at(data_dir)) as found:
        for row in found.query("offsets").to_pylist():
            read_to = row["read_to"].isoformat() if row["read_to"] else "-"
            click.echo(f"{row['topic']}[{row['partition']}] next {row['next']}, read to {read_to}")
        for row in found.query("gaps").to_pylist():
            words, cure = hole_told(row)
            if row["accepted_at"]:
                click.echo(f"{words}: accepted {row['accepted_at']:%Y-%m-%d}, {row['reason']}")
            else:
                click.echo(f"✖ {words}: it is not read on\n  → {cure}")
