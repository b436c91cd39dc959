"""`clausewatch snapshot` and `dossier`: reports and their bundles; `verify`: of a bundle or the warehouse."""

from __future__ import annotations

import getpass
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from dashboards.snapshot.bundle import MANIFEST, Snapshot, unpacked
from dashboards.snapshot.dossier import collected
from dashboards.snapshot.editions import changes
from dashboards.snapshot.make import kept, policy_in_use, taken, written
from dashboards.snapshot.signing import sign, unsigned
from dashboards.snapshot.verify import verified
from dashboards.speech import LANGUAGES
from infra.errors import UserError
from infra.files import private_directory
from infra.quarter import Quarter
from infra.settings import Settings
from infra.warehouse.commands import Instant, cured, data_dir_option, reached
from infra.warehouse.store import Store
from infra.warehouse.verify_commands import verify as verify_warehouse

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
MEMORY = "1GB"  # of a store that no warehouse serves: a report's own work needs half as much
CURE = "`clausewatch doctor` says what runs"


@click.command()
@click.argument("quarter", required=False)
@data_dir_option
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), help="Default: snapshots/ of the data.")
@click.option("--lang", type=click.Choice(LANGUAGES), default="en", show_default=True, help="Of the PDF beside it.")
@click.option("--as-of", type=Instant(), help="A draft up to this instant (default: now, or the quarter's end).")
@click.option("--sign", "key", type=_FILE, help="Sign the bundle with this Ed25519 key (PEM, 0600).")
@click.option("--compare", nargs=2, metavar="A B", help="What differs between two quarters, instead.")
@click.option("--part", default="operator", hidden=True, help="Whose token is shown to the warehouse.")
def snapshot(
    quarter: str | None,
    data_dir: Path | None,
    out: Path | None,
    lang: str,
    as_of: datetime | None,
    key: Path | None,
    compare: tuple[str, str] | None,
    part: str,
) -> None:
    """Write a quarter's compliance report: a PDF, and a bundle that `clausewatch verify` checks offline.

    QUARTER is written 2026Q3. Before it is over this makes a draft, which the next one replaces. Of a closed quarter
    no edition is overwritten: when late evidence changed something, another is written that says what and why.
    """
    if (quarter is None) == (compare is None):
        raise UserError("which quarter?", "write `clausewatch snapshot 2026Q3`, or --compare 2026Q2 2026Q3")
    named = [_quarter(each) for each in compare or (quarter,) if each]
    settings = Settings.at(data_dir)
    with cured(CURE), reached(settings, part) as warehouse, _steps() as step:
        if isinstance(warehouse, Store):
            warehouse.limit(MEMORY)
        if compare is not None:
            told = [taken(warehouse, each, None, step) for each in named]
        else:
            made = taken(warehouse, named[0], as_of, step)
            path, lines = kept(warehouse, made, out or settings.data_dir / "snapshots", lang, step)
    if compare is not None:
        _compared(*told)
        return
    if key is not None:
        bundle = path.with_name(path.stem.removesuffix(f"-{lang}") + ".zip")
        lines.append(f"signed: {sign(bundle, unpacked(bundle)[MANIFEST], key)}")
    for line in lines:
        click.echo(line, err=True)
    click.echo(path)


@click.command()
@click.argument("name")
@data_dir_option
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), help="Default: dossiers/ of the data.")
@click.option("--lang", type=click.Choice(LANGUAGES), default="en", show_default=True, help="Of the PDF beside it.")
@click.option("--as-of", type=Instant(), help="What had happened by then (default: now).")
def dossier(name: str, data_dir: Path | None, out: Path | None, lang: str, as_of: datetime | None) -> None:
    """Collect everything about one FINDING, REQUEST or INCIDENT, as a PDF and a bundle that `verify` checks.

    Events, facts as known then, what was judged and believed, alerts and actions. For an incident also a draft of
    the notification to the authority (GDPR 33(3)): what is known, and what is missing. The access log tells of it.
    """
    settings, at = Settings.at(data_dir), (as_of or datetime.now(UTC)).astimezone(UTC).replace(microsecond=0)
    with cured(CURE), reached(settings) as warehouse, _steps() as step:
        made = collected(warehouse, name, at, policy_in_use())
        for subject in sorted({row["subject"] or "" for row in made.aggregates["events"]}):
            warehouse.look(getpass.getuser(), "dossier", f"dossier {name}", subject or None)
        bundle = private_directory(out or settings.data_dir / "dossiers") / made.name
        pdf = bundle.with_name(f"{bundle.stem}-{lang}.pdf")
        line = written(warehouse, made, bundle, pdf, lang, step)
    click.echo(line, err=True)
    click.echo(pdf)


def _quarter(name: str) -> Quarter:
    try:
        return Quarter.of(name)
    except ValueError as fault:
        raise UserError(str(fault), "write the year, Q and a number from 1 to 4: 2026Q3") from None


@contextmanager
def _steps() -> Iterator[Callable[[str], None]]:
    spinner = Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        TimeElapsedColumn(),
        console=Console(stderr=True),
        transient=True,
    )
    with spinner:
        task = spinner.add_task("asking the warehouse", total=None)
        yield lambda text: spinner.update(task, description=text)


def _compared(one: Snapshot, other: Snapshot) -> None:
    found = changes(one.figures, other.figures)
    for each in found:
        states = f"{each['was'] or '-'} → {each['now']}" if each["was"] != each["now"] else each["now"]
        click.echo(f"{each['clause']:<10} {states:<22} breaches {each['was_n']} → {each['now_n']}")
    for made in (one, other):
        told = made.figures
        states = ", ".join(f"{n} {state}" for state, n in sorted(told["states"].items()))
        click.echo(f"{told['quarter']}: {states}; {told['events']:,} events, {len(made.lines):,} breaches", err=True)
    click.echo(f"{len(found)} promises differ", err=True)


@click.command()
@click.argument("bundle", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--public-key", "public", type=_FILE, help="Of a BUNDLE: whose signature must stand beside it (PEM).")
@click.pass_context
def verify(context: click.Context, /, bundle: Path | None, public: Path | None, **given: Any) -> int:
    """Check that every stored row is what was stored; or, of a snapshot's BUNDLE, every digest, figure and page.

    Without BUNDLE: the chain of transactions, and that every row of the warehouse is what was stored. It finds rows
    changed, removed, inserted or rolled back behind the warehouse's back, and names them. Whoever can write the file
    can also write another chain: keep heads elsewhere (--export-head), and give one back (--head).

    With BUNDLE, offline: the digests, the root of the findings, and every printed figure and page made again from the
    data inside.

    Exit 0: all agrees, 1: something does not.
    """
    if bundle is None:
        return int(context.invoke(verify_warehouse, **given) or 0)
    done = verified(bundle)
    if public is not None and (fault := unsigned(bundle, unpacked(bundle)[MANIFEST], public)):
        done = replace(done, faults=(*done.faults, fault))
    if given["as_json"]:
        click.echo(json.dumps({"bundle": bundle.name, "faults": done.faults, "notes": done.notes}))
        return int(bool(done.faults))
    for fault in done.faults:
        click.echo(f"✖ {fault}")
    for note in done.notes:
        click.echo(f"◆ {note}")
    manifest = done.manifest
    click.echo(
        f"{manifest['name']}: {len(manifest['files'])} files, {manifest['findings']:,} findings, "
        f"{len(done.faults) or 'no'} faults"
    )
    return int(bool(done.faults))


verify.params += verify_warehouse.params
