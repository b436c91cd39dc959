"""What must hold of whatever was decoded: nothing lost, nothing personal kept, no fault of ours, one reading."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any

import pytest

from expectations.contract import decode as module
from expectations.contract.decode import EVENT_SCHEMA, QUARANTINE_SCHEMA, Decoded, Record, decode
from expectations.contract.personal import kinds_in
from expectations.vocabulary import FIELDS

SECRET = b"a key for tests"
_TAIL = re.compile(r"(\[redacted:\w+\])#[0-9a-f]{16}$")  # what keeps redacted ids apart


def check(records: Sequence[Record]) -> Decoded:
    """Decodes records both ways; raises AssertionError naming what does not hold."""
    found = decode(records, key=SECRET)
    assert dict(found.events.schema) == EVENT_SCHEMA
    assert dict(found.quarantine.schema) == QUARANTINE_SCHEMA
    places = sorted(found.events["place_offset"].to_list() + found.quarantine["offset"].to_list())
    assert places == [record.offset for record in records], "an event or a quarantine record, one of each"
    assert "undecodable" not in found.quarantine["reason"].to_list(), "a fault of ours"
    for place, text, identifier in kept(found):
        assert not kinds_in(_TAIL.sub(r"\1", text), identifier=identifier), f"{place} keeps a personal value"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "_USUAL_BYTES", -1)
        careful = decode(records, key=SECRET)
    assert found.events.equals(careful.events), "the fast and the careful reading differ"
    assert found.quarantine.equals(careful.quarantine)
    assert found.dropped_fields == careful.dropped_fields
    return found


def kept(found: Decoded) -> Iterator[tuple[str, str, bool]]:
    """Every text that would be stored: where, the text, whether it stands in an id field."""
    names = ("id", "source", "type", "subject", "data", "personal")
    for row in zip(*(found.events[name].to_list() for name in names), strict=True):
        for name, text in zip(names[:4], row, strict=False):
            if text is not None:
                yield name, text, name in ("id", "subject")
        for one in row[-1]:
            yield "personal.field", one["field"], False
        yield from _fields(json.loads(row[4]))
    for detail in found.quarantine["detail"].to_list():
        yield "quarantine.detail", detail or "", False


def _fields(data: dict[str, Any]) -> Iterator[tuple[str, str, bool]]:
    for name, value in data.items():
        kind = FIELDS[name].kind if name in FIELDS else ""
        if kind == "date" or name == "~personal":  # read as an instant; and as `personal` above
            continue
        assert kind or name == "~envelope", f"an unknown field is kept: {name!r}"
        for part in value if isinstance(value, list) else [value]:
            texts = [part.get("name", "")] if isinstance(part, dict) else [part]
            yield from ((f"data.{name}", text, kind == "id") for text in texts if isinstance(text, str))
