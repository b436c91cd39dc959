"""The warehouse over the wire: the same answers, roles kept apart, slow readers in nobody's way."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.warehouse import queries, roles
from infra.warehouse.answers import Refused, TimedOut, Unavailable, WarehouseError
from infra.warehouse.client import Fenced, Gap, Stale, Warehouse
from infra.warehouse.server import WarehouseServer, loopback
from infra.warehouse.store import Store
from tests.support.warehouse import at, batch, event, fact, read, verdict

TOKENS = {role: f"{role}-secret" for role in roles.ALLOWED}
SLOW = "SELECT count(*) FROM range(100000000) a, range(100000) b WHERE a.range + b.range = $n"


@pytest.fixture
def server() -> Iterator[WarehouseServer]:
    with Store(":memory:", clock=lambda: at(600)) as store:
        serving = WarehouseServer(store, TOKENS)
        yield serving
        serving.shutdown()


@pytest.fixture
def worker(server: WarehouseServer) -> Iterator[Warehouse]:
    with Warehouse(server.address, TOKENS["worker"]) as client:
        yield client


def test_every_call_gives_what_the_store_gives(worker: Warehouse, server: WarehouseServer, tmp_path: Path) -> None:
    worker.log("one", {"crm.events": "t1"})
    claim = worker.claim([0, 3], "a")
    assert (claim.epochs, claim.offsets, claim.registers) == ({0: 1, 3: 1}, {}, 0)
    one, two = event("a", 10), event("b", 20)
    first = read(one, two, facts=[fact(one)], verdicts=[verdict(two)])
    assert worker.apply(first).stored == 2
    assert worker.apply(first).stored == 0
    assert worker.facts(["s1"]).to_pylist() == [fact(one)]
    late = event("c", 5)
    worker.apply(read(late, first=2, facts=[fact(late)]))
    (work,) = worker.pending([0], at(600)).to_pylist()
    assert work["since"] == at(5)
    events = worker.history(work["rejudge"], (at(5), "/crm", "c"), 1)
    assert events["id"].to_pylist() == ["a"]
    assert worker.claim([0], "b").offsets == {("crm.events", 0): 3}
    assert worker.registers(0)[0] == 0
    found = worker.query("findings", {"now": at(600), "clause": "GEN-4"}).to_pylist()
    assert [(row["id"], row["time"]) for row in found] == [("b", at(20))]
    worker.beat("a", 12, 3)
    with Warehouse(server.address, TOKENS["operator"]) as operator:
        assert operator.query("health").to_pylist()[0]["workers"] == 1
        assert operator.export(tmp_path / "wire") == server._store.export(tmp_path / "here")
    for file in (tmp_path / "here").iterdir():
        assert (tmp_path / "wire" / file.name).read_bytes() == file.read_bytes()


def test_refusals_arrive_as_what_they_are(worker: Warehouse) -> None:
    worker.claim([0], "a")
    with pytest.raises(Gap) as gap:
        worker.apply(read(event("a"), first=4))
    assert (gap.value.partition, gap.value.expected, gap.value.got, gap.value.topic) == (
        0,
        0,
        4,
        "crm.events",
    )
    worker.apply(batch(event("g", type="agreement.signed", subject=None)))
    with pytest.raises(Stale) as stale:
        worker.apply(batch(event("a")))
    assert (stale.value.number, stale.value.table["id"].to_pylist()) == (1, ["g"])
    worker.claim([0], "b")
    with pytest.raises(Fenced) as fenced:
        worker.apply(batch(event("a"), registers=1))
    assert fenced.value.partition == 0
    with pytest.raises(WarehouseError, match="no query is named"):
        worker.query("../secrets")
    with pytest.raises(WarehouseError, match="has no parameter nonsense"):
        worker.query("findings", {"nonsense": 1})


@pytest.mark.parametrize(
    ("role", "call"), [(role, call) for role in roles.ALLOWED for call in roles.CALLS - roles.ALLOWED[role]]
)
def test_a_role_makes_only_its_own_calls(server: WarehouseServer, role: str, call: str) -> None:
    with (
        Warehouse(server.address, TOKENS[role]) as client,
        pytest.raises(Refused, match=f"role {role} may not call '{call}'"),
    ):
        client._call(call, {})


@pytest.mark.parametrize("token", ["", "worker-secre", "worker-secret2", "dashboards"])
def test_a_wrong_token_opens_nothing(server: WarehouseServer, token: str) -> None:
    with Warehouse(server.address, token) as client, pytest.raises(Refused, match="does not know this token"):
        client.query("health")


@pytest.mark.parametrize("call", ["drop", "__init__", "export/../x", "do_get", "checkpoint "])
def test_what_is_no_call_is_refused(worker: Warehouse, call: str) -> None:
    with pytest.raises(Refused):
        worker._call(call, {})


def test_it_serves_no_foreign_address_without_tls() -> None:
    with Store(":memory:") as store, pytest.raises(WarehouseError, match="configure TLS"):
        WarehouseServer(store, TOKENS, host="0.0.0.0")
    assert [loopback(host) for host in ("127.0.0.1", "::1", "localhost", "10.0.0.1", "example.org")] == [
        True,
        True,
        True,
        False,
        False,
    ]


def test_a_slow_query_is_stopped_and_delays_no_apply(
    worker: Warehouse, server: WarehouseServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("infra.warehouse.store.statement", lambda name: SLOW)
    monkeypatch.setattr("infra.warehouse.store.bound", lambda name, given, now: {"n": -1})
    worker.claim([0], "a")
    told: list[Exception] = []

    def ask() -> None:
        try:
            server._store.query("slow", seconds=2.0)
        except TimedOut as fault:
            told.append(fault)

    slow = threading.Thread(target=ask)
    slow.start()
    time.sleep(0.3)
    started = time.monotonic()
    assert worker.apply(batch(event("a"))).stored == 1
    assert slow.is_alive()
    assert time.monotonic() - started < 1.5
    slow.join(10)
    assert [str(fault) for fault in told] == ["stopped after 2 s"]


def test_no_answer_is_unavailable() -> None:
    with Warehouse("127.0.0.1:9", "x") as nobody, pytest.raises(Unavailable):
        nobody.ping()


@pytest.mark.parametrize("name", queries.names())
def test_every_named_query_runs_on_an_empty_store(name: str) -> None:
    with Store(":memory:", clock=lambda: at(600)) as store:
        assert store.query(name).num_rows >= 0


def test_one_query_reads_and_never_writes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "queries"
    folder.mkdir()
    (folder / "bad.sql").write_text("DELETE FROM events")
    (folder / "two.sql").write_text("SELECT 1; SELECT 2")
    monkeypatch.setattr(queries.resources, "files", lambda _: tmp_path)
    queries.statement.cache_clear()
    try:
        for name in ("bad", "two"):
            with pytest.raises(WarehouseError, match="one SELECT statement"):
                queries.statement(name)
    finally:
        queries.statement.cache_clear()
