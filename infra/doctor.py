"""`clausewatch doctor`: looks at the installation, and says what to do about what it finds."""

from __future__ import annotations

import ipaddress
import os
import re
import shutil
import stat
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import metadata
from typing import Any, Literal

import click
import psutil

from infra import growth, provider, runbooks
from infra.backlog import PATIENCE, Place, watch
from infra.broker.apache import fetched, find_java
from infra.errors import UserError
from infra.settings import Settings
from infra.topics import admin, check, describe, waiting
from infra.warehouse.answers import hole_told
from infra.warehouse.client import Warehouse, WarehouseError, connect

SCANT = 5 * 1024**3
TOO_LITTLE = 500 * 1024**2
SOON = 30  # days until the disk is full
AHEAD = 5 * 60  # seconds: an event later than this is held
_SIGNS = {"fine": "●", "note": "▲", "wrong": "✖", "unknown": "◇"}


@dataclass(frozen=True)
class Finding:
    """What was looked at, how it is, and what to do. Only `wrong` makes the exit code 1."""

    what: str
    state: Literal["fine", "note", "wrong", "unknown"]
    words: str
    cure: str = ""


def versions(settings: Settings) -> Iterator[Finding]:
    """Python, and every package that is pinned to one version."""
    told = f"Python {sys.version.split()[0]}, clausewatch {metadata.version('clausewatch')}"
    if not (3, 11) <= sys.version_info[:2] <= (3, 13):
        yield Finding("versions", "wrong", told, "use Python 3.11, 3.12 or 3.13")
        return
    astray = []
    for wanted in metadata.requires("clausewatch") or []:
        if "extra ==" in wanted or not (parts := re.match(r"([\w.-]+)\s*(?:==\s*([\w.]+))?", wanted)):
            continue
        try:
            found = metadata.version(parts[1])
        except metadata.PackageNotFoundError:
            astray.append(f"{parts[1]} is missing")
            continue
        if parts[2] and found != parts[2]:
            astray.append(f"{parts[1]} is {found}, pinned {parts[2]}")
    if astray:
        yield Finding("versions", "wrong", "; ".join(astray), "make install")
    else:
        yield Finding("versions", "fine", told)


def data_directory(settings: Settings) -> Iterator[Finding]:
    """That only this user reads it."""
    if not settings.data_dir.is_dir():
        yield Finding("data", "note", f"{settings.data_dir} is not there yet", "`clausewatch up` makes it")
        return
    secrets = [settings.data_dir / "key", settings.data_dir / "sign-in.key", *settings.data_dir.glob("tokens/*.*")]
    loose = [
        path for path in (settings.data_dir, *secrets) if path.exists() and stat.S_IMODE(path.stat().st_mode) & 0o077
    ]
    if loose:
        names = " ".join(str(path) for path in loose)
        yield Finding("data", "wrong", f"others can read {names}", f"chmod go-rwx {names}")
    else:
        yield Finding("data", "fine", f"{settings.data_dir}, for this user only")


def broker_and_topics(settings: Settings) -> Iterator[Finding]:
    """That the broker answers, has the five topics, and how far behind the warehouse is."""
    try:
        address = settings.broker_address()
        with admin(address, timeout=3) as client:
            cluster = client.describe_cluster()["cluster_id"]
        yield Finding("broker", "fine", f"{address}, cluster {cluster}")
    except UserError as error:
        yield Finding("broker", "wrong", error.message, error.cure)
        return
    try:
        found = describe(address)
        count = check(found.values())
        leaderless = [topic.name for topic in found.values() if topic.leaderless]
        if leaderless:
            words = f"partitions of {', '.join(leaderless)} have no leader"
            yield Finding("topics", "wrong", words, "look at the broker's log: is a broker of the cluster down?")
        else:
            yield Finding("topics", "fine", f"{len(found)}, {count} partitions each")
        if count != settings.partitions:
            yield Finding(
                "topics",
                "wrong",
                f"the settings say {settings.partitions} partitions, the topics have {count}",
                f"set CLAUSEWATCH_PARTITIONS={count}",
            )
    except UserError as error:
        yield Finding("topics", "wrong", error.message, error.cure)


