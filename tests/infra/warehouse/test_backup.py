"""A backup is a consistent copy, checked before it counts; nothing damaged is put back, and nothing is overwritten."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest

from infra.door import run
from infra.warehouse import backup
from infra.warehouse.backup import Place
from infra.warehouse.store import Store
from tests.support.warehouse import event, fact, read, verdict


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CLAUSEWATCH_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.delenv("KAFKA_BOOTSTRAP_SERVERS", raising=False)
    (tmp_path / "data").mkdir()
    return tmp_path / "data"


def fill(store: Store, *, first: int = 0) -> None:
    epoch = store.claim([0], "one").epochs[0]
    events = [event(f"e{n}", n) for n in range(first, first + 3)]
    store.apply(read(*events, first=first, epoch=epoch, facts=[fact(events[0])], verdicts=[verdict(events[1])]))


def exported(file: Path, folder: Path) -> dict[str, bytes]:
    with Store(file) as store:
        store.export(folder)
    return {each.name: each.read_bytes() for each in folder.iterdir()}


def test_what_is_put_back_is_what_was_there(home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = home / "warehouse.duckdb"
    with Store(file) as store:
        fill(store)
    before = exported(file, tmp_path / "before")
    assert run(["backup", str(tmp_path / "kept")]) == 0
    assert "crm.events[0] up to offset 3" in capsys.readouterr().out
    with Store(file) as store:
        fill(store, first=3)
    assert run(["restore", str(tmp_path / "kept")]) == 2
    assert "add --replace" in capsys.readouterr().err
    assert run(["restore", str(tmp_path / "kept"), "--replace"]) == 0
    assert "min old" in capsys.readouterr().out
    assert exported(file, tmp_path / "after") == before
    assert len(list(home.glob("warehouse.duckdb.before-*"))) == 1
    with Store(file) as store:  # goes on where the backup ends
        assert store.verify().faults == []
        claim = store.claim([0], "two")
        assert claim.offsets["crm.events", 0] == 3
        assert claim.epochs[0] > 1_000_000  # nobody of before can hold such an epoch
        store.apply(read(event("e9", 9), first=3, epoch=claim.epochs[0]))
        assert store.verify().faults == []


def test_a_copy_is_of_one_moment_while_writes_go_on(tmp_path: Path) -> None:
    with Store(tmp_path / "warehouse.duckdb") as store:
        fill(store)
        pieces = store.backup()
        first = next(pieces)
        fill(store, first=3)  # in the middle of the copying
        made = backup.write(tmp_path / "kept", [first, *pieces], datetime.now(UTC))
    assert made.places == (Place("crm.events", 0, 3),)
    assert backup.check(tmp_path / "kept") == made
    assert list(tmp_path.glob(".backup-*")) == []


def damaged(folder: Path, how: str) -> None:
    file, manifest = folder / backup.FILE, folder / backup.MANIFEST
    if how == "bytes":
        content = bytearray(file.read_bytes())
        content[len(content) // 2] ^= 1
        file.write_bytes(content)
    elif how == "rows":  # and whoever did it knew how to mend the manifest
        with duckdb.connect(str(file)) as connection:
            connection.execute("DELETE FROM verdicts")
        told = json.loads(manifest.read_text())
        told["sha256"] = hashlib.sha256(file.read_bytes()).hexdigest()
        manifest.write_text(json.dumps(told))
    elif how == "manifest":
        manifest.write_text("{}")
    elif how == "schema":
        told = json.loads(manifest.read_text())
        manifest.write_text(json.dumps({**told, "schema": 999}))
    else:
        file.unlink()


@pytest.mark.parametrize(
    ("how", "words"),
    [
        ("bytes", "is not what was written"),
        ("rows", "does not agree with its chain"),
        ("manifest", "is no backup"),
        ("schema", "has schema 999"),
        ("file", "has no warehouse.duckdb"),
    ],
)
def test_what_is_damaged_is_not_put_back(
    how: str, words: str, home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with Store(home / "warehouse.duckdb") as store:
        fill(store)
    assert run(["backup", str(tmp_path / "kept")]) == 0
    damaged(tmp_path / "kept", how)
    held = (home / "warehouse.duckdb").read_bytes()
    assert run(["restore", str(tmp_path / "kept"), "--replace"]) == 2
    assert words in capsys.readouterr().err
    assert (home / "warehouse.duckdb").read_bytes() == held


def test_a_warehouse_that_was_tampered_with_gives_no_backup(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with Store(home / "warehouse.duckdb") as store:
        fill(store)
    with duckdb.connect(str(home / "warehouse.duckdb")) as connection:
        connection.execute("UPDATE verdicts SET outcome = 'pass'")
    assert run(["backup", str(tmp_path / "kept")]) == 2
    assert "does not agree with its chain" in capsys.readouterr().err
    assert not (tmp_path / "kept" / backup.FILE).exists()


def test_a_backup_is_never_overwritten(home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with Store(home / "warehouse.duckdb") as store:
        fill(store)
    assert run(["backup", str(tmp_path / "kept")]) == 0
    assert run(["backup", str(tmp_path / "kept")]) == 2
    assert "never overwritten" in capsys.readouterr().err


def test_what_the_log_no_longer_holds_is_lost() -> None:
    places = [Place("crm.events", 0, 10), Place("crm.events", 1, 10), Place("website.events", 0, 5)]
    begins = {("crm.events", 0): 0, ("crm.events", 1): 14, ("website.events", 0): 0}
    ends = {("crm.events", 0): 25, ("crm.events", 1): 20, ("website.events", 0): 5}
    reading = backup.beyond(places, begins, ends)
    assert reading.again == 15 + 6
    assert reading.gone == {places[1]: 4}
