"""The warehouse over the wire: the same answers, roles kept apart, slow readers in nobody's way."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.tokens import Issued
from infra.warehouse import queries, roles
from infra.warehouse.answers import Refused, TimedOut, Unavailable, WarehouseError
from infra.warehouse.client import Fenced, Gap, Stale, Warehouse
from infra.warehouse.server import WarehouseServer, loopback
from infra.warehouse.store import Store
from tests.support.certificates import Authority
from tests.support.pipeline import patience
from tests.support.warehouse import at, batch, event, fact, read, verdict

TOKENS = {role: f"{role}-secret" for role in roles.ALLOWED}
CALLERS = {secret: Issued(role, role, "", "") for role, secret in TOKENS.items()}.get
SLOW = "SELECT count(*) FROM range(100000000) a, range(100000) b WHERE a.range + b.range = $n"


@pytest.fixture
def server() -> Iterator[WarehouseServer]:
    with Store(":memory:", clock=lambda: at(600)) as store:
        serving = WarehouseServer(store, CALLERS)
        yield serving
        serving.shutdown()


@pytest.fixture
def worker(server: WarehouseServer) -> Iterator[Warehouse]:
    with Warehouse(server.address, TOKENS["worker"]) as client:
        yield client


def test_every_call_gives_what_the_store_gives(worker: Warehouse, server: WarehouseServer, tmp_path: Path) -> None:
    worker.log("one", {"crm.events": "t1"}, 4)
    claim = worker.claim([0, 3], "a")
    assert (claim.epochs, claim.offsets, claim.registers) == ({0: 1, 3: 1}, {}, 0)
    one, two = event("a", 10), event("b", 20)
    first = read(one, two, facts=[fact(one)], verdicts=[verdict(two)])
    assert worker.apply(first).stored == 2
    assert worker.apply(first).stored == 0
    assert worker.facts(["s1"])[1].to_pylist() == [fact(one)]
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
    ("role", "call"),
    [(role, call) for role in roles.ALLOWED for call in sorted(roles.CALLS - roles.ALLOWED[role])],
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
        WarehouseServer(store, CALLERS, host="0.0.0.0")
    assert [loopback(host) for host in ("127.0.0.1", "::1", "localhost", "10.0.0.1", "example.org")] == [
        True,
        True,
        True,
        False,
        False,
    ]


def test_slow_queries_are_stopped_and_delay_no_apply(
    worker: Warehouse, server: WarehouseServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("infra.warehouse.store.statement", lambda name: SLOW)
    monkeypatch.setattr("infra.warehouse.store.bound", lambda name, given, now: {"n": -1})
    worker.claim([0], "a")
    worker.apply(read(event("first")))
    told: list[Exception] = []

    def ask() -> None:
        try:
            with Warehouse(server.address, TOKENS["dashboards"]) as pages:
                pages.query("slow", seconds=6.0)
        except TimedOut as fault:
            told.append(fault)

    slow = [threading.Thread(target=ask) for _ in range(4)]
    for each in slow:
        each.start()
    time.sleep(0.3)
    spent = []
    for number in range(1, 6):
        started = time.monotonic()
        assert worker.apply(read(event(f"e{number}", number), first=number)).stored == 1
        spent.append(time.monotonic() - started)
    assert all(each.is_alive() for each in slow)
    assert sorted(spent)[2] < patience(0.4), spent  # alone it takes 0.03 s; after the queries it would take 6
    for each in slow:
        each.join(20)
    assert [str(fault) for fault in told] == ["stopped after 6 s"] * 4


def test_only_so_many_queries_run_at_once(worker: Warehouse, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("infra.warehouse.store.statement", lambda name: SLOW)
    monkeypatch.setattr("infra.warehouse.store.bound", lambda name, given, now: {"n": -1})
    told: list[str] = []

    def ask(seconds: float) -> None:
        with pytest.raises(WarehouseError) as fault:
            worker.query("slow", seconds=seconds)
        told.append(type(fault.value).__name__)

    asking = [threading.Thread(target=ask, args=(3.0,)) for _ in range(roles.QUERIES)]
    for each in asking:
        each.start()
    time.sleep(0.5)
    ask(0.5)
    assert told == ["Unavailable"]
    for each in asking:
        each.join(20)
    assert told[1:] == ["TimedOut"] * roles.QUERIES


def test_an_answer_that_is_too_large_is_refused(worker: Warehouse, monkeypatch: pytest.MonkeyPatch) -> None:
    worker.claim([0], "a")
    worker.apply(read(*(event(f"e{n}", n) for n in range(9)), verdicts=[verdict(event(f"e{n}", n)) for n in range(9)]))
    asked = {"now": at(600), "clause": "GEN-4"}
    assert worker.query("findings", asked).num_rows == 9
    monkeypatch.setattr(roles, "MOST_ROWS", 8)
    with pytest.raises(WarehouseError, match="more than 8 rows: ask for less at once"):
        worker.query("findings", asked)
    monkeypatch.setattr(roles, "MOST_ROWS", 9)
    monkeypatch.setattr(roles, "MOST_BYTES", 100)
    with pytest.raises(WarehouseError, match="gives 0 MB: ask for less at once"):
        worker.query("findings", asked)


def test_a_message_that_is_too_large_is_refused(server: WarehouseServer) -> None:
    with Warehouse(server.address, TOKENS["dashboards"]) as pages, pytest.raises(Refused, match="may send 65536"):
        pages.query("findings", {"clause": "x" * 70_000})


def test_over_tls_a_client_knows_whom_it_talks_to() -> None:
    authority, stranger = Authority("ours"), Authority("theirs")
    with Store(":memory:", clock=lambda: at(600)) as store:
        serving = WarehouseServer(store, CALLERS, host="0.0.0.0", tls=authority.server("localhost", "127.0.0.1"))
        try:
            port = serving.port
            assert serving.address == f"grpc+tls://0.0.0.0:{port}"
            with Warehouse(f"grpc+tls://127.0.0.1:{port}", TOKENS["worker"], roots=authority.pem) as worker:
                worker.claim([0], "a")
                assert worker.apply(read(event("a"))).stored == 1
            with (
                Warehouse(f"grpc+tls://localhost:{port}", "guessed", roots=authority.pem) as nobody,
                pytest.raises(Refused, match="does not know this token"),
            ):
                nobody.query("health")
            for location, roots in (
                (f"grpc+tls://127.0.0.1:{port}", stranger.pem),  # signed by somebody else
                (f"grpc+tls://127.0.0.1:{port}", None),  # nor by anybody whom this machine knows
                (f"grpc+tls://127.0.0.2:{port}", authority.pem),  # another name than it was signed for
                (f"grpc://127.0.0.1:{port}", None),  # a token never goes over in the clear
            ):
                with Warehouse(location, TOKENS["worker"], roots=roots) as client, pytest.raises(Unavailable):
                    client.ping()
        finally:
            serving.shutdown()


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
