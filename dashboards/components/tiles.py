"""The strip of tiles: kept, with evidence and fresh are three figures, never one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from dashboards.address import link
from dashboards.components.panel import esc
from dashboards.components.sparks import bars, line
from dashboards.figures import Now, State
from dashboards.speech import Speech, number
from dashboards.store import Bundle

REFRESH = 2.0  # seconds until a page has fetched what the reader has: added to what the reader measured
BUDGET = 5.0


@dataclass(frozen=True)
class Tile:
    """One figure, what it opens into, and its course."""

    name: str
    value: str
    note: str
    picture: str
    link: str
    alarm: bool = False


def tiles(now: Now, bundle: Bundle, say: Speech) -> str:
    """The seven tiles as links."""
    every = len(now.promises)
    silent, running = now.count(State.SILENT), now.count(State.RUNNING)
    without = every - now.evidenced
    unread = int(bundle.pulse.get("quarantined_24h") or 0)
    shown = [
        Tile(
            "kept",
            say("tile.of", n=now.count(State.KEPT), all=every),
            say("tile.kept_note", broken=now.count(State.BROKEN), risk=now.count(State.RISK)),
            bars(now.by_hour("kept"), ""),
            link(show="kept"),
        ),
        Tile(
            "evidence",
            say("tile.of", n=now.evidenced, all=every),
            say("tile.evidence_clock", silent=silent, clock=running)
            if running
            else say("tile.evidence_note", n=without),
            bars(now.by_hour("evidence"), ""),
            link(show="evidence"),
        ),
        Tile(
            "fresh",
            say("tile.of", n=now.fresh, all=every),
            say("tile.fresh_note"),
            bars([promise.fresh for promise in now.promises], ""),
            link(show="fresh"),
        ),
        Tile(
            "breaches",
            number(now.standing),
            say("tile.breaches_note", n=now.recent) if now.recent else say("tile.breaches_calm"),
            bars(now.by_hour("breaches"), ""),
            link("breaches"),
            alarm=now.recent > 0,
        ),
        Tile(
            "deadlines",
            number(now.within_week),
            say("tile.deadlines_passed", n=now.overdue) if now.overdue else say("tile.deadlines_calm"),
            bars(now.days, ""),
            link("obligations", state="week"),
            alarm=now.overdue > 0,
        ),
        Tile(
            "events",
            number(int(bundle.pulse.get("events_24h") or 0)),
            say("tile.events_note", n=unread) if unread else say("tile.events_calm"),
            bars(_a_minute(bundle, now), ""),
            "#sources",
        ),
        _screen(bundle, say),
    ]
    return strip(shown, say, "tile")


def strip(shown: Sequence[Tile], say: Speech, words: str, classes: str = "cw-tiles") -> str:
    """Tiles in one line; `words`: where the catalogue has what each is called, and its `<name>_help`."""
    cells = "".join(_tile(tile, say, words) for tile in shown)
    return f'<div class="{classes}">{cells}</div>'


def _screen(bundle: Bundle, say: Speech) -> Tile:
    if not bundle.delays:
        return Tile("screen", "–", say("tile.screen_none"), line([], ""), "#sources")
    seconds = sorted(bundle.delays)[max(0, int(len(bundle.delays) * 0.95) - 1)] + REFRESH
    value = (
        f"{seconds:.1f} {say.span(timedelta(seconds=0)).split()[-1]}"
        if seconds < 60
        else say.span(timedelta(seconds=seconds))
    )
    picture = line([delay + REFRESH for delay in bundle.delays], "")
    return Tile("screen", value, say("tile.screen_note"), picture, "#sources", alarm=seconds > BUDGET)


def _a_minute(bundle: Bundle, now: Now) -> list[int]:
    """Events of all systems in each of the last thirty whole minutes."""
    last = now.at.replace(second=0, microsecond=0)
    total: dict[int, int] = {}
    for row in bundle.minutes:
        back = round((last - row["minute"]).total_seconds() / 60)
        total[back] = total.get(back, 0) + row["n"]
    return [total.get(back, 0) for back in range(30, 0, -1)]


def _tile(tile: Tile, say: Speech, words: str) -> str:
    alarm = " cw-alarm" if tile.alarm else ""
    return (
        f'<a class="cw-tile" href="{esc(tile.link)}" target="_self" data-testid="tile-{tile.name}" '
        f'title="{esc(say(f"{words}.{tile.name}_help"))}">'
        f'<span class="cw-tile-label">{esc(say(f"{words}.{tile.name}"))}</span>'
        f'<span class="cw-tile-value">{esc(tile.value)}</span>'
        f'<span class="cw-chip{alarm}">{esc(tile.note)}</span>'
        f"{tile.picture}</a>"
    )
