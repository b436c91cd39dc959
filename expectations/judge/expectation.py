"""Two Great Expectations classes: a clause holds for events, an obligation was met.

Their own arguments (clause, readings) decide, so changing a suite changes verdicts. One shared metric turns the
batch into a polars frame once; each clause is one expression over it. Values never enter a result: rows' numbers do.
"""

from __future__ import annotations

import json
from functools import cache
from typing import Any, ClassVar

import polars as pl
from great_expectations.compatibility.pydantic import PrivateAttr
from great_expectations.core.metric_domain_types import MetricDomainTypes
from great_expectations.execution_engine.pandas_execution_engine import PandasExecutionEngine
from great_expectations.expectations.expectation import BatchExpectation
from great_expectations.expectations.expectation_configuration import ExpectationConfiguration, parse_result_format
from great_expectations.expectations.metrics.metric_provider import metric_value
from great_expectations.expectations.metrics.table_metric_provider import TableMetricProvider
from great_expectations.validator.metric_configuration import MetricConfiguration
from great_expectations.validator.validator import ValidationDependencies

from expectations.model import registry

BREACH, PASS, CANNOT_TELL = 0, 1, 2  # null: not applicable

# Outcomes of the validation under way, by clause: a result must not carry whole columns (it doubles the time).
OUTCOMES: dict[str, pl.DataFrame] = {}


class _Frame(TableMetricProvider):
    metric_name = "clausewatch.frame"
    domain_keys = ("batch_id",)
    value_keys = ()

    @metric_value(engine=PandasExecutionEngine)
    def _pandas(
        cls,
        execution_engine: Any,
        metric_domain_kwargs: Any,
        metric_value_kwargs: Any,
        metrics: Any,
        runtime_configuration: Any,
    ) -> pl.DataFrame:
        frame, _, _ = execution_engine.get_compute_domain(metric_domain_kwargs, domain_type=MetricDomainTypes.TABLE)
        return pl.from_pandas(frame)


def outcome_of_clause(frame: pl.DataFrame, clause: str, readings: str) -> pl.DataFrame:
    """`row`, `clause` and `outcome` (code) of the rows that a clause under those readings (JSON object) concerns."""
    concerned, code = _asked(clause, readings)
    return frame.lazy().filter(concerned).select("row", clause=pl.lit(clause), outcome=code).collect()


@cache
def _asked(clause: str, readings: str) -> tuple[pl.Expr, pl.Expr]:
    """Which rows it concerns, and the outcome code of each; built once, the clauses are many and batches small."""
    asked = registry()[clause]
    rule = asked.rule(json.loads(readings))
    concerned = pl.col("role").is_in(sorted(asked.roles))
    if "*" not in asked.on:
        concerned &= pl.col("type").is_in(sorted(asked.on)) & ~pl.col("personal_envelope")
    code = (
        pl.when(~rule.applies.fill_null(True))
        .then(None)
        .when(rule.holds)
        .then(PASS)
        .when(rule.holds.is_null() | rule.applies.is_null())
        .then(CANNOT_TELL)
        .otherwise(BREACH)
        .cast(pl.Int8)
    )
    return concerned, code


def outcome_of_obligation() -> pl.Expr:
    """The outcome code of an obligation once its instants have passed; null: cancelled, or nothing to say yet."""
    in_time = pl.col("met_at").is_not_null() & (pl.col("due_at").is_null() | (pl.col("met_at") <= pl.col("due_at")))
    waits = pl.col("due_at").is_null() & pl.col("met_at").is_null()
    return (
        pl.when(pl.col("cancelled_at").is_not_null())
        .then(None)
        .when(in_time & ~pl.col("misstep"))
        .then(PASS)
        .when(pl.col("undecided"))
        .then(CANNOT_TELL)
        .when(waits)
        .then(None)
        .otherwise(BREACH)
        .cast(pl.Int8)
    )


