"""Decoding is total, holds no personal value, and is one function however an event reaches it."""

from __future__ import annotations

import json
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from expectations.contract import decode as module
from expectations.contract.decode import EVENT_SCHEMA, QUARANTINE_SCHEMA, Decoded, Record, from_stored
from expectations.vocabulary import CATEGORIES, FIELDS, PURPOSES, SYSTEMS, TYPES, closed_words
from tests.support.contract import decoded, record

PLANTED = {
    "email": "planted.value@example.nl",
    "phone": "+31612345678",
    "iban": "NL91ABNA0417164300",
    "ip": "203.0.113.77",
    "card": "4111 1111 1111 1111",
    "bsn": "bsn 123456782",
    "za_id": "800101 5009 087",
}
_SETTINGS = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=8,
)
_DATES = st.sampled_from(["2026-01-01", "2026-01-01T10:00:00Z", "2026-01-01T10:00:00.1234567+02:00"])
_TOKENS = st.sampled_from(["a-1", "a.2", "x_3"])


def _field(type_name: str, name: str) -> st.SearchStrategy[Any]:
    kind = FIELDS[name].kind
    return {
        "word": st.sampled_from(closed_words(type_name, name) or ("",)),
        "bool": st.booleans(),
        "int": st.integers(0, 9) | st.sampled_from([3.0, 2**60]),
        "number": st.sampled_from([0, 12.5, 1e20, 2.0]),
        "date": _DATES,
        "list": st.lists(st.sampled_from(sorted(CATEGORIES)) | st.none(), max_size=3),
        "words": st.just("*") | st.lists(st.sampled_from(sorted(PURPOSES)), max_size=2),
        "cookies": st.lists(
            st.fixed_dictionaries(
                {}, optional={"name": _TOKENS, "kind": st.just("statistics"), "personal": st.booleans()}
            ),
            max_size=2,
        ),
    }.get(kind, _TOKENS | st.sampled_from(["é\n\u2028\x7f\x00", 'a"b\\', "consent"]))


@st.composite
def events(draw: st.DrawFn) -> dict[str, Any]:
    """Sound events of any type."""
    kind = TYPES[draw(st.sampled_from(sorted(TYPES)))]
    fields = draw(st.lists(st.sampled_from(kind.fields), unique=True, max_size=5))
    made: dict[str, Any] = {
        "specversion": "1.0",
        "id": draw(st.sampled_from(["e-1", "e-2", "11111111-2222-4333-8444-555555555555"])),
        "source": f"/{kind.system or draw(st.sampled_from(SYSTEMS))}/eu",
        "type": kind.name,
        "time": draw(_DATES.filter(lambda text: "T" in text)),
        "data": {name: draw(_field(kind.name, name)) for name in fields},
    }
    if kind.subject == "required" or draw(st.booleans()):
        made["subject"] = draw(_TOKENS)
    return made


@st.composite
def mutated(draw: st.DrawFn) -> dict[str, Any]:
    """Sound events with one attribute or field replaced by any JSON, added or taken away."""
    made = draw(events())
    place = made if draw(st.booleans()) else made["data"]
    name = draw(st.sampled_from([*place, "x", "sealed", "role"]))
    if draw(st.booleans()):
        place[name] = draw(_JSON)
    else:
        place.pop(name, None)
    return made


def sound(found: Decoded, count: int) -> None:
    assert dict(found.events.schema) == EVENT_SCHEMA
    assert dict(found.quarantine.schema) == QUARANTINE_SCHEMA
    assert found.events.height + found.quarantine.height == count


@_SETTINGS
@given(st.lists(st.binary(max_size=40) | st.none(), max_size=4))
def test_any_bytes_are_read_or_quarantined(contents: list[bytes | None]) -> None:
    sound(decoded(*contents), len(contents))


@_SETTINGS
@given(
    st.none() | st.binary(max_size=20) | _JSON.map(lambda value: json.dumps(value).encode()),
    st.none() | st.binary(max_size=20),
    st.lists(
        st.tuples(
            st.sampled_from(["ce_id", "ce_specversion", "CE_type", "content-type", "x"]),
            st.binary(max_size=9),
        ),
        max_size=5,
    ),
)
def test_any_record_is_read_or_quarantined(
    value: bytes | None, key: bytes | None, headers: list[tuple[str, bytes]]
) -> None:
    sound(decoded(Record(value, key, tuple(headers), "t", 0, 0)), 1)


@_SETTINGS
@given(st.lists(events(), max_size=5))
def test_sound_events_are_never_quarantined(contents: list[dict[str, Any]]) -> None:
    found = decoded(*contents)
    assert found.quarantine.rows() == []
    sound(found, len(contents))


@_SETTINGS
@given(st.lists(mutated() | _JSON, max_size=3))
def test_bulk_and_careful_reading_agree(contents: list[Any]) -> None:
    bulk = decoded(*contents)
    sound(bulk, len(contents))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "_USUAL_BYTES", -1)
        careful = decoded(*contents)
    assert bulk.events.equals(careful.events)
    assert bulk.quarantine.equals(careful.quarantine)
    assert bulk.dropped_fields == careful.dropped_fields


@_SETTINGS
@given(st.lists(mutated(), min_size=1, max_size=3))
def test_stored_events_come_back_as_they_were(contents: list[Any]) -> None:
    frame = decoded(*contents).events
    stored = frame.drop("topic").rename({f"place_{name}": name for name in ("topic", "partition", "offset")})
    assert from_stored(stored).equals(frame)


@_SETTINGS
@given(events(), st.randoms())
def test_no_personal_value_reaches_a_frame(made: dict[str, Any], random: Any) -> None:
    for kind, value in PLANTED.items():
        content: dict[str, Any] = json.loads(json.dumps(made))
        texts = [name for name in content["data"] if FIELDS[name].kind in ("text", "id")]
        place = random.choice(["id", "source", "subject", "type", "extension", "unknown", "name", "list", *texts])
        if place in ("id", "subject", "type", "extension"):
            content[place] = value
        elif place == "source":
            content["source"] += f"/{value}"
        elif place == "name":
            content["data"][value] = 1
        elif place == "list":
            content["data"]["data_categories"] = ["name", value]
        else:
            content["data"][place] = {"a": [value]} if place == "unknown" else value
        found = decoded(content)
        assert found.events.height == 1
        assert kind in [one["kind"] for one in found.events["personal"][0]]
        written = found.events.write_json() + found.quarantine.write_json()
        assert value not in written
        assert value not in str(found)


@_SETTINGS
@given(events())
def test_how_it_was_written_changes_nothing(made: dict[str, Any]) -> None:
    spaced = record(json.dumps(made, indent=2, ensure_ascii=True, sort_keys=True).encode())
    terse = record(json.dumps(made, separators=(",", ":"), ensure_ascii=False).encode())
    found = decoded(spaced, terse).events
    assert found.slice(0, 1).equals(found.slice(1, 1))
    assert isinstance(found, pl.DataFrame)
