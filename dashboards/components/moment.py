"""Which moment the pages show: the choice of one, and the banner around every page while it is not now."""

from __future__ import annotations

from datetime import datetime

import streamlit as st

from dashboards.address import changed, misread, moment
from dashboards.as_of import NAMES, PAGES, Moment
from dashboards.components.panel import esc
from dashboards.speech import Speech, utc

_HERE = dict.fromkeys((*NAMES, "after"))  # the parts of an address that say a moment, or a place in its list


def moment_banner(page: str, say: Speech) -> None:
    """What is looked at when it is not now, whether this page shows it, and the way back; what was said wrongly."""
    at = moment()
    for fault in misread():
        text = say(f"moment.{fault.why}", name=fault.name, text=fault.text[:40])
        st.html(f'<div class="cw-banner" role="alert" data-testid="banner-moment-fault">{esc(text)}</div>')
    if not at.is_now:
        words = _told(at, say) if page in PAGES else esc(say("moment.elsewhere"))
        links = "".join(_links(at, page in PAGES, say))
        st.html(
            f'<div class="cw-banner cw-banner-moment" role="status" data-testid="banner-moment">'
            f'<span>{words}</span><nav aria-label="{esc(say("moment.shown_other"))}">{links}</nav></div>'
        )


def moment_choice(say: Speech) -> None:
    """The form that chooses it, folded away while it is now."""
    at = moment()
    fields = "".join(
        f"<label>{esc(say(f'moment.{name}'))}"
        f'<input type="datetime-local" name="{name}" {_field(value, say)}'
        f'title="{esc(say(f"moment.{name}_help"))}"></label>'
        for name, value in zip(NAMES, (at.as_of, at.known_at), strict=True)
    )
    summary = say("moment.shown_now") if at.is_now else say("moment.shown_other")
    st.html(
        f'<details class="cw-moment" data-testid="moment"{"" if at.is_now else " open"}>'
        f"<summary>{esc(summary)}</summary>"
        f'<form class="cw-form" method="get" action="{esc(changed(**_HERE))}">{fields}'
        f'<button type="submit" class="cw-button">{esc(say("moment.show"))}</button></form></details>'
    )


def _told(at: Moment, say: Speech) -> str:
    """HTML: the moment, and what is known of it."""
    when = _instant(at.as_of, say) if at.as_of else f"<b>{esc(say('moment.now'))}</b>"
    words = esc(say.raw("moment.as_of_banner")).format(when=when)
    if at.known_at is None:
        return words + " " + esc(say("moment.known_now"))
    known = esc(say.raw("moment.known_then")).format(when=_instant(at.known_at, say))
    return f'{words} {known} <span class="cw-dim">{esc(say("moment.passes"))}</span>'


def _links(at: Moment, shown: bool, say: Speech) -> list[str]:
    found = []
    if shown and at.as_of and at.known_at != at.as_of:
        found.append(_link("then", changed(known_at=at.address["as_of"], after=None), say))
    if shown and at.as_of and at.known_at:
        found.append(_link("today", changed(known_at=None, after=None), say))
    return [*found, _link("back", changed(**_HERE), say)]


def _link(name: str, href: str, say: Speech) -> str:
    return f'<a class="cw-link" href="{esc(href)}" data-testid="moment-{name}">{esc(say(f"moment.{name}"))}</a>'


def _instant(at: datetime, say: Speech) -> str:
    return f'<b title="{esc(utc(at))}">{esc(say.full(at))}</b>'


def _field(at: datetime | None, say: Speech) -> str:
    """Value of a field, in the viewer's zone; with seconds only where there are any."""
    if at is None:
        return ""
    local = at.astimezone(say.tz)
    if local.second or local.microsecond:
        return f'value="{local:%Y-%m-%dT%H:%M:%S}" step="1" '
    return f'value="{local:%Y-%m-%dT%H:%M}" '
