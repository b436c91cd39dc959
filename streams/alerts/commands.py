"""`clausewatch alerts`: raises and tells alerts; checks its file; says who would be told."""

from __future__ import annotations

import getpass
import os
import signal
import socket
import threading
import time
from contextlib import suppress
from datetime import datetime
from pathlib import Path

import click
import pyarrow as pa

from expectations.lined import FileError
from infra import logs
from infra.clock import WallClock, utc_text
from infra.errors import UserError
from infra.settings import Settings
from infra.warehouse.client import Held, Unavailable, WarehouseError, connect
from infra.warehouse.commands import Instant, cured, data_dir_option
from infra.warehouse.schema import SILENCES, new_silence
from streams.alerts import config as configs
from streams.alerts.config import LINK, Config
from streams.alerts.matching import duration, matchers
from streams.alerts.process import Alerts
from streams.alerts.reports import Maker, Reports
from streams.alerts.routing import matching

FILE = "alerts.yaml"
TURN = 0.5  # seconds
file_option = click.option(
    "--config",
    "file",
    type=click.Path(path_type=Path, dir_okay=False),
    envvar="CLAUSEWATCH_ALERTS",
    help="Default: CLAUSEWATCH_ALERTS, else alerts.yaml of the data directory, if there.",
)


def chosen(file: Path | None, settings: Settings, link: str = LINK) -> Config:
    """The configuration in use. Raises UserError with all that is wrong."""
    beside = settings.data_dir / FILE
    path = file if file is not None else beside if beside.exists() else None
    try:
        return configs.load(path, link)
    except FileError as error:
        raise UserError(str(error), f"mend {path}, then: clausewatch alerts check {path}") from None


@click.group(invoke_without_command=True)
@data_dir_option
@file_option
@click.option("--link", default=LINK, show_default=True, help="Address of the pages, where the file tells none.")
@click.pass_context
def alerts(context: click.Context, data_dir: Path | None, file: Path | None, link: str) -> int:
    """Raise alerts of what is broken or nearly due and tell who has to act, in the foreground, until SIGTERM.

    It makes the quarter's snapshots too, by CLAUSEWATCH_SNAPSHOT_DRAFTS and CLAUSEWATCH_SNAPSHOT_FINAL, and tells of
    them whom the file's `snapshots` names. One does so at a time: another waits until the first is gone.
    """
    if context.invoked_subcommand is not None:
        return 0
    settings = Settings.at(data_dir).ensure()
    log = logs.configure("alerts")
    config = chosen(file, settings, link)
    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    run_file = settings.run_file("alerts")
    run_file.write(address=configs.told(config))
    try:
        with connect(settings, "alerts") as warehouse:
            make = Maker(settings)
            snapshots = Reports(settings.schedule, make)
            holder = f"{socket.gethostname()}/{os.getpid()}"
            running = Alerts(warehouse, config, WallClock(), holder, snapshots=snapshots)
            _run(running, ended, log, make)
    finally:
        run_file.remove()
    return 0


def _run(running: Alerts, ended: threading.Event, log: logs.Log, make: Maker) -> None:
    """Turn after turn; another holder, or a warehouse that does not answer, is waited for."""
    waited = False
    while not ended.is_set():
        began = time.monotonic()
        try:
            running.turn()
            waited = False
        except (Held, Unavailable) as fault:
            if not waited:
                log.info("waiting", why=type(fault).__name__)
            waited = True
        except WarehouseError as fault:  # a query took too long, or what came of a call is not known
            log.error("turn_failed", fault)
            waited = True
        ended.wait(max(0.1, (2.0 if waited else TURN) - (time.monotonic() - began)))
    make.close()
    with suppress(WarehouseError):
        running.drain()
    running.close()


@alerts.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
def check(file: Path) -> int:
    """Check a file of routes and receivers. Exit code 0: sound; 1: faults, each with file, line, field and cure."""
    try:
        found = configs.load(file)
    except FileError as error:
        for fault in error.faults:
            click.echo(str(fault))
        click.echo(f"{len(error.faults)} fault{'s' * (len(error.faults) > 1)}.", err=True)
        return 1
    click.echo(f"{file.name}: {configs.told(found)}")
    return 0


@alerts.command()
@data_dir_option
@click.option("--for", "span", required=True, metavar="SPAN", help="How long, such as 2h or 1d12h.")
@click.option("--reason", required=True, help="Why; it is kept and shown.")
@click.option("--author", default=getpass.getuser, help="Who. [default: this user]")
@click.argument("conditions", metavar="MATCHER…", nargs=-1, required=True)
def silence(data_dir: Path | None, span: str, reason: str, author: str, conditions: tuple[str, ...]) -> None:
    """Have alerts with these labels told to nobody for a while: clause="NEWS-5", system=~"crm|website".

    What is silenced is raised, kept and counted as ever. `clausewatch query silences` lists them.
    """
    try:
        found, length = [one for text in conditions for one in matchers(text)], duration(span)
    except ValueError as fault:
        raise UserError(str(fault), 'write such as clause="NEWS-5" or severity=low, and --for 2h') from None
    if not reason.strip() or not length:
        raise UserError("a silence has a reason and an end", "write --reason and --for")
    now = WallClock().now()
    row = new_silence(", ".join(map(str, found)), author, reason, now, now + length)
    with connect(Settings.at(data_dir), "operator") as warehouse, cured("try again in a moment"):
        warehouse.silence(pa.Table.from_pylist([row], schema=SILENCES))
    click.echo(f"{row['silence']}: {row['matchers']} until {utc_text(now + length)}")


@alerts.command()
@data_dir_option
@file_option
@click.option("--at", type=Instant(), help="As of this instant (time intervals). [default: now]")
@click.argument("labels", nargs=-1, required=True, metavar="LABEL=VALUE…")
def route(data_dir: Path | None, file: Path | None, at: datetime | None, labels: tuple[str, ...]) -> None:
    """Say who would be told of an alert with these labels: clause, system, severity, kind …"""
    given = {}
    for each in labels:
        name, sign, value = each.partition("=")
        if not sign or not name.isidentifier():
            raise UserError(f'"{each}" is no label', "write such as severity=critical clause=NEWS-5")
        given[name] = value.strip('"')
    config = chosen(file, Settings.at(data_dir))
    for taken in matching(config.route, given):
        receiver = config.receivers[taken.receiver]
        ways = ", ".join(way.name for way in receiver.integrations) or "kept, told to nobody outside"
        click.echo(f"{receiver.name}: {ways} ({receiver.language})")
        click.echo(f"  by {taken.id}")
        group = ", ".join(f"{name}={value}" for name, value in taken.group(given)) or "everything together"
        waits = (
            (taken.group_wait, "first after"),
            (taken.group_interval, "news after"),
            (taken.repeat_interval, "again after"),
        )
        click.echo(
            f"  grouped by {group}; " + ", ".join(f"{words} {span.total_seconds():g} s" for span, words in waits)
        )
        if (why := taken.silent_at(at or WallClock().now())) is not None:
            click.echo(f"  ‖ silent now: {why}")
