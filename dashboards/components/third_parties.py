"""The panels of Third parties: the map, the countries, the agreements, recipients by ground."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from dashboards.address import changed, link
from dashboards.components.filters import let_go
from dashboards.components.panel import esc, panel, table
from dashboards.components.world import name_of, world
from dashboards.speech import Speech, number, utc
from dashboards.transfers import ENDS_SOON, Agreement, Country, Safeguard

MARK = {Safeguard.NONE: "✖ ", Safeguard.DEROGATION: "◆ "}
SHOWN = 40


def country_map(found: Sequence[Country], say: Speech) -> str:
    """The map with its legend; what it shows stands in the table beside it too."""
    kinds = {each.code: each.safeguard.value for each in found}
    legend = "".join(
        f'<span><i class="cw-key cw-land-{each}"></i>{esc(say(f"transfers.safeguards.{each}"))}</span>'
        for each in Safeguard
    )
    weak = sum(each.safeguard is Safeguard.NONE for each in found)
    alt = say("transfers.alt", n=len(found), weak=weak)
    source = f'<p class="cw-note">{esc(say("transfers.shapes"))}</p>'
    body = f'{world(kinds, alt)}<p class="cw-legend cw-legend-map">{legend}</p>{source}'
    return panel("map", say("transfers.map"), esc(alt), body)


def narrowing(picked: Mapping[str, str | None], say: Speech) -> str:
    """What the address narrows the page to, each with how to let it go."""
    told = {**picked, "country": name_of(picked["country"]) if picked["country"] else None}
    return "".join(let_go(words, name, say, **{name: None}) for name, words in told.items() if words)


def country_list(found: Sequence[Country], days: int, picked: Mapping[str, str | None], say: Speech) -> str:
    """A line a country, the weakest safeguard first."""
    heads = ("country", "safeguard", "recipients", "events", "breaches")
    lines = [
        (
            f"<b>{esc(each.code)}</b> {esc(name_of(each.code))}",
            f'<span class="cw-guard-{each.safeguard}">{MARK.get(each.safeguard, "")}'
            f"{esc(_safeguard(each, say))}</span>",
            _narrow(len(each.recipients), country=each.code),
            _narrow(each.events, country=each.code),
            _breaches(each.breaches, days, picked, say, country=each.code),
        )
        for each in found
    ]
    return panel("countries", say("transfers.countries"), "", _table(heads, lines, say))


def agreement_list(found: Sequence[Agreement], at: datetime, days: int, say: Speech) -> str:
    """Which are in force, the one that ends first on top, and what rests on each."""
    lines = [
        (
            f"<code>{esc(each.name)}</code>",
            f"<code>{esc(each.party)}</code>",
            esc(each.kind.replace("_", " ")),
            _until(each.until, at, say),
            _link(say("transfers.rests_on", n=each.rests), agreement=each.name) if each.rests else "–",
        )
        for each in found[:SHOWN]
    ]
    note = esc(say("transfers.agreements_note", n=days))
    heads = ("agreement", "party", "kind", "ends", "rests")
    body = _table(heads, lines, say) if lines else f'<p class="cw-none">{esc(say("transfers.no_agreements"))}</p>'
    more = len(found) - SHOWN
    rest = f'<p class="cw-note cw-more">{esc(say("needs.more", n=more))}</p>' if more > 0 else ""
    return panel("agreements", say("transfers.agreements"), note, body + rest)


def ground_list(
    found: Sequence[tuple[str, str, int, int]], days: int, picked: Mapping[str, str | None], say: Speech
) -> str:
    """Recipients by ground, those with breaches first."""
    lines = [
        (
            f"<code>{esc(recipient)}</code>",
            esc(ground.replace("_", " ")),
            _narrow(n, recipient=_named(recipient)),
            _breaches(breaches, days, picked, say, recipient=_named(recipient), ground=_named(ground)),
        )
        for recipient, ground, n, breaches in found[:SHOWN]
    ]
    more = len(found) - SHOWN
    rest = f'<p class="cw-note cw-more">{esc(say("needs.more", n=more))}</p>' if more > 0 else ""
    heads = ("recipient", "ground", "events", "breaches")
    return panel("grounds", say("transfers.grounds"), "", _table(heads, lines, say) + rest)


def _safeguard(each: Country, say: Speech) -> str:
    return say(f"transfers.safeguards.{each.safeguard}")


def _named(word: str) -> str:
    """A word as the address has it: a dash where none was said."""
    return "-" if word == "–" else word


def _narrow(n: int, **parts: str) -> str:
    """A figure that narrows the page to what it counts."""
    return _link(number(n), **parts)


def _link(text: str, **parts: str) -> str:
    return f'<a class="cw-link" href="{esc(changed(**parts))}">{esc(text)}</a>'


def _breaches(n: int, days: int, picked: Mapping[str, str | None], say: Speech, **own: str) -> str:
    """A figure that leads to exactly the breaches that it counts; no filter tells which agreement one rests on."""
    if not n:
        return "–"
    if picked["agreement"]:
        return f'<span class="cw-late">✖ {number(n)}</span>'
    disclosure = {name: picked[name] for name in ("country", "recipient")} | own
    href = esc(link("breaches", state="all", sharing="yes", **disclosure, period=f"{days}d"))
    return f'<a class="cw-late" href="{href}" aria-label="{esc(say("subject.breaches", n=n))}">✖ {number(n)}</a>'


def _until(until: datetime | None, at: datetime, say: Speech) -> str:
    if until is None:
        return esc(say("transfers.open_end"))
    near = ' class="cw-near"' if until - at < ENDS_SOON else ""
    mark = "◆ " if near else ""
    return (
        f'<span{near} title="{esc(utc(until))}">{mark}{esc(say("obligations.left", span=say.span(until - at)))}</span>'
    )


def _table(heads: Sequence[str], lines: Sequence[Sequence[str]], say: Speech) -> str:
    return table((say(f"transfers.heads.{name}") for name in heads), lines)
