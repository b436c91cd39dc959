"""Facts: what begins and ends what is true of an entity (types of kind F and E, and what fulfils).

`facts_of` turns the events of a batch into rows of facts; a processor's events state none of ours, and those with a
personal value in their envelope none at all. A fact whose deciding field is absent states nothing.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

import polars as pl

from expectations.entities import about as entity_named
from expectations.vocabulary import SYSTEMS, TYPES

INSTANT = pl.Datetime("us", "UTC")
COLUMNS: dict[str, pl.DataType] = {
    "entity": pl.String(),
    "kind": pl.String(),
    "about": pl.String(),
    "link": pl.String(),
    "word": pl.String(),
    "flag": pl.Boolean(),
    "at": INSTANT,
    "jurisdiction": pl.String(),
    "time": INSTANT,
    "source": pl.String(),
    "id": pl.String(),
    "revises": pl.Boolean(),
}

# Kinds on which a verdict on an event may rest: a late one has stored events judged again.
REVISING = frozenset(
    (
        "consented", "withdrew", "subscribed", "unsubscribed", "relation_started", "relation_ended", "objected",
        "decided", "answered", "requested", "restricted", "unrestricted", "restriction_asked", "erased", "applied",
    )
)  # fmt: skip

ERASURES = {
    "crm.record_erased": "crm",
    "newsletter.subscriber_erased": "newsletter",
    "newsletter.address_removed": "newsletter",
}


def _null(dtype: pl.DataType | type[pl.DataType] = pl.String) -> pl.Expr:
    return pl.lit(None, dtype=dtype)


def _rows(
    events: pl.DataFrame,
    kind: str,
    *,
    about: pl.Expr | None = None,
    link: pl.Expr | None = None,
    word: pl.Expr | None = None,
    flag: pl.Expr | None = None,
    at: pl.Expr | None = None,
) -> pl.DataFrame:
    return events.select(
        entity=pl.col("entity"),
        kind=pl.lit(kind),
        about=_null() if about is None else about,
        link=_null() if link is None else link,
        word=_null() if word is None else word,
        flag=_null(pl.Boolean) if flag is None else flag,
        at=_null(INSTANT) if at is None else at,
        jurisdiction=pl.col("jurisdiction"),
        time=pl.col("time"),
        source=pl.col("source"),
        id=pl.col("id"),
        revises=pl.lit(kind in REVISING),
    )


def _purposes(events: pl.DataFrame, absent: list[str]) -> pl.DataFrame:
    """One row a purpose; `absent` is read where none are named."""
    filled = events.with_columns(pl.col("purposes").fill_null(pl.lit(pl.Series([absent], dtype=pl.List(pl.String)))))
    return filled.filter(pl.col("purposes").list.len() > 0).explode("purposes")


def _scope() -> pl.Expr:
    own = pl.when(pl.col("system") == "compliance").then(pl.lit("*")).otherwise(pl.col("system"))
    return pl.coalesce("scope", own)


def _consents(events: pl.DataFrame) -> pl.DataFrame:
    given = events.filter(~pl.col("prechecked").fill_null(False))
    return _rows(_purposes(given, []), "consented", about=pl.col("purposes"))


def _withdrawals(events: pl.DataFrame) -> pl.DataFrame:
    return _rows(_purposes(events, ["*"]), "withdrew", about=pl.col("purposes"))


def _sign_ups(events: pl.DataFrame) -> pl.DataFrame:
    # A pre-ticked sign-up counts nowhere (CJEU C-673/17, Planet49).
    given = events.filter(~pl.col("prechecked").fill_null(False))
    return _rows(given, "subscribed", flag=pl.col("double_opt_in"))


def _requests(events: pl.DataFrame) -> pl.DataFrame:
    right, link = pl.col("right"), pl.col("request")
    objections = _purposes(events.filter(right == "objection"), ["*"])
    restrictions = _purposes(events.filter(right == "restriction"), ["*"])
    return pl.concat(
        [
            _rows(events, "requested", link=link, word=right),
            _rows(objections, "objected", about=pl.col("purposes"), link=link),
            _rows(restrictions, "restriction_asked", about=pl.col("purposes"), link=link),
        ]
    )


def _named(kind: str, field: str, **columns: pl.Expr) -> Callable[[pl.DataFrame], pl.DataFrame]:
    """A fact about what `field` names; without the name it states nothing."""
    return lambda events: _rows(events.filter(pl.col(field).is_not_null()), kind, link=pl.col(field), **columns)


def _incidents(kind: str) -> Callable[[pl.DataFrame], pl.DataFrame]:
    """An incident: `about` its countries in their order, `flag` whether anybody is affected, `at` when we knew."""
    country = pl.element().filter(pl.element().str.contains("^[A-Z]{2}$"))
    return _of(
        kind,
        about=pl.col("jurisdictions").list.eval(country).list.join(" "),
        link=pl.col("incident"),
        word=pl.col("risk"),
        flag=pl.col("subjects_affected") > 0,
        at=pl.col("aware_at"),
    )


def _recordings_erased(events: pl.DataFrame) -> pl.DataFrame:
    known = events.filter(pl.col("recorded_until").is_not_null())  # up to when decides
    return _rows(known, "recordings_erased", link=pl.col("camera"), at=pl.col("recorded_until"))


def _notices(events: pl.DataFrame) -> pl.DataFrame:
    """Notices by e-mail of a version: one a person, counted by a digest that names nobody, or to an audience."""
    mailed = events.filter(pl.col("channel") == "email")
    people = [
        None if subject is None else sha256(f"{version}\x1f{subject}".encode()).hexdigest()[:20]
        for version, subject in mailed.select("version", "subject").iter_rows()
    ]
    mailed = mailed.with_columns(person=pl.Series(people, dtype=pl.String))
    return pl.concat(
        [
            _rows(mailed.filter(pl.col("person").is_not_null()), "told", link=pl.col("version"), word=pl.col("person")),
            _rows(
                mailed.filter(pl.col("person").is_null()),
                "told_audience",
                link=pl.col("version"),
                word=pl.col("audience").cast(pl.String),
            ),
        ]
    )


def _of(kind: str, **columns: pl.Expr) -> Callable[[pl.DataFrame], pl.DataFrame]:
    return lambda events: _rows(events, kind, **columns)


_STATED: dict[str, Callable[[pl.DataFrame], pl.DataFrame]] = {
    "consent.given": _consents,
    "website.consent_given": _consents,
    "consent.withdrawn": _withdrawals,
    "website.consent_withdrawn": _withdrawals,
    "newsletter.subscribed": _sign_ups,
    "newsletter.unsubscribed": _of("unsubscribed"),
    "crm.relation_started": _of("relation_started", about=pl.col("relation")),
    "crm.relation_ended": _of("relation_ended", about=pl.col("relation")),
    "crm.hold_placed": _of("hold_placed", about=pl.col("reason")),
    "crm.hold_lifted": _of("hold_lifted", about=pl.col("reason")),
    "crm.enquiry_erased": _named("enquiry_erased", "request"),
    "rights.request_received": _requests,
    "rights.request_answered": _of(
        "answered",
        link=pl.col("request"),
        word=pl.col("outcome"),
        flag=pl.col("reason").fill_null("").str.strip_chars() != "",
    ),
    "rights.request_extended": _of(
        "extended", link=pl.col("request"), flag=pl.col("subject_informed"), at=pl.col("until")
    ),
    "rights.objection_decided": _of("decided", link=pl.col("request"), flag=pl.col("upheld")),
    "rights.copies_provided": _of("copies_provided", link=pl.col("request")),
    "data.rectified": _named("rectified", "request"),
    "data.restricted": _of("restricted", about=_scope(), link=pl.col("request")),
    "data.unrestricted": _of("unrestricted", about=_scope(), link=pl.col("request")),
    "recruitment.application_received": _named("applied", "application"),
    "recruitment.procedure_ended": _of("procedure_ended", link=pl.col("application"), word=pl.col("outcome")),
    "recruitment.retention_consent_given": _of("retention_consented", link=pl.col("application")),
    "recruitment.retention_consent_withdrawn": _of("retention_withdrew", link=pl.col("application")),
    "data.erased": _of("erased", about=_scope(), word=pl.lit("whole")),
    "recruitment.applicant_erased": _named("erased", "application", about=pl.lit("recruitment")),
    "website.contact_erased": _of("erased", about=pl.lit("website"), link=pl.col("request")),
    **{name: _of("erased", about=pl.lit(system), word=pl.lit("whole")) for name, system in ERASURES.items()},
    "rights.request_forwarded": _of("forwarded", link=pl.col("request")),
    "transfer.information_requested": _of("clauses_requested", link=pl.col("request")),
    "transfer.copy_provided": _of("clauses_provided", link=pl.col("request")),
    "website.form_submitted": _of("enquired", about=pl.lit("website"), link=pl.col("request")),
    "crm.enquiry_received": _of("enquired", about=pl.lit("crm"), link=pl.col("request")),
    "website.request_fulfilled": _of("enquiry_fulfilled", about=pl.lit("website"), link=pl.col("request")),
    "crm.enquiry_fulfilled": _of("enquiry_fulfilled", about=pl.lit("crm"), link=pl.col("request")),
    "breach.detected": _incidents("incident"),
    "breach.team_assigned": _of("team_assigned", link=pl.col("incident")),
    "breach.authority_notified": _of("authority_notified", link=pl.col("incident"), word=pl.col("authority")),
    "breach.subjects_notified": _of("subjects_notified", link=pl.col("incident")),
    "breach.controller_notified": _of("controller_notified", link=pl.col("incident")),
    "security.control_reported": _of(
        "control_reported", about=pl.col("control"), link=pl.col("control_system"), word=pl.col("state")
    ),
    "cctv.recorded": _of("recorded", link=pl.col("camera")),
    "cctv.recording_erased": _recordings_erased,
    "policy.amended": _of(
        "policy_amended",
        link=pl.col("version"),
        word=pl.col("affected").cast(pl.String),
        flag=pl.col("affects_existing"),
        at=pl.col("effective_at"),
    ),
    "policy.notified": _notices,
}

# What fulfils a promise to a customer, or about transfers, whoever's data it is.
_IN_ANY_ROLE = (
    "breach.controller_notified", "rights.request_forwarded", "transfer.information_requested",
    "transfer.copy_provided",
)  # fmt: skip
# What a processor's events state: of the customer's business with us, never of our own processing.
_STATED_AS_PROCESSOR: dict[str, Callable[[pl.DataFrame], pl.DataFrame]] = {
    "rights.request_received": _of("requested_of_processor", link=pl.col("request"), word=pl.col("right")),
    "breach.detected": _incidents("incident_of_customer"),
    **{name: _STATED[name] for name in _IN_ANY_ROLE},
}

# Processing is a fact, since "nothing was processed since the erasure" has to be known. Views of pages are most of
# all events and seldom asked for: they are not stored as facts, but looked up where they decide (`viewed`).
_PROCESSING = [name for name, kind in TYPES.items() if "P" in kind.kinds]
_VIEW, _ENQUIRY = "website.page_viewed", "crm.enquiry_received"
_HOLDING = ("crm", "newsletter", "recruitment", "website")  # the systems that hold data of people


def _processed(events: pl.DataFrame, types: Iterable[str]) -> pl.DataFrame:
    found = events.filter(pl.col("type").is_in(list(types)) & pl.col("system").is_in(_HOLDING))
    enquiry = pl.col("type") == _ENQUIRY
    return _rows(
        found,
        "processed",
        about=pl.col("system"),
        link=pl.when(enquiry).then("request").otherwise("application"),
        word=pl.when(enquiry).then(pl.lit("enquiry")),
    )


def viewed(events: pl.DataFrame) -> pl.DataFrame:
    """The views of pages among these events as facts: processing by the website; columns `COLUMNS`."""
    able = stating(events.filter(pl.col("type") == _VIEW))
    return _processed(able.filter(pl.col("role") != "processor"), [_VIEW]).cast(COLUMNS)  # type: ignore[arg-type]


def stating(events: pl.DataFrame) -> pl.DataFrame:
    """The events that may state a fact, with `entity`, whose it is: a subject or a named entity, a clean envelope."""
    named = events.with_columns(entity=pl.coalesce(entity_named(), "subject"))
    return named.filter(pl.col("entity").is_not_null() & ~pl.col("personal_envelope"))


def facts_of(events: pl.DataFrame) -> pl.DataFrame:
    """The facts that these events state; columns `COLUMNS`, one row a fact."""
    able = stating(events)
    processor = pl.col("role") == "processor"
    ours = able.filter(~processor)
    parts = [
        stated[name](found)
        for stated, some in ((_STATED, ours), (_STATED_AS_PROCESSOR, able.filter(processor)))
        for (name,), found in some.partition_by("type", as_dict=True, maintain_order=True).items()
        if name in stated
    ]
    parts.append(_processed(ours, (name for name in _PROCESSING if name != _VIEW)))
    return pl.concat([part.cast(COLUMNS) for part in parts])  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact of one entity."""

    kind: str
    about: str | None
    link: str | None
    word: str | None
    flag: bool | None
    at: datetime | None
    jurisdiction: str | None  # of the person, where its event says so
    time: datetime
    source: str
    id: str

    @property
    def system(self) -> str:
        """The system of its source."""
        first = self.source.split("/")[1] if self.source.startswith("/") else ""
        return first if first in SYSTEMS else ""


