"""What a receiver reads of a snapshot that was made, or is long in coming. Counts and names only."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from streams.alerts import texts

Row = Mapping[str, Any]
STATES = ("kept", "broken", "attested", "running", "undecided", "silent")


def title(language: str, message: Row) -> str:
    """It in a line."""
    said, told = texts.words(language)["snapshot"], message["snapshot"]
    quarter = f"{told['quarter'][4:]} {told['quarter'][:4]}"
    if told["failed"]:
        return f"▲ {said['failed'].format(quarter=quarter)}"
    kind = "draft" if not told["edition"] else "final" if told["edition"] == 1 else "restated"
    return f"{said[kind].format(quarter=quarter, edition=told['edition'])}: {_answer(said, told['states'])}"


def _answer(said: Mapping[str, Any], states: Mapping[str, int]) -> str:
    broken = states.get("broken", 0)
    return str(said["broken" if broken else "whole"]).format(n=broken, all=sum(states.values()))


def body(language: str, message: Row, *, attached: bool = False, repeated: bool = False, markdown: bool = False) -> str:
    """It in full, as plain text; or as Markdown, each line a paragraph."""
    said, told = texts.words(language)["snapshot"], message["snapshot"]
    again = f"{texts.words(language)['repeated']}\n\n" if repeated else ""
    if told["failed"]:
        return again + str(said["failed_body"]).format(quarter=told["quarter"])
    line, states = said["line"], told["states"]
    lines = {
        line["period"]: f"{_day(told['first_day'])} – {_day(told['last_day'])}",
        line["promises"]: ", ".join(f"{states[name]} {said['state'][name]}" for name in STATES if states.get(name)),
        line["read"]: link(message),
        line["digest"]: told["digest"],
    }
    closing = f"\n\n{said['attached']}" if attached else ""
    return again + ("\n\n" if markdown else "\n").join(f"{name}: {text}" for name, text in lines.items()) + closing


def link(message: Row) -> str:
    """Where it is read."""
    told = message["snapshot"]
    stem = {} if told["failed"] else {"edition": Path(told["file"]).stem}
    return f"{message['link']}/snapshots" + (f"?{urlencode(stem)}" if stem else "")


def _day(text: str) -> str:
    return date.fromisoformat(text).strftime("%Y-%m-%d")


def version_4(notice: Row, message: Row, language: str) -> dict[str, Any]:
    """Alertmanager's webhook form, version 4, with this as its one alert, which has ended: nobody need act on it."""
    (alert,) = version_2(notice, message, language)
    return {
        "version": "4",
        "groupKey": notice["grouped"],
        "truncatedAlerts": 0,
        "status": "firing" if message["snapshot"]["failed"] else "resolved",
        "receiver": notice["receiver"],
        "groupLabels": alert["labels"],
        "commonLabels": alert["labels"],
        "commonAnnotations": {**alert["annotations"], "notice": notice["notice"]},
        "externalURL": message["link"],
        "alerts": [{"status": "resolved", **alert, "fingerprint": notice["notice"][:16]}],
    }


def version_2(notice: Row, message: Row, language: str) -> list[dict[str, Any]]:
    """The same as an alert of Alertmanager's v2 API."""
    told = message["snapshot"]
    labels = {"alertname": "snapshot", "quarter": told["quarter"], "severity": "medium" if told["failed"] else "low"}
    annotations = {
        "summary": title(language, message),
        "description": body(language, message, repeated=notice["repeated"]),
        **({"repeated": "true"} if notice["repeated"] else {}),
    }
    at = notice["made_at"].isoformat()
    return [{"labels": labels, "annotations": annotations, "startsAt": at, "endsAt": at, "generatorURL": link(message)}]
