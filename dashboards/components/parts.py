"""The panels of Pipeline: figures, senders, partitions, workers, records set aside, work that waits, disk, versions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from dashboards.address import changed
from dashboards.components.paging import ways
from dashboards.components.panel import esc, panel, table
from dashboards.components.sparks import bars
from dashboards.figures import QUIET_SOURCE
from dashboards.speech import Speech, catalogue, number, utc
from dashboards.store import Row
from dashboards.throughput import Stage


@dataclass(frozen=True)
class Aside:
    """Records set aside: by reason, and a page of them (one more where another follows)."""

    reasons: Sequence[Row]
    rows: Sequence[Row]
    reason: str | None
    most: int
    later: bool  # not the first page


@dataclass(frozen=True)
class Room:
    """What is left of the disk (bytes), how long it lasts, and which versions run."""

    free: int
    foretold: str
    software: str
    policy: str
    rules: str


def tiles(one: Row, say: Speech) -> str:
    """Six figures in one line, each with what it means on hover."""
    figures = (
        ("behind", number(one["behind"])),
        ("p50", _milliseconds(one["took_p50_ms"], say)),
        ("p99", _milliseconds(one["took_p99_ms"], say)),
        ("hour", number(one["events_last_hour"])),
        ("quarantined", number(one["quarantined"])),
        ("alive", number(one["workers"])),
    )
    cells = "".join(
        f'<div class="cw-tile" data-testid="tile-{name}" title="{esc(say(f"pipeline.tiles.{name}_help"))}">'
        f'<span class="cw-tile-label">{esc(say(f"pipeline.tiles.{name}"))}</span>'
        f'<span class="cw-tile-value">{esc(value)}</span></div>'
        for name, value in figures
    )
    return f'<div class="cw-tiles cw-tiles-six">{cells}</div>'


def sources(rows: Sequence[Row], at: datetime, say: Speech) -> str:
    """Every source that was ever heard: how much, and when last."""
    lines = []
    for row in rows:
        heard = at - row["last_recorded_at"]
        quiet = heard >= QUIET_SOURCE
        mark = '<span class="cw-src-silent">◇</span> ' if quiet else '<span class="cw-src-live">●</span> '
        lines.append(
            (
                f"{mark}<code>{esc(row['source'])}</code>",
                esc(say.system(row["system"])),
                esc(number(row["n"])),
                _when(row["last_time"], at, say),
                f'<span class="{"cw-near" if quiet else ""}">{esc(say("sources.ago", span=say.span(heard)))}</span>',
            )
        )
    heads = ("source", "system", "events", "last_event", "heard")
    return panel("senders", say("pipeline.sources"), esc(say("pipeline.sources_note")), _table(heads, lines, say))


def partitions(rows: Sequence[Row], at: datetime, say: Speech) -> str:
    """How far each partition of each topic was read."""
    lines = [
        (
            esc(row["topic"]),
            str(row["partition"]),
            number(row["next"]),
            _when(row["read_to"], at, say),
            _when(row["recorded_at"], at, say),
        )
        for row in rows
    ]
    heads = ("topic", "partition", "next", "read_to", "recorded")
    return panel(
        "partitions", say("pipeline.partitions"), esc(say("pipeline.partitions_note")), _table(heads, lines, say)
    )


def workers(rows: Sequence[Row], rules: str, at: datetime, say: Speech) -> str:
    """The workers that were heard within fifteen seconds; one that judges by other rules stands out."""
    lines = []
    for row in rows:
        other = row["rules"] and row["rules"] != rules
        lines.append(
            (
                esc(row["worker"]),
                str(row["partitions"]),
                number(row["behind"]),
                f'<code class="{"cw-late" if other else ""}">{esc((row["rules"] or "–")[:8])}</code>',
                esc(say("sources.ago", span=say.span(at - row["seen_at"]))),
            )
        )
    heads = ("worker", "partitions_n", "behind", "rules", "heard")
    body = _table(heads, lines, say) if lines else _none(say("pipeline.no_worker_note"))
    return panel("workers", say("pipeline.workers"), esc(say("pipeline.workers_note")), body)


def throughput(found: Sequence[Stage], say: Speech) -> str:
    """What goes through each stage a second: the mean of the last minute, and its course."""
    lines = []
    for each in found:
        now, most = (_rate(value, say) for value in (each.now, each.most))
        alt = say("pipeline.throughput_alt", stage=say(f"pipeline.stages.{each.name}"), now=now, most=most)
        lines.append(
            (
                f'<span title="{esc(say(f"pipeline.stages.{each.name}_help"))}">'
                f"{esc(say(f'pipeline.stages.{each.name}'))}</span>",
                f'<b data-testid="rate-{each.name}">{esc(now)}</b>',
                esc(most),
                bars(each.course, alt, width=240.0, height=26.0),
            )
        )
    body = f'<div class="cw-rates">{_table(("stage", "per_second", "most", "course"), lines, say)}</div>'
    return panel("throughput", say("pipeline.throughput"), esc(say("pipeline.throughput_note")), body)


def _rate(value: float, say: Speech) -> str:
    """A figure a second; below ten with one decimal, for there it tells."""
    if value >= 10 or not value:
        return number(round(value))
    return f"{max(value, 0.1):.1f}".replace(".", "," if say.language == "nl" else ".")


def quarantine(told: Aside, at: datetime, say: Speech) -> str:
    """Why records were set aside, and the records: where they stood, never what they said."""
    if not told.reasons:
        return panel("quarantine", say("pipeline.quarantine"), "", _none(say("pipeline.nothing_aside")))
    links = "".join(
        f'<a href="{esc(changed(reason=None if told.reason == row["reason"] else row["reason"], after=None))}" '
        f'data-testid="reason-{esc(row["reason"])}"{" aria-current=true" if told.reason == row["reason"] else ""}>'
        f"{esc(_reason(row['reason'], say))} {number(row['n'])}</a>"
        for row in told.reasons
    )
    lines = [
        (
            _when(row["recorded_at"], at, say),
            esc(_reason(row["reason"], say)),
            esc(row["detail"] or "–"),
            f"<code>{esc(row['topic'] or '–')} {row['partition']} {row['offset']}</code>",
            f"<code>{esc((row['digest'] or '–')[:12])}</code>",
        )
        for row in told.rows[: told.most]
    ]
    last = told.rows[told.most - 1] if len(told.rows) > told.most else None
    after = f"{last['place']}~{last['name']}" if last else None
    heads = ("recorded", "reason", "detail", "place", "digest")
    body = f'<nav class="cw-pills" aria-label="{esc(say("pipeline.reason"))}">{links}</nav>{_table(heads, lines, say)}'
    note = f"{esc(say('pipeline.quarantine_note'))} <code>clausewatch runbook quarantine</code>"
    return panel("quarantine", say("pipeline.quarantine"), note, body + ways(told.later, after, say))


def revising(rows: Sequence[Row], at: datetime, say: Speech) -> str:
    """What is judged again, and why."""
    causes = catalogue(say.language)
    lines = [
        (
            str(row["partition"]),
            esc(causes.get(f"cause.{row['cause']}", row["cause"])),
            number(row["n"]),
            _when(row["opened_at"], at, say),
        )
        for row in rows
    ]
    body = (
        _table(("partition", "cause", "pieces", "since"), lines, say) if lines else _none(say("pipeline.none_revised"))
    )
    return panel("revising", say("pipeline.revising"), "", body)


def holes(rows: Sequence[Row], at: datetime, say: Speech) -> str:
    """Where the log has records missing, and what was decided about it."""
    lines = [
        (
            f"<code>{esc(row['topic'])} {row['partition']}</code>",
            f"{number(row['expected'])} → {number(row['got'])}",
            _when(row["refused_at"], at, say),
            esc(say("pipeline.accepted", reason=row["reason"])) if row["accepted_at"] else _alarm(say),
        )
        for row in rows
    ]
    body = _table(("place", "missing", "met", "decided"), lines, say) if lines else _none(say("pipeline.no_holes"))
    return panel("holes", say("pipeline.holes"), "", body)


def room(told: Room, say: Speech) -> str:
    """Disk and versions."""
    rows = [
        (say("pipeline.free"), say("pipeline.gigabytes", n=f"{told.free / 1024**3:,.1f}".replace(",", "\u202f"))),
        (say("pipeline.growth"), told.foretold),
        (say("pipeline.software"), told.software),
        (say("finding.policy"), told.policy),
        (say("pipeline.rules"), told.rules[:8]),
    ]
    body = "".join(f"<dt>{esc(name)}</dt><dd>{esc(value)}</dd>" for name, value in rows)
    return panel("room", say("pipeline.room"), "", f'<dl class="cw-dl">{body}</dl>')


def _alarm(say: Speech) -> str:
    words = esc(say("pipeline.not_decided"))
    return f'<span class="cw-late">✖ {words}</span> <code>clausewatch runbook hole-in-the-log</code>'


def _reason(reason: str, say: Speech) -> str:
    """In words; of a reason that an older version gave, its name."""
    return str(catalogue(say.language).get(f"quarantine.{reason}", reason.replace("_", " ")))


def _none(text: str) -> str:
    return f'<p class="cw-none">{esc(text)}</p>'


def _when(moment: Any, at: datetime, say: Speech) -> str:
    return f'<span title="{esc(utc(moment))}">{esc(say.clock(moment, at))}</span>' if moment else "–"


def _milliseconds(value: float | None, say: Speech) -> str:
    if value is None:
        return "–"
    return f"{number(round(value))} ms" if value < 10_000 else f"{number(round(value / 1000))} s"


def _table(heads: Iterable[str], lines: Iterable[Sequence[str]], say: Speech) -> str:
    return table((say(f"pipeline.heads.{name}") for name in heads), lines)
