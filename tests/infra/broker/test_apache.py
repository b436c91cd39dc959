from __future__ import annotations

import re
from pathlib import Path

import psutil
import pytest
from kafka import KafkaConsumer, TopicPartition

from infra.broker import apache
from infra.broker.apache import ApacheKafka
from infra.errors import UserError
from infra.producer import Producer


@pytest.mark.kafka
def test_it_goes_on_with_its_log_after_a_stop_and_after_a_kill(own_kafka: ApacheKafka) -> None:
    before = own_kafka.identity()
    for end in (own_kafka.stop, own_kafka.kill):
        with Producer(own_kafka.address) as producer:
            producer.send("crm.events", "s1", b"{}")
        assert producer.sent == 1
        end()
        assert not own_kafka.running()
        own_kafka.start()
        assert own_kafka.identity() == before
    consumer = KafkaConsumer(bootstrap_servers=own_kafka.address)
    ends = consumer.end_offsets([TopicPartition("crm.events", p) for p in range(4)])
    consumer.close()
    assert sum(ends.values()) == 2


@pytest.mark.kafka
def test_it_listens_on_loopback_only(kafka: ApacheKafka) -> None:
    assert kafka.process is not None
    listening = [c.laddr.ip for c in psutil.Process(kafka.process.pid).net_connections() if c.status == "LISTEN"]
    assert len(listening) == 3  # for clients, for its controller, and for those that come through the tests' network
    assert {ip.removeprefix("::ffff:") for ip in listening} == {"127.0.0.1"}


def test_the_jars_are_those_of_the_version_named() -> None:
    assert re.findall("<version>(4.*)</version>", apache.POM.read_text()) == [apache.VERSION]


def test_a_missing_java_is_told_with_what_to_install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("JAVA_HOME", raising=False)
    with pytest.raises(UserError, match="needs Java") as caught:
        ApacheKafka(tmp_path / "kafka", tmp_path / "log").start()
    assert "openjdk-17" in caught.value.cure
    assert "--broker embedded" in caught.value.cure


def test_an_old_java_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    java = tmp_path / "bin" / "java"
    java.parent.mkdir()
    java.write_text("#!/bin/sh\necho 'openjdk version \"1.8.0_402\"' >&2\n")
    java.chmod(0o755)
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    with pytest.raises(UserError, match=r"needs Java 17; .* is 8"):
        apache.find_java()


def test_a_missing_maven_is_told_unless_the_jars_are_there(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("CLAUSEWATCH_CACHE", str(tmp_path))
    monkeypatch.setenv("PATH", "")
    with pytest.raises(UserError, match="no `mvn` here"):
        apache.fetch()
    (tmp_path / f"kafka-{apache.VERSION}").mkdir()
    assert apache.fetch() == tmp_path / f"kafka-{apache.VERSION}"


def test_a_failing_maven_leaves_nothing_behind(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    maven = tmp_path / "bin" / "mvn"
    maven.parent.mkdir()
    maven.write_text("#!/bin/sh\necho '[ERROR] unknown host mirror.example'\nexit 1\n")
    maven.chmod(0o755)
    monkeypatch.setenv("PATH", str(maven.parent), prepend=":")
    monkeypatch.setenv("CLAUSEWATCH_CACHE", str(tmp_path / "cache"))
    with pytest.raises(UserError, match=r"could not fetch .* unknown host"):
        apache.fetch()
    assert [p.name for p in (tmp_path / "cache").iterdir()] == ["kafka.lock"]
