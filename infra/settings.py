"""The settings of one installation, read from the environment once, and the files of its data directory.

.clausewatch/            0700
  key                    HMAC key of the quarantine's digests, 0600
  tokens/<part>.token    what a part shows to the warehouse, 0600 (`infra/tokens.py`)
  sign-in.yaml           who signs people in to the pages (`infra/provider.py`); beside it .deny, .key and .secret
  run/<part>.json        pid and address of a running part
  logs/<part>.log
  warehouse.duckdb, kafka/
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from infra.access import OPEN, Access, Address
from infra.errors import UserError
from infra.files import private_directory, secret, write_atomically
from infra.schedule import Schedule
from infra.tokens import Tokens

DEFAULT_DATA_DIR = ".clausewatch"
DEFAULT_PARTITIONS = 12
DEFAULT_SESSION = 10.0  # seconds


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
    tls_ca: Path | None = None
    access: Access = OPEN  # of `bootstrap`
    schedule: Schedule = field(default_factory=lambda: Schedule.load({}))  # of snapshots
    session: float = DEFAULT_SESSION  # seconds of silence after which a worker's partitions go to others

    @classmethod
    def load(cls, environ: Mapping[str, str] | None = None) -> Settings:
        """From the variables that the README lists. Raises UserError naming the variable. Makes no file."""
        env = os.environ if environ is None else environ
        partitions = env.get("CLAUSEWATCH_PARTITIONS") or str(DEFAULT_PARTITIONS)
        if not partitions.isdecimal() or not 1 <= int(partitions) <= 1000:
            raise UserError(
                f'CLAUSEWATCH_PARTITIONS: "{partitions}" is no number of partitions',
                f"write a whole number from 1 to 1000, or unset it for {DEFAULT_PARTITIONS}",
            )
        session = env.get("CLAUSEWATCH_SESSION_TIMEOUT") or f"{DEFAULT_SESSION:g}"
        if not session.isdecimal() or not 1 <= int(session) <= 1800:
            raise UserError(
                f'CLAUSEWATCH_SESSION_TIMEOUT: "{session}" is no number of seconds',
                f"write a whole number from 1 to 1800 that your broker allows, or unset it for {DEFAULT_SESSION:g}",
            )
        return cls(
            data_dir=Path(env.get("CLAUSEWATCH_DATA_DIR") or DEFAULT_DATA_DIR).expanduser().absolute(),
            bootstrap=env.get("KAFKA_BOOTSTRAP_SERVERS") or None,
            partitions=int(partitions),
            warehouse=env.get("CLAUSEWATCH_WAREHOUSE") or None,
            group=env.get("CLAUSEWATCH_GROUP") or "clausewatch",
            tls_ca=Path(ca).expanduser().absolute() if (ca := env.get("CLAUSEWATCH_TLS_CA")) else None,
            access=Access.load(env),
            schedule=Schedule.load(env),
            session=float(session),
        )

    @classmethod
    def at(cls, data_dir: Path | None) -> Settings:
        """As `load`, in the directory of an option `--data-dir` where one is given."""
        settings = cls.load()
        return settings if data_dir is None else replace(settings, data_dir=data_dir.expanduser().absolute())

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

    @property
    def tokens(self) -> Tokens:
        """What parts show to the warehouse; its directory is made when the first is issued."""
        return Tokens(self.data_dir / "tokens")

    def token(self, name: str, role: str | None = None) -> str:
        """The secret that this process shows to the warehouse; issued at first use. `role`: the name unless given.

        Raises UserError when it was revoked, or others can read it.
        """
        self.ensure()
        return self.tokens.secret(name, role or name)

    def quarantine_key(self) -> bytes:
        """The key of the digests in quarantine records, 32 bytes; made at first use, 0600."""
        return bytes.fromhex(secret(self.ensure().data_dir / "key"))

    def roots(self) -> bytes | None:
        """PEM certificates that may have signed the warehouse's, of CLAUSEWATCH_TLS_CA; None: the system's."""
        if self.tls_ca is None:
            return None
        try:
            return self.tls_ca.read_bytes()
        except OSError as error:
            raise UserError(
                f"CLAUSEWATCH_TLS_CA: {self.tls_ca} cannot be read ({error.strerror})",
                "name the PEM file of whoever signed the warehouse's certificate",
            ) from None

    def broker_address(self) -> Address:
        """Where the broker is: KAFKA_BOOTSTRAP_SERVERS, else the running one's word. Raises UserError."""
        if self.bootstrap:
            return Address.of(self.bootstrap, self.access)
        running = self.run_file("broker").read()
        if running is None:
            raise UserError(
                f"no broker is known: KAFKA_BOOTSTRAP_SERVERS is not set and none runs on {self.data_dir}",
                "start one with `clausewatch up`, or set KAFKA_BOOTSTRAP_SERVERS to yours",
            )
        return Address(running["address"])

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
