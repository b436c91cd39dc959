"""`clausewatch verify`: whether what the warehouse holds is what was stored."""

from __future__ import annotations

import json
from pathlib import Path

import click
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from infra.errors import UserError
from infra.settings import Settings
from infra.warehouse.chain import Head
from infra.warehouse.commands import cured, data_dir_option, reached
from infra.warehouse.verify import MOST

_FILE = click.Path(dir_okay=False, path_type=Path)


@click.command()
@data_dir_option
@click.option(
    "--head", "known", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="A head noted before."
)
@click.option(
    "--export-head", type=click.Path(dir_okay=False, path_type=Path), help="Note the head here: keep it apart."
)
@click.option("--json", "as_json", is_flag=True, help="Head, rows and faults as one object.")
def verify(data_dir: Path | None, known: Path | None, export_head: Path | None, as_json: bool) -> int:
    """Check the chain of transactions, and that every row is what was stored.

    It finds rows changed, removed, inserted or rolled back behind the warehouse's back, and names them. Whoever can
    write the file can also write another chain: keep heads elsewhere (--export-head), and give one back (--head).

    Exit 0: all agrees, 1: something does not.
    """
    noted = _head(known) if known else None
    spinner = Progress(
        SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn(), console=Console(stderr=True)
    )
    with cured("`clausewatch doctor` says what runs"), reached(Settings.at(data_dir)) as store, spinner:
        spinner.add_task("checking every row", total=None)
        done = store.verify(noted)
    if export_head and done.head and not done.faults:
        export_head.write_text(json.dumps(done.head.words()) + "\n", "utf-8")
    if as_json:
        click.echo(json.dumps(done.words()))
        return int(bool(done.faults))
    for each in done.faults:
        batch = f" (transaction {each.batch})" if each.batch is not None else ""
        click.echo(f"✖ {each.kind}: {each.table} {each.row}{batch}")
    more = f", the first {MOST} are shown" if len(done.faults) >= MOST else ""
    where = f"transaction {done.head.batch}, {done.head.chain.hex()}" if done.head else "no transaction yet"
    click.echo(f"{done.rows:,} rows checked up to {where}: {len(done.faults) or 'no'} faults{more}")
    return int(bool(done.faults))


def _head(file: Path) -> Head:
    try:
        return Head.of(json.loads(file.read_text("utf-8")))
    except (OSError, ValueError, KeyError, TypeError) as fault:
        raise UserError(f"{file} is no head", "give a file that `clausewatch verify --export-head` wrote") from fault
