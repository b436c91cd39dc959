from __future__ import annotations

import socket
from pathlib import Path

import psutil
import pytest
from kafka import KafkaConsumer, TopicPartition

from infra.broker.embedded import EmbeddedBroker
from infra.errors import UserError
from infra.producer import Producer
from infra.topics import create, log_ends


def test_a_new_start_is_a_new_log_at_the_same_address(embedded: EmbeddedBroker) -> None:
    before, address = embedded.identity(), embedded.address
    assert embedded.identity() == before
    embedded.stop()
    assert not embedded.running()
    embedded.start()
    create(embedded.address, 4)
    after = embedded.identity()
    assert embedded.address == address
    assert after.cluster != before.cluster
    assert not set(after.topics.values()) & set(before.topics.values())


def test_it_keeps_what_it_is_sent_while_it_runs(embedded: EmbeddedBroker) -> None:
    with Producer(embedded.address) as producer:
        for n in range(100):
            producer.send("crm.events", f"s{n}", b"{}")
    assert (producer.sent, producer.failed) == (100, {})
    consumer = KafkaConsumer(bootstrap_servers=embedded.address)
    ends = log_ends(consumer, [TopicPartition("crm.events", p) for p in range(4)])
    consumer.close()
    assert sum(ends.values()) == 100
    assert all(ends.values())


def test_it_listens_on_loopback_only(embedded: EmbeddedBroker) -> None:
    assert embedded.process is not None
    listening = [c.laddr.ip for c in psutil.Process(embedded.process.pid).net_connections() if c.status == "LISTEN"]
    assert listening == ["127.0.0.1"]


def test_a_taken_port_is_named(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(UserError, match=f"port {port} of the embedded broker is taken") as caught:
            EmbeddedBroker(tmp_path / "log", port).start()
    assert "--port" in caught.value.cure
