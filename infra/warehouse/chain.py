"""The chain of transactions: each link holds the hash of the one before, so none can be changed unseen.

leaf of a transaction  = SHA-256(its salt, its numbers as JSON, the leaves of the rows it added and took out)
chain of a transaction = SHA-256(chain of the one before, leaf)
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

START = b"\0" * 32
# What of a row of `batches` the chain covers, in this order; the rest is the hash itself.
HEADER = (
    *("batch", "kind", "partition", "epoch", "reads", "stored", "duplicates", "quarantined", "dropped_fields"),
    *("revised", "revises", "changes", "recorded_at"),
)


@dataclass(frozen=True)
class Head:
    """Where the chain stands: number and hash of its last transaction, and when it was."""

    batch: int
    chain: bytes
    recorded_at: datetime

    def words(self) -> dict[str, Any]:
        """As JSON."""
        return {"batch": self.batch, "chain": self.chain.hex(), "recorded_at": _instant(self.recorded_at)}

    @classmethod
    def of(cls, words: Mapping[str, Any]) -> Head:
        """From JSON; raises ValueError, KeyError or TypeError when it is none."""
        chain = bytes.fromhex(words["chain"])
        if len(chain) != len(START) or not isinstance(words["batch"], int):
            raise ValueError("no head")
        return cls(words["batch"], chain, datetime.fromisoformat(words["recorded_at"]))


def link(before: bytes, salt: bytes, header: Mapping[str, Any], leaves: bytes) -> tuple[bytes, bytes]:
    """Leaf and chain of a transaction. `leaves`: of the rows that it added and took out, as `changes` counts them."""
    told = [_instant(header[name]) if isinstance(header[name], datetime) else header[name] for name in HEADER]
    leaf = hashlib.sha256(salt + json.dumps(told, separators=(",", ":")).encode())
    leaf.update(leaves)
    digest = leaf.digest()
    return digest, hashlib.sha256(before + digest).digest()


def _instant(value: datetime) -> str:
    return value.astimezone(UTC).isoformat(timespec="microseconds")
