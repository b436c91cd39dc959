"""Migrations: numbered SQL files, applied forward only, each in one transaction and followed by a CHECKPOINT.

DDL stands nowhere else: replaying it together with data from one write-ahead log has corrupted indexes in
DuckDB 1.5.5, hence the CHECKPOINT after each.
"""

from __future__ import annotations

import re
from importlib import resources
from typing import Any

from infra.warehouse.answers import WarehouseError

_NAME = re.compile(r"(\d{4})_([a-z0-9_]+)\.sql")


def migrations() -> list[tuple[int, str, str]]:
    """Number, name and SQL text of every migration, in order."""
    found = sorted(
        (int(match[1]), match[2], file.read_text(encoding="utf-8"))
        for file in resources.files("infra.warehouse").joinpath("migrations").iterdir()
        if (match := _NAME.fullmatch(file.name))
    )
    numbers = [number for number, _, _ in found]
    if numbers != list(range(1, len(found) + 1)):
        raise WarehouseError(f"migrations are not numbered 1, 2, 3 …: {numbers}")
    return found


def migrate(connection: Any) -> int:
    """Bring the database to the newest schema; returns its number. Refuses one newer than this program."""
    connection.execute(
        "CREATE TABLE IF NOT EXISTS schema_migrations (number INTEGER NOT NULL, name VARCHAR NOT NULL,"
        " applied_at TIMESTAMPTZ NOT NULL)"
    )
    known = migrations()
    applied = dict(connection.execute("SELECT number, name FROM schema_migrations").fetchall())
    newest = max(applied, default=0)
    if newest > len(known):
        raise WarehouseError(
            f"the warehouse has schema {newest}, this program knows {len(known)}: "
            "start the newer clausewatch that wrote it, or point --data-dir elsewhere"
        )
    for number, name, text in known:
        if number in applied:
            if applied[number] != name:
                raise WarehouseError(f"migration {number} is stored as {applied[number]!r}, here it is {name!r}")
            continue
        connection.begin()
        try:
            connection.execute(text)
            connection.execute("INSERT INTO schema_migrations VALUES (?, ?, now())", [number, name])
            connection.commit()
        except BaseException:
            connection.rollback()
            raise
        connection.execute("CHECKPOINT")
    return len(known)
