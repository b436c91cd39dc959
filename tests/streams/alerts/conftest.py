"""A store in memory with a clock that is moved by hand, and receivers that note what they are told."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest

from expectations import lined
from infra.clock import FixedClock
from infra.warehouse.store import Store
from streams.alerts import config, texts
from streams.alerts.config import Config, Integration
from streams.alerts.delivery import Outcome
from streams.alerts.process import Alerts
from tests.support.warehouse import NOON

FILE = """
route:
  receiver: officer
  group_by: [clause, system, severity]
  group_wait: 30s
  group_interval: 5m
  repeat_interval: 4h
  routes:
    - {matchers: ['severity="critical"'], group_wait: 5s}
receivers:
  - name: officer
    webhook_configs: [{url: 'http://officer.example/'}]
"""


def read(text: str = FILE) -> Config:
    return config.of(lined.parse(text, "alerts.yaml"))


@dataclass
class Receivers:
    """What was sent, and what is to come of the next attempts (nothing said: delivered)."""

    sent: list[Mapping[str, Any]] = field(default_factory=list)
    fates: list[Outcome] = field(default_factory=list)

    def __call__(self, way: Integration, language: str, notice: Mapping[str, Any], now: datetime) -> Outcome:
        self.sent.append(notice)
        return self.fates.pop(0) if self.fates else Outcome()

    def titles(self) -> list[str]:
        """What was told so far, in a line each."""
        return [texts.title("en", json.loads(each["message"])) for each in self.sent]


@dataclass
class Scene:
    """A warehouse whose worker has read everything, and the part that tells alerts."""

    store: Store
    clock: FixedClock
    receivers: Receivers = field(default_factory=Receivers)
    config: Config = field(default_factory=read)
    behind: tuple[tuple[str, int], ...] = ()
    made: int = 0

    def __post_init__(self) -> None:
        self.epoch = self.store.claim([0, 1], "w").epochs[0]
        self.start()

    def start(self) -> None:
        """Begin a process anew, as after a crash of the one before."""
        self.made += 1
        self.alerts = Alerts(self.store, self.config, self.clock, f"p{self.made}", send=self.receivers)

    def wait(self, **span: float) -> None:
        """Let time pass, and everybody do his work."""
        self.clock.move(timedelta(**span))
        self.store.beat("w", 2, 0, unread=self.behind)
        self.turn()

    def turn(self) -> None:
        """What the process does in a turn, and what came of it."""
        self.alerts._clocks_due = self.alerts._surroundings_due = self.alerts._renewed = float("-inf")
        self.alerts.turn()
        self.alerts.drain(5)

    def rows(self, name: str, **given: Any) -> list[dict[str, Any]]:
        return list(self.store.query(name, given).to_pylist())

    def alert(self, **wanted: Any) -> dict[str, Any]:
        """The one alert of which this is true."""
        found = [row for row in self.rows("alerts") if all(row[name] == value for name, value in wanted.items())]
        assert len(found) == 1, found
        return found[0]


@pytest.fixture
def scene() -> Iterator[Scene]:
    clock = FixedClock(NOON)
    with Store(":memory:", clock=clock.now) as store:
        yield Scene(store, clock)


def until(condition: Any, seconds: float = 10) -> None:
    """Wait for it."""
    over = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < over
        time.sleep(0.02)
