"""Migrations go forward only, one by one, and a newer warehouse is refused."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from infra.warehouse.migrate import migrations
from infra.warehouse.store import Store, WarehouseError
from tests.support.warehouse import event, read, rows


def test_each_migration_is_noted_once_and_repeating_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "warehouse.duckdb"
    for _ in range(2):
        with Store(path) as store:
            assert store.schema == len(migrations())
            noted = rows(store, "SELECT number, name FROM schema_migrations ORDER BY number")
    assert [(row["number"], row["name"]) for row in noted] == [(n, name) for n, name, _ in migrations()]


def test_an_older_warehouse_is_brought_forward_with_its_rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "warehouse.duckdb"
    with Store(path) as store:
        store.claim([0], "a")
        store.apply(read(event("a")))
    more = [
        *migrations(),
        (len(migrations()) + 1, "more", "ALTER TABLE events ADD COLUMN more INTEGER DEFAULT 7"),
    ]
    monkeypatch.setattr("infra.warehouse.migrate.migrations", lambda: more)
    with Store(path) as store:
        assert store.schema == len(more)
        assert rows(store, "SELECT id, more FROM events") == [{"id": "a", "more": 7}]
    monkeypatch.undo()
    with pytest.raises(WarehouseError, match=f"has schema {len(more)}, this program knows {len(more) - 1}"):
        Store(path)


def test_a_migration_that_fails_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "warehouse.duckdb"
    bad = [
        *migrations(),
        (len(migrations()) + 1, "bad", "CREATE TABLE half (a INTEGER); SELECT * FROM nowhere"),
    ]
    monkeypatch.setattr("infra.warehouse.migrate.migrations", lambda: bad)
    with pytest.raises(duckdb.Error):
        Store(path)
    monkeypatch.undo()
    with Store(path) as store:
        assert store.schema == len(migrations())
        assert rows(store, "SELECT * FROM duckdb_tables() WHERE table_name = 'half'") == []


def test_there_is_no_index_on_what_grows() -> None:
    with Store(":memory:") as store:
        assert rows(store, "SELECT * FROM duckdb_indexes()") == []
        kinds = rows(store, "SELECT DISTINCT constraint_type FROM duckdb_constraints()")
    assert [row["constraint_type"] for row in kinds] == ["NOT NULL"]
