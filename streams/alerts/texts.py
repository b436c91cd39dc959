"""What a receiver reads: what happened, where, which promise, how bad, what to do, by when, and where the evidence is.

Made of names, counts and instants only: no value of an event, no subject, no secret gets in.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from importlib import resources
from typing import Any
from urllib.parse import urlencode

import yaml

from expectations.words import clauses_in
from streams.alerts.matching import Labels

Row = Mapping[str, Any]
LANGUAGES = ("en", "nl")
SYMBOLS = {"critical": "✖", "high": "▲", "medium": "◆", "low": "●"}
RANK = tuple(SYMBOLS)
MOST = 5  # sets that are told in full


@cache
def words(language: str) -> Mapping[str, Any]:
    """One language's words."""
    text = resources.files("streams.alerts").joinpath("words", f"{language}.yaml").read_text("utf-8")
    return yaml.safe_load(text)  # type: ignore[no-any-return]


def counted(language: str, kind: str, n: int) -> str:
    """`3 breaches`."""
    forms = words(language)["kind"][kind]
    return str(forms["one" if n == 1 else "other"]).format(n=n)


def instant(text: str) -> str:
    """An instant as people read it, in UTC."""
    return datetime.fromisoformat(text).strftime("%Y-%m-%d %H:%M UTC")


def where(language: str, labels: Labels) -> str | None:
    """The system, as people call it."""
    system = labels.get("system")
    return None if system is None else str(words(language)["system"].get(system, system))


def summary(language: str, each: Row) -> str:
    """A set of alerts in a line: `✖ NEWS-5: 3 breaches (2 new), newsletter`. `each`: an entry of a message's `sets`."""
    said, labels = words(language), each["labels"]
    stands = "firing" if each["firing"] else "withdrawn" if each["withdrawn"] else "resolved"
    n = each["firing"] or each[stands]
    notes = [said["backfill"]] if labels.get("backfill") else []
    if stands != "firing":
        notes.append(said["stands"][stands])
    elif each["fresh"] and each["fresh"] != n:
        notes.append(said["fresh"].format(n=each["fresh"]))
    if crossing := labels.get("crossing"):
        notes.append(crossing)
    head = f"{labels['clause']}: " if "clause" in labels else ""
    told = counted(language, labels["kind"], n) + (f" ({', '.join(notes)})" if notes else "")
    return f"{SYMBOLS[labels['severity']]} {head}{told}" + (f", {at}" if (at := where(language, labels)) else "")


def title(language: str, message: Row) -> str:
    """The message in a line."""
    sets = ordered(message["sets"])
    rest = len(sets) - 1
    more = f" {words(language)['line']['more'].format(n=rest)}" if rest else ""
    return summary(language, sets[0]) + more


def ordered(sets: Sequence[Row]) -> list[Row]:
    """What fires first, the worst first."""
    return sorted(sets, key=lambda each: (not each["firing"], RANK.index(each["labels"]["severity"])))


def facts(language: str, each: Row, link: str) -> dict[str, str]:
    """Heading → words of a set of alerts."""
    said, labels = words(language), each["labels"]
    line = said["line"]
    clause = clauses_in(language).get(labels.get("clause", ""))
    kind = labels["kind"]
    told: dict[str, str | None] = {
        line["what"]: summary(language, each),
        line["where"]: where(language, labels),
        line["promise"]: None if clause is None else f"{clause.id} – {clause.promise}",
        line["happened"]: said["did"].get(kind)
        or (clause.breach if clause and kind in ("breach", "overdue", "late") else None),
        line["bad"]: said["severity"][labels["severity"]],
        line["do"]: said["remedy"].get(kind) or (clause.remedy if clause else None),
        line["since"]: instant(each["since"]) if each["since"] else None,
        line["by"]: instant(each["due_at"]) if each["due_at"] else None,
        line["why"]: None
        if each["firing"] or not each["cause"]
        else said["cause"].get(each["cause"], said["cause"]["changed"]),
        line["link"]: shown(link, each),
    }
    if not each["firing"]:
        told[line["do"]] = None
    return {heading: text for heading, text in told.items() if text}


def opened(link: str, alert: str) -> str:
    """Where an alert is seen, with its evidence and what may be done."""
    return f"{link}/alerts?{urlencode({'alert': alert})}"


def shown(link: str, each: Row) -> str:
    """Where a set of alerts is seen: the one, or the list of all."""
    if each["firing"] + each["resolved"] + each["withdrawn"] == 1:
        return opened(link, each["alert"])
    known = {name: each["labels"][name] for name in ("clause", "system", "severity") if name in each["labels"]}
    return f"{link}/alerts?{urlencode(known | ({} if each['firing'] else {'state': 'resolved'}))}"


def body(language: str, message: Row, *, repeated: bool = False, markdown: bool = False) -> str:
    """The message in full, as plain text; or as Markdown, each line a paragraph, for readers who run lines together."""
    sets = ordered(message["sets"])
    told = [facts(language, each, message["link"]) for each in sets[:MOST]]
    line, end = ("**{}:** {}", "\n\n") if markdown else ("{}: {}", "\n")
    if markdown:
        link = words(language)["line"]["link"]
        told = [each | {link: "[{0}]({0})".format(each[link])} for each in told]
    parts = [end.join(line.format(name, text) for name, text in each.items()) for each in told]
    if len(sets) > MOST:
        parts.append(end.join(summary(language, each) for each in sets[MOST : 4 * MOST]))
    if len(sets) > 4 * MOST:
        parts.append(words(language)["line"]["more"].format(n=len(sets) - 4 * MOST))
    if repeated:
        parts.insert(0, words(language)["repeated"])
    return "\n\n".join(parts)
