"""`clausewatch publish`: events of JSON Lines files to the broker, each checked by the contract first."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

import click
import msgspec
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskProgressColumn, TextColumn

from expectations.contract.decode import Record, decode
from expectations.contract.routing import route
from infra.errors import UserError
from infra.producer import Producer
from infra.settings import Settings
from infra.topics import check, describe

CHUNK = 2_000
_PLACES_SHOWN = 5


@dataclass
class Report:
    """What became of the lines: acknowledged by the broker, or refused and why, with the first places."""

    sent: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    places: dict[str, list[str]] = field(default_factory=dict)

    def refuse(self, reason: str, place: str) -> None:
        self.refused[reason] += 1
        places = self.places.setdefault(reason, [])
        if len(places) < _PLACES_SHOWN:
            places.append(place)

    def lines(self) -> Iterator[str]:
        """For a person: reasons and places, never a value."""
        yield f"{self.sent} sent, {self.refused.total()} refused"
        for reason, count in self.refused.most_common():
            more = " …" if count > _PLACES_SHOWN else ""
            yield f"  {count} {reason}: {', '.join(self.places[reason])}{more}"


def publish_lines(
    name: str, lines: Sequence[tuple[int, bytes]], producer: Producer, report: Report, *, key: bytes
) -> None:
    """Sends those lines (number, bytes) of one file that are events of the contract; reports the others."""
    records = [Record(line, None, (), name, 0, number) for number, line in lines]
    quarantine = decode(records, key=key).quarantine
    wrong = {number: (reason, detail) for number, reason, detail in quarantine["offset", "reason", "detail"].rows()}
    for number, line in lines:
        if number in wrong:
            reason, detail = wrong[number]
            report.refuse(f"{reason} ({detail})" if detail else reason, f"{name}:{number}")
            continue
        topic, record_key = route(msgspec.json.decode(line))
        producer.send(topic, record_key, line, tag=f"{name}:{number}")


@click.command("publish")
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, allow_dash=True))
@click.option("--quiet", is_flag=True, help="No progress bar.")
def publish(files: tuple[str, ...], quiet: bool) -> int:
    """Send the events of JSON Lines FILES to the broker; `-` reads standard input.

    Exit code 0: every line was acknowledged; 1: some were refused; 2: no line could be sent.
    """
    settings = Settings.load()
    bootstrap = settings.broker_address()
    check(describe(bootstrap).values())
    report = Report()
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), MofNCompleteColumn())
    sizes = [Path(name).stat().st_size for name in files if name != "-"]
    with ExitStack() as stack:
        progress = stack.enter_context(
            Progress(*columns, console=console, transient=True, disable=quiet or not console.is_terminal)
        )
        bar = progress.add_task("bytes", total=None if "-" in files else sum(sizes))
        producer = stack.enter_context(
            Producer(bootstrap, on_failure=lambda tag, reason: report.refuse(reason, str(tag)))
        )
        for name in files:
            source = sys.stdin.buffer if name == "-" else stack.enter_context(open(name, "rb"))
            shown = "stdin" if name == "-" else Path(name).name
            for lines in chunks(source):
                publish_lines(shown, lines, producer, report, key=settings.quarantine_key())
                progress.advance(bar, sum(len(line) + 1 for _, line in lines))
        producer.flush()
        report.sent = producer.sent
    click.echo("\n".join(report.lines()), err=True)
    if not report.sent:
        if not report.refused:
            raise UserError("there was no line to send", "give a file with one CloudEvents object a line")
        return 2
    return 1 if report.refused else 0


def chunks(source: IO[bytes]) -> Iterator[list[tuple[int, bytes]]]:
    """Numbered lines without the empty ones; a pipe's lines go on as they come."""
    lines: list[tuple[int, bytes]] = []
    patient = source.seekable()
    for number, line in enumerate(iter(source.readline, b""), 1):
        content = line.strip()
        if content:
            lines.append((number, content))
        if len(lines) >= (CHUNK if patient else 100):
            yield lines
            lines = []
    if lines:
        yield lines
