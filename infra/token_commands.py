"""`clausewatch tokens`: who may call this data directory's warehouse."""

from __future__ import annotations

from pathlib import Path

import click

from infra.settings import Settings
from infra.tokens import Tokens
from infra.warehouse.roles import ALLOWED


@click.group()
@click.option("--data-dir", type=click.Path(path_type=Path, file_okay=False), help="[default: .clausewatch]")
@click.pass_context
def tokens(context: click.Context, data_dir: Path | None) -> None:
    """List, issue, rotate or revoke what parts show to the warehouse. It takes effect at once."""
    settings = Settings.at(data_dir)
    context.obj = settings.ensure().tokens


@tokens.command("list")
@click.pass_obj
def list_command(book: Tokens) -> None:
    """Say which there are: name, role, since when, whether revoked. Never a secret."""
    found = book.issued()
    for each in found:
        state = f"revoked {each.revoked_at}" if each.revoked_at else f"since {each.issued_at}"
        click.echo(f"{'○' if each.revoked_at else '●'} {each.name:<16} {each.role:<12} {state}")
    if not found:
        click.echo("none yet: each part is issued one when it first starts")


@tokens.command("issue")
@click.argument("name")
@click.option("--role", type=click.Choice(sorted(ALLOWED)), required=True)
@click.pass_obj
def issue(book: Tokens, name: str, role: str) -> None:
    """Issue one for a process elsewhere; copy the file that is named into its data directory, under tokens/."""
    click.echo(book.issue(name, role))


@tokens.command("rotate")
@click.argument("name")
@click.pass_obj
def rotate(book: Tokens, name: str) -> None:
    """Put another in its place. A running part of this data directory goes on with the new one by itself."""
    click.echo(book.rotate(name))


@tokens.command("revoke")
@click.argument("name")
@click.pass_obj
def revoke(book: Tokens, name: str) -> None:
    """Let it count no longer. `rotate` lets its process in again."""
    book.revoke(name)
    click.echo(f"{name} may call no longer")
