"""The file of one matter as a report in one language."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from dashboards.snapshot.blocks import Cell, Report, marked
from dashboards.snapshot.figures import Figures
from dashboards.snapshot.writer import Writer, columns
from dashboards.speech import Speech, number
from expectations.model import registry

TONES = {"breach": ("broken", "✖"), "indeterminate": ("warn", "◆"), "pass": ("kept", "●")}
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)")
HIDDEN = ("role", "request", "incident")  # of an event's data: said by the title already


def written(told: Figures, say: Speech, *, root: str, bundle: str) -> Report:
    """The whole file. `root`: of its findings, hexadecimal; `bundle`: its file's name."""
    by = Writer(told, say)
    report = Report(_meta(by, root))
    _answer(report, by)
    if told["notification"] is not None:
        _notification(report, by, told["notification"])
    _findings(report, by)
    _events(report, by)
    _facts(report, by)
    _history(report, by)
    _alerts(report, by)
    _made(report, by, root, bundle)
    return report


def _meta(by: Writer, root: str) -> dict[str, Any]:
    say, told = by.say, by.told
    title = say("dossier.title", kind=say(f"dossier.kind.{told['kind']}"), name=told["name"])
    return {
        "title": title, "controller": told["controller"], "language": say.language, "region": say("report.region"),
        "description": say("dossier.description"), "keywords": say.words("report.keywords"),
        "classification": say("dossier.confidential"), "running": f"{title} · {told['controller']}",
        "footer": by.footer(root),
        "of": say("report.of"), "draft": "", "attached": say("dossier.attached"),
    }  # fmt: skip


def _answer(report: Report, by: Writer) -> None:
    say, told = by.say, by.told
    report.say(told["controller"], "company")
    report.heading(say("dossier.title", kind=say(f"dossier.kind.{told['kind']}"), name=told["name"]), 1)
    report.say(say("dossier.subtitle", at=by.full(told["as_of"]), zone=told["zone"]), "subtitle")
    report.heading(say("report.minute"))
    n = told["breaches"]
    strong = say("dossier.breaches", n=n) if n else say("dossier.calm")
    opened, last = by.full(told["events"][0]["time"]), by.full(told["events"][-1]["time"])
    text = say("dossier.course", n=len(told["events"]), first=opened, last=last)
    report.add("say", tone="lead", strong=strong, text=text, accent="broken" if n else "kept")


def _notification(report: Report, by: Writer, told: Figures) -> None:
    """GDPR 33(3), item by item: what is known, and what somebody has to add."""
    say = by.say
    report.heading(say("dossier.notice.title"))
    if told["late"]:
        report.say(say("dossier.notice.late"), "warn")
    elif not told["told"] and told["limit"]:
        report.say(say("dossier.notice.until", at=by.full(told["limit"])), "warn")

    def when(name: str) -> str | None:
        return by.full(told[name]) if told[name] else None

    def listed(name: str) -> str | None:
        found = told[name]
        return (", ".join(map(str, found)) if isinstance(found, list) else str(found)) if found else None

    people = None if told["people"] is None else number(told["people"])
    risk = say(f"report.incidents.risk.{told['risk']}") if told["risk"] else None
    items = [
        ("aware", when("aware")), ("limit", when("limit")), ("told", when("told")),
        *([("delay", None)] if told["late"] else []),
        ("nature", None), ("categories", listed("categories")), ("people", people), ("records", None),
        ("jurisdictions", listed("jurisdictions")), ("contact", None), ("risk", risk), ("consequences", None),
        ("team", when("team")), ("subjects", when("subjects")), ("measures", None),
    ]  # fmt: skip
    rows: list[list[Cell]] = [
        [say(f"dossier.notice.law.{name}"), say(f"dossier.notice.{name}"),
         known if known else marked(say("dossier.notice.missing"), "warn", "◆")]
        for name, known in items
    ]  # fmt: skip
    report.table(columns(say.words("dossier.notice.heads"), "auto 1fr 1fr"), rows)
    missing = sum(known is None for _, known in items)
    report.say(say("dossier.notice.note", n=missing), "muted")


