"""Canonical JSON (RFC 8785) of parsed events, and the digests made of it."""

from __future__ import annotations

import hashlib
import hmac
from typing import Any

import msgspec
import rfc8785

_EXACT = 2**53 - 1


def canonical(value: Any) -> bytes:
    """The canonical JSON of a parsed value.

    Integers beyond 2^53 count as the double nearest to them, as RFC 8785 takes every number; raises
    ValueError when there is no such double.
    """
    if _is_plain(value):  # then msgspec writes the same, thirty times faster
        return msgspec.json.encode(value, order="sorted")
    return rfc8785.dumps(_doubles(value))


def _is_plain(value: Any) -> bool:
    """Neither floats, nor integers beyond 2^53, nor names whose order depends on the encoding."""
    if isinstance(value, dict):
        return all(name.isascii() and _is_plain(part) for name, part in value.items())
    if isinstance(value, list):
        return all(map(_is_plain, value))
    return not isinstance(value, float) and (not isinstance(value, int) or abs(value) <= _EXACT)


def _doubles(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _doubles(part) for name, part in value.items()}
    if isinstance(value, list):
        return [_doubles(part) for part in value]
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) > _EXACT:
        try:
            return float(value)
        except OverflowError as error:
            raise ValueError("number out of range") from error
    return value


def digest(canonical_json: bytes) -> str:
    """SHA-256 in hex: who wins when two contents claim one (source, id)."""
    return hashlib.sha256(canonical_json).hexdigest()


def keyed(key: bytes, content: bytes) -> str:
    """HMAC-SHA-256 in hex: recognises a content again, but nobody without the key can guess it from this."""
    return hmac.new(key, content, hashlib.sha256).hexdigest()
