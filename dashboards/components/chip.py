"""The freshness chip: it ages in the browser, so it also tells when the server itself is gone.

States by age of the last answer: live, slow (over 10 s, amber), not live (over 30 s, red). While the
warehouse answers, two more: *quiet*, sources send nothing but the workers are heard; *blind*, the workers are
not heard.
It also keeps the tab's title; its tooltip names the runbook of what is wrong.
"""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import Any

import streamlit as st

from dashboards.as_of import Moment
from dashboards.speech import Speech
from dashboards.store import Bundle, Freshness
from infra import runbooks

QUIET_AFTER = 60.0  # seconds without an event
BLIND_AFTER = 30.0  # seconds without a word of any worker
SLOW_AFTER, DEAD_AFTER = 10.0, 30.0
WORDS = ("live", "starting", "idle", "slow", "dead", "quiet", "blind", "never")

_CSS = """
.chip { font: 500 12px/1.2 var(--cw-font); font-variant-numeric: tabular-nums; display: inline-flex; gap: 7px;
  align-items: center; padding: 6px 12px; border: 1px solid var(--cw-line); border-radius: 99px;
  color: var(--cw-ink);
  background: var(--cw-page); white-space: nowrap; }
.chip[data-state=slow], .chip[data-state=starting] { border-color: var(--cw-amber); }
.chip[data-state=dead], .chip[data-state=blind] { background: var(--cw-alarm); border-color: var(--cw-alarm);
  color: #fff; font-weight: 650; white-space: normal; }
.chip[data-state=moment] { border-color: var(--cw-brand); color: var(--cw-brand); font-weight: 650; }
[data-state=moment] .mark { color: var(--cw-brand); }
.mark { font-size: 10px; line-height: 1; color: var(--cw-teal); }
[data-state=slow] .mark, [data-state=starting] .mark { color: var(--cw-amber-ink); }
[data-state=quiet] .mark { color: var(--cw-muted); }
[data-state=dead] .mark, [data-state=blind] .mark { color: #fff; }
"""


@cache
def _script() -> str:
    return resources.files("dashboards.components").joinpath("chip.js").read_text("utf-8")


def told(moment: Moment, say: Speech) -> str:
    """The moment in the chip's few words."""
    if moment.as_of is None:
        return say("moment.chip_known", when=say.moment(moment.known_at)) if moment.known_at else ""
    return say("moment.chip", when=say.moment(moment.as_of))


def said(bundle: Bundle, fresh: Freshness, say: Speech, title: str) -> dict[str, Any]:
    """What the browser is told: ages in seconds at this moment, the words, and the tab's title."""
    at, pulse = bundle.taken_at, bundle.pulse

    def age(name: str) -> float | None:
        known = pulse.get(name)
        return None if at is None or known is None else max(0.0, (at - known).total_seconds())

    to = pulse.get("data_to")
    return {
        "answered": fresh.age,
        "waited": fresh.waiting_for,
        "heard": age("heard_at"),
        "quiet": age("recorded_at"),
        "to": say.clock(to, at) if to else "",
        "since": say.clock(pulse["recorded_at"], at) if pulse.get("recorded_at") else "",
        "limits": {"slow": SLOW_AFTER, "dead": DEAD_AFTER, "quiet": QUIET_AFTER, "blind": BLIND_AFTER},
        "runbooks": {word: runbooks.hint(page) for word in WORDS if (page := runbooks.of("page", word)) is not None},
        "words": {word: say.raw(f"chip.{word}") for word in WORDS},
        "title": title,
        "moment": "" if bundle.moment.is_now else told(bundle.moment, say),
    }


def chip(bundle: Bundle, fresh: Freshness, say: Speech, title: str) -> None:
    """Mount the chip."""
    component = st.components.v2.component(
        "clausewatch_freshness",
        html='<span class="chip" role="status" data-testid="freshness">'
        '<span class="mark" aria-hidden="true"></span><span class="text"></span></span>',
        css=_CSS,
        js=_script(),
    )
    component(data=said(bundle, fresh, say, title), key="freshness")
