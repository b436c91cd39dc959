"""The forecast of what will be late."""

from __future__ import annotations

from random import Random

import pytest

from dashboards.forecast import forecast, together

DAY = 86_400.0


def test_too_few_met_foretell_nothing() -> None:
    assert forecast([DAY] * 4, [], [0.0], [DAY]) is None
    assert forecast([DAY] * 9, [], [], []) is None


def test_all_in_time_before_is_all_in_time_after() -> None:
    told = forecast([DAY * 0.5] * 50, [], [0.1 * DAY] * 20, [DAY] * 20)
    assert told is not None
    assert (told.open, round(told.late), told.low, told.high) == (20, 0, 0, 0)


def test_what_took_longer_than_the_term_foretells_lateness() -> None:
    told = forecast([3 * DAY] * 50, [], [0.1 * DAY] * 20, [DAY] * 20)
    assert told is not None
    assert told.late == pytest.approx(20)


def test_the_share_that_was_late_is_the_share_foretold_within_the_span() -> None:
    chance = Random(3)
    took = [DAY * chance.expovariate(1.0) for _ in range(500)]
    told = forecast(took, [], [0.0] * 100, [DAY] * 100)  # of an exponential with mean one, 37 of 100 take longer
    assert told is not None
    assert told.late == pytest.approx(36.8, abs=4)
    assert told.low < told.late < told.high


def test_age_counts_only_those_that_took_longer() -> None:
    """Half took an hour, half five days: one that is a day old is of the second kind, and late after three."""
    took = [3600.0] * 50 + [5 * DAY] * 50
    told = forecast(took, [], [DAY] * 10, [3 * DAY] * 10)
    assert told is not None
    assert told.late == pytest.approx(10, abs=0.01)


def test_one_that_is_past_its_term_is_late_for_sure() -> None:
    told = forecast([DAY] * 10, [], [2 * DAY], [DAY])
    assert told is not None
    assert told.late == 1


def test_the_same_past_foretells_the_same() -> None:
    took = [DAY * n / 7 for n in range(1, 40)]
    assert forecast(took, [], [0.0] * 9, [DAY] * 9) == forecast(took, [], [0.0] * 9, [DAY] * 9)


def test_those_that_are_never_met_make_the_rest_late() -> None:
    """Every second one is forgotten: what is met is met in a day, and half of the new ones still will be late."""
    took, forgotten = [DAY] * 50, [30 * DAY] * 50
    told = forecast(took, forgotten, [0.0] * 20, [3 * DAY] * 20)
    assert told is not None
    assert told.late == pytest.approx(10, abs=0.5)
    assert told.low < 10 < told.high


def test_all_together_are_surer_than_their_spans_added_up() -> None:
    chance = Random(5)
    told = [
        forecast([DAY * chance.expovariate(1.0) for _ in range(400)], [], [0.0] * 60, [DAY] * 60, seed)
        for seed in range(6)
    ]
    known = [each for each in told if each is not None]
    assert len(known) == 6
    one = together(known)
    assert one.open == 360
    assert one.late == pytest.approx(sum(each.late for each in known))
    assert sum(each.low for each in known) < one.low < one.late < one.high < sum(each.high for each in known)
    alone = together(known[:1])
    assert (alone.low, alone.high) == (known[0].low, known[0].high)
