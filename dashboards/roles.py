"""Which role may see which page, and what a page's links are for a role that may not go there."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import escape, unescape
from urllib.parse import parse_qs, urlencode

OFFICER = frozenset({"officer"})
REPORTED = frozenset({"officer", "management"})
OPERATED = frozenset({"officer", "engineer"})
EVERYBODY = REPORTED | OPERATED

MAY: Mapping[str, frozenset[str]] = {
    "now": EVERYBODY,
    "alerts": OPERATED,
    "breaches": OFFICER,
    "obligations": REPORTED,
    "subject": OFFICER,
    "transfers": REPORTED,
    "policy": EVERYBODY,
    "what-if": OFFICER,
    "newsletter": OFFICER,
    "recruitment": OFFICER,
    "website": OFFICER,
    "pipeline": OPERATED,
    "register": REPORTED,
    "snapshots": REPORTED,
}
KEPT = ("clause", "as_of", "known_at", "lang")  # of an address, on the way to Policy
_LINK = re.compile(r' href="([a-z-]+)\?([^"#]*)"')


def reachable(html: str, role: str) -> str:
    """The HTML with links only to where this role may go.

    A figure of one clause leads to that clause on Policy instead of its findings; any other link becomes plain text.
    """

    def led(match: re.Match[str]) -> str:
        if role in MAY.get(match[1], EVERYBODY):
            return match[0]
        said = parse_qs(unescape(match[2]))
        if "clause" not in said:
            return ""
        kept = {name: said[name][0] for name in KEPT if name in said}
        return f' href="policy?{escape(urlencode(kept))}"'

    return _LINK.sub(led, html)