def _findings(report: Report, by: Writer) -> None:
    say = by.say
    report.heading(say("dossier.findings.title"))
    rows: list[list[Cell]] = [
        [
            row["clause"], by.name(row["clause"]), _outcome(row, by),
            by.full(row["due_at"]) if row["due_at"] else "–", by.full(row["met_at"]) if row["met_at"] else "–",
            row["policy_version"] or "–", row["finding"][:12],
        ]
        for row in by.told["findings"]
    ]  # fmt: skip
    shapes = "auto 1fr auto auto auto auto auto"
    report.table(columns(say.words("dossier.findings.heads"), shapes), rows, say("dossier.findings.none"))
    for row in by.told["findings"]:
        if row["outcome"] == "breach" and row["clause"] in registry():
            clause = registry()[row["clause"]]
            evidence = ", ".join(f"{key}: {_value(value, by)}" for key, value in sorted(row["evidence"].items()))
            report.heading(f"{row['clause']} · {row['finding'][:12]}", 3)
            report.say(f"{by.name(row['clause'])}. {by.remedy(row['clause'])}")
            report.say(say("dossier.findings.evidence", told=evidence or "–"), "muted")
            report.say(say("dossier.findings.law", law=", ".join(clause.law) or "–"), "muted")


def _outcome(row: Mapping[str, Any], by: Writer) -> Cell:
    """How a finding stands or stood, in its tone."""
    outcome = row["outcome"] or row["state"] or ""
    return marked(by.say(f"dossier.outcome.{outcome}"), *TONES.get(outcome, ("muted", "‖")))


def _value(value: Any, by: Writer) -> str:
    """As people read it: an instant by the report's clocks, yes or no, a list in a line."""
    if isinstance(value, bool):
        return by.say("dossier.yes" if value else "dossier.no")
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return " ".join(value) or "–"
    if isinstance(value, str):
        return by.full(value) if _INSTANT.fullmatch(value) else value
    return json.dumps(value, ensure_ascii=False, sort_keys=True)


def _events(report: Report, by: Writer) -> None:
    say = by.say
    report.heading(say("dossier.events.title"))
    rows: list[list[Cell]] = [
        [
            by.full(row["time"]), row["type"], f"{row['source']} {row['id']}", row["subject"] or "–",
            ", ".join(f"{key}: {_value(value, by)}" for key, value in sorted(row["data"].items())
                      if value is not None and key not in HIDDEN) or "–",
        ]
        for row in by.told["events"]
    ]  # fmt: skip
    report.table(columns(say.words("dossier.events.heads"), "auto auto auto auto 1fr"), rows)


def _facts(report: Report, by: Writer) -> None:
    say = by.say
    report.heading(say("dossier.facts.title"))
    rows: list[list[Cell]] = [
        [
            by.full(row["time"]), row["kind"].replace("_", " "),
            " ".join(_value(row[key], by) for key in ("about", "word", "flag", "at") if row[key] is not None) or "–",
            f"{row['source']} {row['id']}",
        ]
        for row in by.told["facts"]
    ]  # fmt: skip
    shapes = "auto auto 1fr auto"
    report.table(columns(say.words("dossier.facts.heads"), shapes), rows, say("dossier.facts.none"))


def _history(report: Report, by: Writer) -> None:
    say = by.say
    report.heading(say("dossier.history.title"))
    last_to_first = sorted(by.told["history"], key=lambda row: str(row["believed_from"]), reverse=True)
    firsts = {row["finding"]: row["believed_from"] for row in last_to_first}
    rows: list[list[Cell]] = [
        [
            row["clause"], row["finding"][:12], _outcome(row, by),
            by.full(row["believed_from"]), by.full(row["believed_to"]) if row["believed_to"] else say("dossier.now"),
            ", ".join(say(f"cause.{each}") for each in row["causes"]) 
            or say("dossier.first" if row["believed_from"] == firsts[row["finding"]] else "cause.new_facts"),
        ]
        for row in by.told["history"]
    ]  # fmt: skip
    shapes = "auto auto auto auto auto 1fr"
    report.table(columns(say.words("dossier.history.heads"), shapes), rows, say("dossier.history.none"))


def _alerts(report: Report, by: Writer) -> None:
    say = by.say
    report.heading(say("dossier.alerts.title"))
    rows: list[list[Cell]] = [
        [by.full(row["time"]), row["clause"] or "–", row["type"].removeprefix("alert."), row["actor"] or "–",
         row["reason"] or "–"]
        for row in by.told["alerts"]
    ]  # fmt: skip
    shapes = "auto auto auto auto 1fr"
    report.table(columns(say.words("dossier.alerts.heads"), shapes), rows, say("dossier.alerts.none"))


def _made(report: Report, by: Writer, root: str, bundle: str) -> None:
    say, told = by.say, by.told
    report.heading(say("report.made.title"), 3)
    report.add("digests", heads=say.words("report.made.heads"), rows=[
        [say("report.made.policy"), f"{told['controller']}, {told['policy_version']}", True],
        [say("report.made.rules"), told["rules"], False],
        [say("report.made.root"), root, False],
        [say("report.made.check"), say("report.made.check_value", bundle=bundle), True],
    ])  # fmt: skip
    report.say(say("dossier.privacy"), "muted")
