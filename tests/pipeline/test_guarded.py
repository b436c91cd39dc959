"""The parts as they are run in production: a Kafka with TLS, logins and rights, and a warehouse over TLS."""

from __future__ import annotations

import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import psutil
import pytest
from kafka import KafkaConsumer, TopicPartition
from kafka.errors import KafkaError, TopicAuthorizationFailedError

from expectations.canaries import canaries
from expectations.policy import load
from infra import doctor
from infra.access import Access, Address, client
from infra.broker.rights import grant
from infra.errors import UserError
from infra.producer import Producer
from infra.topics import TOPICS, create, describe, reachable
from infra.warehouse.queries import names
from infra.warehouse.store import Store
from streams.canaries import send
from tests.support.certificates import Authority
from tests.support.pages import chromium
from tests.support.pipeline import PARTITIONS, House
from tests.support.planted import cells, found, found_in_files, planted
from tests.support.secured import SecuredKafka
from tests.support.services import need_kafka, need_openssl

pytestmark = [pytest.mark.kafka, pytest.mark.slow, pytest.mark.timeout(400)]
GROUP = "clausewatch-guarded"


@pytest.fixture(scope="module")
def secured(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SecuredKafka]:
    """With the five topics and everybody's rights."""
    need_kafka()
    need_openssl()
    directory = tmp_path_factory.mktemp("secured")
    broker = SecuredKafka(directory / "kafka", directory / "broker.log")
    broker.start()
    try:
        create(broker.address, PARTITIONS)
        grant(broker.address, GROUP)
        yield broker
    finally:
        broker.stop()


def sent(address: Address, topic: str) -> tuple[int, dict[str, int]]:
    """How many of one record were acknowledged, and why not."""
    with Producer(address, delivery_seconds=8) as producer:
        producer.send(topic, "p-1", b"{}")
        producer.flush()
        return producer.sent, dict(producer.failed)


def test_each_source_writes_its_own_topic_and_nothing_else(secured: SecuredKafka) -> None:
    assert sent(secured.as_user("newsletter"), "newsletter.events") == (1, {})
    for topic in sorted(set(TOPICS) - {"newsletter.events"}):
        count, failed = sent(secured.as_user("newsletter"), topic)
        assert (count, list(failed)) == (0, ["TopicAuthorizationFailedError"]), topic
    assert list(describe(secured.as_user("newsletter"))) == ["newsletter.events"]
    assert sent(secured.as_user("worker"), "newsletter.events")[0] == 0
    with pytest.raises(UserError, match=r"did not take|refuses us"):
        grant(secured.as_user("newsletter"), GROUP)


def test_canaries_are_written_to_all_topics_and_none_is_made(secured: SecuredKafka) -> None:
    sender = secured.as_user("canaries")
    assert sorted(describe(sender)) == sorted(TOPICS)
    with Producer(sender, delivery_seconds=8) as producer:
        send(producer, datetime.now(UTC), b"k" * 32, load().systems)
        assert (producer.sent, dict(producer.failed)) == (sum(len(each.events) for each in canaries().values()), {})
    assert sent(sender, "others.events")[0] == 0


@pytest.mark.parametrize(("user", "may"), [("worker", True), ("newsletter", False), ("canaries", False)])
def test_only_the_worker_reads(secured: SecuredKafka, user: str, may: bool) -> None:
    sent(secured.as_user("newsletter"), "newsletter.events")
    consumer = KafkaConsumer(**client(secured.as_user(user)), request_timeout_ms=8000)
    try:
        consumer.assign([TopicPartition("newsletter.events", n) for n in range(PARTITIONS)])
        consumer.seek_to_beginning()
        if may:
            assert consumer.poll(timeout_ms=8000)
        else:
            with pytest.raises(TopicAuthorizationFailedError):
                consumer.poll(timeout_ms=8000)
    finally:
        consumer.close()


def test_nobody_comes_in_without_login_certificate_and_encryption(secured: SecuredKafka, tmp_path: Path) -> None:
    worker = secured.as_user("worker")
    assert reachable(worker)
    wrong = tmp_path / "wrong"
    wrong.touch(mode=0o600)
    wrong.write_text("guessed")
    stranger = tmp_path / "stranger.pem"
    stranger.write_bytes(Authority("somebody else").pem)
    password = worker.access.password_file
    for way in (
        secured.reached("PLAINTEXT"),
        secured.reached("SSL"),
        secured.reached("SASL_PLAINTEXT", "worker", password),
        secured.reached("SASL_SSL", "worker", wrong),
        secured.reached("SASL_SSL", "nobody", password),
        Address.of(str(worker), Access("SASL_SSL", user="worker", password_file=password, ca=stranger)),
    ):
        with pytest.raises((UserError, KafkaError)) as refused:
            describe(way)
        assert "guessed" not in str(refused.value)


