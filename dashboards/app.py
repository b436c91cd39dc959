"""The pages' script, run once per session and change of page: who looks, in which language, and where to."""

from __future__ import annotations

from functools import partial
from html import escape
from pathlib import Path

import streamlit as st

from dashboards import theme
from dashboards.pages import now
from dashboards.sign_in import viewer
from dashboards.speech import LANGUAGES, Speech

LOGO = Path(__file__).parent / "components" / "logo.svg"


def speech() -> Speech:
    """The address' language, else the browser's; the browser's time zone."""
    asked = st.query_params.get("lang") or (st.context.locale or "")[:2]
    return Speech(asked if asked in LANGUAGES else "en", st.context.timezone or "UTC")


def main() -> None:
    """Everything of one run."""
    say = speech()
    st.set_page_config(page_title=say("tab.calm"), page_icon=str(LOGO), layout="wide")
    theme.apply()
    who = viewer(st.get_option("server.address"))
    if who is None:
        title, note = escape(say("state.refused")), escape(say("state.refused_note"))
        st.html(f'<div class="cw-state" data-testid="refused"><h1 class="cw-h1">{title}</h1><p>{note}</p></div>')
        st.stop()
    page = st.Page(partial(now.page, say), title=say("menu.now"), icon=":material/radar:", url_path="now", default=True)
    chosen = st.navigation([page], position="hidden")
    with st.sidebar:
        brand, section = escape(say("brand")), escape(say("menu.watch"))
        st.html(f'<div class="cw-brand"><span aria-hidden="true">✓</span>{brand}</div>')
        st.html(f'<div class="cw-section">{section}</div>')
        st.page_link(page)
        role = escape(say(f"side.{who.role}"))
        current = ("", ' aria-current="true"')
        links = "".join(
            f'<a href="?lang={each}" target="_self" lang="{each}"{current[each == say.language]}>{each.upper()}</a>'
            for each in LANGUAGES
        )
        st.html(
            f'<div class="cw-side"><p title="{escape(say("side.local"))}">'
            f"<b>{escape(who.name)}</b> · {role}</p>"
            f'<p>{escape(say("side.zone", zone=say.zone))}</p><p class="cw-lang">{links}</p></div>'
        )
    chosen.run()


main()
