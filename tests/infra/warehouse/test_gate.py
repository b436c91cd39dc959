from __future__ import annotations

import pytest

from infra.tokens import Issued
from infra.warehouse import roles
from infra.warehouse.answers import Refused, Unavailable
from infra.warehouse.gate import Caller, Gate


class Seconds:
    """A clock that the test sets."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def admitted(gate: Gate, caller: Caller, wanted: int) -> int:
    """How many of so many calls at once are let in."""
    done = 0
    for _ in range(wanted):
        try:
            gate.admit(caller, "ping", 10)
        except Unavailable:
            continue
        done += 1
    return done


def test_a_caller_may_call_so_often_and_delays_no_other() -> None:
    clock = Seconds()
    gate = Gate(lambda secret: None, clock)
    one, other = (Caller(Issued(name, "dashboards", "", "")) for name in ("pages-1", "pages-2"))
    rate = roles.LIMITS["dashboards"].rate
    assert admitted(gate, one, 5 * rate) == 2 * rate
    assert admitted(gate, other, 10) == 10
    clock.now = 0.5
    assert admitted(gate, one, 5 * rate) == rate // 2
    clock.now = 100.0
    assert admitted(gate, one, 5 * rate) == 2 * rate


def test_each_role_has_limits_and_a_batch_of_a_worker_always_passes() -> None:
    assert set(roles.LIMITS) == set(roles.ALLOWED)
    gate = Gate(lambda secret: None)
    gate.admit(Caller(Issued("w", "worker", "", "")), "apply", 500_000_000)
    with pytest.raises(Refused, match="may send 65536 at once"):
        gate.admit(Caller(Issued("d", "dashboards", "", "")), "query", 65_537)
    with pytest.raises(Refused, match="role dashboards may not call 'apply'"):
        gate.admit(Caller(Issued("d", "dashboards", "", "")), "apply", 1)
