"""The contract's command."""

from __future__ import annotations

from pathlib import Path

import click


@click.command("schemas")
@click.option(
    "--out",
    "directory",
    default="schemas",
    show_default=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="Where to write them.",
)
def schemas(directory: Path) -> None:
    """Write the events' JSON Schemas and the AsyncAPI 3 document."""
    from expectations.contract.schemas import write

    try:
        written = write(directory)
    except OSError as error:
        raise click.ClickException(
            f"{directory}: {error.strerror}; name a directory that can be written with --out"
        ) from error
    click.echo(f"{len(written)} documents in {directory}", err=True)


commands = [schemas]
