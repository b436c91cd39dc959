"""An Apache Kafka as it is run in production, on loopback: TLS and logins for clients, certificates between its parts.

With the configuration and the secrets of infra/compose.yaml: nobody without a login is let in, and what is not granted
is refused.
"""

from __future__ import annotations

import subprocess
from pathlib import Path

from infra import processes
from infra.access import Access, Address
from infra.broker import apache
from infra.broker.apache import ApacheKafka
from infra.broker.rights import login
from tests.support.processes import QUICK_JAVA

ADMIN = "admin"
SECURED = Path(apache.__file__).with_name("secured.properties")
MAKE_SECRETS = Path(processes.__file__).with_name("make-secrets")


class SecuredKafka(ApacheKafka):
    """Its `address` logs in as the administrator; `as_user` as somebody else."""

    java_options = QUICK_JAVA

    def __init__(self, directory: Path, log: Path) -> None:
        super().__init__(directory, log)
        self.secrets = directory.parent / "secrets"
        subprocess.run([MAKE_SECRETS, self.secrets, "127.0.0.1", "127.0.0.1"], check=True, capture_output=True)
        self.ca = self.secrets / "ca.pem"
        self._passwords = {ADMIN: self.secrets / "admin.password"}
        self.format_options = (f"@{self.secrets / 'kafka-format.options'}",)

    @property
    def address(self) -> Address:
        return self.as_user(ADMIN)

    def as_user(self, user: str) -> Address:
        """The broker, for whom this login is; made at the first use, by the administrator."""
        if user not in self._passwords:
            login(self.address, user, self.secrets / f"{user}.password")
            self._passwords[user] = self.secrets / f"{user}.password"
        return self.reached("SASL_SSL", user, self._passwords[user])

    def reached(self, protocol: str, user: str | None = None, password: Path | None = None) -> Address:
        """The broker by any way in."""
        access = Access(protocol, user=user, password_file=password, ca=self.ca)
        return Address.of(f"127.0.0.1:{self.port}", access)

    def environment(self, user: str) -> dict[str, str]:
        """The same for a process."""
        return {
            "KAFKA_BOOTSTRAP_SERVERS": str(self.as_user(user)),
            "KAFKA_SECURITY_PROTOCOL": "SASL_SSL",
            "KAFKA_SASL_USERNAME": user,
            "KAFKA_SASL_PASSWORD_FILE": str(self._passwords[user]),
            "KAFKA_SSL_CA": str(self.ca),
        }

    def _configure(self) -> Path:
        written = super()._configure()
        properties = _read(written)
        controller = properties["listeners"].rpartition("CONTROLLER://")[2]
        ours = f"CLIENTS://127.0.0.1:{self.port},BROKERS://127.0.0.1:{processes.free_port()}"
        properties |= _read(SECURED) | {
            "listeners": f"{ours},CONTROLLER://{controller}",
            "advertised.listeners": ours,
            "ssl.keystore.location": str(self.secrets / "kafka-identity.pem"),
            "ssl.truststore.location": str(self.ca),
        }
        written.write_text("".join(f"{name}={value}\n" for name, value in properties.items()), "utf-8")
        return written


def _read(path: Path) -> dict[str, str]:
    lines = path.read_text("utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))