class _ClauseOutcome(TableMetricProvider):
    metric_name = "clausewatch.clause_outcome"
    domain_keys = ("batch_id",)
    value_keys = ("clause", "readings")

    @metric_value(engine=PandasExecutionEngine)
    def _pandas(
        cls,
        execution_engine: Any,
        metric_domain_kwargs: Any,
        metric_value_kwargs: Any,
        metrics: Any,
        runtime_configuration: Any,
    ) -> pl.DataFrame:
        frame: pl.DataFrame = metrics["clausewatch.frame"]
        return outcome_of_clause(frame, metric_value_kwargs["clause"], metric_value_kwargs["readings"])

    @classmethod
    def _get_evaluation_dependencies(
        cls,
        metric: Any,
        configuration: Any = None,
        execution_engine: Any = None,
        runtime_configuration: Any = None,
    ) -> dict[str, Any]:
        return {"clausewatch.frame": MetricConfiguration("clausewatch.frame", metric.metric_domain_kwargs, {})}


class _ObligationOutcome(_ClauseOutcome):
    metric_name = "clausewatch.obligation_outcome"

    @metric_value(engine=PandasExecutionEngine)
    def _pandas(
        cls,
        execution_engine: Any,
        metric_domain_kwargs: Any,
        metric_value_kwargs: Any,
        metrics: Any,
        runtime_configuration: Any,
    ) -> pl.DataFrame:
        frame: pl.DataFrame = metrics["clausewatch.frame"]
        own = pl.col("clause") == metric_value_kwargs["clause"]
        return frame.lazy().filter(own).select("row", "clause", outcome=outcome_of_obligation()).collect()


class _Judging(BatchExpectation):
    metric_dependencies: ClassVar[tuple[str, ...]]
    domain_keys: ClassVar[tuple[str, ...]] = ("batch_id",)
    success_keys: ClassVar[tuple[str, ...]] = ("clause", "readings")
    clause: str
    readings: str = "{}"
    _configured: tuple[str, ExpectationConfiguration] | None = PrivateAttr(None)

    @property
    def configuration(self) -> ExpectationConfiguration:
        """Made once for its readings: Great Expectations asks a dozen times a validation, half of the time."""
        if self._configured is None or self._configured[0] != self.readings:
            self._configured = self.readings, super().configuration
        return self._configured[1]

    def get_validation_dependencies(
        self, execution_engine: Any = None, runtime_configuration: dict[str, Any] | None = None
    ) -> ValidationDependencies:
        """Its one metric, of its own arguments: the library works that out of the signatures, twice a validation."""
        given = self.configuration.kwargs
        metric = MetricConfiguration(
            self.metric_dependencies[0],
            {"batch_id": given.get("batch_id")},
            {name: given.get(name, getattr(self, name)) for name in self.success_keys},
        )
        wanted = (runtime_configuration or {}).get("result_format", "BASIC")
        return ValidationDependencies({metric.metric_name: metric}, parse_result_format(wanted))

    def _validate(
        self, metrics: dict[str, Any], runtime_configuration: Any = None, execution_engine: Any = None
    ) -> dict[str, Any]:
        found: pl.DataFrame = metrics[self.metric_dependencies[0]]
        outcome = found["outcome"]
        OUTCOMES[self.clause] = found
        broken = found["row"].filter(outcome == BREACH).to_list()
        judged = outcome.len() - outcome.null_count()
        return {
            "success": not broken,
            "result": {
                "observed_value": f"{len(broken)} of {judged}",
                "element_count": judged,
                "unexpected_count": len(broken),
                "unexpected_percent": 100 * len(broken) / max(judged, 1),
                "unexpected_index_list": [{"row": row} for row in broken],
            },
        }


class ExpectClauseToHold(_Judging):
    """A clause of the policy holds for every event that it concerns."""

    metric_dependencies: ClassVar[tuple[str, ...]] = ("clausewatch.clause_outcome",)


class ExpectObligationToBeMet(_Judging):
    """What a clause promises to do later was done in time."""

    metric_dependencies: ClassVar[tuple[str, ...]] = ("clausewatch.obligation_outcome",)
