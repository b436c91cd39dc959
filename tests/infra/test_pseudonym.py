"""Identifiers to pseudonyms."""

from __future__ import annotations

import hashlib
import hmac
from pathlib import Path

import pytest
from click.testing import CliRunner

from expectations.contract.personal import is_token
from infra.errors import UserError
from infra.pseudonym import command, key_of, pseudonym

KEY = b"0123456789abcdef0123"


def test_it_is_the_keyed_hash_in_the_form_of_the_contract() -> None:
    told = pseudonym("jan@example.org", KEY)
    assert told == "p-" + hmac.new(KEY, b"jan@example.org", hashlib.sha256).hexdigest()[:32]
    assert is_token(told)
    assert pseudonym("jan@example.org", KEY + b"x") != told


def test_capitals_ends_and_composition_make_no_difference() -> None:
    assert pseudonym(" JAN@Example.org\n", KEY) == pseudonym("jan@example.org", KEY)
    assert pseudonym("Ren\u00e9", KEY) == pseudonym("Rene\u0301", KEY)
    assert pseudonym("jan@example.org", KEY) != pseudonym("jan@example.com", KEY)


def test_a_line_in_is_a_line_out(tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_bytes(KEY + b"\n")
    told = CliRunner().invoke(command, ["--key-file", str(file)], input="a@b.nl\n\nc@d.nl\n", standalone_mode=False)
    assert told.output.splitlines() == [pseudonym("a@b.nl", KEY), "", pseudonym("c@d.nl", KEY)]
    assert "a@b.nl" not in told.output


def test_the_key_comes_from_a_file_or_the_environment_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CLAUSEWATCH_PSEUDONYM_KEY", raising=False)
    with pytest.raises(UserError, match="there is no key"):
        key_of(None)
    with pytest.raises(UserError, match="cannot be read"):
        key_of(tmp_path / "none")
    monkeypatch.setenv("CLAUSEWATCH_PSEUDONYM_KEY", "short")
    with pytest.raises(UserError, match="shorter than 16"):
        key_of(None)
    monkeypatch.setenv("CLAUSEWATCH_PSEUDONYM_KEY", KEY.decode())
    assert key_of(None) == KEY
