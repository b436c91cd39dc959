"""The panels of Subject: who it is, the story across the systems, what is known, and who looked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from dashboards.address import link
from dashboards.components.breach_open import fact_line
from dashboards.components.paging import foot, ways
from dashboards.components.panel import esc, panel
from dashboards.components.status import severity_mark
from dashboards.figures import Clauses
from dashboards.speech import Speech, catalogue, number, utc
from dashboards.subjects import Found, Key, Told, after

MOST = 300  # lines shown at once


def summary(name: str, told: Sequence[Told], found: Found, say: Speech) -> str:
    """Who, and four figures."""
    counts = Counter(each.kind for each in told)
    breaches = sum(each.outcome == "breach" and each.kind in ("finding", "due") for each in told)
    systems = sorted({each.system for each in told if each.kind == "event" and each.system})
    parts = [
        say("subject.events", n=counts["event"]),
        say("subject.breaches", n=breaches),
        say("subject.promises", n=counts["opened"]),
        ", ".join(say.system(each) for each in systems),
    ]
    first = min((row["time"] for row in found["events"]), default=None)
    if first:
        parts.append(say("subject.since", when=say.full(first)))
    return panel("subject", name, esc(" · ".join(each for each in parts if each)), "")


def timeline(told: Sequence[Told], at: datetime, clauses: Clauses, say: Speech, key: Key | None = None) -> str:
    """Newest first, from the line after `key` on; a finding or a promise opens into its evidence."""
    rest = after(told, key)
    shown = rest[:MOST]
    lines = "".join(_line(each, at, clauses, say) for _, each in shown)
    below = ""
    if len(told) > MOST:
        first = len(told) - len(rest) + 1
        us, number_ = shown[-1][0] if shown else (0, 0)
        more = f"{us}~{number_}" if len(rest) > MOST else None
        words = say("subject.shown", first=number(first), last=number(first + len(shown) - 1), all=number(len(told)))
        below = foot(words, ways(key is not None, more, say))
    body = f'<ol class="cw-line">{lines}</ol>{below}'
    return panel("story", say("subject.story"), esc(say("subject.story_note")), body)


def _line(each: Told, at: datetime, clauses: Clauses, say: Speech) -> str:
    if each.fact is not None:
        return fact_line(each.fact, say, at)
    when = f'<time title="{esc(utc(each.at))}">{esc(say.moment(each.at, at))}</time>'
    where = f'<span class="cw-dim">{esc(say.system(each.system))}</span>'
    if each.kind == "event":
        return f"<li>{when}<span><code>{esc(each.word)}</code> {where}</span></li>"
    words = clauses.get(each.word)
    text = f"{each.word} {say.short(words)}" if words else each.word
    mark = severity_mark(each.severity) if each.kind in ("finding", "due") else ""
    here = ' class="cw-here"' if each.outcome == "breach" else ""
    said = say(f"subject.kinds.{each.outcome if each.kind == 'finding' else each.kind}")
    href = esc(link("breaches", finding=each.finding))
    return (
        f'<li{here} data-testid="told-{each.kind}">{when}<span>{mark}<a class="cw-link" href="{href}">{esc(text)}</a> '
        f"<b>{esc(said)}</b> {where}</span></li>"
    )


def facts(rows: Sequence[Mapping[str, Any]], at: datetime, say: Speech) -> str:
    """The latest of each kind."""
    lines = "".join(fact_line(row, say, at) for row in rows)
    body = f'<ol class="cw-line">{lines}</ol>' if lines else f'<p class="cw-none">{esc(say("subject.nothing"))}</p>'
    return panel("known", say("subject.known"), esc(say("subject.known_note")), body)


def looks(rows: Sequence[Mapping[str, Any]], at: datetime, say: Speech) -> str:
    """Who looked at this person, and why, the last first."""
    words = catalogue(say.language)
    lines = "".join(
        f'<tr><td title="{esc(utc(row["at"]))}">{esc(say.moment(row["at"], at))}</td><td>{esc(row["who"])}</td>'
        f"<td>{esc(words.get('subject.purposes.' + row['purpose'], row['purpose']))}</td></tr>"
        for row in reversed(rows[-20:])
    )
    table = f'<table class="cw-table"><tbody>{lines}</tbody></table>'
    return panel("looks", say("subject.looks"), esc(say("subject.looks_note")), table)
