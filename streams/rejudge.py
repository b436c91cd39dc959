"""`clausewatch rejudge`: judge stored events again after a policy change or a mended rule, and say first what flips."""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import click
import polars as pl
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn
from rich.table import Table

from expectations.contract.decode import from_stored
from expectations.model import registry
from expectations.policy import Policy, load
from expectations.readings import of_clauses
from expectations.rules import rules_digest
from infra.clock import WallClock
from infra.errors import UserError
from infra.settings import Settings
from infra.warehouse.answers import Stale
from infra.warehouse.client import Warehouse, connect
from infra.warehouse.commands import Instant, cured, data_dir_option
from infra.warehouse.rejudge import RULES
from infra.warehouse.schema import FACTS
from streams.core.examine import Engine, entities_of, examine, know

PIECE = 5000  # events
EXAMPLES = 3  # of each kind of flip
_IDENTITY = ["source", "id"]
Flip = tuple[str, str, str]  # clause, from, to


@dataclass
class Flips:
    """What a judging anew changes; of each kind of flip how many, and a few of the events (source, id)."""

    counted: Counter[Flip] = field(default_factory=Counter)
    shown: dict[Flip, list[tuple[str, str]]] = field(default_factory=lambda: defaultdict(list))
    obliged: dict[str, list[tuple[Flip, tuple[str, str]]]] = field(default_factory=dict)  # by entity: told whole

    def add(self, rows: pl.DataFrame, entities: Iterable[str]) -> None:
        """Take in one piece: rows of `infra.warehouse.flips.COLUMNS`. Of an entity the last piece speaks."""
        self.obliged |= {entity: [] for entity in entities}
        for clause, source, name, entity, before, after in rows.iter_rows():
            flip, event = (clause, before, after), (source, name)
            if entity is not None:
                self.obliged[entity].append((flip, event))
            else:
                self._count(flip, event, self.counted, self.shown)

    @staticmethod
    def _count(
        flip: Flip, event: tuple[str, str], counted: Counter[Flip], shown: dict[Flip, list[tuple[str, str]]]
    ) -> None:
        counted[flip] += 1
        if len(shown[flip]) < EXAMPLES:
            shown[flip].append(event)

    def rows(self) -> list[tuple[Flip, int, list[tuple[str, str]]]]:
        """Every kind of flip with its number and examples, in the policy's order."""
        counted, shown = Counter(self.counted), defaultdict(list, {flip: [*of] for flip, of in self.shown.items()})
        for flip, event in (each for told in self.obliged.values() for each in told):
            self._count(flip, event, counted, shown)
        order = {clause: place for place, clause in enumerate(registry())}
        kinds = sorted(counted, key=lambda flip: (order.get(flip[0], len(order)), flip))
        return [(flip, counted[flip], shown[flip]) for flip in kinds]


def dry_run(warehouse: Any, policy: Policy, since: datetime) -> Iterator[tuple[int, Flips]]:
    """Judge all stored events at or after `since` again in pieces; yields how many so far, and all flips so far.

    Nothing is stored, so facts that the rules now state otherwise are kept here, for the pieces after.
    """
    engine, clock, found = Engine(policy), WallClock(), Flips()
    number, registers = warehouse.registers(0)
    empty = pl.DataFrame(FACTS.empty_table())
    stated, seen = empty, pl.DataFrame(schema=dict.fromkeys(_IDENTITY, pl.String))
    after, done = None, 0
    while (table := warehouse.stored(since, after, PIECE)).num_rows:
        events = from_stored(pl.DataFrame(table))
        entities = entities_of(events)
        known = know(warehouse, events, registers, number)
        old = pl.DataFrame(known.facts).join(seen, on=_IDENTITY, how="anti")
        facts = pl.concat([old, stated.filter(pl.col("entity").is_in(entities))]).to_arrow().cast(FACTS)
        while True:
            known = replace(known, facts=facts, registers=registers, number=number)
            batch = examine(events, known, engine, now=clock.now(), partition=0, epoch=0, revises=(0,))
            try:
                found.add(pl.DataFrame(warehouse.flips(batch)), batch.entities)
                break
            except Stale:
                number, registers = warehouse.registers(0)
        stated = pl.concat([stated, pl.DataFrame(batch.facts)])
        seen = pl.concat([seen, events.select(_IDENTITY)])
        done += events.height
        after = (table["time"][-1].as_py(), table["source"][-1].as_py(), table["id"][-1].as_py())
        yield done, found


