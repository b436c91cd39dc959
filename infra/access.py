"""How a client is let in by Kafka, and who may do what there.

The password stands in a 0600 file that only the environment's path names: neither arguments nor the environment of a
process, which others can list, ever hold it.
"""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from infra.errors import UserError
from infra.files import read_secret

PROTOCOLS = ("PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL")
MECHANISMS = ("SCRAM-SHA-512", "SCRAM-SHA-256", "PLAIN")
VARIABLES = (
    "KAFKA_SECURITY_PROTOCOL",
    "KAFKA_SASL_MECHANISM",
    "KAFKA_SASL_USERNAME",
    "KAFKA_SASL_PASSWORD_FILE",
    "KAFKA_SSL_CA",
)


@dataclass(frozen=True)
class Access:
    """Protocol and login of a client. `ca`: PEM of whoever signed the broker's certificate; None: the system's."""

    protocol: str = "PLAINTEXT"
    mechanism: str = MECHANISMS[0]
    user: str | None = None
    password_file: Path | None = None
    ca: Path | None = None

    @classmethod
    def load(cls, environ: Mapping[str, str]) -> Access:
        """From `VARIABLES`. Raises UserError naming the one that is wrong."""
        protocol, mechanism, user, file, ca = (environ.get(name) or None for name in VARIABLES)
        for name, value, words in (
            ("KAFKA_SECURITY_PROTOCOL", protocol, PROTOCOLS),
            ("KAFKA_SASL_MECHANISM", mechanism, MECHANISMS),
        ):
            if value is not None and value not in words:
                raise UserError(f'{name}: "{value}" is none of ours', f"write one of {', '.join(words)}")
        found = cls(protocol or "PLAINTEXT", mechanism or MECHANISMS[0], user, _path(file), _path(ca))
        if found.sasl and (user is None or file is None):
            raise UserError(
                f"KAFKA_SECURITY_PROTOCOL is {protocol}, and who logs in is not said",
                "set KAFKA_SASL_USERNAME and KAFKA_SASL_PASSWORD_FILE",
            )
        if not found.sasl and (user is not None or file is not None):
            raise UserError("a login for Kafka is set that nobody would use", "set KAFKA_SECURITY_PROTOCOL=SASL_SSL")
        return found

    @property
    def sasl(self) -> bool:
        """Whether the client logs in."""
        return self.protocol.startswith("SASL_")

    @property
    def encrypted(self) -> bool:
        """Whether it speaks TLS."""
        return self.protocol.endswith("SSL")

    def password(self) -> str:
        """Read anew each time. Raises UserError when others can read the file."""
        assert self.password_file is not None
        return read_secret(self.password_file)

    def tls(self) -> ssl.SSLContext | None:
        """What checks the broker's certificate and its name; None: no TLS. Raises UserError."""
        if not self.encrypted:
            return None
        try:
            return ssl.create_default_context(cafile=self.ca and str(self.ca))
        except OSError as error:
            raise UserError(
                f"KAFKA_SSL_CA: {self.ca} is no file of certificates ({error})", "name the PEM file of who signed"
            ) from None

    def for_kafka_python(self) -> dict[str, Any]:
        """Its settings."""
        given: dict[str, Any] = {"security_protocol": self.protocol}
        if self.encrypted:
            given["ssl_context"] = self.tls()
        if self.sasl:
            given |= {"sasl_mechanism": self.mechanism, "sasl_plain_username": self.user}
            given["sasl_plain_password"] = self.password()
        return given


OPEN = Access()


class Address(str):
    """HOST:PORT of a broker, several parted by commas, that knows how a client is let in."""

    access: Access = OPEN

    @classmethod
    def of(cls, text: str, access: Access) -> Address:
        """The same text with this access."""
        made = cls(text)
        made.access = access
        return made


def access(bootstrap: str) -> Access:
    """How a client is let in there; openly, unless the address knows better."""
    return bootstrap.access if isinstance(bootstrap, Address) else OPEN


def client(bootstrap: str) -> dict[str, Any]:
    """kafka-python's settings of a client of this broker."""
    return {"bootstrap_servers": str(bootstrap), **access(bootstrap).for_kafka_python()}


def _path(text: str | None) -> Path | None:
    return None if text is None else Path(text).expanduser().absolute()
