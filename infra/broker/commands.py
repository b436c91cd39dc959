"""`clausewatch broker`: a broker in the foreground."""

from __future__ import annotations

import signal
import threading

import click

from infra.broker.apache import ApacheKafka
from infra.broker.embedded import EmbeddedBroker
from infra.errors import UserError
from infra.settings import Settings
from infra.topics import create

Broker = ApacheKafka | EmbeddedBroker


def make(kind: str, settings: Settings, port: int = 0) -> Broker:
    """The broker of this kind on this data directory, not started."""
    log = settings.logs / "broker.log"
    if kind == "kafka":
        return ApacheKafka(settings.data_dir / "kafka", log, port)
    return EmbeddedBroker(log, port)


@click.command("broker")
@click.option("--kind", type=click.Choice(["embedded", "kafka"]), default="embedded", show_default=True)
@click.option("--port", type=click.IntRange(0, 65535), default=9092, show_default=True, help="0: any free one.")
def broker(kind: str, port: int) -> int:
    """Run a broker with the five topics in the foreground, until Ctrl-C.

    `embedded` keeps everything in memory; `kafka` is an Apache Kafka, durable under the data directory.
    """
    settings = Settings.load().ensure()
    run_file = settings.run_file("broker")
    if (other := run_file.read()) is not None:
        raise UserError(f"a broker of this data directory runs already, at {other['address']}", "stop it first")
    ended = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: ended.set())
    running = make(kind, settings, port)
    running.start()
    try:
        create(running.address, settings.partitions)
        assert running.process is not None
        run_file.write(pid=running.process.pid, address=running.address, kind=kind)
        click.echo(f"{kind} broker at {running.address}; Ctrl-C ends it")
        while running.running() and not ended.wait(0.5):
            pass
        if not ended.is_set():
            raise UserError("the broker ended by itself", f"its last words are in {running.log}", exit_code=1)
    finally:
        running.stop()
        run_file.remove()
    return 0
