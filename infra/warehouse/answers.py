"""What the warehouse answers and how it refuses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

ACCEPT_LOG = (
    "meant so: `clausewatch offsets accept-log --reason …` has them read from their beginning; else correct"
    " KAFKA_BOOTSTRAP_SERVERS"
)


@dataclass(frozen=True)
class Claim:
    """Epoch (fencing token) per partition number, next offset per (topic, partition), register number."""

    epochs: dict[int, int]
    offsets: dict[tuple[str, int], int]
    registers: int


@dataclass(frozen=True)
class Applied:
    """What one `apply` stored: new events, events already there, quarantine rows; the register number."""

    stored: int
    duplicates: int
    quarantined: int
    registers: int


class WarehouseError(Exception):
    """The warehouse cannot do this; the message says why and what to do."""


class Fenced(WarehouseError):  # noqa: N818 - an answer, named as what it says
    """Another worker has claimed the partition since."""

    def __init__(self, partition: int) -> None:
        super().__init__(f"partition {partition} was claimed by another worker: stop working on it")
        self.partition = partition


class Gap(WarehouseError):  # noqa: N818 - an answer, named as what it says
    """The range does not begin at the stored next offset."""

    def __init__(self, partition: int, expected: int, got: int, topic: str = "") -> None:
        super().__init__(
            f"{topic}[{partition}] was read from offset {got}, stored is up to {expected}: what lies between"
            " is missing; accept it with "
            f"`clausewatch offsets accept-gap {topic or 'TOPIC'} {partition} --reason …`"
        )
        self.partition, self.expected, self.got, self.topic = partition, expected, got, topic


class AnotherLog(WarehouseError):  # noqa: N818 - an answer, named as what it says
    """The broker's topics are not those that were read so far."""


class Stale(WarehouseError):  # noqa: N818 - an answer, named as what it says
    """Judged without what others stored since: facts of its entities, or registers.

    `table` (REGISTERS) holds the newer rows of the registers, `number` is their newest.
    """

    def __init__(self, number: int, table: Any) -> None:
        super().__init__(f"judged without what was stored since (registers: number {number}): judge again with it")
        self.number, self.table = number, table


class Held(WarehouseError):  # noqa: N818 - an answer, named as what it says
    """Another holds the lease, or has taken it since."""

    def __init__(self, name: str, holder: str) -> None:
        super().__init__(f"{name} is the work of {holder} now: one at a time")
        self.name, self.holder = name, holder


class TimedOut(WarehouseError):  # noqa: N818 - an answer, named as what it says
    """A query took longer than its limit and was stopped."""


class Refused(WarehouseError):  # noqa: N818 - an answer, named as what it says
    """The caller's token does not allow this call."""


class Unavailable(WarehouseError):  # noqa: N818 - an answer, named as what it says
    """The warehouse does not answer, or is restarting; try again."""


class Broken(WarehouseError):  # noqa: N818 - an answer, named as what it says
    """The store is invalid until it is opened again (mostly a full disk); acknowledged commits are kept."""


def hole_told(hole: Mapping[str, Any]) -> tuple[str, str]:
    """A row of the query `gaps` in words, and the command that accepts it."""
    place, expected, got = f"{hole['topic']}[{hole['partition']}]", hole["expected"], hole["got"]
    if got < expected:
        words = f"{place} is another log than the one that was read up to offset {expected}"
        return words, "clausewatch offsets accept-log --reason …"
    words = f"{place} has no offsets {expected} to {got - 1} any more"
    return words, f"clausewatch offsets accept-gap {hole['topic']} {hole['partition']} --reason …"
