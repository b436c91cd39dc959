"""`clausewatch worker`: one worker in the foreground."""

from __future__ import annotations

import asyncio
import gc
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from expectations.policy import load
from expectations.readings import of_clauses
from infra import logs, topics, traces
from infra.clock import WallClock
from infra.errors import UserError
from infra.settings import Settings
from infra.topics import LogIdentity
from infra.warehouse.answers import ACCEPT_LOG
from infra.warehouse.client import AnotherLog, Unavailable, WarehouseError, connect
from streams.core.examine import Engine
from streams.worker.metrics import Metrics, serve
from streams.worker.pipeline import Pipeline
from streams.worker.watchdog import LIMIT, Watchdog

NUMBER = "make the topics with that number again, or fill another warehouse than {data_dir} from these"


@click.command()
@click.option("--data-dir", type=click.Path(path_type=Path, file_okay=False), help="Default: ./.clausewatch")
@click.option("--name", default=lambda: os.environ.get("CLAUSEWATCH_PART", "worker"), help="Its name in logs and run/.")
@click.option("--stuck-after", type=float, default=LIMIT, show_default=True, help="Seconds without a commit under lag.")
def worker(data_dir: Path | None, name: str, stuck_after: float) -> int:
    """Run one worker in the foreground: reads its partitions, judges, and stores, until SIGTERM."""
    settings = Settings.at(data_dir).ensure()
    log = logs.configure(name)
    traces.configure(name)
    broker = settings.broker_address()
    warehouse = connect(settings, name, "worker")

    def look() -> LogIdentity:
        """Tell the warehouse which log it is; refuse one that it must not be filled from."""
        found = topics.identity(broker)
        try:
            warehouse.log(found.cluster, found.topics, found.partitions)
        except Unavailable:
            raise
        except AnotherLog as refused:
            raise UserError(str(refused), ACCEPT_LOG) from refused
        except WarehouseError as fault:
            raise UserError(str(fault), NUMBER.format(data_dir=settings.data_dir)) from fault
        return found

    look()
    policy = load(clauses=of_clauses())
    pipeline = Pipeline(warehouse, Engine(policy), settings.quarantine_key(), WallClock(), {})
    metrics = Metrics()
    watchdog = Watchdog(metrics, log, stuck_after)
    run_file = settings.run_file(name)
    run_file.write(address=f"127.0.0.1:{serve(metrics, watchdog.alive)}")
    watchdog.start()
    try:
        _run(
            pipeline,
            metrics,
            log,
            look,
            broker=broker,
            group=settings.group,
            session=settings.session,
            name=name,
            folder=settings.data_dir / "faust",
        )
    finally:
        run_file.remove()
        warehouse.close()
    return 0


def _run(pipeline: Pipeline, metrics: Metrics, log: logs.Log, look: Callable[[], LogIdentity], **where: Any) -> None:
    import faust

    from streams.worker.app import Worker

    _tune()
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    made = Worker(pipeline, metrics, log, look, **where)
    running = faust.Worker(made.app, loop=loop, loglevel="WARN", redirect_stdouts=False, override_logging=False)
    running.spinner = None  # it draws into the log
    try:
        running.execute_from_commandline()
    except SystemExit as ended:
        if ended.code:
            raise
    finally:
        made.stop()


def _tune() -> None:
    """The judge hands the interpreter over at each of its many short library calls: it must get it back soon.
    And the thousands of small objects of a batch hold no cycles worth looking for at each 700th of them.
    """
    sys.setswitchinterval(0.0005)
    gc.freeze()
    gc.set_threshold(100_000, 50, 50)
