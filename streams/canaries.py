"""`clausewatch canaries`: sends a made-up breach of every clause through the log, every hour.

All events of one canary have one key, so that they come to one worker. What became of them is on the page Pipeline;
they are in no figure, finding or export. Two senders do no harm: a clause has proved itself by the last canary.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path

import click
import msgspec

from expectations.canaries import canaries, segments, sending
from expectations.contract.routing import route
from expectations.contract.senders import Senders
from expectations.policy import load
from infra import logs
from infra.clock import WallClock
from infra.errors import UserError
from infra.producer import Producer
from infra.settings import Settings
from infra.topics import check, describe
from infra.warehouse.commands import data_dir_option
from streams.alerts.matching import duration

LEAST, MOST = timedelta(minutes=1), timedelta(hours=1)  # between rounds; a proof holds three hours
SECONDS = 10.0  # in which the broker has to take one: whoever asks it to end waits as long


def send(producer: Producer, sent_at: datetime, key: bytes, systems: Mapping[str, str]) -> None:
    """Send one canary of each clause; returns when the broker has them. `systems`: of the policy.

    Left out: what a system does of which the policy names no source. Its clause stays unproved.
    """
    sent_at = sent_at.replace(microsecond=0)
    senders, of_system = Senders(systems=systems), segments(systems)
    for clause, canary in canaries().items():
        if not {event["by"] for event in canary.events} <= set(of_system):
            continue
        for event in sending(canary, sent_at, key, of_system):
            topic, _ = route(event, senders)
            producer.send(topic, f"canary.{clause}", msgspec.json.encode(event), tag=clause)
    producer.flush()


@click.command("canaries")
@data_dir_option
@click.option("--every", default="1h", show_default=True, help="How often: 1m to 1h.")
@click.option("--once", is_flag=True, help="Send them once, and end.")
def canaries_command(data_dir: Path | None, every: str, once: bool) -> int:
    """Send a made-up breach of every clause, which shows that it can fire; until SIGTERM.

    They are signed with the key of the data directory: the workers need the same.
    """
    span = _span(every)
    settings = Settings.at(data_dir).ensure()
    log, clock = logs.configure("canaries"), WallClock()
    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    key, systems = settings.quarantine_key(), load().systems
    bootstrap = settings.broker_address()
    check(describe(bootstrap).values())
    run_file = settings.run_file("canaries")
    run_file.write(address=f"{len(canaries())} clauses, every {every}")
    try:
        while not ended.is_set():
            began = clock.now()
            fault = _sent(bootstrap, began, key, systems)
            if fault is not None:
                log.warning("canaries_not_sent", why=fault)
            if once:
                return int(fault is not None)
            pause = span if fault is None else LEAST
            ended.wait((began + pause - clock.now()).total_seconds())
    finally:
        run_file.remove()
    return 0


def _sent(bootstrap: str, sent_at: datetime, key: bytes, systems: Mapping[str, str]) -> str | None:
    """Send a round; in a word why not all of it was taken, or None."""
    try:
        with Producer(bootstrap, delivery_seconds=SECONDS) as producer:
            send(producer, sent_at, key, systems)
    except UserError:
        return "no_broker"
    return max(producer.failed, key=producer.failed.__getitem__, default=None)


def _span(text: str) -> timedelta:
    """How often. Raises UserError."""
    try:
        found = duration(text)
    except ValueError:
        found = timedelta(0)
    if not LEAST <= found <= MOST:
        raise UserError(f'--every "{text}" is no time between 1m and 1h', "write 1h, or 10m")
    return found
