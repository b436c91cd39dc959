"""`clausewatch subject export|erase` and `clausewatch retention run`."""

from __future__ import annotations

import getpass
import json
import re
from pathlib import Path

import click

from infra.errors import UserError
from infra.settings import Settings
from infra.warehouse.commands import cured, data_dir_option, reached
from infra.warehouse.query_commands import plain
from infra.warehouse.retention import Terms

_CURE = "`clausewatch doctor` says what runs"
_PSEUDONYM = re.compile(r"[A-Za-z0-9._-]{1,128}")
_TERM = click.IntRange(1)
_purpose = click.option("--purpose", required=True, help="Why: it is noted in the access log.")


def _subject(text: str) -> str:
    if not _PSEUDONYM.fullmatch(text):
        raise UserError(
            "this is no pseudonym: 1 to 128 letters, digits, dots, dashes or underscores",
            "give the pseudonym that the sources use, never a name or an address",
        )
    return text


@click.group()
def subject() -> None:
    """What the audit holds of one data subject, by pseudonym only."""


@subject.command("export")
@click.argument("pseudonym")
@data_dir_option
@_purpose
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Default: standard output.")
def export_subject(pseudonym: str, data_dir: Path | None, purpose: str, out: Path | None) -> int:
    """Everything stored of a subject, as JSON (GDPR 15, 20; POPIA 23): events, facts, findings, obligations, looks."""
    name = _subject(pseudonym)
    with cured(_CURE), reached(Settings.at(data_dir)) as store:
        found = store.subject(name, getpass.getuser(), purpose)
    if not any(rows for table, rows in found.items() if table != "looks"):
        raise UserError("nothing is stored of this pseudonym", "look whether it is the one that the sources use")
    text = json.dumps({"subject": name, **plain(found)}, indent=1, ensure_ascii=False) + "\n"
    if out is None:
        click.echo(text, nl=False)
    else:
        out.touch(mode=0o600)
        out.write_text(text, "utf-8")
    return 0


@subject.command()
@click.argument("pseudonym")
@data_dir_option
@_purpose
@click.confirmation_option("--yes", prompt="What is erased cannot be brought back. Go on?", help="Do not ask.")
def erase(pseudonym: str, data_dir: Path | None, purpose: str) -> int:
    """Replace a subject by a tombstone (GDPR 17): facts and contents go, counts and the proof of findings stay.

    Events that come again, or are read again from the log, stay erased. Their bytes leave the file when the warehouse
    starts next. The log keeps what sources sent for as long as its retention says, and so do older backups: after a
    `restore` from before, erase again.
    """
    name = _subject(pseudonym)
    with cured(_CURE), reached(Settings.at(data_dir)) as store:
        done = store.erase([name], getpass.getuser(), purpose)
    if not any(done.values()):
        raise UserError("nothing is stored of this pseudonym", "look whether it is the one that the sources use")
    click.echo("erased: " + ", ".join(f"{rows:,} {table}" for table, rows in done.items()))
    return 0


@click.group()
def retention() -> None:
    """The terms of the audit's own data."""


@retention.command()
@data_dir_option
@click.option("--dry-run", is_flag=True, help="Say what is beyond its term, and change nothing.")
@click.option("--events", type=_TERM, default=Terms().events_months, show_default=True, metavar="MONTHS")
@click.option("--findings", type=_TERM, default=Terms().findings_years, show_default=True, metavar="YEARS")
@click.option(
    "--quarantine", type=click.IntRange(1), default=Terms().quarantine_days, show_default=True, metavar="DAYS"
)
@click.option("--looks", type=_TERM, default=Terms().looks_days, show_default=True, metavar="DAYS")
def run(data_dir: Path | None, dry_run: bool, events: int, findings: int, quarantine: int, looks: int) -> int:
    """Erase what is beyond its term: subjects become tombstones; findings, quarantine records and looks go.

    A subject's events are kept until MONTHS after their last obligation was settled, and at least after their last
    event. Counts stay. Let a timer run it daily.
    """
    terms = Terms(events, findings, quarantine, looks)
    with cured(_CURE), reached(Settings.at(data_dir)) as store:
        done = store.retention(terms, getpass.getuser(), dry_run=dry_run)
    told = ", ".join(f"{count:,} {name}" for name, count in done.items() if count) or "nothing"
    click.echo(f"{'beyond their term' if dry_run else 'erased'}: {told}")
    return 0
