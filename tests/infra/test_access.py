from __future__ import annotations

from pathlib import Path

import pytest

from infra.access import OPEN, Access, Address, access, client
from infra.errors import UserError
from infra.settings import Settings
from tests.support.certificates import Authority

LOGIN = {
    "KAFKA_BOOTSTRAP_SERVERS": "kafka-1:9093,kafka-2:9093",
    "KAFKA_SECURITY_PROTOCOL": "SASL_SSL",
    "KAFKA_SASL_USERNAME": "newsletter",
}


def test_the_environment_says_how_a_client_is_let_in(tmp_path: Path) -> None:
    password, ca = tmp_path / "password", tmp_path / "ca.pem"
    password.touch(mode=0o600)
    password.write_text("s3cret\n")
    ca.write_bytes(Authority().pem)
    settings = Settings.load({**LOGIN, "KAFKA_SASL_PASSWORD_FILE": str(password), "KAFKA_SSL_CA": str(ca)})
    given = client(settings.broker_address())
    assert given.pop("ssl_context").check_hostname
    assert given == {
        "bootstrap_servers": "kafka-1:9093,kafka-2:9093",
        "security_protocol": "SASL_SSL",
        "sasl_mechanism": "SCRAM-SHA-512",
        "sasl_plain_username": "newsletter",
        "sasl_plain_password": "s3cret",
    }
    assert "s3cret" not in repr(settings)
    password.chmod(0o640)
    with pytest.raises(UserError, match="others can read"):
        client(settings.broker_address())


def test_a_running_broker_of_ours_asks_for_no_login(tmp_path: Path) -> None:
    settings = Settings.load({**LOGIN, "KAFKA_SASL_PASSWORD_FILE": "x", "CLAUSEWATCH_DATA_DIR": str(tmp_path)})
    running = Settings(tmp_path, access=settings.access)
    running.run_file("broker").write(address="127.0.0.1:9")
    assert access(running.broker_address()) == OPEN
    assert client(Address("127.0.0.1:9")) == {"bootstrap_servers": "127.0.0.1:9", "security_protocol": "PLAINTEXT"}


@pytest.mark.parametrize(
    ("environment", "told"),
    [
        ({"KAFKA_SECURITY_PROTOCOL": "TLS"}, 'KAFKA_SECURITY_PROTOCOL: "TLS" is none of ours'),
        ({"KAFKA_SASL_MECHANISM": "MD5"}, 'KAFKA_SASL_MECHANISM: "MD5" is none of ours'),
        (LOGIN, "who logs in is not said"),
        ({"KAFKA_SASL_USERNAME": "newsletter"}, "a login for Kafka is set that nobody would use"),
    ],
)
def test_half_a_login_is_refused(environment: dict[str, str], told: str) -> None:
    with pytest.raises(UserError, match=told):
        Access.load(environment)


def test_certificates_that_are_none_are_told(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("no certificate")
    for name in ("ca.pem", "missing.pem"):
        with pytest.raises(UserError, match="KAFKA_SSL_CA"):
            Access("SSL", ca=tmp_path / name).tls()
