"""Personal values of every kind, planted wherever an event has room for a text, and the search for them."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from expectations.vocabulary import FIELDS, PERSONAL_KINDS, TYPES
from infra.warehouse.store import Store
from tests.support.builders import DEFAULTS

VALUES = {
    "email": "planted.value@example.nl",
    "phone": "+31612345678",
    "iban": "NL91ABNA0417164300",
    "ip": "203.0.113.77",
    "card": "4111 1111 1111 1111",
    "bsn": "123456782",
    "za_id": "8001015009087",
}
NEEDLES = (*(value.lstrip("+") for value in VALUES.values()), "4111111111111111", "planted.value", "abna0417164300")
STRUCTURED = ("content-type", b"application/cloudevents+json; charset=utf-8")
ATTRIBUTES = ("id", "source", "type", "subject", "time", "specversion", "dataschema", "datacontenttype", "data")
ELSEWHERE = ("key", "header", "header's name", "extension", "extension's name", "unknown", "unknown's name", "nested")


class Planted(NamedTuple):
    """One record, and where which kind of value stands in it."""

    topic: str
    key: str
    value: bytes
    headers: tuple[tuple[str, bytes], ...]
    place: str
    kind: str


def planted(*, every_kind: bool) -> list[Planted]:
    """Every attribute, header and field of every type, and the key; each kind at each place, or one after the other."""
    made = []
    for type_name in sorted(TYPES):
        for place in (*ATTRIBUTES, *ELSEWHERE, *TYPES[type_name].fields):
            kinds = PERSONAL_KINDS if every_kind else (PERSONAL_KINDS[len(made) % len(PERSONAL_KINDS)],)
            made += [_plant(type_name, place, kind, len(made) + number) for number, kind in enumerate(kinds)]
    return made


def _plant(type_name: str, place: str, kind: str, number: int) -> Planted:
    system = TYPES[type_name].system or "crm"
    value = f"{kind} {VALUES[kind]}"  # a text: a bare number may stand where tokens stand
    event: dict[str, Any] = {"specversion": "1.0", "id": f"c-{number}", "source": f"/{system}", "type": type_name}
    event |= {"time": f"2025-10-06T08:{number // 60 % 60:02}:{number % 60:02}Z"}
    data = dict(DEFAULTS.get(type_name, {}))
    if TYPES[type_name].subject != "none":
        event["subject"] = f"p-{number % 40}"
    key, headers = str(event.get("subject", f"/{system}")), [STRUCTURED]
    event["data"] = data
    if place in ATTRIBUTES:
        event[place] = f"/{system}/{value}" if place == "source" else value
    elif place == "key":
        key = value
    elif place.startswith("header"):
        headers.append(("trace", value.encode()) if place == "header" else (value, b"1"))
    elif place.startswith("extension"):
        event |= {"trace": value} if place == "extension" else {value: "1"}
    elif place.startswith("unknown"):
        data |= {"remark": value} if place == "unknown" else {value: 1}
    elif place == "nested":
        data["remark"] = {"a": [{"b": value}]}
    else:
        shaped = {"list": [value], "words": [value], "cookies": [{"name": value, "kind": "statistics"}]}
        data[place] = shaped.get(FIELDS[place].kind, value)
    return Planted(f"{system}.events", key, json.dumps(event).encode(), tuple(headers), place, kind)


def found(content: bytes | str) -> list[str]:
    """The planted values in a content, whatever the case of its letters."""
    text = (content if isinstance(content, bytes) else content.encode()).lower()
    return [needle for needle in NEEDLES if needle.lower().encode() in text]


def cells(store: Store) -> str:
    """All that the tables of a store hold, as text: its file keeps some of it compressed."""
    asked = "SELECT database_name, schema_name, table_name FROM duckdb_tables()"
    tables = [".".join(f'"{part}"' for part in names) for names in store._connection.execute(asked).fetchall()]
    assert len(tables) > 10
    return "\n".join(str(store._connection.execute(f"SELECT * FROM {name}").fetchall()) for name in tables)


def found_in_files(*places: Path) -> Iterator[tuple[str, list[str]]]:
    """Files below these places that hold or are named by a planted value."""
    for path in _files(places):
        if names := found(str(path)) + found(path.read_bytes()):
            yield str(path), names


def _files(places: Iterable[Path]) -> Iterator[Path]:
    for place in places:
        for folder, _, names in os.walk(place):
            yield from (Path(folder) / name for name in names if (Path(folder) / name).is_file())