def table_of(flips: Flips) -> Table:
    """Clause, from, to, how many, and examples; for a terminal."""
    table = Table(box=None, pad_edge=False)
    for name in ("clause", "from", "to"):
        table.add_column(name)
    table.add_column("outcomes", justify="right")
    table.add_column("for example", overflow="fold")
    for (clause, before, after), n, events in flips.rows():
        table.add_row(clause, before, after, f"{n:,}", ", ".join(f"{source} {name}" for source, name in events))
    return table


def show(flips: Flips) -> bool:
    """Print the table, or that nothing flips; whether anything does."""
    rows = flips.rows()
    Console().print(table_of(flips) if rows else "no outcome flips")
    return bool(rows)


@click.command()
@data_dir_option
@click.option("--since", type=Instant(), required=True, help="Events of this time and later.")
@click.option("--dry-run", "only_say", is_flag=True, help="Say what would flip, and change nothing.")
@click.option(
    "--policy", "draft", type=click.Path(exists=True, path_type=Path), help="With --dry-run: a draft instead."
)
def rejudge(data_dir: Path | None, since: datetime, only_say: bool, draft: Path | None) -> int:
    """Judge stored events again by the policy and the rules of this installation.

    First it says which outcomes flip. Then the workers judge in pieces of 5,000 events; what was believed before is
    kept, with its cause. It may be stopped at any time: the work is written down, and whoever runs next goes on.
    Exit code 0: nothing flips, or all was judged again; 1: outcomes would flip (--dry-run).
    """
    settings = Settings.at(data_dir)
    if draft is not None and not only_say:
        raise UserError("a draft is not what the workers judge by", "add --dry-run, or make it a version of the policy")
    policy = load(draft, of_clauses())
    with cured("start it with `clausewatch up`, then ask again"), connect(settings, "operator") as warehouse:
        flips = flips_of(warehouse, policy, since)
        flipped = show(flips)
        if only_say:
            return int(flipped)
        _same_rules(warehouse)
        rows = warehouse.rejudge(since)
        _wait(warehouse, rows)
    return 0


def flips_of(warehouse: Any, policy: Policy, since: datetime) -> Flips:
    """All flips; with progress."""
    flips = Flips()
    with _progress() as progress:
        task = progress.add_task("judging again, changing nothing", total=None)
        for done, found in dry_run(warehouse, policy, since):
            flips = found
            progress.update(task, completed=done)
    return flips


def lines_of(warehouse: Any, policy: Policy, since: datetime) -> Iterator[dict[str, Any]]:
    """As `flips_of`, for programs: how many events were judged after each piece, then every kind of flip."""
    flips = Flips()
    for done, found in dry_run(warehouse, policy, since):
        flips = found
        yield {"judged": done}
    for (clause, before, after), n, events in flips.rows():
        examples = [{"source": source, "event_id": name} for source, name in events]
        yield {"clause": clause, "from": before, "to": after, "outcomes": n, "examples": examples}


def _same_rules(warehouse: Warehouse) -> None:
    workers = warehouse.query("workers").to_pylist()
    if not workers:
        raise UserError("no worker runs: nobody would judge", "start one with `clausewatch up` or `clausewatch worker`")
    others = [each["worker"] for each in workers if each["rules"] != rules_digest()]
    if others:
        raise UserError(
            f"{', '.join(others)} runs by other rules than these files",
            "restart it, so that it reads them, then ask again",
        )


def _wait(warehouse: Warehouse, rows: int) -> None:
    with _progress() as progress:
        task = progress.add_task("the workers judge again", total=rows)
        while left := sum(each["n"] for each in warehouse.query("progress").to_pylist() if each["cause"] == RULES):
            progress.update(task, completed=rows - left)
            time.sleep(0.5)
        progress.update(task, completed=rows)


def _progress() -> Progress:
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    return Progress(*columns, console=Console(stderr=True), transient=True)
