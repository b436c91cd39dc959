"""What the page Breaches asks for: the filters of its address, and the warehouse's parameters that follow from them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from dashboards.address import among
from dashboards.figures import SEVERITIES, Clauses
from dashboards.questions import Question, question
from expectations.contract.instants import instant_or_date
from expectations.vocabulary import SYSTEMS

STATES = ("stands", "overdue", "late", "resolved", "all", "unclear", "revised")
JURISDICTIONS = ("NL", "ZA", "other")
PERIODS: Mapping[str, int | None] = {"24h": 24, "7d": 7 * 24, "30d": 30 * 24, "90d": 90 * 24, "365d": 365 * 24}  # hours
SORTS = ("newest", "oldest", "severity", "clause", "system")
PAGE = 50  # rows shown at once
DISCLOSURE = ("country", "recipient", "ground")  # of the disclosure that a breach of sharing is about; `-`: none said
TOKEN = re.compile(r"[A-Za-z0-9._:\/*\-]{1,128}")  # an id or a pseudonym; never an e-mail address
_KEY = re.compile(r"([A-Za-z0-9-]*)~(-?\d{1,20})~([0-9a-f]{1,64})")


@dataclass(frozen=True)
class Filter:
    """What the address chose; what it says wrongly counts as not said."""

    clause: str | None = None
    section: str | None = None
    within: tuple[str, ...] = ()  # the clauses of that section
    system: str | None = None
    severities: tuple[str, ...] = ()
    state: str = "stands"
    jurisdiction: str | None = None
    period: str | None = None
    sharing: bool = False  # of promises on sharing and transfers, about a disclosure (with the three that follow)
    country: str | None = None
    recipient: str | None = None
    ground: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    news: datetime | None = None  # since when it is so
    q: str | None = None
    sort: str = "newest"
    after: tuple[str, int, str] | None = None  # the key of the last row of the page before

    @property
    def narrows(self) -> bool:
        """Whether it leaves anything out of the breaches that stand."""
        return self.parameters() != {"state": "stands"}

    def parameters(self) -> dict[str, Any]:
        """Those of the query `breaches`, without order and page."""
        given = {
            "clause": self.clause,
            "clauses": " ".join(self.within) or None,
            "system": self.system,
            "severity": " ".join(self.severities) or None,
            "state": self.state,
            "jurisdiction": self.jurisdiction,
            "sharing": "yes" if self.sharing else None,
            "country": self.country,
            "recipient": self.recipient,
            "ground": self.ground,
            "hours": PERIODS.get(self.period or ""),
            "since": self.since,
            "until": self.until,
            "news": self.news,
            "q": self.q,
        }
        return {name: value for name, value in given.items() if value is not None}

    def question(self) -> Question:
        """One page of rows, and one row more where another page follows."""
        first, second, finding = self.after or (None, None, None)
        return question(
            "breaches",
            **self.parameters(),
            sort=self.sort,
            after_first=first,
            after_second=second,
            after_finding=finding,
            rows=PAGE + 1,
        )


def of_address(said: Mapping[str, str], clauses: Clauses) -> Filter:
    """The filter that an address stands for."""
    key = _KEY.fullmatch(said.get("after", ""))
    q = said.get("q", "").strip()
    section = among(said.get("section"), sections(clauses))
    sharing = said.get("sharing") == "yes"
    of_disclosure = {name: _token(said.get(name)) for name in DISCLOSURE} if sharing else {}
    return Filter(
        clause=among(said.get("clause"), clauses),
        section=section,
        within=tuple(sorted(id for id, words in clauses.items() if section in sections_of(words.section))),
        system=among(said.get("system"), SYSTEMS),
        severities=tuple(each for each in SEVERITIES if each in said.get("severity", "").split(".")),
        state=among(said.get("state"), STATES) or "stands",
        jurisdiction=among(said.get("jurisdiction"), JURISDICTIONS),
        period=among(said.get("period"), PERIODS),
        sharing=sharing,
        **of_disclosure,
        since=instant_or_date(said.get("since", "")),
        until=instant_or_date(said.get("until", "")),
        news=instant_or_date(said.get("news", "")),
        q=q if TOKEN.fullmatch(q) else None,
        sort=among(said.get("sort"), SORTS) or "newest",
        after=(key[1], int(key[2]), key[3]) if key else None,
    )


def _token(said: str | None) -> str | None:
    return said if said and TOKEN.fullmatch(said) else None


def sections(clauses: Clauses) -> list[str]:
    """The sections of the text that any clause rests on, in the text's order."""
    return sorted({each for words in clauses.values() for each in sections_of(words.section)}, key=int)


def sections_of(said: str) -> list[str]:
    """The sections that a clause names: "2, 5" are two."""
    return said.split(", ")


def key_of(row: Mapping[str, Any]) -> str:
    """The key of a row, as the address has it."""
    return f"{row['first']}~{row['second']}~{row['finding']}"