@pytest.mark.browser
def test_the_whole_path_listens_on_loopback_and_keeps_no_personal_value(secured: SecuredKafka, tmp_path: Path) -> None:
    authority = Authority("warehouse")
    files = {name: tmp_path / f"{name}.pem" for name in ("ca", "cert", "key")}
    for path, pem in zip(files.values(), (authority.pem, *authority.server("127.0.0.1")), strict=True):
        path.write_bytes(pem)
    environment = secured.environment("worker") | {
        "CLAUSEWATCH_GROUP": GROUP,
        "CLAUSEWATCH_TLS_CERT": str(files["cert"]),
        "CLAUSEWATCH_TLS_KEY": str(files["key"]),
        "CLAUSEWATCH_TLS_CA": str(files["ca"]),
    }
    house = House(tmp_path / "data", secured.as_user("worker"), environment)
    try:
        house.start("warehouse", "worker-1", "worker-2", "dashboards")
        assert house.settings.warehouse_address().startswith("grpc+tls://")
        _publish_planted(secured)
        house.wait_until_read(180)
        _listens_on_loopback(house)
        _shows_no_secret(house, secured.secrets)
        assert found(_page(house) + _metrics(house)) == []
        with house.warehouse() as warehouse:
            answers = str([warehouse.query(name).to_pylist() for name in names()])
        assert found(answers) == []
        assert "GEN-3" in answers
        exported = tmp_path / "export"
        with house.warehouse() as warehouse:
            warehouse.export(exported)
        assert "GEN-3" in (exported / "findings.jsonl").read_text("utf-8")
        assert list(found_in_files(house.settings.data_dir, exported)) == []  # also what is not checkpointed yet
        house.stop()
        assert house.told == []
    finally:
        house.end()
    with Store(house.settings.warehouse_file) as store:
        assert found(cells(store)) == []
    assert list(found_in_files(house.settings.data_dir)) == []


def _publish_planted(secured: SecuredKafka) -> None:
    """Each source sends its own."""
    lines = planted(every_kind=False)
    for topic in TOPICS:
        mine = [line for line in lines if line.topic == topic]
        assert len(mine) > 100
        with Producer(secured.as_user(topic.removesuffix(".events"))) as producer:
            for line in mine:
                producer.send(line.topic, line.key, line.value, headers=line.headers)
            producer.flush()
            assert (producer.sent, dict(producer.failed)) == (len(mine), {})


def _family(house: House) -> list[psutil.Process]:
    """The parts' processes with their children."""
    parts = [psutil.Process(part.process.pid) for part in house.parts.values() if part.process is not None]
    assert len(parts) == 4
    return [member for part in parts for member in (part, *part.children(recursive=True))]


def _listens_on_loopback(house: House) -> None:
    places = {place for member in _family(house) for place in doctor.listening(member.pid)}
    assert len(places) >= 4  # the warehouse, two workers' metrics, the pages
    assert [place for place in places if not doctor.is_loopback(place[0])] == []
    (said,) = doctor.ports(house.settings)
    assert said.state == "fine"
    assert all(name in said.words for name in ("warehouse", "worker-1", "worker-2"))


def _shows_no_secret(house: House, secrets: Path) -> None:
    """Neither arguments nor environment, which `ps` lists, hold a token, a password or a key."""
    kept = [
        *house.settings.data_dir.glob("tokens/*.token"),
        *secrets.glob("*.password"),
        house.settings.data_dir / "key",
    ]
    values = [path.read_text("utf-8").strip() for path in kept]
    assert len(values) >= 6
    for member in _family(house):
        shown = " ".join([*member.cmdline(), *member.environ().values()])
        assert [path.name for path, value in zip(kept, values, strict=True) if value in shown] == []


def _metrics(house: House) -> str:
    """What the workers say of themselves."""
    told = ""
    for name in ("worker-1", "worker-2"):
        said = house.settings.run_file(name).read()
        assert said is not None
        with urllib.request.urlopen(f"http://{said['address']}/metrics", timeout=5) as answer:
            told += answer.read().decode()
    assert "clausewatch_quarantined_total" in told
    return told


def _page(house: House) -> str:
    """The source and the text of the pages, once they show findings."""
    port = house.parts["dashboards"].command()[-1]
    with chromium() as browser:
        page = browser.new_page(viewport={"width": 1440, "height": 1000})
        page.goto(f"http://127.0.0.1:{port}/?promise=GEN-3")
        page.locator("tr[data-event]").first.wait_for(timeout=60_000)
        return str(page.content()) + str(page.inner_text("body"))
