"""A real Apache Kafka on loopback: one KRaft process, broker and controller, durable under its directory.

Its jars come from Maven Central by `pom.xml`, once per machine, into a cache directory.
"""

from __future__ import annotations

import base64
import fcntl
import os
import re
import shutil
import subprocess
import tempfile
import uuid
from collections.abc import Mapping, Sequence
from pathlib import Path

from infra import processes
from infra.access import Address
from infra.errors import UserError
from infra.files import private_directory
from infra.topics import LogIdentity, identity, reachable

VERSION = "4.3.0"
POM = Path(__file__).with_name("pom.xml")
LOWEST_JAVA = 17
_OTHER_BROKER = "or use --broker embedded, or a broker of yours with KAFKA_BOOTSTRAP_SERVERS"
_LOG4J = """\
status = error
appender.console.type = Console
appender.console.name = STDOUT
appender.console.layout.type = PatternLayout
appender.console.layout.pattern = %d{ISO8601} %p %m (%c)%n
rootLogger.level = warn
rootLogger.appenderRef.console.ref = STDOUT
"""


class ApacheKafka:
    """One Kafka process whose log lives in `directory`. `port` 0: a free one, kept over restarts.

    `properties` are added to its `server.properties`, `format_options` to how its directory is made, `java_options` to
    Java's; `cluster`: the id of a cluster that it joins, a new one unless given. Starting it again goes on with the
    same log.
    """

    kind = "kafka"
    durable = True
    format_options: Sequence[str] = ()
    java_options: Sequence[str] = ()
    cluster: str | None = None

    def __init__(self, directory: Path, log: Path, port: int = 0, properties: Mapping[str, str] | None = None) -> None:
        self.directory = directory
        self.log = log
        self.port = port
        self.properties = dict(properties or {})
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> Address:
        return Address(f"127.0.0.1:{self.port}")

    def start(self, seconds: float = 120) -> None:
        """Fetches the jars if need be, formats the directory if it is new, starts, waits until it answers.

        Raises UserError: Java or Maven missing, port taken, no answer.
        """
        self.begin()
        self.wait(seconds)

    def begin(self) -> None:
        """As `start`, without waiting."""
        java = find_java()
        libraries = fetch()
        if self.port:
            processes.refuse_taken(self.port, "Kafka", "choose another with --port, or 0 for any")
        else:
            self.port = processes.free_port()
        private_directory(self.directory)
        configuration = self._configure()
        base = [
            java,
            "-Xmx512m",
            *self.java_options,
            f"-Dlog4j2.configurationFile={self.directory / 'log4j2.properties'}",
        ]
        base += ["-cp", f"{libraries}/*"]
        if not (self.directory / "log" / "meta.properties").exists():
            cluster = self.cluster or new_cluster()
            form = [*base, "kafka.tools.StorageTool", "format", "-t", cluster, "-c", str(configuration)]
            self._run([*form, *self.format_options])
        self.process = processes.spawn([*base, "kafka.Kafka", str(configuration)], log=self.log)

    def wait(self, seconds: float = 120) -> None:
        """Until it answers. Raises UserError."""
        assert self.process is not None
        up = processes.wait_for(lambda: processes.listens(self.address), self.process, seconds)
        if not up or not processes.wait_for(lambda: reachable(self.address), self.process, seconds):
            self.stop()
            raise UserError("Apache Kafka did not start", f"its last words are in {self.log}; {_OTHER_BROKER}")

    def stop(self) -> None:
        """Shuts it down in order; its log stays."""
        if self.process is not None:
            processes.stop(self.process, grace=30)

    def kill(self) -> None:
        """kill -9, for tests of what survives it."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()

    def running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def identity(self) -> LogIdentity:
        """Which log this is; the same after a restart."""
        return identity(self.address)

    def _configure(self) -> Path:
        controller = processes.free_port()
        while controller == self.port:
            controller = processes.free_port()
        properties = {
            "process.roles": "broker,controller",
            "node.id": "1",
            "controller.quorum.voters": f"1@127.0.0.1:{controller}",
            "controller.listener.names": "CONTROLLER",
            "listeners": f"PLAINTEXT://{self.address},CONTROLLER://127.0.0.1:{controller}",
            "advertised.listeners": f"PLAINTEXT://{self.address}",
            "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
            "log.dirs": str(self.directory / "log"),
            "auto.create.topics.enable": "false",
            "broker.session.timeout.ms": "3000",  # for so long a killed one's successor is not let in
            "broker.heartbeat.interval.ms": "1000",
            "group.initial.rebalance.delay.ms": "0",
            "group.min.session.timeout.ms": "1000",  # workers may be asked to notice sooner that one is gone
            "offsets.topic.replication.factor": "1",
            "offsets.topic.num.partitions": "4",
            "transaction.state.log.replication.factor": "1",
            "transaction.state.log.min.isr": "1",
            "transaction.state.log.num.partitions": "4",
            "share.coordinator.state.topic.replication.factor": "1",
            "share.coordinator.state.topic.min.isr": "1",
            **self.properties,
        }
        (self.directory / "log4j2.properties").write_text(_LOG4J, "utf-8")
        configuration = self.directory / "server.properties"
        configuration.write_text("".join(f"{k}={v}\n" for k, v in properties.items()), "utf-8")
        return configuration

    def _run(self, command: list[str]) -> None:
        ran = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120)
        if ran.returncode:
            with self.log.open("a", encoding="utf-8") as out:
                out.write(ran.stdout + ran.stderr)
            raise UserError(
                f"Kafka's directory {self.directory} could not be formatted",
                f"see {self.log}; is the disk full?",
            )


def new_cluster() -> str:
    """A cluster's id, as Kafka makes them."""
    made = base64.urlsafe_b64encode(uuid.uuid4().bytes).decode("ascii").rstrip("=")
    return "A" + made[1:] if made.startswith("-") else made  # its tool would take it for an option


