"""Records of events for tests of the contract."""

from __future__ import annotations

import json
from typing import Any

from expectations.contract.decode import Decoded, Record, decode

SECRET = b"a key for tests"


def event(type_name: str = "crm.invoiced", **changes: Any) -> dict[str, Any]:
    """A sound event in structured mode; `changes` replaces attributes, `...` takes one away."""
    sound = {
        "specversion": "1.0",
        "id": "e-1",
        "source": "/" + type_name.split(".")[0],
        "type": type_name,
        "subject": "p-1",
        "time": "2026-03-02T08:00:00Z",
        "data": {"purpose": "invoicing", "legal_basis": "contract", "data_categories": ["name"]},
    }
    return {name: value for name, value in (sound | changes).items() if value is not ...}


def record(content: Any, key: bytes | None = None, headers: tuple[tuple[str, bytes], ...] = ()) -> Record:
    """A record of the log; anything but bytes is written as JSON."""
    value = content if content is None or isinstance(content, bytes) else json.dumps(content).encode()
    return Record(value, key, headers, "crm.events", 3, 7)


def decoded(*contents: Any) -> Decoded:
    """Decodes contents, each a record."""
    return decode([content if isinstance(content, Record) else record(content) for content in contents], key=SECRET)
