"""One finding opened: the promise in plain words, what happened, what it rests on, what to do, and its link."""

from __future__ import annotations

import json
from typing import Any

from dashboards.components.panel import esc, panel
from dashboards.components.status import severity_mark
from dashboards.figures import Clauses, breaches
from dashboards.speech import Speech, utc
from dashboards.store import Bundle, Row


def evidence(bundle: Bundle, finding: str, clauses: Clauses, say: Speech, keep: str = "") -> str:
    """The panel of that finding, or that it is not among the latest."""
    close = (
        f'<a class="cw-link cw-close" href="?{keep.removeprefix("&")}" target="_self">{esc(say("finding.close"))}</a>'
    )
    row = find(bundle, finding)
    if row is None or row["clause"] not in clauses:
        return panel("evidence", say("finding.title"), close, f'<p class="cw-none">{esc(say("finding.gone"))}</p>')
    words = clauses[row["clause"]]
    story = "".join(
        f'<div><h3 class="cw-h3">{esc(say(f"finding.{name}"))}</h3><p>{esc(text)}</p></div>'
        for name, text in (("promised", words.promise), ("happened", words.breach), ("remedy", words.remedy))
    )
    about = [
        ("clause", f"{esc(words.id)} · § {esc(words.section)}"),
        ("severity", f"{severity_mark(row['severity'])} {esc(say('severity.' + str(row['severity'])))}"),
        ("time", _instant(row["time"], say)),
        *([("due", _instant(row["due_at"], say))] if row.get("due_at") else []),
        ("source", esc(row["source"])),
        ("type", esc(row["type"])),
        ("event", f"<code>{esc(row['id'])}</code>"),
        ("subject", f"<code>{esc(row['subject'])}</code>" if row["subject"] else esc(say("finding.nobody"))),
        ("policy", esc(row["policy_version"])),
        *([("seen", _instant(row["believed_from"], say))] if row.get("believed_from") else []),
    ]
    facts = "".join(f"<dt>{esc(name)}</dt><dd>{esc(_told(value))}</dd>" for name, value in _facts(row))
    details = "".join(f"<dt>{esc(say(f'finding.{name}'))}</dt><dd>{text}</dd>" for name, text in about)
    grounds = (
        f'<div><h3 class="cw-h3">{esc(say("finding.facts"))}</h3><dl class="cw-dl">{facts}</dl></div>' if facts else ""
    )
    body = f'<div class="cw-story">{story}</div><div class="cw-two"><dl class="cw-dl">{details}</dl>{grounds}</div>'
    return panel("evidence", f"{words.id} · {say.short(words)}", close, body)


def find(bundle: Bundle, finding: str) -> Row | None:
    """The row of a finding among those that the bundle holds."""
    known = (*breaches(bundle), *bundle.due)
    return next(({"time": row.get("opened_at"), **row} for row in known if row["finding"] == finding), None)


def _facts(row: Row) -> list[tuple[str, Any]]:
    try:
        found = json.loads(row["evidence"] or "{}")
    except ValueError:
        return []
    return sorted(found.items()) if isinstance(found, dict) else []


def _told(value: Any) -> str:
    if value is None:
        return "–"
    if isinstance(value, list):
        return ", ".join(_told(each) for each in value) or "–"
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict | bool) else str(value)


def _instant(at: Any, say: Speech) -> str:
    return f'<span title="{esc(utc(at))}">{esc(at.date().isoformat())} {esc(say.clock(at))}</span>' if at else "–"
