from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from kafka import KafkaConsumer, TopicPartition

from infra import door
from infra.broker.embedded import EmbeddedBroker
from infra.topics import TOPICS

Publish = Callable[..., int]


@pytest.fixture
def publish(embedded: EmbeddedBroker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Publish:
    monkeypatch.setenv("KAFKA_BOOTSTRAP_SERVERS", embedded.address)
    monkeypatch.setenv("CLAUSEWATCH_DATA_DIR", str(tmp_path / "data"))

    def run(*lines: str) -> int:
        file = tmp_path / "events.jsonl"
        file.write_text("".join(f"{line}\n" for line in lines))
        return door.run(["publish", str(file)])

    return run


def event(n: int, of: str = "newsletter.sent", source: str = "/newsletter", **fields: Any) -> str:
    content: dict[str, Any] = {
        "specversion": "1.0",
        "id": f"e{n}",
        "source": source,
        "type": of,
        "time": "2026-03-02T08:00:00Z",
        "data": fields,
    }
    if of != "agreement.signed":
        content["subject"] = f"s{n % 7}"
    return json.dumps(content)


def read_all(address: str) -> list[Any]:
    consumer = KafkaConsumer(bootstrap_servers=address, consumer_timeout_ms=1500, isolation_level="read_committed")
    consumer.assign([TopicPartition(t, p) for t in TOPICS for p in range(4)])
    consumer.seek_to_beginning()
    found = list(consumer)
    consumer.close()
    return found


def test_events_arrive_as_they_are_under_their_keys(
    publish: Publish, embedded: EmbeddedBroker, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = [event(n, topic="own_services") for n in range(50)]
    lines += [event(50, "agreement.signed", "/compliance", agreement="A1", kind="scc")]
    assert publish(*lines) == 0
    assert "51 sent, 0 refused" in capsys.readouterr().err
    found = read_all(embedded.address)
    assert sorted(r.value.decode() for r in found) == sorted(lines)
    for record in found:
        content = json.loads(record.value)
        if content["type"] == "agreement.signed":
            assert (record.topic, record.key) == ("compliance.events", b"agreement:A1")
        else:
            assert (record.topic, record.key) == ("newsletter.events", content["subject"].encode())
        assert dict(record.headers)["content-type"].startswith(b"application/cloudevents+json")
    by_key: dict[bytes, set[int]] = {}
    for record in found:
        by_key.setdefault(record.key, set()).add(record.partition)
    assert all(len(partitions) == 1 for partitions in by_key.values())


def test_what_is_refused_is_counted_with_its_reason_and_place_and_without_its_value(
    publish: Publish, embedded: EmbeddedBroker, capsys: pytest.CaptureFixture[str]
) -> None:
    wrong = [
        "no json jan@planted.example",
        event(2, of="newsletter.eaten"),
        event(3, source="/elsewhere"),
        event(4, topic="jan@planted.example"),
        event(5, campaign=7),
    ]
    assert publish(event(1), *wrong) == 1
    told = capsys.readouterr().err
    assert "1 sent, 5 refused" in told
    for reason, line in [
        ("unknown_type", 3),
        ("unknown_source", 4),
        ("invalid_value", 5),
        ("invalid_field", 6),
    ]:
        assert any(reason in row and f"events.jsonl:{line}" in row for row in told.splitlines()), reason
    assert "planted" not in told
    assert len(read_all(embedded.address)) == 1


def test_nothing_readable_ends_with_2(publish: Publish) -> None:
    assert publish("nothing") == 2
    assert publish() == 2


def test_a_broker_that_is_not_there_ends_with_2_and_says_so(
    publish: Publish, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("KAFKA_BOOTSTRAP_SERVERS", "127.0.0.1:9")
    assert publish(event(1)) == 2
    assert "127.0.0.1:9 does not answer" in capsys.readouterr().err


def test_what_the_broker_does_not_acknowledge_is_refused(
    publish: Publish,
    embedded: EmbeddedBroker,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from infra import producer
    from streams import publish as room

    def short(bootstrap: str, **options: Any) -> producer.Producer:
        made = producer.Producer(bootstrap, delivery_seconds=1, **options)
        embedded.stop()
        return made

    monkeypatch.setattr(room, "Producer", short)
    assert publish(event(1), event(2)) == 2
    told = capsys.readouterr().err
    assert "0 sent, 2 refused" in told
    assert "KafkaTimeoutError: events.jsonl:1, events.jsonl:2" in told
