"""Our policy with other readings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from expectations.lined import Fault, Lined
from expectations.policy import Policy, load
from expectations.readings import of_clauses, read_readings


def policy_with(readings: Mapping[str, Mapping[str, Any]]) -> Policy:
    """Our policy, every version of it with other readings."""
    policy = load(None, of_clauses())
    faults: list[Fault] = []
    chosen = read_readings(Lined("scenario", {}, {}), readings, of_clauses(), faults)
    assert not faults, faults
    versions = tuple(
        replace(version, readings={**version.readings, **_merged(version.readings, chosen)})
        for version in policy.versions
    )
    return replace(policy, versions=versions)


def _merged(
    old: Mapping[str, Mapping[str, object]], new: Mapping[str, Mapping[str, object]]
) -> dict[str, dict[str, object]]:
    return {clause: {**old.get(clause, {}), **chosen} for clause, chosen in new.items()}
