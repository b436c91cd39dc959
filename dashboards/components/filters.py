"""Filters of a list, all of them in the address: links for a few choices, a form for long lists and for a search."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from dashboards.address import changed
from dashboards.components.panel import esc
from dashboards.speech import Speech


@dataclass(frozen=True)
class Choice:
    """One word of a filter: its value in the address (None: not in it), its name, a symbol (HTML) before it."""

    value: str | None
    label: str
    mark: str = ""


def segments(name: str, label: str, choices: Iterable[Choice], chosen: str | None) -> str:
    """A row of choices of which one holds."""
    links = "".join(
        f'<a href="{esc(changed(**{name: each.value, "after": None}))}" data-testid="{name}-{esc(each.value or "any")}"'
        f"{_current(each.value == chosen)}>{each.mark}{esc(each.label)}</a>"
        for each in choices
    )
    return f'<nav class="cw-segments" aria-label="{esc(label)}">{links}</nav>'


def pills(name: str, label: str, choices: Iterable[Choice], chosen: Sequence[str]) -> str:
    """Choices that are put on and off one by one; in the address by dots."""
    links = []
    for each in choices:
        on = each.value in chosen
        rest = [word for word in chosen if word != each.value] + ([] if on else [str(each.value)])
        links.append(
            f'<a href="{esc(changed(**{name: ".".join(rest) or None, "after": None}))}"'
            f' data-testid="{name}-{esc(each.value)}"{_current(on)}>{each.mark}{esc(each.label)}</a>'
        )
    return f'<nav class="cw-pills" aria-label="{esc(label)}">{"".join(links)}</nav>'


def select(name: str, label: str, choices: Iterable[Choice], chosen: str | None) -> str:
    """A choice among many, within `form`; `label` is what the first one, any of them, is called."""
    options = "".join(
        f'<option value="{esc(each.value)}"{" selected" if each.value == chosen else ""}>{esc(each.label)}</option>'
        for each in choices
    )
    on = ' class="cw-on"' if chosen else ""
    return (
        f'<select name="{name}" aria-label="{esc(label)}"{on}><option value="">{esc(label)}</option>{options}</select>'
    )


def search(name: str, label: str, chosen: str | None, pattern: str, say: Speech) -> str:
    """A field for an id, within `form`. `pattern` keeps out what is no id: an e-mail address has an @."""
    return (
        f'<input type="search" name="{name}" value="{esc(chosen or "")}" aria-label="{esc(label)}" maxlength="128" '
        f'placeholder="{esc(label)}" pattern="{esc(pattern)}" title="{esc(say("filters.token"))}" autocomplete="off" '
        f'spellcheck="false">'
    )


def let_go(words: str, name: str, say: Speech, **parts: None) -> str:
    """What a link chose, as a link that takes these parts out of the address again."""
    return (
        f'<a class="cw-span" href="{esc(changed(**parts, after=None))}" data-testid="{name}">{esc(words)} '
        f'<span aria-label="{esc(say("filters.clear_one"))}">✕</span></a>'
    )


def form(fields: Iterable[str], named: Iterable[str]) -> str:
    """A form whose fields, `named`, are put into the address beside what else stands there."""
    kept = changed(**dict.fromkeys((*named, "after")))
    return f'<form class="cw-form" method="get" role="search" action="{esc(kept)}">{"".join(fields)}</form>'


def _current(on: bool) -> str:
    return ' aria-current="true"' if on else ""
