"""`sign-in.yaml`: what it may say, and what is refused in words."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

from infra import provider as providers
from infra.doctor import sign_in, told
from infra.errors import UserError
from infra.provider import Provider, cookie_secret, load
from infra.settings import Settings
from infra.up import up
from tests.support.pages import free_port

RIGHT: dict[str, Any] = {
    "issuer": "https://login.example.org/realms/company/",
    "client_id": "clausewatch",
    "client_secret_file": "sign-in.secret",
    "address": "https://audit.example.org",
    "roles": {"officer": ["privacy-officers"], "engineer": "operations"},
}


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    settings = Settings(tmp_path / "data").ensure()
    secret = settings.data_dir / "sign-in.secret"
    secret.touch(mode=0o600)
    secret.write_text("s3cret\n")
    return settings


def written(settings: Settings, **changed: Any) -> Provider | None:
    said = {name: value for name, value in {**RIGHT, **changed}.items() if value is not None}
    (settings.data_dir / providers.FILE).write_text(yaml.safe_dump(said))
    return load(settings, {})


def test_without_a_file_there_is_no_provider(settings: Settings) -> None:
    assert load(settings, {}) is None


def test_a_file_names_the_provider_and_holds_no_secret(settings: Settings) -> None:
    found = written(settings)
    assert found is not None
    assert found.roles == {"officer": frozenset({"privacy-officers"}), "engineer": frozenset({"operations"})}
    assert (found.host, found.encrypted, found.hours) == ("audit.example.org", True, 8)
    assert "s3cret" not in repr(found)
    told = found.client()
    assert told["client_secret"] == "s3cret"
    assert told["server_metadata_url"] == "https://login.example.org/realms/company/.well-known/openid-configuration"
    assert told["authorize_params"] == {"max_age": 28800}


def test_the_environment_may_name_another_file(settings: Settings, tmp_path: Path) -> None:
    other = tmp_path / "other.yaml"
    other.write_text(yaml.safe_dump({**RIGHT, "client_secret_file": str(settings.data_dir / "sign-in.secret")}))
    found = load(settings, {"CLAUSEWATCH_SIGN_IN": str(other)})
    assert found is not None
    assert found.deny_file == tmp_path / "other.deny"
    with pytest.raises(UserError, match=r"away.yaml cannot be read"):
        load(settings, {"CLAUSEWATCH_SIGN_IN": str(tmp_path / "away.yaml")})


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"issuer": None}, "issuer is missing"),
        ({"issuer": "http://login.example.org"}, 'issuer "http://login.example.org" is not encrypted'),
        ({"issuer": "login.example.org"}, 'issuer "login.example.org" is no address'),
        ({"address": "http://audit.example.org"}, 'address "http://audit.example.org" is not encrypted'),
        ({"address": "https://example.org/audit"}, "address is more than a host"),
        ({"client_id": 7}, "client_id is no text"),
        ({"client_secret": "s3cret"}, "client_secret is none of its settings"),
        ({"client_secret_file": "away"}, "away cannot be read"),
        ({"roles": {"king": ["x"]}}, "roles names others than ours"),
        ({"roles": {"officer": []}}, "roles has one without values"),
        ({"hours": 0}, "hours is 0"),
        ({"hours": 48}, "hours is 48"),
        ({"hours": True}, "hours is True"),
        ({"scope": "profile"}, "scope has no openid"),
    ],
)
def test_what_is_wrong_is_named(settings: Settings, changed: dict[str, Any], words: str) -> None:
    with pytest.raises(UserError) as caught:
        written(settings, **changed)
    assert words in caught.value.message
    assert caught.value.cure
    assert "s3cret" not in caught.value.message + caught.value.cure


def test_a_secret_that_others_can_read_is_refused(settings: Settings) -> None:
    (settings.data_dir / "sign-in.secret").chmod(0o644)
    with pytest.raises(UserError, match="others can read"):
        written(settings)


def test_text_that_is_no_yaml_is_refused(settings: Settings) -> None:
    (settings.data_dir / providers.FILE).write_text("issuer: [")
    with pytest.raises(UserError, match="is no YAML"):
        load(settings, {})


def test_nothing_starts_while_the_file_is_wrong(settings: Settings) -> None:
    written(settings)
    (settings.data_dir / "sign-in.secret").unlink()
    found = CliRunner().invoke(up, ["--data-dir", str(settings.data_dir), "--port", str(free_port())])
    assert isinstance(found.exception, UserError)
    assert "sign-in.secret cannot be read" in found.exception.message
    assert found.output == ""


def test_the_doctor_tells_who_signs_people_in_and_what_is_wrong(settings: Settings) -> None:
    (nobody,) = sign_in(settings)
    assert (nobody.state, "this machine only" in nobody.words) == ("fine", True)
    written(settings)
    (somebody,) = sign_in(settings)
    assert (
        somebody.words
        == "https://login.example.org/realms/company signs people in to https://audit.example.org, for 8 h"
    )
    (settings.data_dir / "sign-in.secret").chmod(0o644)
    (wrong,) = sign_in(settings)
    assert (wrong.state, told(wrong)[-1].strip()) == ("wrong", "→ clausewatch runbook sign-in")


def test_the_deny_list_is_read_anew(settings: Settings) -> None:
    found = written(settings)
    assert found is not None
    assert found.denied() == frozenset()
    found.deny_file.write_text("u-1  # left on Friday\n\n# nobody else\n")
    assert found.denied() == {"u-1"}
    found.deny_file.write_text("u-2\n")
    assert found.denied() == {"u-2"}


def test_the_cookies_secret_is_made_once_for_its_user_only(settings: Settings) -> None:
    made = cookie_secret(settings)
    assert len(bytes.fromhex(made)) == 32
    assert cookie_secret(settings) == made
    assert (settings.data_dir / "sign-in.key").stat().st_mode & 0o077 == 0
