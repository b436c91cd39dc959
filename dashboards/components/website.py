"""The panels of Website: cookies without consent, forms, who gets visits, and what the latest visits show."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta

from dashboards.address import link
from dashboards.components.panel import esc, panel, table
from dashboards.components.system import columns, hours, pairs
from dashboards.speech import Speech, number
from dashboards.store import Row
from dashboards.website import ADDRESSES, TRACKING
from dashboards.weeks import Weeks

TONES = {"preferences": "light", "statistics": "middle", "marketing": "strong"}


def cookies(rows: Sequence[Row], shown: Weeks, say: Speech) -> str:
    """Visits that set personal cookies without consent, by week and kind; below, which cookies."""
    weekly = [row for row in rows if row["week"] is not None]
    up = [
        (_kind(kind, say), TONES[kind], shown.sums(row for row in weekly if row["kind"] == kind)) for kind in TRACKING
    ]
    named = [row for row in rows if row["week"] is None]
    if not named:
        body = f'<p class="cw-none">{esc(say("website.no_cookies"))}</p>'
        return panel("cookies", say("website.cookies"), "", body)
    lines = [(f"<code>{esc(row['name'])}</code>", esc(_kind(row["kind"], say)), number(row["n"])) for row in named]
    heads = (say(f"website.heads.{name}") for name in ("cookie", "kind", "visits"))
    alt = say("website.cookies_alt", kinds=", ".join(f"{name} {number(sum(values))}" for name, _, values in up))
    body = columns(up, [], shown, alt, say) + table(heads, lines)
    return panel("cookies", say("website.cookies"), esc(alt), body)


def forms(rows: Sequence[Row], purposes: Collection[str], say: Speech) -> str:
    """Which forms serve which purpose on which basis; a purpose that the policy does not know stands out."""
    if not rows:
        return panel("forms", say("website.forms"), "", f'<p class="cw-none">{esc(say("website.no_forms"))}</p>')
    lines = [
        (
            f"<code>{esc(row['form'] or '–')}</code>",
            _purpose(row["purpose"], purposes),
            esc((row["basis"] or "–").replace("_", " ")),
            number(row["n"]),
            f'<span class="cw-late">✖ {number(row["http"])}</span>' if row["http"] else "–",
        )
        for row in rows
    ]
    heads = (say(f"website.heads.{name}") for name in ("form", "purpose", "basis", "sent", "http"))
    return panel("forms", say("website.forms"), esc(say("website.forms_note")), table(heads, lines))


def parties(rows: Sequence[Row], shown: Weeks, say: Speech) -> str:
    """Who got data of the website; breaches of the promises on sharing lead to themselves."""
    if not rows:
        return panel("parties", say("website.parties"), "", f'<p class="cw-none">{esc(say("website.no_parties"))}</p>')
    lines = [
        (
            f"<code>{esc(row['recipient'] or '–')}</code> {esc(row['country'] or '–')}",
            number(row["n"]),
            _shared(row, shown),
        )
        for row in rows
    ]
    heads = (say(f"website.heads.{name}") for name in ("party", "given", "breaches"))
    return panel("parties", say("website.parties"), esc(say("website.parties_note")), table(heads, lines))


def latest(found: Mapping[str, Mapping[str, int]], minutes: int, say: Speech) -> str:
    """What the latest visits show: addresses, wishes not to be followed, cookies by kind."""
    told = found["address"]
    addresses = [(esc(say(f"website.addresses.{name}")), number(told[name])) for name in ADDRESSES if told.get(name)]
    asked = [
        (esc(say("website.left")), number(found["asked"].get("left", 0))),
        (esc(say("website.followed")), _bad(found["asked"].get("followed", 0))),
    ]
    kinds = [(esc(_cookie(name, say)), number(n)) for name, n in found["cookie"].items()]
    parts = (("address", addresses), ("asked", asked), ("set", kinds))
    body = "".join(
        pairs((say(f"website.heads.{name}"), say("website.heads.visits")), lines) for name, lines in parts if lines
    )
    n = found["visits"].get("", 0)
    note = say("website.latest_note", n=n, span=hours(timedelta(minutes=minutes), say))
    return panel("latest", say("website.latest"), esc(note), body)


def _kind(kind: str, say: Speech) -> str:
    return say(f"website.kinds.{kind}") if kind in (*TRACKING, "necessary") else kind or "–"


def _cookie(name: str, say: Speech) -> str:
    kind, _, personal = name.partition(" ")
    return f"{_kind(kind, say)}, {say('website.personal')}" if personal else _kind(kind, say)


def _purpose(purpose: str | None, known: Collection[str]) -> str:
    words = esc((purpose or "–").replace("_", " "))
    return words if purpose is None or purpose in known else f'<span class="cw-late">✖ {words}</span>'


def _shared(row: Row, shown: Weeks) -> str:
    said = {name: row[name] or "-" for name in ("recipient", "country")}
    href = link("breaches", state="all", sharing="yes", system="website", since=shown.since.isoformat(), **said)
    return f'<a class="cw-late" href="{esc(href)}">✖ {number(row["breaches"])}</a>' if row["breaches"] else "–"


def _bad(n: int) -> str:
    return f'<span class="cw-late">✖ {number(n)}</span>' if n else number(n)
