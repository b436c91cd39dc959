"""Where an event goes in the log: its topic, and the key that keeps together what belongs together."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from expectations.contract.refusal import Refused
from expectations.contract.senders import Senders
from expectations.vocabulary import TOPICS, TYPES

_SENDERS = Senders()


def route(event: Mapping[str, Any], senders: Senders = _SENDERS) -> tuple[str, str]:
    """The topic and key of an event in structured mode.

    The key is the subject; without one what the event is about (`agreement:<id>`, `incident:<id>`,
    `policy`, `control:<system>:<control>`, `camera:<id>`), else the source. Raises `Refused` when the
    source is no system's.
    """
    source = event.get("source")
    system = senders.system_of(source)
    if system is None:
        raise Refused("unknown_source")
    kind = TYPES.get(str(event.get("type")))
    subject = event.get("subject")
    if isinstance(subject, str) and subject and (kind is None or kind.subject != "none"):
        return TOPICS[system], subject
    return TOPICS[system], _about(event) or str(source)


def _about(event: Mapping[str, Any]) -> str | None:
    area = str(event.get("type")).partition(".")[0]
    data = event.get("data")
    fields = data if isinstance(data, Mapping) else {}

    def named(name: str) -> str | None:
        value = fields.get(name)
        return value if isinstance(value, str) and value else None

    if area == "policy":
        return "policy"
    if area == "security":
        return f"control:{named('system') or ''}:{control}" if (control := named("control")) else None
    field = {"agreement": "agreement", "breach": "incident", "cctv": "camera"}.get(area)
    value = named(field) if field else None
    return f"{field}:{value}" if value else None
