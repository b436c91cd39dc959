"""`clausewatch pseudonym`: identifiers in, pseudonyms out, on the company's own machine and with the company's own key.

A keyed hash (HMAC-SHA-256, RFC 2104; pseudonymisation as of GDPR 4(5)): without the key nobody gets from one to the
other. It needs no installation, writes nothing and keeps nothing.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import sys
import unicodedata
from pathlib import Path

import click

from infra.errors import UserError

VARIABLE = "CLAUSEWATCH_PSEUDONYM_KEY"
SHORTEST = 16  # bytes of a key
DIGITS = 32  # hex digits of a pseudonym: 128 bits


def pseudonym(identifier: str, key: bytes) -> str:
    """The pseudonym of an identifier, the same however it is capitalised, spaced at its ends or composed."""
    plain = unicodedata.normalize("NFKC", identifier).strip().casefold()
    return f"p-{hmac.new(key, plain.encode(), hashlib.sha256).hexdigest()[:DIGITS]}"


def key_of(file: Path | None) -> bytes:
    """The key, from a file or the environment. Raises UserError."""
    if file is not None:
        try:
            key = file.read_bytes().strip()
        except OSError as fault:
            raise UserError(f"{file} cannot be read: {fault.strerror}", "name the file that holds the key") from fault
    else:
        key = os.environ.get(VARIABLE, "").encode()
    if not key:
        raise UserError(
            "there is no key", f"name its file by --key-file, or set {VARIABLE}; never type it as an argument"
        )
    if len(key) < SHORTEST:
        raise UserError(f"the key is shorter than {SHORTEST} bytes", "make one: openssl rand -hex 32")
    return key


@click.command("pseudonym")
@click.option("--key-file", type=click.Path(path_type=Path, dir_okay=False), help=f"[default: {VARIABLE}]")
def command(key_file: Path | None) -> int:
    """Turn identifiers, one a line of standard input, into pseudonyms, one a line. Meant for another machine than this.

    Capitals and spaces at the ends make no difference. An empty line stays empty.
    """
    key = key_of(key_file)
    if sys.stdin.isatty():
        click.echo("one identifier a line; end with Ctrl-D", err=True)
    for line in sys.stdin:
        click.echo(pseudonym(line, key) if line.strip() else "")
    return 0
