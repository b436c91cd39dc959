"""The history that the benchmark of `apply` puts into a store fits the tables as they are now."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from infra.warehouse.store import Store
from tests.benchmarks import applying
from tests.benchmarks.backlog import START, simulated


def test_the_history_is_filled_in_pieces_up_to_the_last_row(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(applying, "_PIECE", 400)
    applying.fill(tmp_path / "store.duckdb", 1000, simulated(2))
    with Store(tmp_path / "store.duckdb") as store:
        stored = store.stored(datetime(1970, 1, 1, tzinfo=UTC))
        assert stored.num_rows == 1000
        assert [stored["id"][0].as_py(), stored["id"][-1].as_py()] == ["h0", "h999"]
        assert stored["time"][-1].as_py() < START
        written = store.export(tmp_path / "export", START)
        assert [written[name] for name in ("facts", "findings", "obligations")] == [200, 100, 50]
