"""`clausewatch snapshot` and `verify BUNDLE` at the keyboard."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from dashboards.snapshot.bundle import MANIFEST, unpacked
from dashboards.snapshot.commands import snapshot, verify
from dashboards.snapshot.signing import sign
from infra.errors import UserError


def test_verify_of_a_bundle_says_that_all_agrees(bundle: Path) -> None:
    done = CliRunner().invoke(verify, [str(bundle)], standalone_mode=False)
    assert done.return_value == 0, done.output
    assert "2026Q4-draft: " in done.output
    assert "no faults" in done.output


def test_verify_of_a_changed_bundle_names_the_file(bundle: Path, tmp_path: Path) -> None:
    content = bundle.read_bytes()
    forged = tmp_path / bundle.name
    forged.write_bytes(content[:-40] + b"\0" * 40)
    with pytest.raises(UserError, match=bundle.name):
        CliRunner().invoke(verify, [str(forged)], standalone_mode=False, catch_exceptions=False)


@pytest.mark.parametrize(
    ("given", "fault"),
    [([], "which quarter"), (["2026Q9"], "no quarter"), (["2026Q3"], "no warehouse is at")],
)
def test_a_mistake_is_told_with_its_cure(tmp_path: Path, given: list[str], fault: str) -> None:
    where = ["--data-dir", str(tmp_path)]
    with pytest.raises(UserError, match=fault):
        CliRunner().invoke(snapshot, [*given, *where], standalone_mode=False, catch_exceptions=False)


def keys(folder: Path, name: str) -> tuple[Path, Path]:
    """A private key that only this user reads, and its public one."""
    key = Ed25519PrivateKey.generate()
    private, public = folder / f"{name}.pem", folder / f"{name}.pub.pem"
    private.touch(mode=0o600)
    private.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    public.write_bytes(key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    return private, public


def test_a_signature_holds_for_its_key_and_its_bundle_only(bundle: Path, tmp_path: Path) -> None:
    mine, other = keys(tmp_path, "company"), keys(tmp_path, "other")
    copy = tmp_path / bundle.name
    copy.write_bytes(bundle.read_bytes())

    def told(public: Path) -> tuple[int, str]:
        done = CliRunner().invoke(verify, [str(copy), "--public-key", str(public)], standalone_mode=False)
        return done.return_value, done.output

    assert told(mine[1])[0] == 1
    assert "is not beside it" in told(mine[1])[1]
    sign(copy, unpacked(copy)[MANIFEST], mine[0])
    assert told(mine[1])[0] == 0
    assert "not this key's signature" in told(other[1])[1]
    sign(copy, b"another manifest", mine[0])
    assert told(mine[1])[0] == 1


def test_a_key_that_others_can_read_is_not_used(bundle: Path, tmp_path: Path) -> None:
    private, _ = keys(tmp_path, "company")
    private.chmod(0o644)
    with pytest.raises(UserError, match="others can read"):
        sign(tmp_path / bundle.name, b"{}", private)
