from __future__ import annotations

import pytest
from kafka import KafkaConsumer, TopicPartition
from kafka.admin import KafkaAdminClient, NewTopic

from infra import topics
from infra.broker.apache import ApacheKafka
from infra.broker.embedded import EmbeddedBroker
from infra.errors import UserError
from infra.producer import Producer
from infra.topics import TOPICS, Topic, behind, check, create, describe, log_ends


def test_the_five_are_made_once(embedded: EmbeddedBroker) -> None:
    found = describe(embedded.address)
    assert tuple(found) == TOPICS
    assert {t.partitions for t in found.values()} == {4}
    assert create(embedded.address, 4) == []
    assert describe(embedded.address) == found


def test_another_number_of_partitions_is_refused(embedded: EmbeddedBroker) -> None:
    with pytest.raises(UserError, match="have 4 partitions, 12 were asked for") as caught:
        create(embedded.address, 12)
    assert "CLAUSEWATCH_PARTITIONS=4" in caught.value.cure


def test_unequal_topics_are_refused_by_name() -> None:
    odd = [Topic(name, "id", 12 if name != "website.events" else 6, 0) for name in TOPICS]
    with pytest.raises(UserError, match=r"website\.events 6"):
        check(odd)


def test_a_missing_topic_is_named() -> None:
    with pytest.raises(UserError, match=r"missing: compliance\.events"):
        check([Topic(name, "id", 12, 0) for name in TOPICS[:-1]])


def test_a_broker_that_does_not_answer_is_named() -> None:
    with pytest.raises(UserError, match=r"127.0.0.1:9 does not answer"):
        describe("127.0.0.1:9")
    assert not topics.reachable("127.0.0.1:9")


@pytest.mark.kafka
def test_a_real_broker_makes_them_too_and_one_made_by_hand_is_refused(kafka: ApacheKafka) -> None:
    by_hand = KafkaAdminClient(bootstrap_servers=kafka.address)
    by_hand.create_topics([NewTopic(name="crm.events", num_partitions=3, replication_factor=1)])
    with pytest.raises(UserError, match="have 3 partitions, 4 were asked for"):
        create(kafka.address, 4)
    assert create(kafka.address, 3) == list(TOPICS[1:])
    assert check(describe(kafka.address).values()) == 3
    by_hand.delete_topics(list(TOPICS))
    by_hand.close()


def test_what_is_behind_is_counted_to_the_last_record(embedded: EmbeddedBroker) -> None:
    assert behind(embedded.address, {}) == 0
    with Producer(embedded.address, linger_ms=100) as producer:
        for n in range(100):
            producer.send("website.events", f"s{n}", b"{}")
    assert behind(embedded.address, {}) == 100
    consumer = KafkaConsumer(bootstrap_servers=embedded.address)
    ends = log_ends(consumer, [TopicPartition("website.events", p) for p in range(4)])
    consumer.close()
    stored = {(place.topic, place.partition): end for place, end in ends.items()}
    assert behind(embedded.address, {place: end - 1 for place, end in stored.items()}) == 4
    assert behind(embedded.address, stored) == 0
    assert behind("127.0.0.1:9", {}) is None
