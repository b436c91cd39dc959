"""`clausewatch audit`: the same core and the same store as the stream, over files, without a broker or a server."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
import polars as pl
from rich.progress import Progress, SpinnerColumn, TextColumn

from expectations.contract.decode import Decoded, Record, decode, from_stored
from expectations.contract.instants import instant_or_date
from expectations.contract.senders import Senders
from expectations.formats import finding, instant
from expectations.model import registry
from expectations.policy import Policy, PolicyError, load
from expectations.readings import of_clauses
from expectations.vocabulary import finding_id
from infra.errors import UserError
from infra.settings import Settings
from infra.warehouse.answers import Stale
from infra.warehouse.client import connect
from infra.warehouse.commands import cured, data_dir_option, reached
from infra.warehouse.query_commands import known_at_option
from infra.warehouse.store import Store
from streams.core.examine import Engine, examine, know, without_events
from streams.formats import FORMATS

PIECE = 20_000
PARTITION = 0


@dataclass
class Audited:
    """What an audit found. `findings`: the objects of `--format json`; `store` holds the canonical tables."""

    store: Store
    as_of: datetime
    findings: list[dict[str, Any]] = field(default_factory=list)
    quarantined: Counter[str] = field(default_factory=Counter)
    events: int = 0
    later: int = 0  # events after T: counted and left out
    dropped_fields: int = 0


def audit(
    records: Sequence[Record],
    *,
    policy: Policy | None = None,
    as_of: datetime | None = None,
    key: bytes = b"",
    engine: Engine | None = None,
    piece: int = PIECE,
    passes: bool = False,
) -> Audited:
    """Judge records as of T (default: now), whatever their order.

    Findings: breaches, indeterminate ones and all obligations; with `passes` also what events passed.
    """
    engine = engine or Engine(policy or load())
    as_of = (as_of or datetime.now(UTC)).astimezone(UTC)
    store = Store(":memory:", clock=lambda: as_of)
    done = Audited(store, as_of)
    for start in range(0, len(records), piece):
        _take(records[start : start + piece], done, engine, key)
    store.reconcile()  # one identity under two times
    _rejudge(done, engine)
    done.findings = list(_findings(done))
    if passes:
        done.findings += _passes(done)
        done.findings.sort(key=lambda each: (each["time"], each["clause"], each["source"], each["event_id"]))
    return done


def findings_of(events: pl.DataFrame, engine: Engine, as_of: datetime) -> list[dict[str, Any]]:
    """What decoded events come to by themselves, in a store of their own: rows of query `audit_findings`."""
    store = Store(":memory:", clock=lambda: as_of)
    try:
        done = Audited(store, as_of)
        _apply(done, engine, events)
        _rejudge(done, engine)
        rows: list[dict[str, Any]] = store.query("audit_findings", {"now": as_of}).to_pylist()
        return rows
    finally:
        store.close()


def _take(records: Sequence[Record], done: Audited, engine: Engine, key: bytes) -> None:
    decoded: Decoded = decode(records, key=key, systems=Senders(systems=engine.policy.systems))
    in_time = decoded.events.filter(pl.col("time") <= done.as_of)
    done.later += decoded.events.height - in_time.height
    done.events += in_time.height
    done.quarantined.update(decoded.quarantine["reason"].to_list())
    done.dropped_fields += decoded.dropped_fields
    _apply(done, engine, in_time, quarantine=decoded.quarantine, dropped_fields=decoded.dropped_fields)


def _apply(done: Audited, engine: Engine, events: pl.DataFrame, **more: Any) -> None:
    epoch = done.store.claim([PARTITION], "audit").epochs[PARTITION]
    while True:
        number, registers = done.store.registers(0)
        known = know(done.store, events, registers, number, more.get("entities", ()))
        try:
            done.store.apply(examine(events, known, engine, now=done.as_of, partition=PARTITION, epoch=epoch, **more))
        except Stale:
            continue
        return


def _rejudge(done: Audited, engine: Engine) -> None:
    """Work off what late facts and registers have revised."""
    while True:
        pending = done.store.pending([PARTITION], done.as_of)
        if not pending.num_rows:
            return
        # All rows at once: a piece of 5,000 events costs little more than one entity's few.
        numbers = pending["rejudge"].to_pylist()
        events = from_stored(pl.DataFrame(done.store.history(numbers)))
        _apply(done, engine, events, revises=tuple(numbers), entities=without_events(pending.to_pylist()))


def _findings(done: Audited) -> Iterator[dict[str, Any]]:
    """Every finding, in the form of `--format json`, by time, then clause."""
    for row in done.store.query("audit_findings", {"now": done.as_of}).to_pylist():
        yield finding(row)


def _passes(done: Audited) -> Iterator[dict[str, Any]]:
    told = {"outcome": "pass", "key": "", "due_at": None, "state": None, "evidence": None, "missing": None}
    for row in done.store.query("audit_passes", {"now": done.as_of}).to_pylist():
        severity = registry()[row["clause"]].severity.value
        name = finding_id(row["clause"], row["source"], row["id"])
        yield finding({**told, **row, "finding": name, "severity": severity})


def records_of(files: Iterable[str]) -> Iterator[Record]:
    """The lines of JSON Lines files; `-` is standard input. Empty lines are none."""
    for name in files:
        stream = sys.stdin.buffer if name == "-" else Path(name).open("rb")  # noqa: SIM115 - closed below
        try:
            for number, line in enumerate(stream, 1):
                if line.strip():
                    yield Record(line.rstrip(b"\r\n"), None, (), Path(name).name, PARTITION, number)
        finally:
            if name != "-":
                stream.close()


def instant_of(text: str | None) -> datetime:
    """The instant of an option `--as-of`; now, when it is not given."""
    if text is None:
        return datetime.now(UTC)
    found = instant_or_date(text)
    if found is None:
        raise UserError(f'--as-of: "{text}" is no instant', "write 2026-03-01T09:00:00Z, or a date")
    return found


@click.command()
@click.argument("files", nargs=-1, metavar="[FILE…]")
@data_dir_option
@click.option("--as-of", "as_of_text", help="Judge as of this instant (default: now); later events are left out.")
@known_at_option
@click.option("--format", "form", type=click.Choice(list(FORMATS)), default="table", show_default=True)
@click.option("--policy", "policy_path", type=click.Path(), help="A policy's file or folder (default: Custom Connect).")
@click.option("--what-if", is_flag=True, help="Which outcomes --policy flips against the policy in use.")
@click.option("--all", "all_outcomes", is_flag=True, help="Every outcome and open obligations, not breaches only.")
@click.option("--strict", is_flag=True, help="Exit 2 when a line was quarantined.")
@click.option("--export", "export_to", type=click.Path(file_okay=False), help="Write the canonical tables here too.")
def audit_command(
    files: tuple[str, ...],
    data_dir: Path | None,
    as_of_text: str | None,
    known_at: datetime | None,
    form: str,
    policy_path: str | None,
    what_if: bool,
    all_outcomes: bool,
    strict: bool,
    export_to: str | None,
) -> None:
    """Check events of JSON Lines files (- for stdin) against the policy, without a broker.

    Without files it tells what the warehouse holds: the findings as of --as-of, as they were believed at --known-at.
    With a draft as --policy that is tried on all that is stored: which outcomes it would flip, clause by clause, with
    examples; nothing is changed. Findings to stdout, progress to stderr.

    Exit 0: no breach (nothing flips), 1: breaches (some do), 2: bad usage or no readable line.
    """
    if not files and policy_path and (as_of_text or known_at):
        raise UserError("a draft is tried on all that is stored", "leave --as-of and --known-at out, or name files")
    if not files and (export_to or all_outcomes):
        raise UserError("--all and --export are about files", "name some; `clausewatch export` writes what is stored")
    if files and known_at:
        raise UserError("files have no past", "leave --known-at out, or name no files: then the warehouse is asked")
    as_of = instant_of(as_of_text)
    if not files and not policy_path:
        sys.exit(_stored(data_dir, as_of, known_at, form))
    for name in files:
        if name != "-" and not Path(name).is_file():
            raise UserError(f"{name}: no such file", "name JSON Lines files, or - for standard input")
    try:
        policy = load(policy_path, of_clauses())
    except PolicyError as fault:
        raise UserError(str(fault), "mend the policy file; `clausewatch policy check` names every fault") from fault
    if not files:
        sys.exit(_what_if_of_stored(policy, data_dir, form))
    if what_if:
        sys.exit(_what_if(list(records_of(files)), policy, as_of, form))
    with _progress() as progress:
        task = progress.add_task("reading", total=None)
        records = list(records_of(files))
        progress.update(task, description=f"judging {len(records):,} lines")
        done = audit(records, policy=policy, as_of=as_of, key=_key(), passes=all_outcomes)
        if export_to:
            done.store.export(Path(export_to), as_of)
    _tell(done)
    shown = done.findings if all_outcomes else [each for each in done.findings if each["outcome"] == "breach"]
    click.echo(FORMATS[form](shown), nl=False)
    if (not done.events and not done.later) or (strict and done.quarantined):
        sys.exit(2)
    sys.exit(1 if any(each["outcome"] == "breach" for each in done.findings) else 0)


audit_command.name = "audit"


def _key() -> bytes:
    """The installation's own key where there is one; a file's quarantine digests need no other."""
    settings = Settings.load()
    return settings.quarantine_key() if settings.data_dir.exists() else b"offline"


def _progress() -> Progress:
    from rich.console import Console

    return Progress(SpinnerColumn(), TextColumn("{task.description}"), console=Console(stderr=True), transient=True)


def _stored(data_dir: Path | None, as_of: datetime, known_at: datetime | None, form: str) -> int:
    """Print what breached as of T in the warehouse, as believed at an instant; 1 when anything did."""
    asked = {"now": as_of} | ({"known": known_at} if known_at else {})
    with cured("`clausewatch doctor` says what runs"), reached(Settings.at(data_dir)) as store:
        found = [finding(row) for row in store.query("audit_findings", asked).to_pylist()]
    breaches = [each for each in found if each["outcome"] == "breach"]
    since = f", as believed at {instant(known_at)}" if known_at else ""
    click.echo(f"as of {instant(as_of)}{since}: {len(breaches)} breaches", err=True)
    click.echo(FORMATS[form](breaches), nl=False)
    return int(bool(breaches))


def _what_if(records: Sequence[Record], draft: Policy, as_of: datetime, form: str) -> int:
    """What the draft would flip among these lines; 1 when anything does."""
    with _progress() as progress:
        progress.add_task(f"judging {len(records):,} lines", total=None)
        done = audit(records, policy=load(clauses=of_clauses()), as_of=as_of, key=_key())
    _tell(done)
    return _flips(done.store, draft, form)


def _what_if_of_stored(draft: Policy, data_dir: Path | None, form: str) -> int:
    cure = "start it with `clausewatch up`, or name files of events"
    with cured(cure), connect(Settings.at(data_dir), "operator") as warehouse:
        return _flips(warehouse, draft, form)


def _flips(store: Any, draft: Policy, form: str) -> int:
    """Print clause, from, to, how many and examples of all that is stored; 1 when anything flips."""
    from streams.rejudge import flips_of, lines_of, show

    since = datetime.min.replace(tzinfo=UTC)
    if form != "json":
        return int(show(flips_of(store, draft, since)))
    flips = False
    for line in lines_of(store, draft, since):
        flips |= "clause" in line
        click.echo(json.dumps(line))
        sys.stdout.flush()
    return int(flips)


def _tell(done: Audited) -> None:
    breaches = sum(1 for each in done.findings if each["outcome"] == "breach")
    click.echo(f"{done.events} events judged as of {instant(done.as_of)}: {breaches} breaches", err=True)
    if done.later:
        click.echo(f"{done.later} events lie after that instant and were left out", err=True)
    if done.dropped_fields:
        click.echo(f"{done.dropped_fields} unknown fields were looked through and dropped", err=True)
    if done.quarantined:
        reasons = ", ".join(f"{reason} {n}" for reason, n in sorted(done.quarantined.items()))
        click.echo(f"{sum(done.quarantined.values())} lines quarantined: {reasons}", err=True)
