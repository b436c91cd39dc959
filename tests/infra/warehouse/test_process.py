"""`clausewatch warehouse` as a process: kill -9, SIGTERM, a second one, the commands beside it."""

from __future__ import annotations

import json
import os
import random
import signal
import time
from pathlib import Path
from typing import Any

import pytest

from infra.settings import Settings
from infra.warehouse.client import Unavailable, Warehouse, connect
from infra.warehouse.store import Store
from tests.support.certificates import Authority
from tests.support.processes import clausewatch, running
from tests.support.warehouse import event, fact, obligation, read, rows, verdict

SIZE = 400


def piece(number: int, epoch: int) -> Any:
    events = [event(f"e{number}-{n}", number + n / 1000, subject=f"s{n % 40}") for n in range(SIZE)]
    return read(
        *events,
        first=number * SIZE,
        epoch=epoch,
        facts=[fact(each) for each in events[::4]],
        verdicts=[verdict(each) for each in events[::10]],
        obligations=[obligation(each) for each in events[:3]],
        entities=("s0", "s1", "s2"),
    )


@pytest.mark.timeout(120)
def test_a_kill_in_the_middle_of_apply_leaves_rows_and_offsets_agreeing(tmp_path: Path) -> None:
    rng = random.Random(11)
    acknowledged = 0
    for _ in range(4):
        with running(tmp_path) as process:
            settings = Settings(tmp_path)
            with Warehouse(settings.warehouse_address(), settings.token("worker")) as client:
                claim = client.claim([0], "a")
                following = claim.offsets.get(("crm.events", 0), 0)
                assert following % SIZE == 0
                assert following >= acknowledged
                acknowledged = following
                client.apply(piece(acknowledged // SIZE, claim.epochs[0]))  # however slow the machine, one is stored
                acknowledged += SIZE
                deadline = time.monotonic() + rng.uniform(0.2, 0.6)
                child = os.fork()
                if child == 0:  # a killer of its own, so that the blow falls within a call
                    time.sleep(max(0.0, deadline - time.monotonic()))
                    os.kill(process.pid, signal.SIGKILL)
                    os._exit(0)
                try:
                    while True:
                        answer = client.apply(piece(acknowledged // SIZE, claim.epochs[0]))
                        assert answer.stored == SIZE
                        acknowledged += SIZE
                except Unavailable:
                    pass
                os.waitpid(child, 0)
    with Store(tmp_path / "warehouse.duckdb") as store:
        following = store.claim([0], "b").offsets[("crm.events", 0)]
        assert following in (acknowledged, acknowledged + SIZE)
        found = rows(
            store,
            "SELECT (SELECT count(*) FROM events) AS events, (SELECT count(DISTINCT id) FROM events) AS ids,"
            " (SELECT count(*) FROM facts) AS facts, (SELECT count(*) FROM verdicts) AS verdicts,"
            " (SELECT sum(n)::BIGINT FROM counts WHERE outcome = 'breach') AS breaches,"
            " (SELECT sum(n)::BIGINT FROM minutes) AS arrived,"
            " (SELECT sum(stored)::BIGINT FROM batches) AS chained",
        )
    tenth, quarter = following // 10, following // 4
    assert found == [
        {
            "events": following,
            "ids": following,
            "facts": quarter,
            "verdicts": tenth,
            "breaches": tenth,
            "arrived": following,
            "chained": following,
        }
    ]


@pytest.mark.timeout(60)
def test_it_ends_cleanly_and_a_second_one_is_told_why_not(tmp_path: Path) -> None:
    with running(tmp_path) as process:
        second = clausewatch("warehouse", "--data-dir", str(tmp_path))
        _, said = second.communicate(timeout=30)
        assert second.returncode == 2
        assert "is open in another process" in said
        assert "Traceback" not in said
        settings = Settings(tmp_path)
        with Warehouse(settings.warehouse_address(), settings.token("worker")) as client:
            client.apply(piece(0, client.claim([0], "a").epochs[0]))
        exported = clausewatch("export", "--canonical", "--data-dir", str(tmp_path), "--out", str(tmp_path / "one"))
        _, said = exported.communicate(timeout=30)
        assert exported.returncode == 0, said
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0
    assert Settings(tmp_path).run_file("warehouse").read() is None
    assert not (tmp_path / "warehouse.duckdb.wal").exists()
    exported = clausewatch("export", "--canonical", "--data-dir", str(tmp_path), "--out", str(tmp_path / "two"))
    assert exported.wait(30) == 0
    names = sorted(file.name for file in (tmp_path / "one").iterdir())
    assert names == [f"{n}.jsonl" for n in ("counts", "events", "facts", "findings", "obligations", "quarantine")]
    for name in names:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()
    event_row = json.loads((tmp_path / "one" / "events.jsonl").read_text().splitlines()[0])
    assert set(event_row) == {
        "source", "id", "system", "type", "subject", "time", "data", "digest", "agreement", "recipient",
        "passed", "policy_version",
    }  # fmt: skip
    assert all(
        (tmp_path / "tokens" / name).stat().st_mode & 0o777 == 0o600
        for name in ("worker.token", "operator.token", "issued.json")
    )


@pytest.mark.timeout(120)
def test_over_tls_its_parts_and_commands_reach_it(tmp_path: Path) -> None:
    authority = Authority()
    for name, pem in zip(("cert.pem", "key.pem"), authority.server("127.0.0.1"), strict=True):
        (tmp_path / name).write_bytes(pem)
    (tmp_path / "ca.pem").write_bytes(authority.pem)
    data = tmp_path / "data"
    serving = {"CLAUSEWATCH_TLS_CERT": str(tmp_path / "cert.pem"), "CLAUSEWATCH_TLS_KEY": str(tmp_path / "key.pem")}
    trusting = {"CLAUSEWATCH_TLS_CA": str(tmp_path / "ca.pem")}
    with running(data, env={**os.environ, **serving}) as process:
        settings = Settings(data, tls_ca=tmp_path / "ca.pem")
        assert settings.warehouse_address().startswith("grpc+tls://127.0.0.1:")
        with connect(settings, "worker-1", "worker") as client:
            client.apply(piece(0, client.claim([0], "a").epochs[0]))
        for trusted, code, told in ((trusting, 0, "crm.events[0] next 400"), ({}, 2, "does not answer")):
            asked = clausewatch("offsets", "show", "--data-dir", str(data), env={**os.environ, **trusted})
            out, error = asked.communicate(timeout=60)
            assert (asked.returncode, "Traceback" in error) == (code, False), error
            assert told in out + error
        for place in ("cmdline", "environ"):
            shown = Path(f"/proc/{process.pid}/{place}").read_text()
            assert not [path.name for path in data.glob("tokens/*.token") if path.read_text().strip() in shown]
