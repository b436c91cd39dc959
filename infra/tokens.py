"""What a process shows to the warehouse, and what the warehouse knows of it.

tokens/<name>.token   the secret of one process, 0600; only that process reads it
tokens/issued.json    name, role, SHA-256 of the secret, when issued, when revoked, 0600; the warehouse reads it

A token is issued once, at first use in the data directory or by `clausewatch tokens issue`, for a process elsewhere.
One that was revoked is not issued again until `clausewatch tokens rotate`. The warehouse looks at each call, so both
take effect at once. Secrets stand in files only, never in arguments or the environment, which others can list.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import re
import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from infra.errors import UserError
from infra.files import private_directory, read_secret, write_atomically

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")


@dataclass(frozen=True)
class Issued:
    """What is known of a token; instants in ISO 8601, UTC."""

    name: str
    role: str
    sha256: str
    issued_at: str
    revoked_at: str | None = None


class Tokens:
    """The tokens of one data directory; `directory` is made when the first is issued. Thread-safe."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self._book = directory / "issued.json"
        self._lock = threading.Lock()
        self._seen: tuple[int, int, int] | None = None
        self._callers: dict[str, Issued] = {}

    def issued(self) -> list[Issued]:
        """All, revoked ones too, by name. Raises UserError when others can read the book."""
        if not self._book.exists():
            return []
        return [Issued(**each) for each in json.loads(read_secret(self._book))]

    def secret(self, name: str, role: str) -> str:
        """The secret of this process; issued now if it never was. Raises UserError when it was revoked."""
        path = self._path(name)
        if path.exists() and not self._book.exists():  # issued where the warehouse runs, which is elsewhere
            return read_secret(path)
        with self._changing() as book:
            known = book.get(name)
            if known is not None and known.revoked_at is not None:
                raise UserError(
                    f"the token of {name} was revoked at {known.revoked_at}",
                    f"issue another, if it may come back: clausewatch tokens rotate {name}",
                )
            if path.exists():
                return read_secret(path)
            return self._issue(book, name, role)

    def issue(self, name: str, role: str) -> Path:
        """A new token; the file that its process needs. Raises UserError when there is one of this name."""
        with self._changing() as book:
            if name in book:
                raise UserError(f"{name} has a token", f"change it with: clausewatch tokens rotate {name}")
            self._issue(book, name, role)
        return self._path(name)

    def rotate(self, name: str) -> Path:
        """Another secret in the place of the old one, which no longer counts. Raises UserError when there is none."""
        with self._changing() as book:
            self._issue(book, name, self._known(book, name).role)
        return self._path(name)

    def revoke(self, name: str) -> None:
        """The token no longer counts, from the next call on. Raises UserError when there is none."""
        with self._changing() as book:
            known = self._known(book, name)
            book[name] = replace(known, revoked_at=known.revoked_at or _now())
            self._path(name).unlink(missing_ok=True)

    def caller(self, secret: str) -> Issued | None:
        """Whose secret it is; None: nobody's, or revoked. Found by its hash, so that timing tells nothing of it."""
        try:
            state = self._book.stat()
        except FileNotFoundError:
            return None
        seen = (state.st_mtime_ns, state.st_size, state.st_ino)
        with self._lock:
            if seen != self._seen:
                self._callers = {each.sha256: each for each in self.issued() if each.revoked_at is None}
                self._seen = seen
            return self._callers.get(_hash(secret))

    @contextmanager
    def _changing(self) -> Iterator[dict[str, Issued]]:
        """The book by name, written back at the end when it changed; one process at a time."""
        private_directory(self.directory)
        with (self.directory / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            book = {each.name: each for each in self.issued()}
            before = dict(book)
            yield book
            if book != before:
                rows = [asdict(book[name]) for name in sorted(book)]
                write_atomically(self._book, json.dumps(rows, indent=1) + "\n")

    def _issue(self, book: dict[str, Issued], name: str, role: str) -> str:
        secret = secrets.token_hex(32)
        write_atomically(self._path(name), secret + "\n")
        book[name] = Issued(name, role, _hash(secret), _now())
        return secret

    def _path(self, name: str) -> Path:
        if not _NAME.fullmatch(name):
            raise UserError(f'"{name}" is no name of a token', "write letters, digits and hyphens: worker-1")
        return self.directory / f"{name}.token"

    @staticmethod
    def _known(book: dict[str, Issued], name: str) -> Issued:
        if name not in book:
            names = ", ".join(sorted(book)) or "none yet"
            raise UserError(f"no token is named {name}; there are: {names}", "clausewatch tokens list")
        return book[name]


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "surrogateescape")).hexdigest()


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
