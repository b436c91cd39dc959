"""`verify`: what is done to the file behind the warehouse's back is found and named; what is done by right is not."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from infra.door import run
from infra.warehouse.chain import Head
from infra.warehouse.ledger import Ledger
from infra.warehouse.store import Store
from infra.warehouse.tables import transaction
from infra.warehouse.verify import Fault
from tests.support.warehouse import at, event, fact, obligation, read, verdict

COPY = "INSERT INTO verdicts SELECT *"


def fill(store: Store) -> None:
    """Three transactions; the last one believes otherwise of one obligation and one verdict."""
    store.claim([0], "one")
    one, two = event("a"), event("b", 1, subject="s2")
    owed = obligation(one)
    asked = {"entities": ("s1",), "obligations": [owed]}
    store.apply(read(one, two, facts=[fact(one)], verdicts=[verdict(one), verdict(two)], **asked))
    later = event("c", 2)
    asked = {"entities": ("s1",), "obligations": [{**owed, "met_at": at(2)}]}
    store.apply(read(later, first=2, facts=[fact(later, "erased")], **asked))
    store.apply(read(event("d", 3, subject="s3"), first=3))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    with Store(tmp_path / "warehouse.duckdb") as store:
        fill(store)
    return tmp_path / "warehouse.duckdb"


def tampered(file: Path, sql: str) -> list[Fault]:
    with duckdb.connect(str(file)) as connection:
        connection.execute("SET TimeZone = 'UTC'")
        assert connection.execute(sql).fetchall()[0][0] > 0, "nothing was changed"
    with Store(file) as store:
        return store.verify().faults


def test_what_was_stored_is_what_is_found(file: Path) -> None:
    with Store(file) as store:
        done = store.verify()
        assert (done.faults, done.rows) == ([], 4 + 2 + 2 + 2)
        assert done.head is not None
        assert done.head.batch == 3
        store.claim([0], "two")
        store.apply(read(event("e", 4), first=4, epoch=2))
        assert store.verify(done.head).faults == []  # a head stays on the chain


@pytest.mark.parametrize(
    ("sql", "kind", "table", "named"),
    [
        ("UPDATE verdicts SET outcome = 'pass' WHERE id = 'a'", "changed", "verdicts", "GEN-4 /crm a"),
        ("UPDATE obligations SET met_at = NULL WHERE believed_to IS NULL", "changed", "obligations", "RIGHT-1 /crm a"),
        ("UPDATE events SET data = '{}' WHERE id = 'b'", "changed", "events", "/crm b"),
        ("UPDATE facts SET flag = TRUE WHERE id = 'a'", "changed", "facts", "consented of /crm a"),
        ("UPDATE events SET salt = 'x'::BLOB WHERE id = 'b'", "changed", "events", "/crm b"),
        ("DELETE FROM verdicts WHERE id = 'b'", "removed", "verdicts", ""),
        ("DELETE FROM obligations WHERE believed_to IS NULL", "removed", "obligations", ""),
        (f"{COPY} REPLACE ('z' AS id) FROM verdicts WHERE id = 'a'", "inserted", "verdicts", "GEN-4 /crm z"),
        (f"{COPY} FROM verdicts WHERE id = 'a'", "inserted", "verdicts", "GEN-4 /crm a"),
        ("UPDATE batches SET stored = 7 WHERE batch = 2", "changed", "batches", "transaction 2"),
        ("DELETE FROM batches WHERE batch = 2", "removed", "batches", "transactions 2 to 2"),
    ],
)  # fmt: skip
def test_what_was_done_by_hand_is_found_and_named(sql: str, kind: str, table: str, named: str, file: Path) -> None:
    faults = tampered(file, sql)
    found = [each for each in faults if each.kind == kind and each.table == table]
    assert found, faults
    assert named in found[0].row
    if table != "batches":
        assert len(faults) == 1


def test_a_row_that_is_as_it_was_before_is_found(file: Path) -> None:
    """The obligation that was met is open again, as it once was."""
    faults = tampered(file, "UPDATE obligations SET believed_to = NULL WHERE believed_to IS NOT NULL")
    assert [(each.kind, each.table) for each in faults] == [("rolled back", "obligations")]
    assert "RIGHT-1 /crm a" in faults[0].row


def test_a_whole_file_of_before_is_found_by_a_head_kept_apart(file: Path, tmp_path: Path) -> None:
    old = file.read_bytes()
    with Store(file) as store:
        store.claim([0], "two")
        store.apply(read(event("e", 4), first=4, epoch=2))
        head = store.verify().head
    file.write_bytes(old)
    with Store(file) as store:
        assert store.verify().faults == []  # it agrees with itself
        faults = store.verify(head).faults
    assert [each.kind for each in faults] == ["rolled back"]
    assert "before the noted 4" in faults[0].row


def test_another_chain_is_found_by_a_head_kept_apart(file: Path, tmp_path: Path) -> None:
    with Store(file) as store:
        head = store.verify().head
    with Store(tmp_path / "other.duckdb") as other:
        fill(other)
        assert other.verify().faults == []
        assert [each.kind for each in other.verify(head).faults] == ["changed"]


def test_a_row_taken_out_by_right_breaks_nothing(file: Path) -> None:
    with Store(file) as store:
        connection, state = store._connection, store._state
        with transaction(connection):
            ledger = Ledger(connection, state.batch + 1, state.tick(at(99)))
            (rowid,) = connection.sql("SELECT rowid FROM events WHERE id = 'b'").fetchall()[0]
            ledger.delete("events", [rowid])
            ledger.seal(state, "erase")
        assert store.verify().faults == []
        assert store.verify().rows == 9


def test_a_crash_in_the_middle_leaves_no_link(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Store(file) as store:
        store.claim([0], "two")
        monkeypatch.setattr(Ledger, "seal", lambda *_, **__: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            store.apply(read(event("e", 4), first=4, epoch=2))
        monkeypatch.undo()
        assert store.verify().faults == []
        store.apply(read(event("e", 4), first=4, epoch=2))
        done = store.verify()
        assert done.faults == []
        assert done.head is not None
        assert done.head.batch == 4


@pytest.fixture
def home(file: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("CLAUSEWATCH_DATA_DIR", str(file.parent))
    return file


def test_the_command_notes_a_head_and_holds_the_file_to_it(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    head = tmp_path / "head.json"
    assert run(["verify", "--export-head", str(head)]) == 0
    assert "10 rows checked up to transaction 3" in capsys.readouterr().out
    assert Head.of(json.loads(head.read_text())).batch == 3
    assert run(["verify", "--head", str(head), "--json"]) == 0
    told: dict[str, Any] = json.loads(capsys.readouterr().out)
    assert told["faults"] == []
    with duckdb.connect(str(home)) as connection:
        connection.execute("DELETE FROM verdicts WHERE id = 'a'")
    assert run(["verify"]) == 1
    assert "✖ removed: verdicts" in capsys.readouterr().out
    head.write_text("{}")
    assert run(["verify", "--head", str(head)]) == 2
    assert "is no head" in capsys.readouterr().err
