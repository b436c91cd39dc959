"""The Merkle root of lines: one digest over all, from which each can be shown to be among them (RFC 6962, 2.1)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

EMPTY = hashlib.sha256(b"").digest()


def root(lines: Iterable[bytes]) -> bytes:
    """SHA-256 root over the lines in their order, without their line ends. Holds one digest a level, no more."""
    peaks: list[tuple[int, bytes]] = []  # (leaves beneath, digest), fewer and fewer to the right
    for line in lines:
        size, digest = 1, hashlib.sha256(b"\0" + line).digest()
        while peaks and peaks[-1][0] == size:
            _, left = peaks.pop()
            size, digest = 2 * size, _node(left, digest)
        peaks.append((size, digest))
    if not peaks:
        return EMPTY
    _, found = peaks.pop()
    while peaks:
        _, left = peaks.pop()
        found = _node(left, found)
    return found


def _node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\1" + left + right).digest()