def _order(fact: Fact) -> tuple[datetime, str, str]:
    return fact.time, fact.source, fact.id


class Facts:
    """All facts of one entity, oldest first (ties: by source and id)."""

    def __init__(self, facts: Iterable[Fact]) -> None:
        self._by_kind: dict[str, list[Fact]] = {}
        for fact in sorted(facts, key=_order):
            self._by_kind.setdefault(fact.kind, []).append(fact)

    def of(self, *kinds: str) -> Iterator[Fact]:
        """Facts of these kinds, kind by kind, oldest first."""
        for kind in kinds:
            yield from self._by_kind.get(kind, ())

    def linked(self, kind: str, link: str, about: str | None = None) -> Iterator[Fact]:
        """Facts of a kind about one thing (request …), of one system where named; oldest first."""
        for fact in self.of(kind):
            if fact.link == link and about in (None, fact.about):
                yield fact

    def earlier(self, fact: Fact) -> Iterator[Fact]:
        """The facts of its kind that stand before it, the latest first."""
        known = self._by_kind[fact.kind]
        for place in range(bisect_left(known, _order(fact), key=_order) - 1, -1, -1):
            yield known[place]

    def erasures(self, system: str, link: str | None = None) -> Iterator[Fact]:
        """Erasures of that system's data, or of everything; with `link`, of that thing or of the whole system."""
        for fact in self.of("erased"):
            if fact.about in (system, "*") and (link is None or fact.word == "whole" or fact.link == link):
                yield fact

    def request_erasures(self, system: str, request: str) -> Iterator[Fact]:
        """Erasures of what one request brought, in the system it came in by."""
        yield from self.erasures(system, request)
        if system == "crm":
            yield from self.linked("enquiry_erased", request)

    def first(self, found: Iterable[Fact], since: datetime) -> datetime | None:
        """The instant of the first of them at or after `since`."""
        return min((fact.time for fact in found if fact.time >= since), default=None)

    def held(self, system: str, opener: Fact, link: str | None = None) -> list[Fact]:
        """What the system had processed at the opener, and not erased before it; with `link`, of that thing.

        An enquiry that was erased is held no longer.
        """
        erased = max((fact.time for fact in self.erasures(system, link) if fact.time < opener.time), default=None)
        return [
            fact
            for fact in self.of("processed")
            if fact.about == system
            and (link is None or fact.link in (None, link))
            and fact.time <= opener.time
            and (erased is None or fact.time > erased)
            and not any(gone < opener.time for gone in self.erased_enquiry(fact))
        ]

    def erased_enquiry(self, received: Fact) -> Iterator[datetime]:
        """When this enquiry was erased; nothing for other processing."""
        if received.word == "enquiry" and received.link is not None:
            for fact in self.of("enquiry_erased"):
                if fact.link == received.link and fact.time >= received.time:
                    yield fact.time

    def erased_before(self, opener: Fact, system: str, link: str | None = None) -> bool:
        """Whether it was erased before the opener and nothing was processed since."""
        erased = any(fact.time < opener.time for fact in self.erasures(system, link))
        return erased and not self.held(system, opener, link)
