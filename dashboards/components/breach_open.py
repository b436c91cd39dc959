"""A breach opened: the promise, why this breaks it, what was known then, what it belongs with, how the verdict came."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any
from urllib.parse import urlsplit

from dashboards.address import changed, link
from dashboards.components.breach_list import severity_pill, state_of, told_title
from dashboards.components.drawer import drawer
from dashboards.components.panel import esc
from dashboards.components.status import severity_mark
from dashboards.figures import Clauses
from dashboards.speech import Speech, catalogue, utc
from dashboards.store import Row, Rows
from expectations.formats import unmarked
from expectations.model import Clause
from expectations.regimes import POPIA

_TOLD = ("jurisdiction", "popia", "regulator")  # of the evidence, said in words elsewhere


@dataclass(frozen=True)
class Opened:
    """What is told of one finding at `at`; `row` None: there is none of that name."""

    row: Row | None
    at: datetime
    history: Rows = ()
    known: Rows = ()
    related: Rows = ()


def breach_open(opened: Opened | None, clauses: Clauses, say: Speech, here: str) -> str:
    """The drawer. `here`: the address that the browser shows."""
    if opened is None:
        body = f'<h2 class="cw-h1">{esc(say("state.waiting"))}</h2>'
    elif opened.row is None or opened.row["clause"] not in clauses:
        body = f'<h2 class="cw-h1">{esc(say("finding.title"))}</h2><p>{esc(say("finding.unknown"))}</p>'
    else:
        body = _body(opened, opened.row, clauses[opened.row["clause"]], say, here)  # type: ignore[arg-type]
    return drawer("evidence", say("finding.title"), "finding", body, say)


def _body(opened: Opened, row: Row, clause: Clause, say: Speech, here: str) -> str:
    told, title, why = _object(row["evidence"]), told_title(row, clause, say), _why(row, clause, say)
    place = f"{clause.id} · § {clause.section} · {say.short(clause)}"
    promise = (
        f'<p class="cw-place"><a class="cw-link" href="{esc(link("policy", clause=clause.id))}">{esc(place)}</a></p>'
        f"<blockquote>{esc(clause.promise)}</blockquote>"
    )
    parts = [
        f'<h2 class="cw-h1">{esc(title)}</h2>'
        f'<p class="cw-chips">{severity_pill(row["severity"], say)} {state_of(row, opened.at, say)}</p>',
        *([f"<p>{esc(why)}</p>"] if why.rstrip(".") != title else []),
        _part("promise", promise, say),
        _part("remedy", f"<p>{esc(clause.remedy)}</p>", say),
        _part("evidence", _facts(row, told, clause, say), say),
        _part("known", _timeline(opened.known, row, say), say),
        _part("related", _related(opened.related, say), say),
        _part("history", _history(opened.history, say), say),
        _part("link", f"<code>{esc(_address(row['finding'], here))}</code>", say),
    ]
    return "".join(parts) + f'<p class="cw-note">{esc(say("side.zone", zone=say.zone))}</p>'


def _part(name: str, body: str, say: Speech) -> str:
    if not body:
        return ""
    title = f'<h3 class="cw-h2">{esc(say(f"opened.{name}"))}</h3>'
    return f'<section data-testid="opened-{name}">{title}{body}</section>'


def _why(row: Row, clause: Clause, say: Speech) -> str:
    """Why this event breaks the promise, or what it cannot be told by, or that it does not any more."""
    if row["state"] in ("open", "suspended"):
        return say(f"opened.{row['state']}")
    if row["outcome"] == "indeterminate":
        return say("opened.unclear", what=", ".join((row["missing"] or "").split()) or "–")
    if row["outcome"] != "breach":
        return say("opened.revised")
    return clause.breach


def law(clause: Clause, jurisdiction: str | None) -> str:
    """The articles: of POPIA for a person in South Africa, of the other laws for everybody else."""
    own = [each for each in clause.law if each.startswith(POPIA.law)]
    others = [each for each in clause.law if not each.startswith(POPIA.law)]
    return " · ".join((own or others) if jurisdiction == POPIA.country else (others or own))


def _facts(row: Row, told: Mapping[str, Any], clause: Clause, say: Speech) -> str:
    jurisdiction = told.get("jurisdiction")
    nobody = esc(say("finding.nobody"))
    about = [
        ("time", _instant(row["time"], say)),
        *([("due", _instant(row["due_at"], say))] if row["due_at"] else []),
        *([("met", _instant(row["met_at"], say))] if row["met_at"] else []),
        ("type", f"<code>{esc(row['type'])}</code>"),
        ("source", f"{esc(say.system(row['system']))} · <code>{esc(row['source'])}</code>"),
        ("event", f"<code>{esc(unmarked(row['id']))}</code>"),
        ("subject", _person(row["subject"]) if row["subject"] else nobody),
        *([("jurisdiction", esc(jurisdiction))] if jurisdiction else []),
        *([("regulator", esc(_words(told["regulator"])))] if told.get("regulator") else []),
        ("law", esc(law(clause, jurisdiction)) or "–"),
        ("policy", esc(row["policy_version"])),
        ("seen", _instant(row["believed_from"], say)),
    ]
    grounds = {name: value for name, value in told.items() if name not in _TOLD}
    context = {name: value for name, value in _object(row["data"]).items() if name not in grounds}
    return (
        _table([(say(f"finding.{name}"), value) for name, value in about])
        + _group("opened.rests", grounds, say)
        + _group("opened.context", context, say)
    )


def _person(subject: str) -> str:
    """The pseudonym, which leads to the person."""
    return (
        f'<a class="cw-link" href="{esc(link("subject", subject=subject))}"><code>{esc(unmarked(subject))}</code></a>'
    )


def _group(title: str, found: Mapping[str, Any], say: Speech) -> str:
    if not found:
        return ""
    rows = [(_words(name), esc(_told(value, say))) for name, value in sorted(found.items())]
    return f'<h4 class="cw-h3">{esc(say(title))}</h4>{_table(rows)}'


def _table(rows: Iterable[tuple[str, str]]) -> str:
    lines = "".join(f'<tr><th scope="row">{esc(name)}</th><td>{value}</td></tr>' for name, value in rows)
    return f'<table class="cw-table cw-facts"><tbody>{lines}</tbody></table>'


def _timeline(known: Sequence[Row], row: Row, say: Speech) -> str:
    """What was known when it happened, newest first; below it the event itself stands out by its place: on top."""
    if not known:
        return f'<p class="cw-none">{esc(say("opened.known_none"))}</p>'
    own = f'<li class="cw-here"><time title="{esc(utc(row["time"]))}">{esc(say.moment(row["time"]))}</time>'
    own += f"<span>{esc(say('opened.this'))}</span></li>"
    return f'<ol class="cw-line">{own}{"".join(fact_line(each, say, row["time"]) for each in known)}</ol>'


def fact_line(fact: Mapping[str, Any], say: Speech, at: datetime) -> str:
    """One fact of a timeline; `at`: whose year goes without saying."""
    about = [_words(each) for each in (fact["about"], fact["word"], fact["link"]) if each]
    if fact.get("until"):
        about.append(say("opened.until", when=say.moment(fact["until"], at)))
    more = f' <span class="cw-dim">{esc(" · ".join(about))}</span>' if about else ""
    return (
        f'<li><time title="{esc(utc(fact["time"]))}">{esc(say.moment(fact["time"], at))}</time>'
        f"<span>{esc(_kind(fact['kind'], say))}{more}</span></li>"
    )


def _kind(kind: str, say: Speech) -> str:
    """A kind of fact as people call it."""
    return str(catalogue(say.language).get(f"fact.{kind}", _words(kind)).capitalize())


def _related(related: Sequence[Row], say: Speech) -> str:
    parts = []
    for tie, some in groupby(related, key=lambda each: each["tie"]):
        rows = list(some)
        lines = "".join(
            f'<li><a class="cw-link" href="{esc(changed(finding=each["finding"]))}">'
            f"{severity_mark(each['severity'])}{esc(each['clause'])}</a> "
            f'<span class="cw-dim">{esc(say.moment(each["time"]))} · {esc(_outcome(each, say))}</span></li>'
            for each in rows
        )
        more = rows[0]["n"] - len(rows)
        rest = f'<li class="cw-dim">{esc(say("needs.more", n=more))}</li>' if more > 0 else ""
        parts.append(f'<h4 class="cw-h3">{esc(say(f"opened.ties.{tie}"))}</h4><ul class="cw-ties">{lines}{rest}</ul>')
    return "".join(parts)


def _history(history: Sequence[Row], say: Speech) -> str:
    """Newest first: what was believed, from when to when, and what changed it."""
    lines = []
    for number, row in reversed(list(enumerate(history))):
        until = say.moment(row["believed_to"]) if row["believed_to"] else say("opened.now")
        causes = [str(catalogue(say.language).get(f"cause.{each}", each)) for each in row["causes"]]
        because = ", ".join(causes) or say("cause.new_facts" if number else "cause.arrived")
        came = "".join(f"<br><code>{esc(each['type'])} {esc(unmarked(each['id']))}</code>" for each in row["came"][:5])
        version = say("opened.policy", version=row["policy_version"])
        lines.append(
            f'<li><time title="{esc(utc(row["believed_from"]))}">{esc(say.moment(row["believed_from"]))} – {esc(until)}'
            f"</time><span><b>{esc(_outcome(row, say))}</b> · {esc(version)}"
            f'<br><span class="cw-dim">{esc(because)}</span>{came}</span></li>'
        )
    return f'<ol class="cw-line cw-history">{"".join(lines)}</ol>' if lines else ""


def _outcome(row: Row, say: Speech) -> str:
    """The outcome, and the state where it has one."""
    said = dict.fromkeys(each for each in (row["outcome"], row["state"]) if each)
    return " · ".join(str(catalogue(say.language).get(f"outcome.{each}", each)) for each in said)


def _address(finding: str, here: str) -> str:
    """The whole address of this finding, as it can be pasted into a mail."""
    parts = urlsplit(here)
    start = f"{parts.scheme}://{parts.netloc}" if parts.netloc else ""
    return f"{start}/breaches?finding={finding}"


def _instant(at: Any, say: Speech) -> str:
    return f'<span title="{esc(utc(at))}">{esc(say.full(at))}</span>' if at else "–"


def _object(text: str | None) -> dict[str, Any]:
    try:
        found = json.loads(text or "{}")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _words(name: Any) -> str:
    return str(name).replace("_", " ")


def _told(value: Any, say: Speech) -> str:
    if isinstance(value, bool):
        return say("policy.yes" if value else "policy.no")
    if isinstance(value, list):
        return ", ".join(_told(each, say) for each in value) or "–"
    if isinstance(value, dict):
        return ", ".join(f"{_words(key)}: {_told(each, say)}" for key, each in value.items()) or "–"
    return "–" if value is None else str(value)
