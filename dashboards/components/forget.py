"""Taking a part out of the address, and of the browser's history, that must not stay there."""

from __future__ import annotations

import streamlit as st

_SCRIPT = """
export default function (component) {
  const url = new URL(location.href);
  url.searchParams.delete(component.data);
  history.replaceState(history.state, "", url);
}
"""


def forget(part: str) -> None:
    """Replace this entry of the history by one without that part; Back leads to what was before."""
    st.components.v2.component("clausewatch_forget", html="<span></span>", js=_SCRIPT)(key=f"forget-{part}", data=part)
