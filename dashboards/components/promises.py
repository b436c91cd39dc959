"""The policy's clauses in its own order, one clause opened, and its sentences with what stands behind each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, is_dataclass
from datetime import timedelta
from itertools import groupby

from dashboards import data_docs
from dashboards.address import link
from dashboards.components.panel import esc, panel
from dashboards.components.sparks import bars
from dashboards.components.status import STATE_SYMBOL, severity_mark
from dashboards.figures import Now, Promise
from dashboards.speech import Speech, number, utc
from dashboards.weeks import Course
from expectations.coverage import Evidence, SentenceRow
from expectations.model import Clause
from expectations.policy import PolicyVersion

COLUMNS = ("clause", "state", "judged", "breaches", "trend")
MARK = {"with evidence": "", "no evidence": "◇", "attested": "◇", "not checkable": "○", "promises nothing": ""}


def clause_list(now: Now, seen: dict[str, Evidence], trend: Mapping[str, Course], say: Speech) -> str:
    """The panel of clauses, by section of the text. A clause without evidence shows a dash, never a zero."""
    heads = "".join(f"<th>{esc(say(f'policy.{word}'))}</th>" for word in COLUMNS)
    lines = []
    for section, promises in groupby(sorted(now.promises, key=_section), key=_section):
        lines.append(f'<tr><td colspan="{len(COLUMNS)}"><b>{esc(say("policy.section", section=section))}</b></td></tr>')
        lines += [_line(each, seen.get(each.clause.id), trend.get(each.clause.id), say) for each in promises]
    table = f'<table class="cw-table"><thead><tr>{heads}</tr></thead><tbody>{"".join(lines)}</tbody></table>'
    return panel("clauses", say("policy.title"), esc(say("policy.note")), f'<div class="cw-scroll">{table}</div>')


def _section(promise: Promise) -> int:
    """The first section of the text that promises it."""
    return int(promise.clause.section.split(",")[0])


def _line(promise: Promise, seen: Evidence | None, course: Course | None, say: Speech) -> str:
    clause, symbol = promise.clause, STATE_SYMBOL[promise.state]
    judged, breaches = (number(seen.judged), number(seen.breaches)) if seen and seen.judged else ("–", "–")
    if seen and seen.breaches:
        href = esc(link("breaches", clause=clause.id, state="all"))
        breaches = f'<a class="cw-late" href="{href}">{breaches}</a>'
    drawn = "–"
    if course and (course.judged or course.undecided):
        alt = say("policy.trend_alt", n=course.breaches)
        drawn = bars([cell.breaches for cell in course.cells], alt, "cw-red" if course.breaches else "", 90, 18)
    mark = f'<span aria-hidden="true">{symbol}</span> ' if symbol else ""
    return (
        f'<tr data-testid="clause-{esc(clause.id)}" data-state="{promise.state}">'
        f'<td><a class="cw-link" href="{esc(link(clause=clause.id))}" title="{esc(clause.promise)}">'
        f"<b>{esc(clause.id)}</b> {esc(say.short(clause))}</a></td>"
        f'<td class="cw-state-{promise.state}">{mark}{esc(say(f"wall.states.{promise.state}"))}</td>'
        f"<td>{judged}</td><td>{breaches}</td><td>{drawn}</td></tr>"
    )


def clause_opened(clause: Clause, version: PolicyVersion, sentences: Iterable[SentenceRow], say: Speech) -> str:
    """The panel of one clause: promise, law, remedy, the readings in use beside their defaults, its sentences."""
    rows = [
        (say("finding.promised"), esc(clause.promise)),
        (say("policy.broken"), esc(clause.breach)),
        (say("finding.remedy"), esc(clause.remedy)),
        (say("finding.severity"), severity_mark(clause.severity) + " " + esc(say(f"severity.{clause.severity}"))),
        (say("policy.law"), esc(" · ".join(clause.law)) or "–"),
        *((name, value) for name, value in _readings(clause, version, say)),
        (say("policy.rests"), "<br>".join(esc(each.sentence.paraphrase) for each in sentences) or "–"),
        (say("policy.judge"), _data_docs(clause, version, say)),
    ]
    body = "".join(f"<tr><th>{esc(name)}</th><td>{value}</td></tr>" for name, value in rows)
    found = f'<a class="cw-link" href="{esc(link("breaches", clause=clause.id))}">{esc(say("policy.found"))}</a>'
    close = f'<a class="cw-link" href="{esc(link())}">{esc(say("finding.close"))}</a>'
    title = f"{clause.id} {say.short(clause)}"
    return panel("clause", title, f"{found} · {close}", f'<table class="cw-table"><tbody>{body}</tbody></table>')


def _data_docs(clause: Clause, version: PolicyVersion, say: Speech) -> str:
    href = esc(data_docs.address(version.version, clause.id, say.language))
    return (
        f'<a class="cw-link" href="{href}" target="_blank" rel="noopener" data-load data-testid="data-docs">'
        f"{esc(say('policy.data_docs'))}</a>"
    )


def _readings(clause: Clause, version: PolicyVersion, say: Speech) -> list[tuple[str, str]]:
    reading, default = clause.reading(version.readings.get(clause.id, {})), clause.readings
    if not is_dataclass(reading) or isinstance(reading, type):
        return []
    usual = asdict(default) if is_dataclass(default) and not isinstance(default, type) else {}
    found = []
    for name, value in asdict(reading).items():
        other = (
            "" if usual.get(name) == value else f" ({esc(say('policy.default', value=_told(usual.get(name), say)))})"
        )
        found.append((say("policy.reading", name=name.replace("_", " ")), f"{esc(_told(value, say))}{other}"))
    return found


def _told(value: object, say: Speech) -> str:
    if isinstance(value, timedelta):
        return say.span(value)
    if isinstance(value, bool):
        return say("policy.yes" if value else "policy.no")
    if isinstance(value, (tuple, list, set, frozenset)):
        ordered = value if isinstance(value, (tuple, list)) else sorted(value)
        return ", ".join(map(str, ordered)) or "–"
    return "–" if value is None else str(value)


def sentence_list(rows: Iterable[SentenceRow], say: Speech) -> str:
    """The panel of sentences in the text's order; what is not checked says so and why."""
    heads = "".join(f"<th>{esc(say(f'policy.{word}'))}</th>" for word in ("sentence", "standing", "behind"))
    lines = "".join(
        f'<tr data-testid="sentence-{esc(row.sentence.id)}"><td><b>{esc(row.sentence.id)}</b> '
        f"{esc(row.sentence.paraphrase)}</td>"
        f"<td>{MARK[row.standing]} {esc(say('policy.standings.' + row.standing.replace(' ', '_')))}</td>"
        f"<td>{_behind(row, say)}</td></tr>"
        for row in rows
    )
    table = f'<table class="cw-table"><thead><tr>{heads}</tr></thead><tbody>{lines}</tbody></table>'
    scrolled = f'<div class="cw-scroll">{table}</div>'
    return panel("sentences", say("policy.sentences"), esc(say("policy.sentences_note")), scrolled)


def _behind(row: SentenceRow, say: Speech) -> str:
    clauses = " ".join(
        f'<a class="cw-link" href="{esc(link(clause=each))}">{esc(each)}</a>' for each in row.sentence.clauses
    )
    if row.attestation is not None:
        until = row.attestation.until
        told = say("policy.attested", actor=row.attestation.actor, until=f"{until:%Y-%m-%d}")
        return f'<span title="{esc(utc(until))}">{esc(told)}</span>'
    told = say("policy.read_as", reading=row.reading) if row.reading else row.sentence.note
    return f"{clauses} {esc(told)}".strip() or "–"
