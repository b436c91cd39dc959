"""A page drawn by Streamlit without a browser, over a warehouse in memory."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from streamlit.testing.v1 import AppTest

from dashboards import questions, store
from dashboards.questions import Desk
from dashboards.store import Reader
from tests.support.seeded import Seeded


@dataclass
class World:
    """A seeded reader that does not poll, and a desk that asks the same store."""

    seeded: Seeded
    reader: Reader
    desk: Desk


def world(seeded: Seeded | None = None) -> World:
    """A small believable day unless another is given."""
    seeded = seeded or Seeded(share=0.02).day().live(looks=8)
    seeded.reader.start = lambda: seeded.reader  # type: ignore[method-assign]
    return World(seeded, seeded.reader, Desk(lambda: seeded.store, clock=seeded.clock, threads=1))


def draw(page: str, reader: Reader, desk: Desk, *, language: str = "en", **address: str) -> str:
    """Everything that the page of this module draws, as HTML, once all its questions are answered."""
    store.install(reader)
    questions.install(desk)
    before = ""
    for _ in range(20):  # a question may follow from another's answer
        test = AppTest.from_function(_page, default_timeout=20, kwargs={"name": page, "language": language})
        for name, value in address.items():
            test.query_params[name] = value
        test.run()
        assert not test.exception
        now = html(test)
        if now == before:
            return now
        before = now
        answered(desk)
    return before


def answered(desk: Desk, seconds: float = 20) -> None:
    """Wait until no question is under way: on a busy machine an answer takes longer than a page waits for it."""
    with desk._changed:
        desk._changed.wait_for(lambda: not any(each.asking for each in desk._known.values()), seconds)


def _page(name: str, language: str) -> None:
    from importlib import import_module

    from dashboards.speech import Speech

    import_module(f"dashboards.pages.{name}").page(Speech(language))


def html(test: AppTest) -> str:
    """All HTML of a page that was run, in its order; style sheets are left out."""
    return "\n".join(body for body in _html(test._tree) if not body.startswith("<style>"))


def _html(block: Any) -> Iterator[str]:
    for child in getattr(block, "children", {}).values():
        if getattr(child, "type", "") == "html":
            yield child.proto.body
        yield from _html(child)
