"""The settings of one installation, read from the environment once, and the files of its data directory.

.clausewatch/            0700
  key                    HMAC key of the quarantine's digests, 0600
  tokens/<role>.token    what a part shows to the warehouse, 0600
  run/<part>.json        pid and address of a running part
  logs/<part>.log
  warehouse.duckdb, kafka/
"""

from __future__ import annotations

import json
import os
import secrets
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from infra.errors import UserError

DEFAULT_DATA_DIR = ".clausewatch"
DEFAULT_PARTITIONS = 12


@dataclass(frozen=True)
class RunFile:
    """What a running part says of itself: `pid`, `address` and whatever else others need to reach it."""

    path: Path

    def read(self) -> dict[str, Any] | None:
        """The part's words; None when it does not run, or ended without a word (its pid is gone)."""
        try:
            found = json.loads(self.path.read_text("utf-8"))
        except (FileNotFoundError, ValueError):
            return None
        if not isinstance(found, dict) or not alive(found.get("pid")):
            return None
        return found

    def write(self, **words: Any) -> None:
        """Replaces the file at one stroke; `pid` is this process unless given."""
        write_atomically(self.path, json.dumps({"pid": os.getpid(), **words}, sort_keys=True) + "\n")

    def remove(self) -> None:
        self.path.unlink(missing_ok=True)


@dataclass(frozen=True)
class Settings:
    """One installation. Made by `load`; tests may make their own.

    `bootstrap` and `warehouse` are None unless the environment names them: then the running parts' own
    files in `run/` say where they are.
    """

    data_dir: Path
    bootstrap: str | None = None
    partitions: int = DEFAULT_PARTITIONS
    warehouse: str | None = None
    group: str = "clausewatch"

    @classmethod
    def load(cls, environ: Mapping[str, str] | None = None) -> Settings:
        """From CLAUSEWATCH_DATA_DIR, CLAUSEWATCH_PARTITIONS, CLAUSEWATCH_WAREHOUSE, CLAUSEWATCH_GROUP
        and KAFKA_BOOTSTRAP_SERVERS. Raises UserError naming the variable. Makes no file.
        """
        env = os.environ if environ is None else environ
        partitions = env.get("CLAUSEWATCH_PARTITIONS") or str(DEFAULT_PARTITIONS)
        if not partitions.isdecimal() or not 1 <= int(partitions) <= 1000:
            raise UserError(
                f'CLAUSEWATCH_PARTITIONS: "{partitions}" is no number of partitions',
                f"write a whole number from 1 to 1000, or unset it for {DEFAULT_PARTITIONS}",
            )
        return cls(
            data_dir=Path(env.get("CLAUSEWATCH_DATA_DIR") or DEFAULT_DATA_DIR).expanduser().absolute(),
            bootstrap=env.get("KAFKA_BOOTSTRAP_SERVERS") or None,
            partitions=int(partitions),
            warehouse=env.get("CLAUSEWATCH_WAREHOUSE") or None,
            group=env.get("CLAUSEWATCH_GROUP") or "clausewatch",
        )

    def ensure(self) -> Settings:
        """Makes the data directory, for this user only; returns itself. Raises UserError."""
        try:
            private_directory(self.data_dir)
        except OSError as error:
            raise UserError(
                f"the data directory {self.data_dir} cannot be made: {error.strerror}",
                "choose another with --data-dir or CLAUSEWATCH_DATA_DIR",
            ) from None
        return self

    @property
    def warehouse_file(self) -> Path:
        return self.data_dir / "warehouse.duckdb"

    @property
    def logs(self) -> Path:
        """The directory of the parts' logs, made when asked for."""
        return private_directory(self.ensure().data_dir / "logs")

    def run_file(self, part: str) -> RunFile:
        """`run/<part>.json`; a worker's part is `worker-1`, `worker-2` …"""
        return RunFile(private_directory(self.ensure().data_dir / "run") / f"{part}.json")

    def token(self, role: str) -> str:
        """The secret that a part of this role shows to the warehouse; made at first use, 0600."""
        directory = private_directory(self.ensure().data_dir / "tokens")
        return _secret(directory / f"{role}.token").decode("ascii")

    def quarantine_key(self) -> bytes:
        """The key of the digests in quarantine records, 32 bytes; made at first use, 0600."""
        return bytes.fromhex(_secret(self.ensure().data_dir / "key").decode("ascii"))

    def broker_address(self) -> str:
        """Where the broker is: KAFKA_BOOTSTRAP_SERVERS, else the running one's word. Raises UserError."""
        if self.bootstrap:
            return self.bootstrap
        running = self.run_file("broker").read()
        if running is None:
            raise UserError(
                f"no broker is known: KAFKA_BOOTSTRAP_SERVERS is not set and none runs on {self.data_dir}",
                "start one with `clausewatch up`, or set KAFKA_BOOTSTRAP_SERVERS to yours",
            )
        return str(running["address"])

    def warehouse_address(self) -> str:
        """Where the warehouse is: CLAUSEWATCH_WAREHOUSE, else its own word. Raises UserError."""
        if self.warehouse:
            return self.warehouse
        running = self.run_file("warehouse").read()
        if running is None:
            raise UserError(
                f"no warehouse runs on {self.data_dir}",
                "start it with `clausewatch up` or `clausewatch warehouse`, or choose another --data-dir",
            )
        return str(running["address"])


def alive(pid: object) -> bool:
    """True when a process of this id runs (a zombie does not)."""
    if not isinstance(pid, int) or pid <= 0:
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    try:
        state = Path(f"/proc/{pid}/stat").read_text("ascii", "replace").rpartition(")")[2].split()
    except OSError:
        return True  # no /proc here: the signal's answer must do
    return not state or state[0] != "Z"


def private_directory(path: Path) -> Path:
    """Makes a directory that only this user may enter; returns it."""
    if not path.is_dir():
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.chmod(0o700)  # the umask may have taken bits, an earlier parent's mode may have added them
    return path


def write_atomically(path: Path, text: str) -> None:
    """Writes a 0600 file so that a reader sees the old or the new one, never a piece."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as out:
            out.write(text)
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _secret(path: Path) -> bytes:
    """Reads a secret of 64 hex digits; makes it first when it is not there. Two makers agree on one."""
    if not path.exists():
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(handle, "w", encoding="ascii") as out:
                out.write(secrets.token_hex(32))
            os.link(name, path)
        except FileExistsError:
            pass  # another part was first: its secret counts
        finally:
            Path(name).unlink(missing_ok=True)
    found = path.read_bytes().strip()
    if path.stat().st_mode & 0o077:
        raise UserError(f"others can read {path}", f"chmod 600 {path}")
    return found
