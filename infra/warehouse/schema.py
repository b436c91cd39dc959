"""The Arrow schemas of what crosses the warehouse's door.

Instants are UTC with microseconds. `partition` is a partition *number*: it stands for that number in all
topics.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

import pyarrow as pa

INSTANT = pa.timestamp("us", tz="UTC")

EVENTS = pa.schema(
    [
        ("source", pa.string()),
        ("id", pa.string()),
        ("system", pa.string()),
        ("type", pa.string()),
        ("subject", pa.string()),  # null: nobody
        ("entity", pa.string()),  # what it is about without a subject (`incident:<id>`); null: see `subject`
        ("time", INSTANT),
        ("data", pa.string()),  # JSON of the known fields, personal values redacted, `sealed` left out
        (
            "digest",
            pa.string(),
        ),  # SHA-256 (hex) of the event's canonical JSON (RFC 8785): who wins an id_conflict
        ("agreement", pa.string()),  # what verdicts may rest on, as columns, for a pruned scan
        ("recipient", pa.string()),
        ("passed", pa.string()),  # ids of the clauses that passed, sorted, by spaces
        ("policy_version", pa.string()),  # version in force at its time
        ("held", pa.bool_()),  # its time had not come when it was stored; judged when it comes
        ("topic", pa.string()),
        ("partition", pa.int32()),
        ("offset", pa.int64()),
    ]
)

FACTS = pa.schema(
    [
        ("entity", pa.string()),  # whose: the subject's pseudonym, or what it is about (`incident:<id>`)
        ("kind", pa.string()),  # expectations.facts
        ("about", pa.string()),  # purpose, relation, system, scope
        ("link", pa.string()),  # request, application, agreement, incident
        ("word", pa.string()),  # outcome, right, reason
        ("flag", pa.bool_()),  # double_opt_in, upheld, subject_informed
        ("at", INSTANT),  # a second instant that the fact names (until)
        ("jurisdiction", pa.string()),  # of the person, where the event says so
        ("time", INSTANT),
        ("source", pa.string()),
        ("id", pa.string()),
        ("revises", pa.bool_()),  # verdicts on events of the entity may rest on it
    ]
)

VERDICTS = pa.schema(  # of events; breach and indeterminate only (passes: EVENTS.passed; else not applicable)
    [
        ("finding", pa.string()),
        ("clause", pa.string()),
        ("source", pa.string()),
        ("id", pa.string()),
        ("outcome", pa.string()),  # breach, indeterminate (pass: only to close what was believed before)
        ("severity", pa.string()),
        ("system", pa.string()),
        ("type", pa.string()),
        ("subject", pa.string()),
        ("time", INSTANT),
        ("policy_version", pa.string()),
        ("evidence", pa.string()),  # JSON object: field -> category, code, number, time
        ("missing", pa.string()),  # fields that would have decided, by spaces
    ]
)

CLOCK = pa.struct([("clock", pa.string()), ("since", INSTANT), ("due_at", INSTANT)])
SPAN = pa.struct([("since", INSTANT), ("until", INSTANT)])

OBLIGATIONS = pa.schema(
    [
        ("finding", pa.string()),
        ("clause", pa.string()),
        ("source", pa.string()),  # of the opener
        ("id", pa.string()),
        ("key", pa.string()),  # application, system, control ... else empty
        ("severity", pa.string()),
        ("system", pa.string()),
        ("type", pa.string()),  # of the opener
        ("subject", pa.string()),
        ("entity", pa.string()),  # whose facts it was worked out from
        ("opened_at", INSTANT),
        ("policy_version", pa.string()),  # version in force when it opened
        ("clocks", pa.list_(CLOCK)),  # clock `promise` is the policy's own; several rows of one clock: moved
        ("met_at", INSTANT),  # the first fulfilment, in time or late
        ("cancelled_at", INSTANT),
        ("suspensions", pa.list_(SPAN)),
        ("undecided", pa.string()),  # missing fields of the opener, by spaces: it may not have opened
        ("outcome", pa.string()),  # what the suite says of it once its instants have passed
        ("evidence", pa.string()),
    ]
)

QUARANTINE = pa.schema(
    [
        ("reason", pa.string()),
        ("detail", pa.string()),  # field names and kinds, never a value
        ("digest", pa.string()),  # keyed (HMAC-SHA-256), never the bytes
        ("system", pa.string()),
        ("topic", pa.string()),  # or the file's name
        ("partition", pa.int32()),
        ("offset", pa.int64()),  # or the line's number
    ]
)

REGISTERS = pa.schema(  # events without a subject that concern all: agreements, policy
    [
        ("number", pa.int64()),  # the register number the warehouse gave it
        ("source", pa.string()),
        ("id", pa.string()),
        ("type", pa.string()),
        ("time", INSTANT),
        ("data", pa.string()),
    ]
)

REJUDGE = pa.schema(  # work to be done again: events of one entity, or those resting on an agreement
    [
        ("rejudge", pa.int64()),
        ("partition", pa.int32()),
        ("cause", pa.string()),  # late_fact, register, held, id_conflict, told_elsewhere, rules
        ("entity", pa.string()),  # null: a register's (events with a recipient or an agreement), or rules' (all)
        ("since", INSTANT),  # events at or after it
        ("not_before", INSTANT),  # held events: when their time comes; else null
    ]
)


ALERTS = pa.schema(
    [
        ("alert", pa.string()),
        ("kind", pa.string()),
        ("finding", pa.string()),
        ("clause", pa.string()),
        ("system", pa.string()),
        ("severity", pa.string()),
        ("type", pa.string()),
        ("crossing", pa.string()),
        ("backfill", pa.bool_()),
        ("labels", pa.string()),
        ("starts_at", INSTANT),
        ("due_at", INSTANT),
        ("state", pa.string()),
        ("cause", pa.string()),
        ("raised_at", INSTANT),
        ("ended_at", INSTANT),
        ("turned_at", INSTANT),  # null: the instant of the transaction
        ("standing", pa.string()),
        ("until", INSTANT),
        ("assignee", pa.string()),
    ]
)

TOLD = pa.schema(
    [
        ("told", pa.string()),
        ("receiver", pa.string()),
        ("way", pa.string()),
        ("grouped", pa.string()),
        ("labels", pa.string()),
        ("upto", INSTANT),
        ("noticed_at", INSTANT),
    ]
)

NOTICES = pa.schema(
    [
        ("notice", pa.string()),
        ("receiver", pa.string()),
        ("way", pa.string()),
        ("grouped", pa.string()),
        ("message", pa.string()),
        ("state", pa.string()),
        ("attempts", pa.int32()),
        ("repeated", pa.bool_()),
        ("fault", pa.string()),
        ("made_at", INSTANT),
        ("tried_at", INSTANT),
        ("due_at", INSTANT),
        ("delivered_at", INSTANT),
    ]
)

SILENCES = pa.schema(
    [
        ("silence", pa.string()),
        ("matchers", pa.string()),
        ("author", pa.string()),
        ("reason", pa.string()),
        ("starts_at", INSTANT),
        ("ends_at", INSTANT),
    ]
)


def new_silence(matchers: str, author: str, reason: str, starts_at: datetime, ends_at: datetime) -> dict[str, Any]:
    """A row of SILENCES under an id of its own. `matchers`: as Alertmanager writes them, with commas between."""
    return {
        "silence": secrets.token_hex(8),
        "matchers": matchers,
        "author": author,
        "reason": reason,
        "starts_at": starts_at,
        "ends_at": ends_at,
    }


CANARIES = pa.schema(  # what became of a canary whose events had all come
    [
        ("clause", pa.string()),
        ("sent_at", INSTANT),
        ("fired", pa.bool_()),  # the clause found it
    ]
)


class Read(NamedTuple):
    """A range [first, next) of a topic's partition that was *read*, transaction markers and all."""

    topic: str
    partition: int
    epoch: int
    first: int
    next: int


@dataclass(frozen=True)
class Batch:
    """What one `apply` stores, in one transaction.

    `reads`: the ranges that its events come from; none: a piece of revision, or an offline batch. `partition`
    and `epoch`, and `also`, say whose revision it is. `entities` are those whose obligations are given in full.
    `known`: the transaction up to which its judge was told all facts; None: nobody else states any of these entities.
    """

    partition: int
    epoch: int
    registers: int
    events: pa.Table
    facts: pa.Table
    verdicts: pa.Table
    obligations: pa.Table
    entities: tuple[str, ...]
    quarantine: pa.Table
    reads: tuple[Read, ...] = ()
    also: tuple[tuple[int, int], ...] = ()  # further partitions of a revision, with their epochs
    dropped_fields: int = 0
    revises: tuple[int, ...] = field(default=())  # rejudge rows that this batch works off
    known: int | None = None
    canaries: pa.Table = field(default_factory=CANARIES.empty_table)
