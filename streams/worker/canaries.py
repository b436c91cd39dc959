"""The worker's canaries: gathered until all events of one have come, judged by themselves, and told to the warehouse.

Whether a clause fires must not hang on what is stored of real people, nor the other way round: so a canary is judged
with its own events alone, by the same engine, in a store of its own. Only what became of it is kept.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import polars as pl
import pyarrow as pa

from expectations.contract.canaries import Mark, mark_in
from expectations.model import registry
from expectations.vocabulary import BREACH
from infra import logs
from infra.warehouse.schema import CANARIES
from streams.audit import findings_of
from streams.core.examine import Engine

logger = logs.get("worker")


class Canaries:
    """Of each clause the last canary of which an event came. Taking the same events again changes nothing."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._held: dict[str, tuple[Mark, dict[int, pl.DataFrame]]] = {}

    def judged(self, came: pl.DataFrame, now: datetime) -> pa.Table:
        """What became of those that are complete with these events (`Decoded.canaries`): CANARIES."""
        whole = {mark.clause: (mark, events) for mark, events in self._complete(came)}
        if not whole:
            return CANARIES.empty_table()
        try:
            found = findings_of(pl.concat([events for _, events in whole.values()]), self._engine, now)
        except Exception as fault:  # the stream goes on: a canary that is not judged stands out on the page
            logger.error("canary_not_judged", fault)
            return CANARIES.empty_table()
        fired = {
            mark.clause
            for row in found
            if row["outcome"] == BREACH and (mark := mark_in(row["id"])) and mark.clause == row["clause"]
        }
        rows = [
            {"clause": clause, "sent_at": mark.sent_at, "fired": clause in fired} for clause, (mark, _) in whole.items()
        ]
        return pa.Table.from_pylist(rows, schema=CANARIES)

    def _complete(self, came: pl.DataFrame) -> Iterator[tuple[Mark, pl.DataFrame]]:
        touched = set()
        for at, name in enumerate(came["id"]):
            mark = mark_in(name)
            if mark is None or mark.clause not in registry():
                continue
            held = self._held.get(mark.clause)
            if held is None or held[0].sent_at < mark.sent_at:
                held = self._held[mark.clause] = (mark, {})
            if held[0].sent_at == mark.sent_at:
                held[1][mark.number] = came[at]
                touched.add(mark.clause)
        for clause in sorted(touched):
            mark, events = self._held[clause]
            if len(events) == mark.of:
                yield mark, pl.concat(events.values())
