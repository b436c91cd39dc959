"""Bad days: whatever goes wrong meanwhile, the findings are the audit's. `make kill` has more of them."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

import pytest

from tests.support.bad_days import LIFE, Life, days, network
from tests.support.faults import possible
from tests.support.network import ProxiedKafka
from tests.support.pipeline import Line, simulated
from tests.support.services import need_kafka

pytestmark = [pytest.mark.kafka]

EACH_TIME = (("worker killed", "warehouse unreachable"), ("broker killed", "warehouse's disk full"),
             ("warehouse killed", "broker: connections reset"))  # fmt: skip
LINES = 180  # a round
SEEDS = (20, 21)


@pytest.mark.timeout(600)
def test_three_rounds_lose_nothing_and_count_nothing_twice(
    kafka: ProxiedKafka, lines: list[Line], tmp_path: Path
) -> None:
    faults = possible()
    with Life(kafka, tmp_path, 20, lines) as life:
        for number, names in enumerate(EACH_TIME):
            life.round(number, LINES, {name: faults[name] for name in names if name in faults})
        life.end()


@pytest.mark.slow
@pytest.mark.timeout(3000)
def test_twenty_rounds_of_every_kind(tmp_path: Path) -> None:
    need_kafka()
    faults = possible()
    with network(tmp_path / "broker") as (kafka, disk):
        for seed in SEEDS:
            lines = simulated(seed=seed)
            with Life(kafka, tmp_path / str(seed), seed, lines, disk) as life:
                for number, chosen in enumerate(islice(days(seed, faults), LIFE), 1):
                    told = ", ".join(chosen)
                    print(f"seed {seed}, round {number}: {told}")
                    life.round(number, len(lines) // LIFE, chosen)
                life.end()
