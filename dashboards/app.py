"""The pages' script, run once per session and change of page: who looks, in which language, and where to."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from html import escape
from pathlib import Path
from urllib.parse import urlencode

import streamlit as st

from dashboards import surroundings, theme
from dashboards.address import along, changed
from dashboards.components.links import links
from dashboards.components.moment import moment_banner, moment_choice
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
    what_if,
)
from dashboards.roles import MAY
from dashboards.sign_in import NotAllowedError, Viewer, present
from dashboards.speech import LANGUAGES, Speech

LOGO = Path(__file__).parent / "components" / "logo.svg"


@dataclass(frozen=True)
class Entry:
    """A page of the menu: its name is its address and, as `menu.<name>`, its title."""

    name: str
    draw: Callable[[Speech], None]
    icon: str

    @property
    def roles(self) -> frozenset[str]:
        """Who may see it."""
        return MAY[self.name]


MENU: Mapping[str, tuple[Entry, ...]] = {
    "watch": (
        Entry("now", now.page, ":material/radar:"),
        Entry("alerts", alerts.page, ":material/notifications:"),
        Entry("breaches", breaches.page, ":material/report:"),
        Entry("obligations", obligations.page, ":material/hourglass_top:"),
        Entry("subject", subject.page, ":material/person_search:"),
        Entry("transfers", transfers.page, ":material/public:"),
        Entry("policy", policy.page, ":material/gavel:"),
        Entry("what-if", what_if.page, ":material/alt_route:"),
    ),
    "systems": (
        Entry("newsletter", newsletter.page, ":material/mail:"),
        Entry("recruitment", recruitment.page, ":material/work:"),
        Entry("website", website.page, ":material/language:"),
    ),
    "run": (Entry("pipeline", pipeline.page, ":material/conversion_path:"),),
    "tell": (
        Entry("register", register.page, ":material/menu_book:"),
        Entry("snapshots", snapshots.page, ":material/description:"),
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
    who: Viewer | None = None
    reason = "role"
    try:
        who = present()
    except NotAllowedError as fault:
        reason = fault.reason
    sections = {
        section: {entry: _page(entry, who, reason, say) for entry in entries} for section, entries in MENU.items()
    }
    chosen_page = st.navigation([page for pages in sections.values() for page in pages.values()], position="hidden")
    if who is not None:
        with st.sidebar:
            _side(_allowed(sections, who), who, say)
        moment_banner(chosen_page.url_path or FIRST, say)
    chosen_page.run()


def _page(entry: Entry, who: Viewer | None, reason: str, say: Speech) -> st.Page:
    """The page at its address; for whom it is not meant, why not."""
    may = who is not None and who.role in entry.roles
    return st.Page(
        partial(entry.draw, say) if may else partial(_refused, entry, "page" if who else reason, say),
        title=say(f"menu.{entry.name}"),
        icon=entry.icon,
        url_path=entry.name,
        default=entry.name == FIRST,
    )


def _allowed(sections: Mapping[str, Mapping[Entry, st.Page]], who: Viewer) -> dict[str, list[st.Page]]:
    """The menu of this role by section."""
    found = {
        section: [page for entry, page in pages.items() if who.role in entry.roles]
        for section, pages in sections.items()
    }
    return {section: pages for section, pages in found.items() if pages}


def _refused(entry: Entry, reason: str, say: Speech) -> None:
    """Why nothing is shown at this address, and what to do: sign in and come back here, as another, or not at all."""
    title, note = escape(say(f"sign_in.{reason}")), escape(say(f"sign_in.{reason}_note"))
    link = ""
    if reason in ("out", "expired", "role"):
        wanted = f"/{'' if entry.name == FIRST else entry.name}" + (
            f"?{query}" if (query := urlencode(st.query_params.to_dict())) else ""
        )
        link = (
            f'<a class="cw-button" data-testid="sign-in" data-load target="_self" '
            f'href="/sign-in?{urlencode({"to": wanted})}">{escape(say(f"sign_in.{reason}_do"))}</a>'
        )
    st.html(
        f'<div class="cw-state cw-gate" data-testid="refused" data-reason="{reason}">'
        f'<div class="cw-brand"><span aria-hidden="true">✓</span>{escape(say("brand"))}</div>'
        f'<h1 class="cw-h1">{title}</h1><p>{note}</p>{link}</div>'
    )


def _side(sections: Mapping[str, list[st.Page]], who: Viewer, say: Speech) -> None:
    st.html(f'<div class="cw-brand"><span aria-hidden="true">✓</span>{escape(say("brand"))}</div>')
    for section, pages in sections.items():
        st.html(f'<div class="cw-section">{escape(say(f"menu.{section}"))}</div>')
        for page in pages:
            st.page_link(page, query_params=along() or None)
    moment_choice(say)
    current = ("", ' aria-current="true"')
    languages = "".join(
        f'<a href="{escape(changed(lang=each))}" target="_self" data-load lang="{each}"{current[each == say.language]}>'
        f"{each.upper()}</a>"
        for each in LANGUAGES
    )
    if surroundings.provider() is None:
        where = f"<p>{escape(say('side.local'))}</p>"
    else:
        where = f'<p class="cw-lang"><a href="/sign-out" target="_self" data-load>{escape(say("side.out"))}</a></p>'
    st.html(
        f'<div class="cw-side"><p><b>{escape(who.name)}</b> · {escape(say(f"side.{who.role}"))}</p>{where}'
        f'<p>{escape(say("side.zone", zone=say.zone))}</p><p class="cw-lang">{languages}</p></div>'
    )
    links()


main()
