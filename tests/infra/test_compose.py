"""infra/compose.yaml, its image and its secrets fit each other and the settings that the parts know."""

from __future__ import annotations

import re
import stat
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from cryptography import x509

from dashboards.commands import refuse_open
from infra import door, provider
from infra.access import Access
from infra.files import read_secret
from infra.settings import Settings
from tests.support.services import need_openssl

ROOT = Path(__file__).parents[2]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "infra/compose.yaml").read_text("utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]


@pytest.fixture(scope="module")
def secrets(tmp_path_factory: pytest.TempPathFactory) -> Path:
    need_openssl()
    directory = tmp_path_factory.mktemp("made") / "secrets"
    for _ in range(2):  # a second time changes nothing
        subprocess.run([ROOT / "infra/make-secrets", directory], check=True, capture_output=True, timeout=60)
    return directory


@pytest.mark.parametrize("name", SERVICES)
def test_every_service_has_no_more_power_than_it_needs(name: str) -> None:
    service = SERVICES[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["user"] == "1000:1000"
    assert service.get("ports", []) == (["443:8443"] if name == "proxy" else []), "nothing else is published"
    assert service.get("cap_add", []) == (["NET_BIND_SERVICE"] if name == "proxy" else [])
    assert not service.get("privileged")
    assert set(service["networks"]) <= set(COMPOSE["networks"])
    assert COMPOSE["networks"]["parts"] == COMPOSE["networks"]["front"] == {"internal": True}
    assert {"parts", "visitors"} - set(service["networks"]), "nobody who visits reaches the parts"


def test_what_the_services_are_given_is_known_and_no_secret() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    for service in SERVICES.values():
        for variable, value in service.get("environment", {}).items():
            if variable.startswith(("CLAUSEWATCH_", "KAFKA_")) and service.get("image") == "clausewatch":
                assert f"`{variable}`" in readme
            assert not re.search(r"[0-9a-f]{16}|password=", str(value), re.IGNORECASE)
        if "KAFKA_SASL_USERNAME" in service.get("environment", {}):
            assert Access.load(service["environment"]).protocol == "SASL_SSL"
    settings = Settings.load(SERVICES["worker"]["environment"])
    assert settings.warehouse_address() == "grpc+tls://warehouse:8815"


def test_its_commands_are_the_doors(capsys: pytest.CaptureFixture[str]) -> None:
    lines = [" ".join(SERVICES[name]["command"]) for name in ("warehouse", "worker", "canaries", "alerts", "pages")]
    lines += re.findall(r"^ *clausewatch (.+)$", SERVICES["setup"]["command"][0], re.MULTILINE)
    assert len(lines) == 11
    for line in lines:
        words = [word for word in line.split() if not re.match(r'[-/"$\d.]', word) and word not in ("worker-1",)]
        path = words[:2] if words[0] in ("topics", "access", "tokens") else words[:1]
        assert door.run([*path, "--help"]) == 0, line
        told = capsys.readouterr().out
        wanted = {word for word in line.split() if word.startswith("--")} - {"--data-dir"}
        assert all(option in told for option in wanted), line


def test_every_secret_is_made_for_its_user_only(secrets: Path) -> None:
    for name, secret in COMPOSE["secrets"].items():
        path = secrets.parent / secret["file"]
        if path.parent.name == "logins":
            made = ("worker.password", "canaries.password", "compliance.password")
            assert name in made  # of `clausewatch access login`
            continue
        if name == "sign-in.secret":
            continue  # of the provider, who alone knows it
        assert stat.S_IMODE(path.stat().st_mode) == 0o600, name
    assert len(bytes.fromhex(read_secret(secrets / "quarantine.key"))) == 32
    assert stat.S_IMODE(secrets.stat().st_mode) == 0o700
    used = {name for service in SERVICES.values() for name in service.get("secrets", ())}
    assert used == set(COMPOSE["secrets"])
    assert "ca.key" not in used


@pytest.mark.parametrize(("name", "host"), [("kafka", "kafka"), ("warehouse", "warehouse"), ("proxy", "localhost")])
def test_certificates_are_signed_for_the_names_in_use(secrets: Path, name: str, host: str) -> None:
    authority = x509.load_pem_x509_certificate((secrets / "ca.pem").read_bytes())
    made = x509.load_pem_x509_certificate((secrets / f"{name}.pem").read_bytes())
    made.verify_directly_issued_by(authority)
    names = made.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == [host]


def test_the_image_holds_what_is_pinned_and_runs_as_nobody_special() -> None:
    text = (ROOT / "infra/Containerfile").read_text("utf-8")
    assert "--require-hashes -r requirements.txt" in text
    assert re.findall(r"^USER (.*)$", text, re.MULTILINE)[-1] == "1000:1000"
    copied = re.findall(r"^COPY (?!--from)(.+) \S+$", text, re.MULTILINE)
    assert all((ROOT / name).exists() for line in copied for name in line.split())


def test_the_pages_sign_people_in_where_their_file_says(tmp_path: Path) -> None:
    place = SERVICES["pages"]["environment"]["CLAUSEWATCH_SIGN_IN"]
    (mounted,) = [each for each in SERVICES["pages"]["volumes"] if "sign-in" in each]
    assert place.startswith(mounted.split(":")[1] + "/")
    said = yaml.safe_load((ROOT / "infra/sign-in/sign-in.yaml").read_text("utf-8"))
    assert said["client_secret_file"] == "/run/secrets/sign-in.secret"
    secret = tmp_path / "secret"
    secret.touch(mode=0o600)
    secret.write_text("s")
    (tmp_path / "sign-in.yaml").write_text(yaml.safe_dump({**said, "client_secret_file": str(secret)}))
    found = provider.load(Settings(tmp_path), {})
    assert found is not None
    refuse_open("0.0.0.0", found, Settings(tmp_path))
    proxy = (ROOT / "infra/Caddyfile").read_text("utf-8")
    assert "pages:8501" in proxy
    assert all(f"/run/secrets/{name}" in proxy for name in SERVICES["proxy"]["secrets"])
