"""The five topics: made, described and checked by kafka-python's admin client.

All have the same number of partitions, never changed afterwards: a partition number stands for that number in
all five, so a subject's events of all systems meet in one worker.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

import click
from kafka import KafkaConsumer, TopicPartition
from kafka.admin import KafkaAdminClient, NewTopic
from kafka.errors import AuthorizationError, KafkaError, SaslAuthenticationFailedError, TopicAlreadyExistsError

from infra.access import access
from infra.access import client as client_settings
from infra.errors import UserError
from infra.settings import Settings

TOPICS = ("crm.events", "newsletter.events", "recruitment.events", "website.events", "compliance.events")


@dataclass(frozen=True)
class LogIdentity:
    """Which log this is: another cluster id or topic id is another log, whatever the address.

    The embedded broker's cluster id carries a nonce of its start. `topics`: name → topic id. `partitions`: of each.
    """

    cluster: str
    topics: dict[str, str]
    partitions: int


class Unreachable(UserError):  # noqa: N818 - an answer, named as what it says
    """No broker answers: it may in a moment."""


@dataclass(frozen=True)
class Topic:
    """One topic as the broker tells it. `leaderless`: partitions that nobody serves now."""

    name: str
    id: str
    partitions: int
    leaderless: int


@contextmanager
def admin(bootstrap: str, timeout: float = 5) -> Iterator[Any]:
    """kafka-python's admin client. Raises UserError when no broker answers."""
    try:
        client = KafkaAdminClient(
            **client_settings(bootstrap),
            client_id="clausewatch-admin",
            request_timeout_ms=int(timeout * 1000),
            bootstrap_timeout_ms=int(timeout * 1000),
        )
    except (KafkaError, OSError, ValueError) as error:
        raise unreachable(bootstrap, error) from None
    try:
        yield client
    except KafkaError as error:
        raise unreachable(bootstrap, error) from None
    finally:
        client.close()


def unreachable(bootstrap: str, error: BaseException) -> UserError:
    """What a person is told when the broker does not answer, or does not let us in."""
    if isinstance(error, AuthorizationError | SaslAuthenticationFailedError):
        login = access(bootstrap)
        who = f"{login.user} by {login.mechanism}" if login.sasl else "without a login"
        return UserError(
            f"the broker at {bootstrap} refuses us, {who} ({type(error).__name__})",
            "check KAFKA_SASL_USERNAME and its password's file; `clausewatch access grant` gives the rights",
        )
    return Unreachable(
        f"the broker at {bootstrap} does not answer ({type(error).__name__})",
        "is it running? `clausewatch up` starts one; KAFKA_BOOTSTRAP_SERVERS names another",
    )


def reachable(bootstrap: str) -> bool:
    """True when a broker answers there."""
    try:
        with admin(bootstrap, timeout=3) as client:
            return bool(client.describe_cluster()["brokers"])
    except UserError:
        return False


def identity(bootstrap: str) -> LogIdentity:
    """Which log the broker holds. Raises UserError: a topic is missing, partitions differ; Unreachable: no answer."""
    with admin(bootstrap) as client:
        cluster = str(client.describe_cluster()["cluster_id"])
        found = _describe(client)
    count = check(found.values())
    return LogIdentity(cluster, {name: topic.id for name, topic in found.items()}, count)


def describe(bootstrap: str) -> dict[str, Topic]:
    """Those of the five that are there, by name."""
    with admin(bootstrap) as client:
        return _describe(client)


def create(bootstrap: str, partitions: int, replication: int | None = None) -> list[str]:
    """Makes those that are missing; returns their names. `replication`: as many as brokers, three at most.

    Raises UserError when topics that are there have another number of partitions.
    """
    with admin(bootstrap) as client:
        there = _describe(client)
        check(there.values(), partitions, complete=False)
        missing = [name for name in TOPICS if name not in there]
        if missing:
            copies = replication or min(3, len(client.describe_cluster()["brokers"]))
            wanted = [NewTopic(name=name, num_partitions=partitions, replication_factor=copies) for name in missing]
            with suppress(TopicAlreadyExistsError):  # another was as quick; what counts is looked at next
                client.create_topics(wanted)
        _settle(client, partitions)
    return missing


def check(topics: Any, partitions: int | None = None, *, complete: bool = True) -> int:
    """The number of partitions, equal for all. Raises UserError saying which is wrong and why it matters."""
    found: dict[str, Topic] = {topic.name: topic for topic in topics}
    if complete:
        missing = [name for name in TOPICS if name not in found]
        if missing:
            raise UserError(f"topics are missing: {', '.join(missing)}", "make them: `clausewatch topics create`")
    counts = {topic.partitions for topic in found.values()}
    if len(counts) > 1:
        told = ", ".join(f"{t.name} {t.partitions}" for t in found.values())
        raise UserError(
            f"the topics differ in partitions ({told}): events of one person would reach different workers",
            "make the odd one anew with the others' number, and send its events again",
        )
    count = next(iter(counts), partitions or 0)
    if partitions is not None and count != partitions:
        raise UserError(
            f"the topics have {count} partitions, {partitions} were asked for: the number is never changed, "
            "or the events of one person would part",
            f"set CLAUSEWATCH_PARTITIONS={count}, or use other topics on another broker",
        )
    return count