def cache_directory() -> Path:
    """Where downloads are kept: CLAUSEWATCH_CACHE, else ~/.cache/clausewatch."""
    given = os.environ.get("CLAUSEWATCH_CACHE")
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(given).expanduser().absolute() if given else Path(base) / "clausewatch"


def find_java() -> str:
    """The `java` of JAVA_HOME or of the path. Raises UserError when there is none, or one older than 17."""
    home = os.environ.get("JAVA_HOME")
    java = shutil.which("java", path=str(Path(home) / "bin")) if home else None
    java = java or shutil.which("java")
    cure = f"apt-get install openjdk-{LOWEST_JAVA}-jre-headless (Debian), {_OTHER_BROKER}"
    if java is None:
        raise UserError("Apache Kafka needs Java, and there is none here", cure)
    told = subprocess.run([java, "-version"], capture_output=True, text=True, timeout=30).stderr
    found = re.search(r'version "(?:1\.)?(\d+)', told)
    if found and int(found.group(1)) < LOWEST_JAVA:
        raise UserError(f"Apache Kafka needs Java {LOWEST_JAVA}; {java} is {found.group(1)}", cure)
    return java


def fetched() -> bool:
    """True when Kafka's jars are in the cache."""
    return _jars().is_dir()


def _jars() -> Path:
    return cache_directory() / f"kafka-{VERSION}"


def fetch() -> Path:
    """The directory with Kafka's jars, fetched once. Raises UserError when Maven is missing or fails."""
    target = _jars()
    if target.is_dir():
        return target
    maven = shutil.which("mvn")
    if maven is None:
        raise UserError(
            f"Apache Kafka {VERSION} is fetched with Maven, and there is no `mvn` here",
            f"apt-get install maven (Debian), {_OTHER_BROKER}",
        )
    target.parent.mkdir(parents=True, exist_ok=True)
    with (target.parent / "kafka.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # two that begin at once fetch it once
        if target.is_dir():
            return target
        with tempfile.TemporaryDirectory(dir=target.parent) as work:
            jars = Path(work) / "jars"
            ran = subprocess.run(
                [
                    maven,
                    "-q",
                    "-B",
                    "-f",
                    str(POM),
                    "dependency:copy-dependencies",
                    f"-DoutputDirectory={jars}",
                ],
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                cwd=work,
            )
            if ran.returncode or not any(jars.glob("kafka_2.13-*.jar")):
                words = (ran.stdout + ran.stderr).strip().splitlines()
                raise UserError(
                    f"Maven could not fetch Apache Kafka {VERSION}: {words[0] if words else 'no jars came'}",
                    f"is Maven Central reachable? Try again, {_OTHER_BROKER}",
                )
            jars.rename(target)
    return target
