"""Links and filter forms that change the address without loading the page anew."""

from __future__ import annotations

from functools import cache
from importlib import resources

import streamlit as st


@cache
def _script() -> str:
    return resources.files("dashboards.components").joinpath("links.js").read_text("utf-8")


def links() -> None:
    """Listen in this tab; once a run."""
    component = st.components.v2.component("clausewatch_links", html="<span></span>", js=_script())
    component(key="links")
