"""`clausewatch simulate`: to a file with its truth, or to the broker at real time."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, suppress
from datetime import UTC, datetime
from heapq import heappop, heappush
from pathlib import Path
from typing import BinaryIO

import click

from infra.access import Address
from infra.errors import UserError
from infra.producer import Producer
from infra.settings import Settings
from streams.simulate.actor import Made
from streams.simulate.calendar import DAY, instant
from streams.simulate.deliveries import (
    NATURAL_PER_DAY,
    Carrier,
    Delivery,
    make_world,
    side_by_side,
    write,
)
from streams.simulate.truth import Truth

FILE_START = datetime(2026, 10, 5, tzinfo=UTC)  # fixed, so that a seed alone names the bytes
HISTORY = 60_000  # events that the broker gets at once, at most
EVENTS_OF_ARRIVING = 6.0  # of each person, before the first day
EVENTS_OF_AN_ACTION = 1.1


@click.command()
@click.option("--subjects", default=2_000, show_default=True, help="People alive at one time.")
@click.option("--days", type=float, default=3.0, show_default=True, help="Days of life (of history).")
@click.option("--rate", type=float, help="Events a second: in a file on average, to the broker live (20).")
@click.option("--seed", default=1, show_default=True, help="The same seed, the same bytes.")
@click.option("--start", help="First day, RFC 3339. [default: 2026-10-05, to the broker: --days ago]")
@click.option("--out", help="JSON Lines file, or - for stdout.")
@click.option("--truth", "truth_file", help="JSON Lines file for what is broken and by what.")
@click.option("--broker", is_flag=False, flag_value="", help="To the broker: HOST:PORT, or the one known.")
@click.option("--seconds", type=float, help="With --broker: stop after so many seconds.")
def simulate(
    subjects: int,
    days: float,
    rate: float | None,
    seed: int,
    start: str | None,
    out: str | None,
    truth_file: str | None,
    broker: str | None,
    seconds: float | None,
) -> None:
    """Make up believable life at Custom Connect, five per cent of it wrong, and say what is wrong."""
    if (out is None) == (broker is None):
        raise UserError("say where the events go", "give --out FILE (or -), or --broker [HOST:PORT]")
    if subjects < 1 or days <= 0 or (rate is not None and rate <= 0):
        raise UserError("--subjects, --days and --rate must be above zero", "give positive numbers")
    begin = _start(start)
    with ExitStack() as files:
        sink = _lines(files, truth_file)
        truth = Truth(None if sink is None else lambda line: sink.write(line + b"\n"))
        if broker is None:
            events = _lines(files, out)
            assert events is not None
            total = NATURAL_PER_DAY if rate is None else rate * 86_400 / subjects / EVENTS_OF_AN_ACTION
            world = make_world(
                seed=seed,
                start=instant(begin or FILE_START),
                subjects=subjects,
                days=days,
                truth=truth,
                per_day=total,
            )
            count = write(world, range(subjects), lambda line: events.write(line + b"\n"))
            _tell(count, truth)
        else:
            settings = Settings.load()
            address = Address.of(broker, settings.access) if broker else settings.broker_address()
            _to_broker(address, subjects, days, rate or 20.0, seed, begin, truth, seconds)


def _to_broker(
    address: str,
    subjects: int,
    days: float,
    rate: float,
    seed: int,
    begin: datetime | None,
    truth: Truth,
    seconds: float | None,
) -> None:
    now = instant(datetime.now(UTC))
    start = now - round(days * DAY) if begin is None else instant(begin)
    days = max((now - start) / DAY, 1e-6)
    spare = HISTORY / subjects - EVENTS_OF_ARRIVING
    world = make_world(
        seed=seed,
        start=start,
        subjects=subjects,
        days=days,
        truth=truth,
        per_day=max(min(NATURAL_PER_DAY, spare / days / EVENTS_OF_AN_ACTION), 0.01),
        live_rate=rate,
    )
    carrier, stop = Carrier(world), None if seconds is None else time.monotonic() + seconds
    arriving: list[Delivery] = []
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # both ways of stopping say what was sent
    with Producer(address, linger_ms=20) as producer, closing(side_by_side(world, subjects)) as lives:
        with suppress(KeyboardInterrupt):
            _send(producer, lives, carrier, arriving, stop)
        producer.flush()
        for reason, count in producer.failed.items():
            click.echo(f"{count} records were not acknowledged: {reason}", err=True)
    _tell(producer.sent, truth)


def _send(
    producer: Producer,
    lives: Iterator[list[Made]],
    carrier: Carrier,
    arriving: list[Delivery],
    stop: float | None,
) -> None:
    for events in lives:
        for made in events:
            for delivery in carrier.carry(made):
                heappush(arriving, delivery)
        happened = events[-1].time if events else 0
        while arriving and arriving[0][0] <= happened:
            when, _, made = heappop(arriving)
            if not _wait_until(when, stop):
                return
            producer.send(f"{made.system}.events", made.key, made.value)


def _wait_until(when: int, stop: float | None) -> bool:
    """Sleeps until the instant comes; False when it is time to stop instead."""
    while True:
        left = when / 1000 - time.time()
        if stop is not None and time.monotonic() >= stop:
            return False
        if left <= 0:
            return True
        time.sleep(min(left, 0.5))


def _start(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise UserError(f"--start {text!r} is no date", "write 2026-10-05 or 2026-10-05T08:00:00Z") from None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _lines(files: ExitStack, name: str | None) -> BinaryIO | None:
    if name is None:
        return None
    if name == "-":
        return sys.stdout.buffer
    try:
        return files.enter_context(Path(name).open("wb", buffering=1 << 20))
    except OSError as error:
        raise UserError(f"{name} cannot be written: {os.strerror(error.errno or 0)}", "choose another") from None


def _tell(count: int, truth: Truth) -> None:
    wrong = sum(truth.counts.values())
    click.echo(f"{count} deliveries, {wrong} lines of truth", err=True)
