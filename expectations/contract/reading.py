"""One event read attribute by attribute: what bulk decoding cannot take, or should not trust.

Every check of the contract is made here, in one order; bulk decoding (`decode`) only recognises events that
pass all of them and hold nothing that looks like a personal value.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec

from expectations.contract.canonical import canonical, digest, keyed
from expectations.contract.fields import Data
from expectations.contract.instants import instant, instant_or_date
from expectations.contract.personal import is_token, kinds_in
from expectations.contract.refusal import Refused, check_limits
from expectations.contract.scanning import (
    ATTRIBUTES,
    UNNAMED,
    Finding,
    key_kinds,
    named,
    redacted,
    scan,
    scan_unknown,
)
from expectations.contract.senders import Senders
from expectations.vocabulary import FIELDS, ID_ATTRIBUTES, TYPES, UNKNOWN_SYSTEM, EventType

ENVELOPE = ("id", "source", "subject", "type")
_JSON_TYPE = re.compile(r"[\w.+-]+/(?:[\w.+-]+\+)?json\s*(?:;.*)?", re.IGNORECASE | re.DOTALL)
_TYPE_NAME = re.compile(r"[a-z0-9_]{1,32}(?:\.[a-z0-9_]{1,32}){0,3}")


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
            found[name] = tuple(sorted({kind for _, kind in scan(value, name)}))
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

    With a personal value in id, source, subject, type or key the event is kept for GEN-3 alone: that
    attribute is written `[redacted:<kind>]`, its data is left out. So that it keeps an identity of its own,
    a redacted id gets `#` and 16 hex digits of the event's keyed digest. Its `digest` is the keyed one too,
    from which nobody without the key can find the value by trying; such contents take no part in an
    id_conflict (rule 57).
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
        personal.extend(scan(given.get(name), name))
    for header, content in sorted((headers or {}).items()):
        shown, kinds = named(header)
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
    data = Data(kind, fields)
    found = sorted({*personal, *data.personal})
    text = encoded(data.kept, found, False)
    return Read(source, event_id, system, name, subject, time, text, digest(whole), found, False, data.dropped)


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
        found.update(scan(fields, "data"))
    written = {name: redacted(envelope[name][0]) if name in envelope else given.get(name) for name in ENVELOPE}
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
    return Read(source, str(written["id"]), system, str(name), subject, time, text, secret_digest, personal, True, 0)


def _found_in(name: str, value: Any) -> Iterator[Finding]:
    """Findings in a field of an event whose type need not be known: by the field's name alone."""
    kind = FIELDS[name].kind if name in FIELDS else ""
    settled = {"bool": bool, "int": int, "number": int | float}.get(kind)
    if settled is not None and isinstance(value, settled):
        return
    if kind == "date" and isinstance(value, str) and instant_or_date(value) is not None:
        return
    yield from scan_unknown(name, value, within="data")
