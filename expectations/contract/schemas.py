"""JSON Schemas of the events and an AsyncAPI 3 document, made from the vocabulary.

Draft-07 of JSON Schema, the dialect that AsyncAPI 3.0 takes as its own. `null` counts as absent, unknown
fields are allowed (they are dropped and counted), so the schemas refuse what `decode` quarantines.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from expectations.contract.refusal import MAX_LIST
from expectations.vocabulary import COOKIE_KINDS, FIELDS, SYSTEMS, TOPICS, TYPES, EventType, closed_words

_DIALECT = "http://json-schema.org/draft-07/schema#"
_DAY = "[0-9]{4}-[0-9]{2}-[0-9]{2}"
_CLOCK = r"[Tt]([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]+)?([Zz]|[+-]([01][0-9]|2[0-3]):[0-5][0-9])"
_KIND_WORDS = {
    "P": "processing",
    "A": "access",
    "E": "erasing",
    "F": "fact",
    "O": "the office's own work",
    "R": "report",
}
_SIMPLE: dict[str, dict[str, Any]] = {
    "text": {"type": ["string", "null"]},
    "opaque": {"type": ["string", "null"], "description": "neither read nor stored by the audit"},
    "id": {"type": ["string", "null"], "description": "a token of the source system, never a personal value"},
    "bool": {"type": ["boolean", "null"]},
    "int": {"type": ["integer", "null"], "minimum": -(2**63), "maximum": 2**63 - 1},
    "number": {"type": ["number", "null"]},
    "date": {
        "type": ["string", "null"],
        "pattern": f"^{_DAY}({_CLOCK})?$",
        "description": "RFC 3339 date-time; a bare date is 00:00 in Europe/Amsterdam",
    },
}
_TEXTS = {"items": {"type": ["string", "null"]}, "maxItems": MAX_LIST}


def _closed(words: tuple[str, ...]) -> dict[str, Any]:
    return {"enum": [*words, None]}


def _field(kind: EventType, name: str) -> dict[str, Any]:
    form = FIELDS[name].kind
    if form == "word":
        return _closed(closed_words(kind.name, name))
    if form == "list":
        return {"type": ["array", "null"], **_TEXTS}
    if form == "words":
        return {"anyOf": [{"type": ["array", "null"], **_TEXTS}, {"const": "*"}]}
    if form == "cookies":
        cookie = {
            "type": ["object", "null"],
            "properties": {
                "name": _SIMPLE["text"],
                "kind": _closed(COOKIE_KINDS),
                "personal": _SIMPLE["bool"],
            },
        }
        return {"type": ["array", "null"], "items": cookie, "maxItems": MAX_LIST}
    return _SIMPLE[form]


def event_schema(name: str) -> dict[str, Any]:
    """The JSON Schema of one type's events, in CloudEvents' structured mode."""
    kind = TYPES[name]
    senders = [kind.system] if kind.system else list(SYSTEMS)
    token = {"type": "string", "pattern": "^[A-Za-z0-9._-]{1,128}$", "description": "the pseudonym"}
    subject: dict[str, Any] = {"description": "ignored"}
    if kind.subject != "none":
        subject = token if kind.subject == "required" else {**token, "type": ["string", "null"]}
    text = {"type": "string", "minLength": 1}
    return {
        "$schema": _DIALECT,
        "title": name,
        "description": f"Kind: {', '.join(_KIND_WORDS[letter] for letter in sorted(kind.kinds))}.",
        "type": "object",
        "required": [
            *("specversion", "id", "source", "type", "time"),
            *(["subject"] if kind.subject == "required" else []),
        ],
        "properties": {
            "specversion": {"const": "1.0"},
            "id": text,
            "source": {"type": "string", "pattern": f"^/({'|'.join(senders)})(/.*)?$"},
            "type": {"const": name},
            "subject": subject,
            "time": {"type": "string", "pattern": f"^{_DAY}{_CLOCK}$"},
            "datacontenttype": {
                "type": ["string", "null"],
                "pattern": r"^[\w.+-]+/([\w.+-]+\+)?[jJ][sS][oO][nN]\s*(;.*)?$",
            },
            "dataschema": {"type": ["string", "null"]},
            "data": {
                "type": ["object", "null"],
                "properties": {field: _field(kind, field) for field in kind.fields},
            },
        },
    }


def asyncapi() -> dict[str, Any]:
    """The AsyncAPI 3.0 document: five channels, one a topic, with the messages that each carries."""
    carried = {system: [name for name, kind in TYPES.items() if kind.system in (None, system)] for system in SYSTEMS}
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Events that Clausewatch audits",
            "version": "1.0.0",
            "description": "CloudEvents 1.0. Events carry categories and pseudonyms, never a value.",
        },
        "defaultContentType": "application/cloudevents+json",
        "channels": {
            system: {
                "address": TOPICS[system],
                "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in carried[system]},
                "bindings": {"kafka": {"topic": TOPICS[system], "bindingVersion": "0.5.0"}},
            }
            for system in SYSTEMS
        },
        "operations": {
            f"audit_{system}": {
                "action": "receive",
                "channel": {"$ref": f"#/channels/{system}"},
                "messages": [{"$ref": f"#/channels/{system}/messages/{name}"} for name in carried[system]],
            }
            for system in SYSTEMS
        },
        "components": {
            "messages": {
                name: {
                    "name": name,
                    "contentType": "application/cloudevents+json",
                    "payload": {
                        "schemaFormat": "application/schema+json;version=draft-07",
                        "schema": {"$ref": f"./{name}.schema.json"},
                    },
                    "bindings": {
                        "kafka": {
                            "key": {"type": "string", "description": "the subject, or what it is about"},
                            "bindingVersion": "0.5.0",
                        }
                    },
                }
                for name in TYPES
            }
        },
    }


def documents() -> dict[str, str]:
    """Every document by its file's name."""
    schemas = {f"{name}.schema.json": event_schema(name) for name in TYPES}
    return {
        name: json.dumps(document, indent=2, ensure_ascii=False) + "\n"
        for name, document in {"asyncapi.json": asyncapi(), **schemas}.items()
    }


def write(directory: Path) -> list[Path]:
    """Writes every document into the directory; returns their paths."""
    directory.mkdir(parents=True, exist_ok=True)
    written = []
    for name, text in documents().items():
        path = directory / name
        path.write_text(text, encoding="utf-8")
        written.append(path)
    return written
