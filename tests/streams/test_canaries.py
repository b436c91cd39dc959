"""`clausewatch canaries`: what it sends, and what it says when it cannot."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from datetime import UTC, datetime
from pathlib import Path

import pytest
from kafka import KafkaConsumer, TopicPartition

from expectations.canaries import canaries
from expectations.contract.canaries import mark_in, mark_of
from expectations.policy import load
from infra import door
from infra.broker.embedded import EmbeddedBroker
from infra.errors import UserError
from infra.producer import Producer
from infra.settings import Settings
from infra.topics import TOPICS
from streams import canaries as sender
from streams.canaries import send


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CLAUSEWATCH_DATA_DIR", str(tmp_path))
    monkeypatch.setattr("streams.canaries.signal.signal", lambda *_: None)
    return tmp_path


def test_all_events_of_one_canary_go_to_one_worker_signed(
    embedded: EmbeddedBroker, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KAFKA_BOOTSTRAP_SERVERS", embedded.address)
    assert door.run(["canaries", "--once"]) == 0
    consumer = KafkaConsumer(bootstrap_servers=embedded.address, consumer_timeout_ms=1500)
    consumer.assign([TopicPartition(topic, partition) for topic in TOPICS for partition in range(4)])
    consumer.seek_to_beginning()
    records = list(consumer)
    consumer.close()
    places, key = defaultdict(set), Settings.at(data).quarantine_key()
    for record in records:
        mark = mark_of(json.loads(record.value), key)
        places[mark.clause].add((mark.sent_at, record.partition))
    assert set(places) == set(canaries())
    assert all(len(found) == 1 for found in places.values())
    assert len(records) == sum(len(each.events) for each in canaries().values())
    assert not (data / "run" / "canaries.json").exists()


def test_a_system_without_a_source_leaves_its_clauses_out_and_no_other(
    embedded: EmbeddedBroker, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    systems = {segment: system for segment, system in load().systems.items() if system != "recruitment"}
    with Producer(embedded.address) as producer:
        monkeypatch.setattr(producer, "send", lambda topic, key, value, tag: told.append(json.loads(value)["id"]))
        send(producer, datetime.now(UTC), b"k", systems)
    sent = {mark.clause for name in told if (mark := mark_in(name))}
    assert set(canaries()) - sent == {
        clause for clause, each in canaries().items() if any(event["by"] == "recruitment" for event in each.events)
    }


@pytest.mark.parametrize("every", ["0h", "2h", "often", "1s"])
def test_how_often_has_limits(every: str, data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert door.run(["canaries", "--every", every]) == 2
    assert f'--every "{every}" is no time between 1m and 1h' in capsys.readouterr().err


def test_without_a_broker_it_says_so(
    data: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("KAFKA_BOOTSTRAP_SERVERS", "127.0.0.1:9")
    assert door.run(["canaries", "--once"]) == 2
    assert "127.0.0.1:9" in capsys.readouterr().err


def test_a_round_that_the_broker_does_not_take_says_why_in_a_word(monkeypatch: pytest.MonkeyPatch) -> None:
    class Refusing:
        def __init__(self, *_: object, **__: object) -> None:
            self.failed = Counter(TopicAuthorizationFailedError=89)

        def __enter__(self) -> Refusing:
            return self

        def __exit__(self, *_: object) -> None: ...
        def send(self, *_: object, **__: object) -> None: ...
        def flush(self) -> None: ...

    def nobody(*_: object, **__: object) -> None:
        raise UserError("no broker answers", "start one")

    given = ("127.0.0.1:9", datetime.now(UTC), b"k", load().systems)
    monkeypatch.setattr(sender, "Producer", Refusing)
    assert sender._sent(*given) == "TopicAuthorizationFailedError"
    monkeypatch.setattr(sender, "Producer", nobody)
    assert sender._sent(*given) == "no_broker"
