"""One event read attribute by attribute: what bulk decoding cannot take, or should not trust.

Every check of the contract is here, in one order; bulk decoding (`decode`) only recognises events that pass all of
them and hold nothing that looks like a personal value.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any

import msgspec

from expectations.contract.canonical import canonical, digest, keyed
from expectations.contract.instants import instant, instant_or_date
from expectations.contract.personal import is_token, kinds_in
from expectations.vocabulary import (
    COOKIE_KINDS,
    FIELDS,
    ID_ATTRIBUTES,
    SYSTEMS,
    TYPES,
    UNKNOWN_SYSTEM,
    EventType,
    closed_words,
)

MAX_DEPTH = 32
MAX_LIST = 10_000
ATTRIBUTES = frozenset(
    ("specversion", "id", "source", "type", "subject", "time", "datacontenttype", "dataschema", "data")
)
ENVELOPE = ("id", "source", "subject", "type")
_JSON_TYPE = re.compile(r"[\w.+-]+/(?:[\w.+-]+\+)?json\s*(?:;.*)?", re.IGNORECASE | re.DOTALL)
_NAME = re.compile(r"[A-Za-z0-9_.~-]{1,64}")
_TYPE_NAME = re.compile(r"[a-z0-9_]{1,32}(?:\.[a-z0-9_]{1,32}){0,3}")
_ABOUT = re.compile(r"(?:agreement|incident|camera|control):")
UNNAMED = "[unnamed]"

Finding = tuple[str, str]  # field, kind


class Refused(Exception):  # noqa: N818 - a verdict on the bytes, no error of ours
    """The bytes are no event of the contract; `detail` names fields and types, never a value."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(reason, detail)
        self.reason = reason
        self.detail = detail


@dataclass(frozen=True)
class Senders:
    """Who may send what: first segment of a source -> system, and system -> types."""

    systems: Mapping[str, str] = field(default_factory=lambda: {system: system for system in SYSTEMS})
    sends: Mapping[str, Collection[str]] = field(
        default_factory=lambda: {
            system: frozenset(t.name for t in TYPES.values() if t.system in (None, system))
            for system in SYSTEMS
        }
    )

    def system_of(self, source: object) -> str | None:
        """The system of a source, by its first segment; None when it is none of ours."""
        if not isinstance(source, str) or not source.startswith("/"):
            return None
        return self.systems.get(source.split("/", 2)[1])


@dataclass
class Read:
    """One event as it is kept: redacted, its data as JSON text sorted by field."""

    source: str
    id: str
    system: str
    type: str
    subject: str | None
    time: datetime
    data: str
    digest: str
    personal: list[Finding]
    personal_envelope: bool
    dropped_fields: int


def check_limits(value: object) -> None:
    """Refuses what is nested deeper than 32 or holds a list longer than 10,000."""
    level: list[object] = [value]
    depth = 0
    while level:
        depth += 1
        below: list[object] = []
        for part in level:
            if isinstance(part, list):
                if len(part) > MAX_LIST:
                    raise Refused("list_too_long")
                below.extend(part)
            elif isinstance(part, dict):
                below.extend(part.values())
        level = [part for part in below if isinstance(part, dict | list)]
        if depth > MAX_DEPTH:
            raise Refused("too_deep")


def redacted(kind: str) -> str:
    """What is written where a personal value stood."""
    return f"[redacted:{kind}]"


@lru_cache(maxsize=65536)
def key_kinds(key: bytes) -> tuple[str, ...]:
    """Kinds of personal values in a record's key: a token, what it is about (`agreement:<id>`), or a source."""
    text = key.decode("utf-8", "replace")
    about = _ABOUT.match(text)
    if about is None:
        return kinds_in(text, identifier=True)
    rest = text[about.end() :]
    parts = rest.split(":") if text.startswith("control:") else [rest]
    return tuple(kind for part in parts for kind in kinds_in(part, identifier=True))


def _named(name: str) -> tuple[str, tuple[str, ...]]:
    """The name under which an unknown field is reported, and the kinds of personal values in the name itself."""
    kinds = kinds_in(name)
    if kinds:
        return "[redacted]", kinds
    return (name if _NAME.fullmatch(name) else UNNAMED), ()


def _scan(value: Any, path: str) -> Iterator[Finding]:
    """Findings in a value of no known form; numbers are read as text."""
    if isinstance(value, str):
        for kind in kinds_in(value):
            yield path, kind
    elif isinstance(value, dict):
        for name, part in value.items():
            shown, kinds = _named(name)
            deeper = f"{path}.{shown}" if len(path) < 128 else path
            for kind in kinds:
                yield deeper, kind
            yield from _scan(part, deeper)
    elif isinstance(value, list):
        for part in value:
            yield from _scan(part, path)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        for kind in kinds_in(str(value)):
            yield path, kind


