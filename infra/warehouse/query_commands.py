"""`clausewatch query` and `clausewatch history`: what the warehouse holds, as of an instant and as known at another."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from infra.clock import utc_text
from infra.errors import UserError
from infra.settings import Settings
from infra.warehouse.commands import Instant, cured, data_dir_option, reached
from infra.warehouse.queries import described, names, parameters

CURE = "`clausewatch query --list` names them all; `clausewatch doctor` says what runs"
as_of_option = click.option("--as-of", type=Instant(), help="What had happened by then (default: now).")
known_at_option = click.option("--known-at", type=Instant(), help="What was believed then (default: now).")


@click.command()
@click.argument("name", required=False)
@data_dir_option
@as_of_option
@known_at_option
@click.option("--set", "given", multiple=True, metavar="NAME=VALUE", help="A parameter of the query.")
@click.option("--json", "as_json", is_flag=True, help="An object a row, one a line.")
@click.option("--list", "listing", is_flag=True, help="The queries, and what each may be asked.")
def query(
    name: str | None,
    data_dir: Path | None,
    as_of: datetime | None,
    known_at: datetime | None,
    given: Sequence[str],
    as_json: bool,
    listing: bool,
) -> int:
    """Ask the warehouse one of its named queries. No SQL goes there: a new question is a file in queries/.

    --as-of and --known-at are two clocks: what had happened by then, and what was believed then. A fact that came
    late changes what is known of the past; --known-at shows the past as it stood before.
    """
    if listing:
        for each in names():
            click.echo(f"{each}\n    {described(each)}")
        return 0
    if name is None or name not in names():
        raise UserError(f"no query is named {name!r}" if name else "no query was named", CURE)
    asked = {"now": as_of, "known": known_at, **dict(_pair(each, name) for each in given)}
    asked = {key: value for key, value in asked.items() if value is not None}
    if "known" in asked and "known" not in parameters(name):
        raise UserError(
            f"{name} tells only what is believed now",
            "leave --known-at out; findings, obligations and audit_findings take it",
        )
    with cured(CURE), reached(Settings.at(data_dir)) as found:
        rows = found.query(name, asked).to_pylist()
    (_json if as_json else _table)(rows)
    return 0


@click.command()
@click.argument("finding")
@data_dir_option
@click.option("--json", "as_json", is_flag=True, help="An object a belief, one a line.")
def history(finding: str, data_dir: Path | None, as_json: bool) -> int:
    """What was believed of a finding, from when to when, and why it changed."""
    with cured(CURE), reached(Settings.at(data_dir)) as found:
        rows = found.query("history", {"finding": finding}).to_pylist()
    if not rows:
        raise UserError(f"no finding is named {finding}", "copy it from a page, from `audit` or from an export, whole")
    if as_json:
        _json(rows)
        return 0
    first = rows[0]
    key = f" {first['key']}" if first["key"] else ""
    click.echo(f"{first['clause']}{key} on {first['source']} {first['id']} of {plain(first['time'])}")
    for number, row in enumerate(rows):
        until = plain(row["believed_to"]) or "now"
        click.echo(f"\n{plain(row['believed_from'])} → {until}: {_outcome(row)}, policy {row['policy_version']}")
        causes = ", ".join(_CAUSES.get(each, each) for each in row["causes"])
        click.echo(f"    because {causes or ('of new facts' if number else 'it arrived')}")
        for each in row["came"]:
            click.echo(f"    {each['type']} {each['source']} {each['id']} of {plain(each['time'])}")
    return 0


_CAUSES = {
    "late_fact": "a fact came late",
    "told_elsewhere": "told by another source",
    "register": "a register changed",
    "held": "its time came",
    "id_conflict": "one id with two contents",
    "rules": "the policy or a rule changed",
}


def _outcome(row: Mapping[str, Any]) -> str:
    """Outcome and state, with what is missing where it cannot be told."""
    said = " · ".join(dict.fromkeys(each for each in (row["outcome"], row["state"]) if each))
    return f"{said} ({row['missing']} absent)" if row["missing"] else said


def _pair(text: str, name: str) -> tuple[str, Any]:
    key, equals, value = text.partition("=")
    if not equals or key not in parameters(name):
        known = ", ".join(sorted(parameters(name))) or "none"
        raise UserError(f'--set "{text}" is no parameter of {name}', f"write NAME=VALUE; it has: {known}")
    return key, int(value) if value.isdecimal() else value


def plain(value: Any) -> Any:
    """JSON of one value; instants in UTC, bytes in hexadecimal."""
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, datetime):
        return utc_text(value)
    if isinstance(value, dict):
        return {name: plain(each) for name, each in value.items()}
    return [plain(each) for each in value] if isinstance(value, list) else value


def _json(rows: Iterable[Mapping[str, Any]]) -> None:
    for row in rows:
        click.echo(json.dumps(plain(dict(row)), ensure_ascii=False, separators=(",", ":")))


def _cell(value: Any) -> str:
    shown = plain(value)
    return "" if shown is None else json.dumps(shown, sort_keys=True) if isinstance(shown, dict | list) else str(shown)


def _table(rows: Sequence[Mapping[str, Any]]) -> None:
    table = Table(box=None, pad_edge=False)
    for heading in rows[0] if rows else ():
        table.add_column(heading, overflow="fold")
    for row in rows:
        table.add_row(*(_cell(value) for value in row.values()))
    Console().print(table if rows else "no rows")
