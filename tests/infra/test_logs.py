from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest

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
    canary = "jan.jansen@canary.example"
    logs.get("worker").info("seen", event_data={"who": canary}, raw=canary.encode(), many=[canary])
    logging.getLogger("kafka.client").warning("got %s", canary)
    try:
        try:
            raise KeyError(canary)
        except KeyError as error:
            raise ValueError(canary) from error
    except ValueError as error:
        logs.get("worker").error("judging_failed", error)
        logging.getLogger("faust").exception("crashed: %r", canary)
    assert canary not in out.getvalue()
    assert "jansen" not in out.getvalue()
    seen, foreign, ours, _ = lines(out)
    assert seen["event_data"] == {"who": "[text]"}
    assert foreign["event"] == "got %s"
    assert ours["error"] == "ValueError"
    assert ours["cause"]["error"] == "KeyError"
    assert ours["where"][-1].startswith("test_logs.py:")


def test_other_libraries_are_heard_from_warning_on(out: io.StringIO) -> None:
    logging.getLogger("faust").info("hello")
    assert lines(out) == []
