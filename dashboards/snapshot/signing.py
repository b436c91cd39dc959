"""A company's own signature over a bundle: Ed25519 over its manifest, which names the digest of every file.

Beside the bundle, as `<bundle>.sig` (hexadecimal), so that the bundle's bytes do not depend on who signs.
"""

from __future__ import annotations

from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key

from infra.errors import UserError
from infra.files import read_secret

SIG_SUFFIX = ".sig"


def sign(bundle: Path, manifest: bytes, key: Path) -> Path:
    """Write the signature beside the bundle. Raises UserError when the key cannot be used, or others can read it."""
    try:
        found = load_pem_private_key(read_secret(key).encode(), None)
    except (ValueError, TypeError) as fault:
        raise UserError(f"{key} is no key without a passphrase", _CURE) from fault
    if not isinstance(found, Ed25519PrivateKey):
        raise UserError(f"{key} is no Ed25519 key", _CURE)
    beside = bundle.with_name(bundle.name + SIG_SUFFIX)
    beside.write_text(found.sign(manifest).hex() + "\n", "ascii")
    return beside


def unsigned(bundle: Path, manifest: bytes, public: Path) -> str | None:
    """Why the signature beside the bundle is not of that public key; None: it is. Raises UserError without a key."""
    try:
        found = load_pem_public_key(public.read_bytes())
    except (OSError, ValueError) as fault:
        raise UserError(f"{public} is no public key", "give the PEM file of the company's public key") from fault
    if not isinstance(found, Ed25519PublicKey):
        raise UserError(f"{public} is no Ed25519 key", "give the PEM file of the company's public key")
    beside = bundle.with_name(bundle.name + SIG_SUFFIX)
    try:
        found.verify(bytes.fromhex(beside.read_text("ascii").strip()), manifest)
    except OSError:
        return f"{beside.name} is not beside it"
    except (ValueError, InvalidSignature):
        return f"{beside.name} is not this key's signature of this bundle"
    return None


_CURE = "make one: openssl genpkey -algorithm ed25519 -out company.pem, and chmod 600 company.pem"
