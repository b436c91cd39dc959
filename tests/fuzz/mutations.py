"""Inputs for the decoder: records written as lines, and how one becomes another, by structure or byte by byte.

A line is a record's value; of one with a key or headers, key, value, then name and content of each header, parted
by 0x1E.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from random import Random
from typing import Any

from expectations.contract.decode import Record
from expectations.vocabulary import FIELDS, TYPES, closed_words
from tests.support.builders import DEFAULTS

PART = b"\x1e"
LINES = 16  # records of one input
PLANTED = {
    "email": ("planted.value@example.nl", "planted%40example.co.za"),
    "phone": ("+31 6 12345678", "06-12345678", "0027 82 123 4567"),
    "iban": ("NL91ABNA0417164300", "nl91 abna 0417 1643 00"),
    "ip": ("203.0.113.77", "2001:db8::77"),
    "card": ("4111 1111 1111 1111", "4111111111111111"),
    "bsn": ("123456782", "1234.56.782"),
    "za_id": ("8001015009087", "800101 5009 087"),
}
_NUMBERS = (0, -1, 1.5, 3.0, 1e308, -1e-320, 2**31, 2**53, 2**63, -(2**63) - 1, 2**64, 10**30, 123456782)
_TEXTS = (
    *("", " ", "*", "controller", "processor", "https", "consent", "newsletter", "[redacted:email]", "\x00", "\u2028"),
    *("é" * 40, "\U0001f426", "a" * 129, "/crm", "/unknown", "mailto:x", "2026-01-01", "2026-13-01T00:00:00Z"),
    *("2026-01-01T00:00:60Z", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59.9999999-14:00", "2026-03-29T02:30:00"),
    *("1.0", "0.3", "application/json", "application/xml", "~personal", "~envelope", "null"),
)
_BYTES = (
    b"\xff",
    b"\x00",
    b"{",
    b"}",
    b"[",
    b'"',
    b"\\",
    b"\\ud800",
    b"1e999",
    b"-",
    b",",
    b":",
    b"\xf0\x9f",
    b"\xc0\x80",
)
_HEADERS = (b"content-type", b"ce_id", b"ce_type", b"ce_source", b"ce_specversion", b"ce_time", b"CE_subject", b"x")


def seeds() -> list[bytes]:
    """One sound event of every type, and one in binary mode."""
    made = []
    for number, name in enumerate(sorted(TYPES)):
        system = TYPES[name].system or "crm"
        event = {"specversion": "1.0", "id": f"e-{number}", "source": f"/{system}", "type": name}
        event |= {"time": f"2026-03-02T08:00:{number % 60:02}Z", "data": DEFAULTS.get(name, {})}
        made.append(_written(event if TYPES[name].subject == "none" else {**event, "subject": "p-1"}))
    binary = {"specversion": "1.0", "id": "b-1", "source": "/crm", "type": "crm.invoiced", "subject": "p-1"}
    headers = [(f"ce_{name}", value) for name, value in {**binary, "time": "2026-03-02T08:00:00Z"}.items()]
    made.append(PART.join([b"p-1", b'{"purpose":"invoicing"}', *(part.encode() for pair in headers for part in pair)]))
    return made


def records(lines: Sequence[bytes]) -> list[Record]:
    """The records that lines stand for."""
    made = []
    for offset, line in enumerate(lines):
        if PART not in line:
            made.append(Record(line, None, (), "crm.events", 0, offset))
            continue
        key, value, *rest = line.split(PART)
        names = [name.decode("utf-8", "replace") for name in rest[::2]]
        headers = tuple(zip(names, rest[1::2], strict=False))
        made.append(Record(value or None, key or None, headers, "crm.events", 0, offset))
    return made


def mutated(lines: Sequence[bytes], random: Random, raw: Callable[[bytes], bytes] | None = None) -> list[bytes]:
    """Some lines changed, added or taken away. `raw`: changes bytes; without it, a simple one."""
    found = list(lines) or [random.choice(_SEEDS)]
    for _ in range(random.choice((1, 1, 2, 4))):
        at = random.randrange(len(found))
        chosen = random.random()
        if chosen < 0.2:
            found.insert(at, random.choice(_SEEDS))
        elif chosen < 0.25 and len(found) > 1:
            del found[at]
        elif chosen < 0.28:
            found.insert(at, _spliced(found[at], random.choice(found), random))
        elif chosen < 0.4:
            found[at] = raw(found[at]) if raw else _noisy(found[at], random)
        else:
            found[at] = _reshaped(found[at], random)
    return found[-LINES:]


def _written(value: Any) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()


def _spliced(one: bytes, other: bytes, random: Random) -> bytes:
    return one[: random.randint(0, len(one))] + other[random.randint(0, len(other)) :]


def _noisy(line: bytes, random: Random) -> bytes:
    at = random.randint(0, len(line))
    to = min(len(line), at + random.choice((0, 0, 1, 2, 8)))
    noise = random.choice((*_BYTES, random.randbytes(3), line[at : at + 20]))
    return line[:at] + noise + line[to:]


def _reshaped(line: bytes, random: Random) -> bytes:
    key, value, *rest = line.split(PART) if PART in line else (b"", line)
    chosen = random.random()
    if chosen < 0.06:
        key = random.choice((b"", b"p-1", b"control:crm:firewall", random.randbytes(5), _planted(random).encode()))
    elif chosen < 0.14:
        rest += [
            random.choice(_HEADERS),
            random.choice((b"1.0", b"application/json", b"\xff", _planted(random).encode())),
        ]
    else:
        try:
            event = json.loads(value)
        except (ValueError, RecursionError):  # what is no JSON any more tells little more
            return random.choice(_SEEDS)
        value = _written(_changed(event, random))
    return PART.join([key, value, *rest]) if key or rest else value


def _changed(event: Any, random: Random) -> Any:
    """The parsed value with one part of it changed."""
    place, name = event, None
    parent: Any = None
    while isinstance(place, dict | list) and place and (parent is None or random.random() < 0.7):
        parent = place
        name = random.choice(list(place)) if isinstance(place, dict) else random.randrange(len(place))
        place = parent[name]
    if parent is None:
        return _value(random, event)
    chosen = random.random()
    if chosen < 0.12:
        del parent[name]
    elif chosen < 0.2 and isinstance(parent, dict):
        parent[random.choice((_planted(random), random.choice(_TEXTS), random.choice(sorted(FIELDS))))] = place
    elif chosen < 0.3 and isinstance(parent, dict):
        type_name = str(event.get("type")) if isinstance(event, dict) else ""
        field = random.choice(TYPES[type_name].fields if type_name in TYPES else sorted(FIELDS))
        words = closed_words(type_name, field) if type_name in TYPES else ()
        parent[field] = random.choice(words) if words and random.random() < 0.7 else _value(random, place)
    else:
        parent[name] = _value(random, place)
    return event


def _value(random: Random, before: Any) -> Any:
    chosen = random.random()
    if chosen < 0.25:
        return _planted(random, before if isinstance(before, str) and len(before) < 200 else "")
    if chosen < 0.45:
        return random.choice(_TEXTS)
    if chosen < 0.6:
        return random.choice(_NUMBERS)
    if chosen < 0.7:
        return random.choice((None, True, False, [], {}))
    if chosen < 0.8:
        return {random.choice((_planted(random), "kind", "name", "x")): before}
    if chosen < 0.9:
        return [before] * random.choice((1, 2, 40))
    if chosen < 0.93:
        for _ in range(random.choice((3, 30, 40))):
            before = [before]
        return before
    if chosen < 0.95:
        return (_planted(random) + random.choice((" ", ",", "x", ""))) * random.choice((10, 500))
    return random.choice(sorted(TYPES))


def _planted(random: Random, beside: str = "") -> str:
    value = random.choice(random.choice(list(PLANTED.values())))
    glue = random.choice((" ", ":", "/", "", "x", ","))
    return random.choice((value, value, f"{beside}{glue}{value}", f"{value}{glue}{beside}"))


_SEEDS = seeds()
