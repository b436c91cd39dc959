"""Events and what is known in; verdicts, obligations and facts out. Pure: the same in the stream and in the audit."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

import polars as pl
import pyarrow as pa

from expectations.agreements import agreements
from expectations.contract.decode import from_stored
from expectations.entities import about, is_subject
from expectations.facts import COLUMNS as FACT_COLUMNS
from expectations.facts import facts_of, viewed
from expectations.judge import BREACH, CANNOT_TELL, PASS, Judge
from expectations.judge.judge import judging_events
from expectations.model import registry
from expectations.policy import Policy, PolicyVersion
from infra.warehouse.schema import EVENTS, FACTS, OBLIGATIONS, QUARANTINE, VERDICTS, Batch, Read
from streams.core import obligations as owed
from streams.core.findings import reads, verdict_rows
from streams.state import frame as state

AHEAD = timedelta(minutes=5)  # an event later than now by more is held until its time comes
ALWAYS = ("row", "type", "role", "personal_envelope")
REGISTERED = ("agreement.signed", "agreement.ended")


@dataclass(frozen=True)
class Known:
    """What the warehouse knows: all facts of the events' entities (FACTS), and the registers at `number`.

    `facts_at`: the transaction up to which the facts are all.
    `views`: the stored views of pages (decoded events) by those of whom it has to be known what is held, `askers`.
    """

    facts: pa.Table
    registers: pa.Table
    number: int
    facts_at: int
    askers: Sequence[str] = ()
    views: pl.DataFrame | None = None


def know(warehouse: Any, events: pl.DataFrame, registers: pa.Table, number: int, entities: Sequence[str] = ()) -> Known:
    """Ask the warehouse (a `Store` or its client) for what `examine` needs; `entities`: besides those of the events."""
    facts_at, facts = warehouse.facts([*entities_of(events), *entities])
    askers = owed.askers(events, pl.DataFrame(facts))
    views = from_stored(pl.DataFrame(warehouse.views(askers))) if askers else None
    return Known(facts, registers, number, facts_at, askers, views)


class Engine:
    """A policy with its judge: everything that stays the same from batch to batch."""

    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        self.judge = Judge({each.version: each.readings for each in policy.versions})

    @cached_property
    def readings(self) -> Mapping[str, Mapping[str, str]]:
        """Version -> clause -> its readings, as the suites hold them."""
        return {version: judging_events(suite) for version, suite in self.judge.suites.items()}


def entities_of(events: pl.DataFrame) -> list[str]:
    """Whose facts `examine` needs: the subjects, or what events without one are about."""
    return sorted(events.select(entity=pl.coalesce("subject", about()))["entity"].drop_nulls().unique())


def without_events(rows: Iterable[Mapping[str, Any]]) -> list[str]:
    """Of rejudge rows the entities to which no event leads: all that is judged of these are their obligations."""
    return sorted({row["entity"] for row in rows if row["entity"] and not is_subject(row["entity"])})


def examine(
    events: pl.DataFrame,
    known: Known,
    engine: Engine,
    *,
    now: datetime,
    partition: int,
    epoch: int,
    quarantine: pl.DataFrame | None = None,
    reads: Sequence[Read] = (),
    also: Sequence[tuple[int, int]] = (),
    dropped_fields: int = 0,
    revises: Sequence[int] = (),
    entities: Sequence[str] = (),
) -> Batch:
    """Judge a batch of decoded events.

    `revises`: rejudge rows it works off; `entities`: whose obligations to work out besides those of the events.
    """
    events = events.with_row_index("row")
    given = _standing(events)
    new = facts_of(given)
    stored = pl.DataFrame(known.facts).select(list(FACT_COLUMNS)).cast(FACT_COLUMNS)  # type: ignore[arg-type]
    if revises:  # what these events state is worked out anew
        stored = stored.join(events.select("source", "id"), on=["source", "id"], how="anti", maintain_order="left")
    facts = pl.concat([stored, new]).unique([name for name in FACT_COLUMNS if name != "revises"], maintain_order=True)
    registers = _registers(given, known.registers)
    held = pl.col("time") > now + AHEAD
    judged, verdicts = _judge(given.filter(~held), facts, registers, engine)
    # What is said of an entity elsewhere in the log is its owner's to work out: the warehouse tells it.
    own = {*entities_of(events), *entities}
    seen = viewed(given).filter(pl.col("entity").is_in(list(known.askers)))
    bearing = {*owed.entities(facts if revises else new, facts), *seen["entity"]}
    whose = tuple(sorted({*entities, *(own & bearing)}))
    if known.views is not None:
        seen = pl.concat([seen, viewed(known.views)]).unique(["source", "id", "time"], maintain_order=True)
    rows = owed.obligations(pl.concat([facts, seen]), whose, engine.policy, engine.judge)
    return Batch(
        partition=partition,
        epoch=epoch,
        registers=known.number,
        known=known.facts_at,
        events=_events(events.with_columns(held=held), judged, engine.policy),
        facts=new.to_arrow().cast(FACTS),
        verdicts=pa.Table.from_pylist(verdicts, schema=VERDICTS),
        obligations=pa.Table.from_pylist(rows, schema=OBLIGATIONS),
        entities=whose,
        quarantine=_table(quarantine, QUARANTINE),
        reads=tuple(reads),
        also=tuple(also),
        dropped_fields=dropped_fields,
        revises=tuple(revises),
    )


def _standing(events: pl.DataFrame) -> pl.DataFrame:
    """Of several contents under one identity the one with the smaller digest; the warehouse sets the others aside."""
    return events.sort("digest").unique(["source", "id"], keep="first", maintain_order=True).sort("row")


def _registers(events: pl.DataFrame, stored: pa.Table) -> pl.DataFrame:
    """The registers' rows, with those that this batch brings."""
    columns = ("source", "id", "type", "time", "data")
    old = pl.DataFrame(stored).select(columns)
    new = events.filter(pl.col("type").is_in(REGISTERED) & ~pl.col("personal_envelope")).select(columns)
    return pl.concat([old.cast(new.schema), new]).unique(["source", "id"], maintain_order=True)


