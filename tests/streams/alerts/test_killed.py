"""The process is killed again and again while it tells: no alert is lost, what was under way is told once more for each
crash that cut it off, and says so.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from datetime import timedelta
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from infra.clock import WallClock
from infra.settings import Settings
from infra.warehouse.server import WarehouseServer
from infra.warehouse.store import Store
from tests.streams.alerts.conftest import until
from tests.streams.alerts.test_channels import Hook
from tests.support.warehouse import NOON, batch, event, verdict

CLAUSES = ("NEWS-5", "NEWS-4", "CRM-1", "REC-1", "WEB-1", "SEC-1", "GEN-1", "GEN-2")
KILLS = 5


class Slow(Hook):
    """Takes what it is told, and answers only after a while: there is time to be killed in between."""

    def do_POST(self) -> None:  # noqa: N802 - the library's name
        self.server.answer = 200  # type: ignore[attr-defined]
        time.sleep(0.15)
        super().do_POST()


@pytest.mark.slow
def test_kill_at_any_moment_loses_no_alert_and_repeats_once_marked(tmp_path: Path) -> None:
    chance = random.Random(5)
    settings = Settings(data_dir=tmp_path / "data").ensure()
    hook: Any = ThreadingHTTPServer(("127.0.0.1", 0), Slow)
    hook.got, hook.over = [], threading.Event()
    threading.Thread(target=hook.serve_forever, daemon=True).start()
    (settings.data_dir / "alerts.yaml").write_text(
        "route: {receiver: r, group_by: [clause, severity], group_wait: 100ms, group_interval: 300ms}\n"
        f"receivers: [{{name: r, webhook_configs: [{{url: 'http://127.0.0.1:{hook.server_port}/'}}]}}]\n",
        "utf-8",
    )
    with Store(settings.warehouse_file) as store:
        epoch = store.claim([0], "w").epochs[0]
        server = WarehouseServer(store, settings.tokens.caller)
        environment = {
            **os.environ,
            "CLAUSEWATCH_DATA_DIR": str(settings.data_dir),
            "CLAUSEWATCH_WAREHOUSE": server.address,
        }
        command = [sys.executable, "-m", "infra", "alerts"]

        def start() -> subprocess.Popen[bytes]:
            return subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL)

        def notices() -> dict[str, dict[str, Any]]:
            return {row["notice"]: row for row in store.query("notices", {"rows": 1000}).to_pylist()}

        running = start()
        cut_off: Counter[str] = Counter()  # by notice: the crashes that came while it was being sent
        found: dict[str, str] = {}
        try:
            for kill in range(KILLS):
                for n in range(12):
                    ago = (WallClock().now() - timedelta(seconds=3) - NOON).total_seconds() / 60
                    of = event(f"e{kill}-{n}", ago, passed="")
                    row = verdict(of, clause=chance.choice(CLAUSES), severity=chance.choice(("critical", "high")))
                    found[row["finding"]] = row["clause"]
                    store.apply(batch(of, verdicts=[row], epoch=epoch))
                    store.beat("w", 1, 0)
                    time.sleep(0.05)
                sent = len(hook.got)
                until(lambda before=sent: len(hook.got) > before, 30)
                time.sleep(chance.random() * 0.4)
                running.send_signal(signal.SIGKILL)
                running.wait()
                cut_off.update(name for name, row in notices().items() if row["state"] == "trying")
                running = start()

            def quiet() -> bool:
                store.beat("w", 1, 0)
                time.sleep(0.2)
                raised = {row["alert"] for row in store.query("alerts", {"rows": 1000}).to_pylist()}
                return set(found) <= raised and all(row["state"] == "delivered" for row in notices().values())

            until(quiet, 40)
            told = {name["labels"]["alert"] for _, body in hook.got for name in body["alerts"]}
            assert told == set(found)
            came: dict[str, list[bool]] = {}  # by notice: whether it said that it is told again, each time
            for _, body in hook.got:
                said = body["commonAnnotations"]
                came.setdefault(said["notice"], []).append("repeated" in said)
            ledger = notices()
            assert came.keys() == ledger.keys()
            assert all(row["attempts"] == 1 + cut_off[name] for name, row in ledger.items()), (cut_off, ledger)
            for name, marks in came.items():
                assert len(marks) <= 1 + cut_off[name], f"{name} came {len(marks)} times in {cut_off[name]} crashes"
                assert all(marks[1:]), f"{name} came again unmarked: {marks}"
                assert sum(marks) <= cut_off[name], f"{name} says that it is told again, and was not cut off: {marks}"
            assert cut_off, "no crash came while anything was being told"
            assert store.verify().faults == []
        finally:
            running.terminate()
            running.wait(30)
            server.shutdown()
            hook.shutdown()
            hook.server_close()
