"""An Apache Kafka as it is run in production, on loopback: TLS and logins for clients, certificates between its parts.

Nobody without a login is let in; what is not granted is refused.
"""

from __future__ import annotations

from pathlib import Path

from infra import processes
from infra.access import Access, Address
from infra.broker.apache import ApacheKafka
from infra.broker.rights import login
from tests.support.certificates import Authority

ADMIN = "admin"


class SecuredKafka(ApacheKafka):
    """Its `address` logs in as the administrator; `as_user` as somebody else."""

    def __init__(self, directory: Path, log: Path) -> None:
        super().__init__(directory, log)
        self.secrets = directory.parent / "secrets"
        self.secrets.mkdir(mode=0o700)
        authority = Authority("kafka")
        self.ca = self._file("ca.pem", authority.pem.decode())
        certificate, key = authority.server("127.0.0.1")
        self._identity = self._file("broker.pem", (key + certificate).decode())
        password = "only for a moment"
        self._passwords = {ADMIN: self._file("admin.password", password)}
        asked = f"--add-scram\nSCRAM-SHA-512=[name={ADMIN},password={password}]\n"
        self.format_options = (f"@{self._file('format.options', asked)}",)  # in a file, not in the arguments

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
        properties = dict(line.split("=", 1) for line in written.read_text("utf-8").splitlines())
        controller = properties["listeners"].rpartition("CONTROLLER://")[2]
        inner = f"127.0.0.1:{processes.free_port()}"
        # As in infra/compose.yaml.
        properties |= {
            "listeners": f"CLIENTS://127.0.0.1:{self.port},BROKERS://{inner},CONTROLLER://{controller}",
            "advertised.listeners": f"CLIENTS://127.0.0.1:{self.port},BROKERS://{inner}",
            "listener.security.protocol.map": "CLIENTS:SASL_SSL,BROKERS:SSL,CONTROLLER:SSL",
            "inter.broker.listener.name": "BROKERS",
            "listener.name.clients.sasl.enabled.mechanisms": "SCRAM-SHA-512",
            "listener.name.clients.scram-sha-512.sasl.jaas.config": (
                "org.apache.kafka.common.security.scram.ScramLoginModule required;"
            ),
            "listener.name.brokers.ssl.client.auth": "required",
            "listener.name.controller.ssl.client.auth": "required",
            "ssl.keystore.type": "PEM",
            "ssl.keystore.location": str(self._identity),
            "ssl.truststore.type": "PEM",
            "ssl.truststore.location": str(self.ca),
            "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
            "allow.everyone.if.no.acl.found": "false",
            "super.users": f"User:{ADMIN};User:CN=127.0.0.1",
        }
        written.write_text("".join(f"{name}={value}\n" for name, value in properties.items()), "utf-8")
        return written

    def _file(self, name: str, text: str) -> Path:
        path = self.secrets / name
        path.touch(mode=0o600)
        path.write_text(text, "utf-8")
        return path
