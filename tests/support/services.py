"""Real services for tests. `kafka`: an Apache Kafka for the session, without topics' records of others:
each test takes its own topics or its own broker.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.broker.apache import ApacheKafka, fetch, find_java
from infra.broker.embedded import EmbeddedBroker
from infra.errors import UserError
from infra.topics import create
from tests.support.network import ProxiedKafka
from tests.support.processes import QUICK_JAVA

PARTITIONS = 4


def need_kafka() -> None:
    """Skips with the reason where Java or Maven is missing; under CI that is a failure."""
    try:
        find_java()
        fetch()
    except UserError as error:
        _skip(f"{error.message}: {error.cure}")


def need_openssl() -> None:
    """The same for openssl, which makes a broker's secrets."""
    if shutil.which("openssl") is None:
        _skip("openssl is missing: apt-get install openssl")


def _skip(reason: str) -> None:
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def kafka(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ProxiedKafka]:
    """A running Apache Kafka, one for the session, without topics, also behind a network that fails.

    Whoever stops it starts it again.
    """
    need_kafka()
    directory = tmp_path_factory.mktemp("kafka")
    broker = ProxiedKafka(directory / "data", directory / "broker.log")
    broker.start()
    yield broker
    broker.close()


@pytest.fixture
def own_kafka(tmp_path: Path) -> Iterator[ApacheKafka]:
    """A running Apache Kafka of this test alone, with the five topics empty: 4 partitions each."""
    need_kafka()
    broker = ApacheKafka(tmp_path / "kafka", tmp_path / "broker.log")
    broker.java_options = QUICK_JAVA
    broker.start()
    create(broker.address, PARTITIONS)
    yield broker
    broker.stop()


@pytest.fixture
def embedded(tmp_path: Path) -> Iterator[EmbeddedBroker]:
    """A running embedded broker of this test alone, with the five topics empty: 4 partitions each."""
    broker = EmbeddedBroker(tmp_path / "broker.log")
    broker.start()
    create(broker.address, PARTITIONS)
    yield broker
    broker.stop()