def scan_unknown(name: str, value: Any, *, within: str = "") -> Iterator[Finding]:
    """Findings in an unknown field and in its name; `within` names what it stands in, where names may clash."""
    shown, kinds = _named(name)
    path = f"{within}.{shown}" if within and name in ATTRIBUTES else shown
    for kind in kinds:
        yield path, kind
    if name in FIELDS and FIELDS[name].kind == "id" and isinstance(value, str):
        for kind in kinds_in(value, identifier=True):
            yield path, kind
    else:
        yield from _scan(value, path)


class _Data:
    """The fields of one event's `data`, checked, redacted, with what was found in them."""

    def __init__(self, kind: EventType, given: Mapping[str, Any]) -> None:
        self.type = kind.name
        self.kept: dict[str, Any] = {}
        self.personal: list[Finding] = []
        self.dropped = 0
        for name in sorted(given):
            value = given[name]
            if value is None:
                continue
            if name not in kind.fields:
                self.dropped += 1
                self.personal.extend(scan_unknown(name, value, within="data"))
            elif FIELDS[name].kind != "opaque":
                self.kept[name] = self._field(name, FIELDS[name].kind, value)
            elif not isinstance(value, str):
                raise Refused("invalid_field", name)

    def _field(self, name: str, kind: str, value: Any) -> Any:
        if kind in ("text", "id"):
            return self._text(name, _expect(str, name, value), identifier=kind == "id")
        if kind == "word":
            if _expect(str, name, value) not in closed_words(self.type, name):
                raise Refused("invalid_value", name)
            return value
        if kind == "bool":
            return _expect(bool, name, value)
        if kind == "date":
            if instant_or_date(_expect(str, name, value)) is None:
                raise Refused("invalid_field", name)
            return value
        if kind in ("int", "number"):
            return _number(name, value, whole=kind == "int")
        if kind == "words" and value == "*":
            return value
        parts = [part for part in _expect(list, name, value) if part is not None]
        if kind == "cookies":
            return [self._cookie(name, part) for part in parts]
        return [self._text(name, _expect(str, name, part)) for part in parts]

    def _text(self, name: str, value: str, *, identifier: bool = False) -> str:
        kinds = kinds_in(value, identifier=identifier)
        self.personal.extend((name, kind) for kind in kinds)
        return redacted(kinds[0]) if kinds else value

    def _cookie(self, name: str, given: Any) -> dict[str, Any]:
        kept: dict[str, Any] = {}
        for part, value in sorted(_expect(dict, name, given).items()):
            if value is None:
                continue
            if part == "kind":
                if _expect(str, name, value) not in COOKIE_KINDS:
                    raise Refused("invalid_value", name)
                kept[part] = value
            elif part == "name":
                kept[part] = self._text(name, _expect(str, name, value))
            elif part == "personal":
                kept[part] = _expect(bool, name, value)
            else:
                self.dropped += 1
                self.personal.extend(scan_unknown(part, value, within=name))
        return kept


def _expect(kind: type, name: str, value: Any) -> Any:
    if not isinstance(value, kind):
        raise Refused("invalid_field", name)
    return value


def _number(name: str, value: Any, *, whole: bool) -> int | float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Refused("invalid_field", name)
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**63:
        value = int(value)
    if (isinstance(value, int) and not -(2**63) <= value < 2**63) or (whole and isinstance(value, float)):
        raise Refused("invalid_field", name)
    return value


def _text_attribute(event: Mapping[str, Any], name: str) -> str:
    value = event.get(name)
    if not isinstance(value, str) or not value:
        raise Refused("invalid_envelope", name)
    return value


def _time(event: Mapping[str, Any]) -> datetime:
    value = event.get("time")
    if value is None:
        raise Refused("invalid_envelope", "time")
    moment = instant(value) if isinstance(value, str) else None
    if moment is None:
        raise Refused("invalid_field", "time")
    return moment


def _envelope_kinds(event: Mapping[str, Any], key: bytes | None) -> dict[str, tuple[str, ...]]:
    """Kinds of personal values by attribute, of those where GEN-3 alone judges (rule 9)."""
    found: dict[str, tuple[str, ...]] = {}
    for name in ENVELOPE:
        value = event.get(name)
        if isinstance(value, str):
            found[name] = kinds_in(value, identifier=name in ID_ATTRIBUTES)
        elif value is not None:
            found[name] = tuple(sorted({kind for _, kind in _scan(value, name)}))
    found["key"] = key_kinds(key) if key else ()
    return {name: kinds for name, kinds in found.items() if kinds}


def _subject(event: Mapping[str, Any], kind: EventType) -> str | None:
    value = event.get("subject")
    if kind.subject == "none":
        return None
    if value is None:
        if kind.subject == "required":
            raise Refused("missing_subject")
        return None
    if not isinstance(value, str) or not is_token(value):
        raise Refused("invalid_subject")
    return value


def encoded(fields: Mapping[str, Any], personal: list[Finding], envelope: bool) -> str:
    """The JSON text of `data` as it is stored: with what GEN-3 found under `~personal` and `~envelope`."""
    kept = dict(fields)
    if envelope:
        kept["~envelope"] = True
    if personal:
        kept["~personal"] = [{"field": name, "kind": kind} for name, kind in personal]
    return msgspec.json.encode(kept).decode()


