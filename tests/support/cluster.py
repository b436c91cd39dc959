"""Three Kafka brokers on loopback: every record on all of them, acknowledged when two have it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from infra import processes
from infra.access import Address
from infra.broker.apache import ApacheKafka, new_cluster
from infra.topics import TOPICS, admin
from tests.support.processes import QUICK_JAVA

BROKERS = 3
REPLICATED = {
    "default.replication.factor": "3",
    "min.insync.replicas": "2",
    "offsets.topic.replication.factor": "3",
    "transaction.state.log.replication.factor": "3",
    "transaction.state.log.min.isr": "2",
    "unclean.leader.election.enable": "false",
    "replica.lag.time.max.ms": "10000",
    "broker.session.timeout.ms": "6000",
    "broker.heartbeat.interval.ms": "2000",
}


class Member(ApacheKafka):
    """One of them, broker and controller."""

    java_options = QUICK_JAVA

    def __init__(self, number: int, directory: Path, controllers: list[str], cluster: str) -> None:
        voters = ",".join(f"{n}@{address}" for n, address in enumerate(controllers, 1))
        super().__init__(directory / f"kafka-{number}", directory / f"broker-{number}.log", processes.free_port())
        self.number, self.cluster = number, cluster
        self.properties = {
            **REPLICATED,
            "node.id": str(number),
            "controller.quorum.voters": voters,
            "listeners": f"PLAINTEXT://{self.address},CONTROLLER://{controllers[number - 1]}",
        }


class Cluster:
    """All three. `address` names each of them."""

    def __init__(self, directory: Path) -> None:
        controllers = [f"127.0.0.1:{processes.free_port()}" for _ in range(BROKERS)]
        cluster = new_cluster()
        self.members = [Member(number, directory, controllers, cluster) for number in range(1, BROKERS + 1)]
        self.address = Address(",".join(each.address for each in self.members))

    def start(self) -> None:
        """Until each answers."""
        for each in self.members:
            each.begin()
        for each in self.members:
            each.wait(180)

    def stop(self) -> None:
        """All at once: one alone would wait for the others' votes."""
        for each in self.members:
            each.kill()

    def leader(self) -> Member:
        """Who leads the most partitions of our topics."""
        with admin(self.address) as client:
            told = client.describe_topics(list(TOPICS))
        leaders = [part["leader_id"] for topic in told for part in topic["partitions"]]
        return self.members[max(set(leaders), key=leaders.count) - 1]


@contextmanager
def cluster(directory: Path) -> Iterator[Cluster]:
    """Started, and stopped at the end."""
    made = Cluster(directory)
    try:
        made.start()
        yield made
    finally:
        made.stop()
