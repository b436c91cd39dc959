from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from kafka import TopicPartition

from infra import logs


@pytest.fixture
def out() -> Iterator[io.StringIO]:
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    stream = io.StringIO()
    logs.configure("worker", to=stream)
    yield stream
    root.handlers[:] = before
    root.setLevel(level)


def lines(out: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in out.getvalue().splitlines()]


def test_a_line_names_what_happened_and_its_numbers(out: io.StringIO) -> None:
    logs.get("worker").info("batch_stored", partition=3, events=500, topic="crm.events")
    (line,) = lines(out)
    assert line["part"] == "worker"
    assert line["event"] == "batch_stored"
    assert (line["partition"], line["events"], line["topic"]) == (3, 500, "crm.events")


def test_values_stay_out_of_every_line(out: io.StringIO) -> None:
    planted = "jan.jansen@planted.example"
    logs.get("worker").info("seen", event_data={"who": planted}, raw=planted.encode(), many=[planted])
    logging.getLogger("kafka.client").warning("got %s", planted)
    try:
        try:
            raise KeyError(planted)
        except KeyError as error:
            raise ValueError(planted) from error
    except ValueError as error:
        logs.get("worker").error("judging_failed", error)
        logging.getLogger("faust").exception("crashed: %r", planted)
    assert planted not in out.getvalue()
    assert "jansen" not in out.getvalue()
    seen, foreign, ours, _ = lines(out)
    assert seen["event_data"] == {"who": "[text]"}
    assert foreign["event"] == "got [str]"
    assert ours["error"] == "ValueError"
    assert ours["cause"]["error"] == "KeyError"
    assert ours["where"][-1].startswith("test_logs.py:")


def test_what_a_kafka_client_says_is_filled_with_what_is_safe(out: io.StringIO) -> None:
    said = logging.getLogger("aiokafka.consumer.fetcher").error
    said("Failed fetch messages from %s: %s", 1, ConnectionError("jan.jansen@planted.example"))
    said("%s at %s: %s", TopicPartition("crm.events", 3), "127.0.0.1:9092", "Jan Jansen")
    said("%.1f s", Decimal("1.5"))
    assert [line["event"] for line in lines(out)] == [
        "Failed fetch messages from 1: [ConnectionError]",
        "crm.events[3] at 127.0.0.1:9092: [str]",
        "%.1f s",
    ]


def test_what_comes_again_and_again_is_written_now_and_then() -> None:
    now = [0.0]
    seldom = logs.Seldom(clock=lambda: now[0])
    written = []
    for second in range(65):
        now[0] = float(second)
        record = logging.LogRecord("aiokafka", logging.ERROR, "fetcher.py", 748, "away", (), None)
        if seldom.filter(record):
            written.append((second, record.left_out))
    assert written == [(0, 0), (1, 0), (2, 0), (30, 27), (60, 29)]
    assert seldom.filter(logging.LogRecord("clausewatch.worker", logging.ERROR, "app.py", 748, "ours", (), None))


def test_other_libraries_are_heard_from_warning_on(out: io.StringIO) -> None:
    logging.getLogger("faust").info("hello")
    assert lines(out) == []