def _judge(
    events: pl.DataFrame, facts: pl.DataFrame, registers: pl.DataFrame, engine: Engine
) -> tuple[pl.DataFrame, list[dict[str, Any]]]:
    """Columns `row`, `passed`; and the rows of verdicts other than pass."""
    passed: list[pl.DataFrame] = [pl.DataFrame(schema={"row": pl.UInt32, "passed": pl.String})]
    verdicts: list[dict[str, Any]] = []
    for version, part in _by_version(events, engine.policy):
        records = agreements(registers, backdating=version.backdating)
        given = state.Sources(facts, records, engine.policy.references, version)
        frame, asked = _frame(part, given, engine)
        outcomes = engine.judge.events(frame.select(sorted(asked.columns)), version.version, asked.clauses)
        kept = outcomes.filter(pl.col("outcome") == PASS).sort("clause")
        passed.append(kept.group_by("row").agg(passed=pl.col("clause").str.join(" ")))
        words = {BREACH: "breach", CANNOT_TELL: "indeterminate"}
        spoken = outcomes.filter(pl.col("outcome") != PASS).with_columns(
            word=pl.col("outcome").replace_strict(words, default=None, return_dtype=pl.String)
        )
        verdicts += verdict_rows(frame, spoken, version.version, engine.readings[version.version])
    return pl.concat(passed), verdicts


def _by_version(events: pl.DataFrame, policy: Policy) -> list[tuple[PolicyVersion, pl.DataFrame]]:
    """The events by the version in force at their time; earlier than the first: the first."""
    versions = sorted(policy.versions, key=lambda each: each.valid_from)
    parts = []
    for place, version in enumerate(versions):
        inside = pl.lit(True)
        if place:
            inside &= pl.col("time") >= version.valid_from
        if place + 1 < len(versions):
            inside &= pl.col("time") < versions[place + 1].valid_from
        part = events.filter(inside)
        if part.height:
            parts.append((version, part))
    return parts


@dataclass(frozen=True)
class _Asked:
    clauses: frozenset[str]
    columns: frozenset[str]


def _frame(events: pl.DataFrame, given: state.Sources, engine: Engine) -> tuple[pl.DataFrame, _Asked]:
    """The frame that the clauses which can apply to these events read."""
    types = frozenset(events["type"].unique())
    wanted: dict[str, set[str]] = defaultdict(set)
    clauses = set()
    for clause in registry().values():
        concerned = types if "*" in clause.on else clause.on & types
        if clause.check is None or not concerned:
            continue
        clauses.add(clause.id)
        for column in reads(clause.id, engine.readings[given.version.version][clause.id]):
            wanted[column] |= concerned
    frame = state.build(events, given, {name: frozenset(on) for name, on in wanted.items()})
    return frame, _Asked(frozenset(clauses), frozenset({*ALWAYS, *wanted}))


def _events(events: pl.DataFrame, passed: pl.DataFrame, policy: Policy) -> pa.Table:
    """Rows of the schema EVENTS."""
    version = pl.lit(policy.versions[0].version)
    for each in sorted(policy.versions, key=lambda one: one.valid_from)[1:]:
        version = pl.when(pl.col("time") >= each.valid_from).then(pl.lit(each.version)).otherwise(version)
    rows = events.join(passed, on="row", how="left", maintain_order="left").with_columns(
        passed=pl.col("passed").fill_null(""),
        policy_version=version,
        entity=pl.when(pl.col("subject").is_null()).then(about()),
        topic=pl.col("place_topic"),
        partition=pl.col("place_partition"),
        offset=pl.col("place_offset"),
    )
    return rows.select(EVENTS.names).to_arrow().cast(EVENTS)


def _table(frame: pl.DataFrame | None, schema: pa.Schema) -> pa.Table:
    return (
        schema.empty_table()
        if frame is None or frame.is_empty()
        else frame.select(schema.names).to_arrow().cast(schema)
    )
