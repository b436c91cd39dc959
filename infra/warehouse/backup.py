"""A copy of the warehouse that is consistent while it goes on, and what has to hold before it is put back.

A backup is a folder: `warehouse.duckdb` and `manifest.json`, which tells what is in it. Kafka keeps what came later:
after a restore the workers read on from the offsets of the backup.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb

from infra.warehouse.answers import WarehouseError
from infra.warehouse.chain import Head
from infra.warehouse.migrate import migrations
from infra.warehouse.verify import Verified, verify

FILE, MANIFEST = "warehouse.duckdb", "manifest.json"


@dataclass(frozen=True)
class Place:
    """Up to where a partition had been read."""

    topic: str
    partition: int
    next: int


@dataclass(frozen=True)
class Manifest:
    """What a backup holds. `head`: of the chain; None: no transaction yet. `sha256`: of the file."""

    head: Head | None
    places: tuple[Place, ...]
    schema: int
    rows: int
    bytes: int
    sha256: str
    made_at: datetime

    def text(self) -> str:
        """As JSON."""
        return json.dumps(
            {
                **{name: value for name, value in asdict(self).items() if name not in ("head", "made_at")},
                "head": self.head.words() if self.head else None,
                "made_at": self.made_at.astimezone(UTC).isoformat(),
            },
            indent=1,
        )

    @classmethod
    def of(cls, folder: Path) -> Manifest:
        """That of a backup. Raises WarehouseError when there is none."""
        try:
            told = json.loads((folder / MANIFEST).read_text("utf-8"))
            head = Head.of(told["head"]) if told["head"] else None
            places = tuple(Place(**each) for each in told["places"])
            made_at = datetime.fromisoformat(told["made_at"])
            return cls(head, places, told["schema"], told["rows"], told["bytes"], told["sha256"], made_at)
        except (OSError, ValueError, KeyError, TypeError) as fault:
            raise WarehouseError(f"{folder} is no backup: {MANIFEST} is missing or damaged") from fault


def copy(cursor: Any, target: Path) -> None:
    """Write all that is stored at one moment into a new file; writers go on meanwhile."""
    name = cursor.sql("SELECT current_database()").fetchall()[0][0]
    cursor.execute(f"ATTACH '{str(target).replace(chr(39), chr(39) * 2)}' AS backup")
    try:
        cursor.execute(f'COPY FROM DATABASE "{name}" TO backup')
    finally:
        cursor.execute("DETACH backup")


def rewrite(path: Path) -> None:
    """Write a file anew without what was taken out of it: DuckDB leaves the bytes of erased rows in their places.

    Needs the room twice. The file is as it was, or the new one, whatever happens meanwhile.
    """
    partial = path.with_name(f".{path.name}.rewritten")
    partial.unlink(missing_ok=True)
    with duckdb.connect(str(path)) as connection:
        connection.execute("SET enable_progress_bar = false")
        copy(connection, partial)
    _place(partial, path)


def write(folder: Path, pieces: Iterable[bytes], now: datetime) -> Manifest:
    """Write a backup from the bytes of its file; it is checked before it gets its name. Raises WarehouseError."""
    folder.mkdir(parents=True, exist_ok=True)
    if (folder / MANIFEST).exists():
        raise WarehouseError(f"{folder} holds a backup already: it is never overwritten")
    partial = folder / f".{FILE}"
    digest = hashlib.sha256()
    with partial.open("wb") as file:
        for piece in pieces:
            file.write(piece)
            digest.update(piece)
    done, schema, places = _looked_at(partial)
    if done.faults:
        partial.unlink()
        raise WarehouseError(f"what was copied does not agree with its chain ({done.faults[0].row}): run verify")
    made = Manifest(done.head, places, schema, done.rows, partial.stat().st_size, digest.hexdigest(), now)
    _place(partial, folder / FILE)
    told = folder / f".{MANIFEST}"
    told.write_text(made.text() + "\n", "utf-8")
    _place(told, folder / MANIFEST)
    return made


def _place(partial: Path, target: Path) -> None:
    """Give a file that is whole its name, once it is safely on the disk."""
    with partial.open("rb") as file:
        os.fsync(file.fileno())
    partial.replace(target)


def _looked_at(file: Path) -> tuple[Verified, int, tuple[Place, ...]]:
    """What a file holds: whether it agrees with its chain, its schema, and up to where the log had been read."""
    with duckdb.connect(str(file), read_only=True) as connection:
        connection.execute("SET TimeZone = 'UTC'")
        connection.execute("SET enable_progress_bar = false")  # it would stand among our lines
        done = verify(connection)
        schema = connection.sql("SELECT max(number) FROM schema_migrations").fetchall()[0][0]
        places = connection.sql('SELECT topic, "partition", next FROM offsets ORDER BY ALL').fetchall()
    return done, schema, tuple(Place(*each) for each in places)


def check(folder: Path) -> Manifest:
    """Whether a backup can be put back: its bytes, its chain, its schema. Raises WarehouseError."""
    made = Manifest.of(folder)
    file = folder / FILE
    if not file.is_file():
        raise WarehouseError(f"{folder} has no {FILE}")
    with file.open("rb") as opened:
        digest = hashlib.file_digest(opened, "sha256").hexdigest()
    if digest != made.sha256:
        raise WarehouseError(f"{file} is not what was written: its SHA-256 is another than the manifest's")
    if made.schema > len(migrations()):
        raise WarehouseError(f"the backup has schema {made.schema}, this program knows {len(migrations())}")
    done, _, _ = _looked_at(file)
    if done.faults or done.head != made.head:
        raise WarehouseError(f"{file} does not agree with its chain: it is not put back")
    return made


def put_back(folder: Path, target: Path, progress: Callable[[int], None] = lambda done: None) -> None:
    """Copy a checked backup to `target`, under a temporary name until it is whole."""
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_name(f".{target.name}.restored")
    with (folder / FILE).open("rb") as source, partial.open("wb") as file:
        while piece := source.read(1 << 22):
            file.write(piece)
            progress(file.tell())
    with duckdb.connect(str(partial)) as connection:
        # Whoever wrote before and wakes up must not meet an epoch of its own among those given from now on.
        connection.execute("UPDATE claims SET epoch = epoch + 1_000_000")
        connection.execute("CHECKPOINT")
    target.with_name(f"{target.name}.wal").unlink(missing_ok=True)
    _place(partial, target)


@dataclass(frozen=True)
class Reading:
    """What the log still holds beyond a backup: records to be read again, and records that are gone."""

    again: int
    gone: Mapping[Place, int]  # from that place on so many are no longer in the log


Offsets = Mapping[tuple[str, int], int]  # of each (topic, partition)


def beyond(places: Sequence[Place], begins: Offsets, ends: Offsets) -> Reading:
    """Of a backup's places and the log's first and next offsets."""
    gone, again = {}, 0
    for place in places:
        at = (place.topic, place.partition)
        first, last = begins.get(at, 0), ends.get(at, 0)
        if first > place.next:
            gone[place] = first - place.next
        again += max(0, last - max(first, place.next))
    return Reading(again, gone)