def warehouse(settings: Settings) -> Iterator[Finding]:
    """That it answers, and what the broker holds that it does not."""
    try:
        location = settings.warehouse_address()
        with connect(settings, "operator") as running:
            yield Finding("warehouse", "fine", f"{location}, schema {running.ping()}")
            yield from holes(running)
            yield from backlog(running, left(settings, running))
    except UserError as error:
        yield Finding("warehouse", "wrong", error.message, error.cure)
    except WarehouseError as error:
        log = settings.data_dir / "logs" / "warehouse.log"
        yield Finding("warehouse", "wrong", str(error), f"see {log}; `clausewatch up` starts it again")


def holes(running: Warehouse) -> Iterator[Finding]:
    """Where the log lacks what was not stored yet, and nobody has accepted it."""
    for gap in running.query("gaps").to_pylist():
        if gap["accepted_at"] is None:
            words, cure = hole_told(gap)
            yield Finding("log", "wrong", f"{words}: it is not read on", cure)


def left(settings: Settings, running: Warehouse) -> dict[Place, int] | None:
    """Records per partition that the broker holds and the warehouse does not; None: the broker does not answer."""
    stored = {(row["topic"], row["partition"]): row["next"] for row in running.query("offsets").to_pylist()}
    try:
        return waiting(settings.broker_address(), stored)
    except UserError:
        return None  # told by the broker's own check


def backlog(running: Any, left: Mapping[Place, int] | None, seconds: float = PATIENCE) -> Iterator[Finding]:
    """Whether what is `left` is being worked off, watched for so long at most. `running`: the warehouse."""
    if left is None:
        return
    words = f"{sum(left.values()):,} records wait to be judged"
    if not left:
        yield Finding("backlog", "fine", "everything published is judged")
    elif not running.query("workers").num_rows:
        yield Finding("backlog", "note", f"{words}, and no worker is alive", "start one: `clausewatch up`; see logs/")
    elif still := watch(lambda: running.query("offsets").to_pylist(), left, seconds):
        places = ", ".join(f"{topic}[{partition}]" for topic, partition in still[:5])
        many = f" and {len(still) - 5} more" if len(still) > 5 else ""
        yield Finding("backlog", "note", f"{words}; {places}{many} stand still", "see the workers' logs")
    else:
        yield Finding("backlog", "fine", f"{words}, and are being worked off")


def disk(settings: Settings) -> Iterator[Finding]:
    """Free space where the data is, and for how long it lasts."""
    place = settings.data_dir
    while not place.exists():
        place = place.parent
    free = shutil.disk_usage(place).free
    words = f"{free / 1024**3:.1f} GB free"
    cure = f"free some on the disk of {place}, or choose another --data-dir"
    if free < TOO_LITTLE:
        yield Finding("disk", "wrong", words, cure)
    else:
        yield Finding("disk", "note" if free < SCANT else "fine", words, cure if free < SCANT else "")
    found = growth.forecast(growth.read(settings.data_dir / growth.FILE), free, datetime.now(UTC))
    if not found.known:
        yield Finding("growth", "unknown", found.words)
    elif found.days is not None and found.days < SOON:
        yield Finding("growth", "note", found.words, cure)
    else:
        yield Finding("growth", "fine", found.words)


def clock(settings: Settings) -> Iterator[Finding]:
    """That the clock was not set back: no file of ours is from the future."""
    now = time.time()
    shown = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(now))
    ahead = [path.name for path in settings.data_dir.glob("*") if path.is_file() and path.stat().st_mtime > now + AHEAD]
    if ahead:
        words = f"it is {shown}, and {', '.join(ahead)} was written later than that"
        yield Finding("clock", "wrong", words, "set the clock (timedatectl set-ntp true)")
    else:
        yield Finding("clock", "fine", shown)


