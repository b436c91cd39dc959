"""A message: what of a group is told at one moment, kept in the ledger, in each channel's own form. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from streams.alerts import texts

Row = Mapping[str, Any]
MOST = 20  # alerts of each set of labels that a message names
Members = Mapping[str, Sequence[Row]]  # labels -> rows of `alert_members`


def message(
    group: Mapping[str, str], members: Members, link: str, now: datetime, good_for: timedelta
) -> dict[str, Any] | None:
    """The message; None: nothing is to be said. `good_for`: how long it stands unless it is told again."""
    sets, alerts = [], []
    for text, rows in sorted(members.items()):
        if not rows:
            continue
        labels = json.loads(text)
        counts = {each["stands"]: each for each in rows}
        fires = counts.get("firing")
        ended = [each for each in rows if each["stands"] != "firing"]
        shown = [each for each in rows if each["stands"] == "firing"] or ended
        due = [each["due_at"] for each in shown if each["due_at"] is not None]
        sets.append(
            {
                "labels": labels,
                **{name: counts[name]["n"] if name in counts else 0 for name in ("firing", "resolved", "withdrawn")},
                "fresh": fires["fresh"] if fires else 0,
                "since": min(each["since"] for each in rows).isoformat(),
                "due_at": min(due).isoformat() if due else None,
                "cause": ended[0]["cause"] if ended else None,
                "alert": shown[0]["alert"],
            }
        )
        alerts += [_alert(labels, each) for each in rows]
    if not sets:
        return None
    firing = sum(each["firing"] for each in sets)
    total = sum(each["firing"] + each["resolved"] + each["withdrawn"] for each in sets)
    return {
        "status": "firing" if firing else "resolved",
        "group": dict(group),
        "sets": sets,
        "alerts": alerts,
        "more": total - len(alerts),
        "link": link,
        "until": (now + good_for).isoformat(),
    }


def _alert(labels: Mapping[str, str], row: Row) -> dict[str, Any]:
    times = {name: row[name].isoformat() if row[name] else None for name in ("starts_at", "ended_at", "due_at")}
    return {"alert": row["alert"], "stands": row["stands"], "labels": labels, **times}


def version_4(notice: Row, message: Row, language: str, most: int = 0) -> dict[str, Any]:
    """The notice in Alertmanager's webhook form, version 4. `most`: how many alerts at most; 0: all that it names."""
    by_labels = {json.dumps(each["labels"]): texts.facts(language, each, message["link"]) for each in message["sets"]}
    shown = message["alerts"][:most] if most else message["alerts"]
    alerts = [
        {
            "status": "firing" if each["stands"] == "firing" else "resolved",
            "labels": {**_named(each["labels"]), "alert": each["alert"]},
            "annotations": _annotations(by_labels[json.dumps(each["labels"])], each),
            "startsAt": each["starts_at"],
            "endsAt": each["ended_at"] or "0001-01-01T00:00:00Z",
            "generatorURL": texts.opened(message["link"], each["alert"]),
            "fingerprint": each["alert"][:16],
        }
        for each in shown
    ]
    common = {
        "summary": texts.title(language, message),
        "description": texts.body(language, message, repeated=notice["repeated"]),
        "firing": str(sum(each["firing"] for each in message["sets"])),
        "notice": notice["notice"],
    }
    return {
        "version": "4",
        "groupKey": notice["grouped"],
        "truncatedAlerts": message["more"] + len(message["alerts"]) - len(shown),
        "status": message["status"],
        "receiver": notice["receiver"],
        "groupLabels": message["group"],
        "commonLabels": _common([_named(each["labels"]) for each in message["sets"]]),
        "commonAnnotations": {**common, **({"repeated": "true"} if notice["repeated"] else {})},
        "externalURL": message["link"],
        "alerts": alerts,
    }


def _named(labels: Mapping[str, str]) -> dict[str, str]:
    """With the name that Alertmanager's users group and search by."""
    return {"alertname": labels.get("clause") or labels["kind"], **labels}


def _annotations(told: Mapping[str, str], alert: Row) -> dict[str, str]:
    values = list(told.items())
    by = {"due": alert["due_at"]} if alert["due_at"] else {}
    return {"summary": values[0][1], "description": "\n".join(f"{name}: {text}" for name, text in values[1:]), **by}


def _common(each: Sequence[Mapping[str, str]]) -> dict[str, str]:
    return {name: value for name, value in each[0].items() if all(other.get(name) == value for other in each)}


def version_2(notice: Row, message: Row, language: str, now: datetime) -> list[dict[str, Any]]:
    """The notice as alerts of Alertmanager's v2 API: one a set of labels, its count in the annotations."""
    return [
        {
            "labels": _named(each["labels"]),
            "annotations": {
                "summary": texts.summary(language, each),
                "description": "\n".join(f"{k}: {v}" for k, v in texts.facts(language, each, message["link"]).items()),
                "firing": str(each["firing"]),
                **({"repeated": "true"} if notice["repeated"] else {}),
            },
            "startsAt": each["since"],
            "endsAt": message["until"] if each["firing"] else now.isoformat(),
            "generatorURL": texts.shown(message["link"], each),
        }
        for each in message["sets"]
    ]
