"""How many open obligations will be late if they are met at the pace of the last ones.

The time to meet one is estimated as Kaplan and Meier do (1958), with all that is not met yet, running or overdue, as
censored: without the overdue ones, those that nobody ever meets would count for nothing. An obligation of age a and
term t is late with the probability S(t) / S(a). The interval comes from resampling the past (Efron, 1981)
and drawing each open one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

ENOUGH = 5  # obligations met, below which nothing is foretold
DRAWS = 200
INTERVAL = (10, 90)  # per cent: four of five outcomes lie within

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Forecast:
    """`late` of `open` are expected to be late; in four of five draws between `low` and `high`."""

    open: int
    late: float
    low: int
    high: int
    draws: tuple[int, ...] = field(default=(), repr=False)


def forecast(
    took: Sequence[float], overdue: Sequence[float], ages: Sequence[float], terms: Sequence[float], seed: int = 0
) -> Forecast | None:
    """From seconds: what past ones took, the ages of those overdue and not met, age and term of each that runs.

    Only those that run are foretold; the overdue are late already. None: too few were met to tell.
    """
    if len(took) < ENOUGH or not ages:
        return None
    past, unmet, running, limits = (np.asarray(each, dtype=np.float64) for each in (took, overdue, ages, terms))
    times = np.concatenate([past, unmet, running])
    met = np.arange(len(times)) < len(past)
    chance = np.random.default_rng(seed)
    expected = float(_late(times, met, running, limits).sum())
    drawn = []
    for _ in range(DRAWS):
        again = chance.integers(0, len(times), len(times))
        odds = _late(times[again], met[again], running, limits)
        drawn.append(int((chance.random(len(odds)) < odds).sum()))
    return _told(len(running), expected, drawn)


def together(told: Sequence[Forecast]) -> Forecast:
    """All of them as one. The spans do not add up, but each draw does: promises are kept and broken on their own."""
    return _told(
        sum(each.open for each in told),
        sum(each.late for each in told),
        [sum(drawn) for drawn in zip(*(each.draws for each in told), strict=True)],
    )


def _told(open: int, late: float, drawn: Sequence[int]) -> Forecast:
    low, high = np.percentile(drawn, INTERVAL) if drawn else (0, 0)
    return Forecast(open, late, int(low), int(np.ceil(high)), tuple(drawn))


def _late(times: Floats, met: NDArray[np.bool_], ages: Floats, terms: Floats) -> Floats:
    """The probability of each open one to be met after its term, given that it is not met yet."""
    points, survivors = _survival(times, met)
    at = survivors[np.searchsorted(points, np.stack([ages, terms]), side="right")]
    return np.where(terms <= ages, 1.0, np.where(at[0] > 0, at[1] / np.maximum(at[0], 1e-12), 1.0))


def _survival(times: Floats, met: NDArray[np.bool_]) -> tuple[Floats, Floats]:
    """Kaplan and Meier: instants at which one was met, and the share still open before the first and after each."""
    points = np.unique(times[met])
    at_risk = len(times) - np.searchsorted(np.sort(times), points, side="left")
    ended = np.searchsorted(np.sort(times[met]), points, side="right")
    ended = np.diff(np.concatenate([[0], ended]))
    return points, np.concatenate([[1.0], np.cumprod(1 - ended / at_risk)])
