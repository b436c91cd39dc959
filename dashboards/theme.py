"""The palette and all the CSS that Streamlit's own theme (`.streamlit/config.toml`) does not reach.

Grey-blue is normal, colour means *act*; a symbol stands beside each colour. `light-dark()` follows the scheme that
Streamlit sets, so that a change of theme asks the server nothing.
"""

from __future__ import annotations

from functools import cache
from importlib import resources

import streamlit as st

PALETTE = {  # name: (light, dark)
    "ink": ("#1C2127", "#E6E9EE"),
    "muted": ("#5A6068", "#A5ACB8"),
    "line": ("#E1E4E9", "#2D343E"),
    "page": ("#FFFFFF", "#12161C"),
    "panel": ("#F5F6F8", "#1B2129"),
    "kept": ("#E4EBEE", "#1F2C33"),
    "amber": ("#C77E12", "#FFC53D"),
    "amber-ink": ("#8F5608", "#FFC53D"),  # amber as text: 4.5 to 1 on the page
    "red": ("#B92B27", "#F0604D"),
    "alarm": ("#B92B27", "#B92B27"),  # under white text
    "teal": ("#00758F", "#56D4EA"),
    "brand": ("#33318A", "#7C93F0"),
    "bar": ("#8C9199", "#737B87"),
    "on-amber": ("#1C2127", "#12161C"),
    "on-red": ("#FFFFFF", "#12161C"),
    "alarm-panel": ("#FBEAEA", "#33191A"),
    "warn-panel": ("#FCF3E2", "#2D2513"),
}


def variables() -> str:
    """The palette as CSS variables."""
    return "".join(f"--cw-{name}:light-dark({light},{dark});" for name, (light, dark) in PALETTE.items())


@cache
def css() -> str:
    """The palette as variables, then `theme.css`."""
    return f".stApp{{{variables()}}}\n" + resources.files("dashboards").joinpath("theme.css").read_text("utf-8")


def apply() -> None:
    """Put the style on the page; once a run."""
    st.html(f"<style>{css()}</style>")
