"""Judging a frame of facts: one suite a policy version, one context a process, one validation at a time."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterable, Mapping
from typing import Any

import great_expectations as gx
import polars as pl
from great_expectations.data_context.types.base import ProgressBarsConfig
from great_expectations.execution_engine import pandas_execution_engine

from expectations.judge import expectation as classes
from expectations.judge.expectation import BREACH, CANNOT_TELL, PASS
from expectations.model import Clause, registry

__all__ = ["BREACH", "CANNOT_TELL", "PASS", "Judge"]

pandas_execution_engine.HASH_THRESHOLD = 0  # no fingerprint of each batch: nobody reads it, a sixth of the time
_ONE_AT_A_TIME = threading.Lock()  # a context shared by threads gives wrong verdicts in silence


class Judge:
    """Gives outcomes. `readings`: policy version -> clause -> reading -> value, as the policy files choose them."""

    def __init__(self, readings: Mapping[str, Mapping[str, Mapping[str, Any]]]) -> None:
        self._context = gx.get_context(mode="ephemeral")
        self._context.variables.progress_bars = ProgressBarsConfig(globally=False)
        source = self._context.data_sources.add_pandas("events")
        self._whole = source.add_dataframe_asset("batch").add_batch_definition_whole_dataframe("whole")
        self.suites = {version: suite(version, chosen) for version, chosen in readings.items()}

    def events(self, frame: pl.DataFrame, version: str, clauses: Iterable[str]) -> pl.DataFrame:
        """Outcomes of those clauses on events: columns `row`, `clause`, `outcome` (codes; not applicable left out).

        The frame: `row`, `type`, `role`, `personal_envelope` and every column the clauses read. Where a clause it
        yields to found a breach on the same row, a clause is silent (one fault, one clause).
        """
        found = self._judge(frame, version, set(clauses), classes.ExpectClauseToHold)
        spoken = found.filter(pl.col("outcome") == BREACH).select("row", "clause")
        known = registry()
        yielding = [(each, other) for each in found["clause"].unique() for other in known[each].yields_to]
        if not yielding or spoken.is_empty():
            return found
        pairs = pl.DataFrame(yielding, schema={"clause": pl.String, "other": pl.String}, orient="row")
        silent = spoken.rename({"clause": "other"}).join(pairs, on="other").select("row", "clause")
        return found.join(silent, on=["row", "clause"], how="anti")

    def obligations(self, frame: pl.DataFrame, version: str) -> pl.DataFrame:
        """Outcomes of obligations: `row`, `clause`, `outcome`.

        The frame: `row`, `clause`, `due_at`, `met_at`, `cancelled_at` (instants), `undecided`, `misstep` (bools).
        """
        return self._judge(frame, version, set(frame["clause"].unique()), classes.ExpectObligationToBeMet)

    def _judge(self, frame: pl.DataFrame, version: str, clauses: set[str], kind: type) -> pl.DataFrame:
        every = self.suites[version].expectations
        asked = [each for each in every if isinstance(each, kind) and clause_of(each) in clauses]
        if frame.is_empty() or not asked:
            return pl.DataFrame(schema={"row": pl.UInt32, "clause": pl.String, "outcome": pl.Int8})
        part = gx.ExpectationSuite(name=f"{version}-part", expectations=asked)
        with _ONE_AT_A_TIME:
            classes.OUTCOMES.clear()
            batch = self._whole.get_batch({"dataframe": frame.to_pandas(use_pyarrow_extension_array=True)})
            answer = batch.validate(part, result_format={"result_format": "BASIC"})
            outcomes = dict(classes.OUTCOMES)
        parts = []
        for result in answer.results:
            clause = clause_of(result.expectation_config)
            raised = _raised(result.exception_info) or clause not in outcomes
            outcome = _all_unclear(frame, registry()[clause], kind) if raised else outcomes[clause]
            parts.append(outcome)
        return pl.concat(parts).drop_nulls("outcome")


def suite(version: str, chosen: Mapping[str, Mapping[str, Any]]) -> gx.ExpectationSuite:
    """The suite of one policy version: an expectation for each side of a clause, described by its promise."""
    made = []
    for clause in registry().values():
        sides = ((clause.check, classes.ExpectClauseToHold), (clause.follow, classes.ExpectObligationToBeMet))
        made += [
            kind(
                clause=clause.id,
                readings=json.dumps(dict(chosen.get(clause.id, {})), default=str, sort_keys=True),
                meta={"clause": clause.id},
                description=f"{clause.id}: {clause.promise}",
            )
            for side, kind in sides
            if side is not None
        ]
    return gx.ExpectationSuite(name=f"policy {version}", expectations=made)


def judging_events(made: gx.ExpectationSuite) -> Mapping[str, str]:
    """Clause -> its readings (JSON object), of the expectations in a suite that judge events."""
    judging = [each for each in made.expectations if isinstance(each, classes.ExpectClauseToHold)]
    return {clause_of(each): str(each.readings) for each in judging}


def clause_of(expectation: Any) -> str:
    """The clause that an expectation (or its configuration) speaks for; results are matched by it, never by place."""
    return str(expectation.meta["clause"])


def _raised(info: Mapping[str, Any]) -> bool:
    """Great Expectations reports an exception flat, or nested by metric."""
    if "raised_exception" in info:
        return bool(info["raised_exception"])
    return any(isinstance(each, Mapping) and each.get("raised_exception") for each in info.values())


def _all_unclear(frame: pl.DataFrame, clause: Clause, kind: type) -> pl.DataFrame:
    """An expectation that raised cannot tell of any row that it concerns."""
    if kind is classes.ExpectObligationToBeMet:
        concerned = pl.col("clause") == clause.id
    elif "*" in clause.on:
        concerned = pl.lit(True)
    else:
        concerned = pl.col("type").is_in(sorted(clause.on)) & pl.col("role").is_in(sorted(clause.roles))
    return frame.filter(concerned).select("row", clause=pl.lit(clause.id), outcome=pl.lit(CANNOT_TELL, pl.Int8))