def read(
    event: dict[str, Any],
    senders: Senders,
    secret: bytes,
    *,
    key: bytes | None = None,
    headers: Mapping[str, bytes] | None = None,
) -> Read:
    """Reads one parsed event; raises `Refused`.

    With a personal value in id, source, subject, type or key the event is kept for GEN-3 alone: that attribute is
    written `[redacted:<kind>]`, its data is left out. So that it keeps an identity of its own, a redacted id gets
    `#` and 16 hex digits of the event's keyed digest; its `digest` is the keyed one too, from which nobody
    without the key can find the value by trying (such contents take no part in an id_conflict: rule 57).
    """
    check_limits(event)
    try:
        whole = canonical(event)
    except ValueError:
        raise Refused("invalid_json") from None
    given = {name: value for name, value in event.items() if value is not None}
    personal: list[Finding] = []
    for name in sorted(given.keys() - ATTRIBUTES):
        personal.extend(scan_unknown(name, given[name]))
    for name in ("specversion", "datacontenttype", "dataschema"):
        personal.extend(_scan(given.get(name), name))
    for header, content in sorted((headers or {}).items()):
        shown, kinds = _named(header)
        text = content.decode("utf-8", "replace")
        personal.extend((f"header:{shown}", kind) for kind in (*kinds, *kinds_in(text)))

    envelope = _envelope_kinds(given, key)
    if envelope and given.get("id") and isinstance(given["id"], str):
        return _for_gen_3_alone(given, senders, keyed(secret, whole), envelope, personal)

    if given.get("specversion") != "1.0":
        raise Refused("invalid_envelope", "specversion")
    media = given.get("datacontenttype", "application/json")
    if not isinstance(media, str) or not _JSON_TYPE.fullmatch(media):
        raise Refused("invalid_envelope", "datacontenttype")
    if "data_base64" in given:
        raise Refused("invalid_envelope", "data_base64")
    if not isinstance(given.get("dataschema", ""), str):
        raise Refused("invalid_envelope", "dataschema")
    event_id = _text_attribute(given, "id")
    source = _text_attribute(given, "source")
    name = _text_attribute(given, "type")
    time = _time(given)
    system = senders.system_of(source)
    if system is None:
        raise Refused("unknown_source")
    kind = TYPES.get(name)
    if kind is None:
        raise Refused("unknown_type")
    if name not in senders.sends.get(system, ()):
        raise Refused("not_allowed", name)
    subject = _subject(given, kind)
    fields = given.get("data", {})
    if not isinstance(fields, dict):
        raise Refused("invalid_field", "data")
    data = _Data(kind, fields)
    found = sorted({*personal, *data.personal})
    text = encoded(data.kept, found, False)
    return Read(
        source, event_id, system, name, subject, time, text, digest(whole), found, False, data.dropped
    )


def _for_gen_3_alone(
    given: Mapping[str, Any],
    senders: Senders,
    secret_digest: str,
    envelope: Mapping[str, tuple[str, ...]],
    personal: list[Finding],
) -> Read:
    time = _time(given)
    found = {*personal, *((name, kind) for name, kinds in envelope.items() for kind in kinds)}
    fields = given.get("data")
    if isinstance(fields, dict):
        for name, value in fields.items():
            if name != "sealed":
                found.update(_found_in(name, value))
    else:
        found.update(_scan(fields, "data"))
    written = {
        name: redacted(envelope[name][0]) if name in envelope else given.get(name) for name in ENVELOPE
    }
    if "id" in envelope:
        written["id"] = f"{written['id']}#{secret_digest[:16]}"
    name, subject = written["type"], written["subject"]
    if "type" not in envelope and not (isinstance(name, str) and _TYPE_NAME.fullmatch(name)):
        name = UNNAMED
    known = TYPES.get(name) if isinstance(name, str) else None
    if "subject" not in envelope:
        token = isinstance(subject, str) and is_token(subject) and not (known and known.subject == "none")
        subject = subject if token else None
    system = senders.system_of(given.get("source")) or (known and known.system) or UNKNOWN_SYSTEM
    source = written["source"] if isinstance(written["source"], str) else UNNAMED
    personal = sorted(found)
    text = encoded({}, personal, True)
    return Read(
        source, str(written["id"]), system, str(name), subject, time, text, secret_digest, personal, True, 0
    )


def _found_in(name: str, value: Any) -> Iterator[Finding]:
    """Findings in a field of an event whose type need not be known: by the field's name alone."""
    kind = FIELDS[name].kind if name in FIELDS else ""
    settled = {"bool": bool, "int": int, "number": int | float}.get(kind)
    if settled is not None and isinstance(value, settled):
        return
    if kind == "date" and isinstance(value, str) and instant_or_date(value) is not None:
        return
    yield from scan_unknown(name, value, within="data")
