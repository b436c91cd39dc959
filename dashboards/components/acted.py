"""What became of an event that was published from a page."""

from __future__ import annotations

from collections.abc import Set

import streamlit as st

from dashboards.speech import Speech


def acted(words: str, fault: str, ids: Set[str], seen: Set[str], say: Speech) -> None:
    """Not done until one of the `ids` came back through the audit, among the `seen`; `fault`: why none was sent.

    `words`: where the catalogue has `done`, `pending` and `not_done.<fault>`.
    """
    if fault:
        st.error(say(f"{words}.not_done.{fault}"))
    elif seen & ids:
        st.success(say(f"{words}.done"))
    else:
        st.info(say(f"{words}.pending"))
