"""Snapshots: the quarter's report as its own pages, its digests, the editions before, and what may be taken away."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from dashboards import surroundings
from dashboards.address import chosen
from dashboards.components.frame import drawn, headline
from dashboards.components.sign_off import sign_off
from dashboards.components.snapshots import digests, downloads, earlier, preview, told_of
from dashboards.snapshot.editions import kept
from dashboards.speech import Speech


def folder() -> Path:
    """Where `clausewatch snapshot` keeps this installation's bundles."""
    return surroundings.settings().data_dir / "snapshots"


def page(say: Speech) -> None:
    """Draw the page; the address chooses an `edition` and a `sheet`."""
    found = kept(folder())
    with st.container(key="cw_all"):
        if not found:
            st.html(headline(say("snapshots.none"), say("snapshots.none_note")))
            return
        stems = [path.stem for _, _, path in found]
        first = next((path.stem for _, number, path in found if number), stems[0])
        stem = chosen("edition", stems) or first
        path = next(path for _, _, path in found if path.stem == stem)
        told = told_of(path)
        if told is None:
            st.html(headline(say("snapshots.broken", file=path.name), say("snapshots.broken_note", file=path.name)))
        else:
            st.html(headline(*told.head(say, surroundings.settings().schedule)))
        with st.container(key="cw_grid"):
            with st.container(key="cw_main"):
                if told is not None:
                    drawn("preview", say("snapshots.preview"), say, lambda: preview(told, say))
            with st.container(key="cw_side"):
                if told is not None:
                    downloads(told, say)
                    sign_off(path, told.manifest["edition"] > 0, say)
                    drawn("digests", say("snapshots.digests"), say, lambda: digests(told, say))
                drawn("editions", say("snapshots.editions"), say, lambda: earlier(found, stem, say))
