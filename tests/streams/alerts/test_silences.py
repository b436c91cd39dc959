"""What keeps an alert from being told: a silence that a person set, or another alert."""

from __future__ import annotations

from pathlib import Path

import pytest

from infra import door
from infra.settings import Settings
from infra.warehouse.server import WarehouseServer
from infra.warehouse.store import Store
from streams.alerts import config
from streams.alerts.config import Inhibition
from streams.alerts.matching import matchers
from streams.alerts.silences import inhibited

SILENT = {"kind": "silent", "system": "crm", "severity": "high"}
BLIND = {"kind": "no_evidence", "system": "crm", "clause": "CRM-4"}


def test_a_silent_source_keeps_its_clauses_from_saying_that_they_lack_evidence() -> None:
    rules = config.load().inhibitions
    assert inhibited(BLIND, [SILENT, BLIND], rules)
    assert not inhibited({**BLIND, "system": "website"}, [SILENT], rules)
    assert not inhibited(BLIND, [BLIND], rules)
    assert not inhibited({"kind": "breach", "system": "crm"}, [SILENT], rules)


def test_an_alert_does_not_inhibit_itself_nor_two_each_other() -> None:
    same = matchers("system=crm")
    rules = [Inhibition(same, same, ("system",))]
    assert not inhibited(SILENT, [SILENT, BLIND], rules)


def test_a_silence_is_set_with_author_reason_and_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = Settings(data_dir=tmp_path / "data").ensure()
    with Store(settings.warehouse_file) as store:
        server = WarehouseServer(store, settings.tokens.caller)
        monkeypatch.setenv("CLAUSEWATCH_DATA_DIR", str(settings.data_dir))
        monkeypatch.setenv("CLAUSEWATCH_WAREHOUSE", server.address)
        given = ["alerts", "silence", 'clause="NEWS-5"', "severity!=critical", "--author", "ann"]
        assert door.run([*given, "--for", "2h", "--reason", "planned work"]) == 0
        assert 'clause="NEWS-5", severity!="critical" until ' in capsys.readouterr().out
        (row,) = store.query("silences").to_pylist()
        assert (row["author"], row["reason"]) == ("ann", "planned work")
        assert (row["ends_at"] - row["starts_at"]).total_seconds() == 7200
        assert store.verify().faults == []
        assert door.run([*given, "--for", "soon", "--reason", "x"]) == 2
        assert '"soon" is no duration' in capsys.readouterr().err
        server.shutdown()
