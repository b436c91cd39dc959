"""The pages' script, run once per session and change of page: who looks, in which language, and where to."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from html import escape
from pathlib import Path

import streamlit as st

from dashboards import theme
from dashboards.address import changed, chosen
from dashboards.components.links import links
from dashboards.pages import (
    alerts,
    breaches,
    newsletter,
    now,
    obligations,
    pipeline,
    policy,
    recruitment,
    register,
    snapshots,
    subject,
    transfers,
    website,
)
from dashboards.sign_in import Viewer, viewer
from dashboards.speech import LANGUAGES, Speech

LOGO = Path(__file__).parent / "components" / "logo.svg"


@dataclass(frozen=True)
class Entry:
    """A page of the menu: its name is its address and, as `menu.<name>`, its title."""

    name: str
    draw: Callable[[Speech], None]
    icon: str
    roles: frozenset[str] = frozenset({"officer"})


MENU: Mapping[str, tuple[Entry, ...]] = {
    "watch": (
        Entry("now", now.page, ":material/radar:"),
        Entry("alerts", alerts.page, ":material/notifications:"),
        Entry("breaches", breaches.page, ":material/report:"),
        Entry("obligations", obligations.page, ":material/hourglass_top:"),
        Entry("subject", subject.page, ":material/person_search:"),
        Entry("transfers", transfers.page, ":material/public:"),
        Entry("policy", policy.page, ":material/gavel:"),
    ),
    "systems": (
        Entry("newsletter", newsletter.page, ":material/mail:"),
        Entry("recruitment", recruitment.page, ":material/work:"),
        Entry("website", website.page, ":material/language:"),
    ),
    "run": (Entry("pipeline", pipeline.page, ":material/conversion_path:", frozenset({"officer", "engineer"})),),
    "tell": (
        Entry("register", register.page, ":material/menu_book:", frozenset({"officer", "management"})),
        Entry("snapshots", snapshots.page, ":material/description:", frozenset({"officer", "management"})),
    ),
}
FIRST = "now"


def speech() -> Speech:
    """The address' language, else the browser's; the browser's time zone."""
    asked = st.query_params.get("lang") or (st.context.locale or "")[:2]
    return Speech(asked if asked in LANGUAGES else "en", st.context.timezone or "UTC")


def main() -> None:
    """Everything of one run."""
    say = speech()
    st.set_page_config(page_title=say("brand"), page_icon=str(LOGO), layout="wide")
    theme.apply()
    who = viewer(st.get_option("server.address"))
    if who is None:
        title, note = escape(say("state.refused")), escape(say("state.refused_note"))
        st.html(f'<div class="cw-state" data-testid="refused"><h1 class="cw-h1">{title}</h1><p>{note}</p></div>')
        st.stop()
    sections = _allowed(who, say)
    chosen_page = st.navigation([page for pages in sections.values() for page in pages], position="hidden")
    with st.sidebar:
        _side(sections, who, say)
    chosen_page.run()


def _allowed(who: Viewer, say: Speech) -> dict[str, list[st.Page]]:
    """The pages of this role by section; what is not among them has no address either."""
    found = {
        section: [
            st.Page(
                partial(entry.draw, say),
                title=say(f"menu.{entry.name}"),
                icon=entry.icon,
                url_path=entry.name,
                default=entry.name == FIRST,
            )
            for entry in entries
            if who.role in entry.roles
        ]
        for section, entries in MENU.items()
    }
    return {section: pages for section, pages in found.items() if pages}


def _side(sections: Mapping[str, list[st.Page]], who: Viewer, say: Speech) -> None:
    language = chosen("lang")
    st.html(f'<div class="cw-brand"><span aria-hidden="true">✓</span>{escape(say("brand"))}</div>')
    for section, pages in sections.items():
        st.html(f'<div class="cw-section">{escape(say(f"menu.{section}"))}</div>')
        for page in pages:
            st.page_link(page, query_params={"lang": language} if language else None)
    current = ("", ' aria-current="true"')
    languages = "".join(
        f'<a href="{escape(changed(lang=each))}" target="_self" data-load lang="{each}"{current[each == say.language]}>'
        f"{each.upper()}</a>"
        for each in LANGUAGES
    )
    st.html(
        f'<div class="cw-side"><p title="{escape(say("side.local"))}">'
        f"<b>{escape(who.name)}</b> · {escape(say(f'side.{who.role}'))}</p>"
        f'<p>{escape(say("side.zone", zone=say.zone))}</p><p class="cw-lang">{languages}</p></div>'
    )
    links()


main()