def ports(settings: Settings) -> Iterator[Finding]:
    """That no part listens on other than loopback."""
    found: dict[tuple[str, int], str] = {}
    for path in sorted(settings.data_dir.glob("run/*.json"), key=lambda path: path.stem == "up"):
        if (part := settings.run_file(path.stem).read()) is not None:
            for place in listening(part["pid"]):  # of `up`: what no part has said of itself
                found.setdefault(place, f"{path.stem} {place[0]}:{place[1]}")
    open_ones = [told for (ip, _), told in found.items() if not is_loopback(ip)]
    if open_ones:
        cure = "stop that part, and start it on 127.0.0.1; put a proxy with TLS and sign-in before it"
        yield Finding("ports", "wrong", f"open to the network: {', '.join(open_ones)}", cure)
    else:
        yield Finding("ports", "fine", ", ".join(found.values()) or "nothing listens")


def sign_in(settings: Settings) -> Iterator[Finding]:
    """Who signs people in to the pages."""
    try:
        found = provider.load(settings)
    except UserError as error:
        yield Finding("sign-in", "wrong", error.message, error.cure)
        return
    words = "nobody signs people in: the pages are for this machine only"
    if found is not None:
        words = f"{found.issuer} signs people in to {found.address}, for {found.hours:g} h"
    yield Finding("sign-in", "fine", words)


def java(settings: Settings) -> Iterator[Finding]:
    """What a durable broker on this machine and the tests need."""
    try:
        words = f"{find_java()}, Kafka's jars {'are here' if fetched() else 'not fetched yet'}"
        if not fetched() and shutil.which("mvn") is None:
            yield Finding("java", "note", f"{words}, and no mvn", "apt-get install maven, for --broker kafka")
        else:
            yield Finding("java", "fine", words)
    except UserError as error:
        yield Finding("java", "note", error.message, error.cure)


def listening(pid: int) -> Iterator[tuple[str, int]]:
    """Addresses a process and its children listen on."""
    try:
        process = psutil.Process(pid)
        family = [process, *process.children(recursive=True)]
    except psutil.Error:
        return
    for member in family:
        try:
            for connection in member.net_connections("inet"):
                if connection.status == psutil.CONN_LISTEN:
                    yield connection.laddr.ip, connection.laddr.port
        except psutil.Error:
            continue


def is_loopback(ip: str) -> bool:
    """True for 127.0.0.0/8, ::1 and IPv4 loopback written as IPv6."""
    address = ipaddress.ip_address(ip)
    inner = getattr(address, "ipv4_mapped", None)
    return bool((inner or address).is_loopback)


CHECKS: tuple[Callable[[Settings], Iterator[Finding]], ...] = (
    versions,
    data_directory,
    disk,
    clock,
    broker_and_topics,
    warehouse,
    ports,
    sign_in,
    java,
)


def examine(settings: Settings) -> list[Finding]:
    """All findings, in order."""
    return [finding for look in CHECKS for finding in look(settings)]


def told(finding: Finding) -> list[str]:
    """Lines for the person: how it is, what to do, and of what is not fine the runbook."""
    page = runbooks.of("doctor", finding.what) if finding.state in ("note", "wrong") else None
    to_do = [finding.cure, runbooks.hint(page) if page else ""]
    lines = [f"{_SIGNS[finding.state]} {finding.what:<10} {finding.words}"]
    return lines + [f"  {'':<10} → {each}" for each in to_do if each]


@click.command("doctor")
@click.option("--data-dir", type=click.Path(file_okay=False), help="[default: .clausewatch]")
def doctor(data_dir: str | None) -> int:
    """Check the installation: each part, how it is, and what to do about it. Exit code 1: something is wrong."""
    environ = {**os.environ, **({"CLAUSEWATCH_DATA_DIR": data_dir} if data_dir else {})}
    findings = examine(Settings.load(environ))
    for finding in findings:
        click.echo("\n".join(told(finding)))
    return int(any(finding.state == "wrong" for finding in findings))
