"""`clausewatch backup` and `clausewatch restore`."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click
from rich.console import Console
from rich.progress import DownloadColumn, Progress, SpinnerColumn, TextColumn, TransferSpeedColumn

from infra import topics
from infra.errors import UserError
from infra.settings import Settings
from infra.warehouse import backup as backups
from infra.warehouse.commands import cured, data_dir_option, reached

_FOLDER = click.Path(file_okay=False, path_type=Path)


def _progress() -> Progress:
    columns = (SpinnerColumn(), TextColumn("{task.description}"), DownloadColumn(), TransferSpeedColumn())
    return Progress(*columns, console=Console(stderr=True), transient=True)


@click.command()
@click.argument("folder", type=_FOLDER)
@data_dir_option
def backup(folder: Path, data_dir: Path | None) -> int:
    """Copy the warehouse, as it is at one moment, into a new FOLDER; whatever runs goes on.

    The copy is checked against its chain before it counts. It holds pseudonyms, so keep it as safely as the warehouse;
    keep the data directory's `key` and `tokens` apart from it.
    """
    settings = Settings.at(data_dir)
    with cured("choose a new folder on a disk with room"), reached(settings) as store, _progress() as shown:
        task = shown.add_task("copying", total=None)
        made = backups.write(folder, store.backup(lambda done: shown.update(task, completed=done)), datetime.now(UTC))
    click.echo(f"{folder}: {made.rows:,} rows, {made.bytes / 1e6:,.0f} MB, {_head(made)}")
    for place in made.places:
        click.echo(f"  {place.topic}[{place.partition}] up to offset {place.next}")
    return 0


@click.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@data_dir_option
@click.option("--replace", is_flag=True, help="Put the warehouse that is there aside, under another name.")
def restore(folder: Path, data_dir: Path | None, replace: bool) -> int:
    """Put a backup back. Workers then read on from its offsets; what came later is in the log, or said to be lost."""
    settings = Settings.at(data_dir).ensure()
    target = settings.warehouse_file
    if settings.run_file("warehouse").read():
        raise UserError("the warehouse runs", "stop it first: Ctrl-C where `clausewatch up` runs")
    if target.exists() and not replace:
        raise UserError(f"{target} is there already", "add --replace: it is put aside, not removed")
    with cured("take another backup; this one was left as it is"):
        with _progress() as shown:
            shown.add_task("checking the backup", total=None)
            made = backups.check(folder)
        aside = _put_aside(target)
        with _progress() as shown:
            task = shown.add_task("putting it back", total=made.bytes)
            backups.put_back(folder, target, lambda done: shown.update(task, completed=done))
    click.echo(f"{target}: {made.rows:,} rows, {_head(made)}")
    if aside is not None:
        click.echo(f"  what was there is {aside.name} now")
    return _tell_of_log(settings, made)


def _head(made: backups.Manifest) -> str:
    if made.head is None:
        return "no transaction yet"
    return f"as of {made.head.recorded_at:%Y-%m-%d %H:%M:%S} UTC, transaction {made.head.batch}"


def _put_aside(target: Path) -> Path | None:
    if not target.exists():
        return None
    aside = target.with_name(f"{target.name}.before-{datetime.now(UTC):%Y%m%dT%H%M%SZ}")
    log = target.with_name(f"{target.name}.wal")
    if log.exists():  # not yet in the file: it goes along
        log.rename(aside.with_name(f"{aside.name}.wal"))
    target.rename(aside)
    return aside


def _tell_of_log(settings: Settings, made: backups.Manifest) -> int:
    """Say how many minutes the backup is old, and what of them the log still holds; 1 when something is lost."""
    since = made.head.recorded_at if made.head else made.made_at
    minutes = (datetime.now(UTC) - since).total_seconds() / 60
    bounds = topics.bounds(settings.bootstrap) if settings.bootstrap else None
    if bounds is None:
        click.echo(
            f"  it is {minutes:,.0f} min old; no broker is reached, so what of them the log holds is not known:"
            " the workers will tell (an accepted hole has a reason)"
        )
        return 0
    reading = backups.beyond(made.places, *bounds)
    click.echo(f"  it is {minutes:,.0f} min old; {reading.again:,} records of them are read again from the log")
    for place, records in reading.gone.items():
        click.echo(
            f"✖ lost: {records:,} records of {place.topic}[{place.partition}] from offset {place.next} on are no longer"
            f" in the log\n  → `clausewatch offsets accept-gap {place.topic} {place.partition} --reason …`"
        )
    return int(bool(reading.gone))
