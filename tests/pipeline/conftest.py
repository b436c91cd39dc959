"""One Kafka, one simulated life and its audit for all tests of the pipeline; each test has an empty log and house."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.broker.apache import ApacheKafka
from tests.support.pipeline import SOON, House, Line, audited, delete_topics, empty_topics, simulated


@pytest.fixture(scope="session")
def lines() -> list[Line]:
    """What is published."""
    made = simulated()
    assert 2_500 < len(made) < 4_000
    return made


@pytest.fixture(scope="session")
def expected(lines: list[Line], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What `clausewatch audit` exports for them."""
    directory = audited(lines, tmp_path_factory.mktemp("audit"))
    for name in ("events", "facts", "findings", "obligations", "counts", "quarantine"):
        assert (directory / f"{name}.jsonl").stat().st_size > 150, f"{name}: too little to compare"
    return directory


@pytest.fixture
def house(kafka: ApacheKafka, tmp_path: Path) -> Iterator[House]:
    """An empty log and a house without running parts; whatever runs at the end is ended."""
    empty_topics(kafka.address)
    house = House(tmp_path / "data", kafka.address, SOON)
    yield house
    house.end()
    delete_topics(kafka.address)