def behind(bootstrap: str, stored: Mapping[tuple[str, int], int]) -> int | None:
    """Records in the log that are not stored yet; see `waiting`."""
    found = waiting(bootstrap, stored)
    return None if found is None else sum(found.values())


def waiting(bootstrap: str, stored: Mapping[tuple[str, int], int]) -> dict[tuple[str, int], int] | None:
    """Records in the log that are not stored yet, of each (topic, partition) that has any, by its stored next offset.

    A partition without one counts from the log's beginning. None: the broker does not answer.
    """
    found = bounds(bootstrap)
    if found is None:
        return None
    starts, ends = found
    left = {at: end - max(starts[at], stored.get(at, 0)) for at, end in ends.items()}
    return {at: n for at, n in left.items() if n > 0}


def bounds(bootstrap: str) -> tuple[dict[tuple[str, int], int], dict[tuple[str, int], int]] | None:
    """First and next offset of every (topic, partition) in the log. None: the broker does not answer."""
    try:
        consumer = KafkaConsumer(
            **client_settings(bootstrap),
            request_timeout_ms=5000,
            bootstrap_timeout_ms=5000,
            client_id="clausewatch-lag",
        )
    except (KafkaError, OSError):
        return None
    try:
        counts = {t: consumer.partitions_for_topic(t) or () for t in TOPICS}
        places = [TopicPartition(t, p) for t in TOPICS for p in sorted(counts[t])]
        starts, ends = consumer.beginning_offsets(places), log_ends(consumer, places)
        first, following = ({(p.topic, p.partition): int(of[p]) for p in places} for of in (starts, ends))
        return first, following
    except (KafkaError, OSError):
        return None
    finally:
        consumer.close()


def log_ends(consumer: Any, places: Sequence[Any], seconds: float = 5) -> dict[Any, int]:
    """The next offset of each partition, by the high watermark of a fetch; assigns the consumer by hand.

    Not by `end_offsets`: the embedded broker answers that with the *first* offset of the last batch plus one.
    """
    ends: dict[Any, int] = {place: int(at) for place, at in consumer.end_offsets(places).items()}
    starts = consumer.beginning_offsets(places)
    open_ones = {place for place in places if ends[place] > starts[place]}
    consumer.assign(sorted(open_ones))
    for place in open_ones:
        consumer.seek(place, ends[place] - 1)
    until = time.monotonic() + seconds
    while open_ones and time.monotonic() < until:
        consumer.poll(timeout_ms=200)
        for place in list(open_ones):
            mark = consumer.highwater(place)
            if mark is not None:
                ends[place] = max(ends[place], int(mark))
                open_ones.discard(place)
                consumer.pause(place)
    return ends


def _describe(client: Any) -> dict[str, Topic]:
    told: Sequence[dict[str, Any]] = client.describe_topics(list(TOPICS))
    return {
        topic["name"]: Topic(
            name=topic["name"],
            id=str(topic["topic_id"]),
            partitions=len(topic["partitions"]),
            leaderless=sum(part["leader_id"] < 0 for part in topic["partitions"]),
        )
        for topic in sorted(told, key=lambda topic: TOPICS.index(topic["name"]))
        if not topic["error_code"]
    }


def _settle(client: Any, partitions: int, seconds: float = 20) -> None:
    """Waits until every partition has a leader: a producer's first records would wait for it otherwise."""
    until = time.monotonic() + seconds
    while True:
        found = _describe(client)
        if len(found) == len(TOPICS) and not any(topic.leaderless for topic in found.values()):
            check(found.values(), partitions)
            return
        if time.monotonic() > until:
            raise UserError(
                f"the topics were made, but after {seconds:.0f} s not every partition has a leader",
                "look at the broker's log",
            )
        time.sleep(0.1)


@click.group("topics")
def topics() -> None:
    """Create or describe the five topics."""


@topics.command("create")
@click.option("--partitions", type=click.IntRange(1, 1000), help="Per topic; the same for all. [default: 12]")
@click.option("--replication", type=click.IntRange(1, 7), help="Copies. [default: one per broker, 3 at most]")
def create_command(partitions: int | None, replication: int | None) -> None:
    """Make those that are missing."""
    settings = Settings.load()
    made = create(settings.broker_address(), partitions or settings.partitions, replication)
    click.echo("\n".join(f"made {name}" for name in made) or "all five are there")


@topics.command("describe")
def describe_command() -> int:
    """Say what is there; exit code 1 when something is wrong."""
    found = describe(Settings.load().broker_address())
    for topic in found.values():
        click.echo(f"{topic.name:<20} {topic.partitions:>4} partitions  id {topic.id}")
    try:
        check(found.values())
    except UserError as error:
        error.exit_code = 1
        raise
    return 0
