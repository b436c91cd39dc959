"""Where the log lacks what was to be read on: found, told, and read on once somebody accepts it.

`streams/docs/0002-owners-holes-and-other-logs.md` tells why.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from faust.types import TP

from infra.logs import Log
from infra.warehouse.answers import Gap
from streams.worker.scheduler import POSITIONS, Place


class Holes:
    """Of one worker. `stored`: the next offset of each place of which anything is stored; `stopped`: not read on."""

    def __init__(self, app: Any, stored: Mapping[Place, int], log: Log) -> None:
        self._app, self._stored, self._log = app, stored, log
        self.stopped: set[Place] = set()

    async def end(self, place: Place, first: int) -> int | None:
        """Where the log begins, if behind `first`: what lies between was lost. None: those are transactions' markers
        and aborted records, or nothing is stored, and the log begins where it begins.
        """
        tp = TP(*place)
        begins = (await self._app.consumer.earliest_offsets(tp))[tp] or 0
        return begins if begins > first and place in self._stored else None

    async def astray(self) -> list[tuple[Place, int]]:
        """Places whose log begins behind what is stored, each with its beginning.

        Others that are not read from where they should be, which nobody knows a reason for, are claimed and sought
        again; one whose log ends before what is stored is stopped.
        """
        found = []
        for place, (expected, got) in POSITIONS.gone_astray().items():
            if place in self.stopped:
                continue
            if (begins := await self.end(place, expected)) is not None:
                found.append((place, begins))
            elif got < expected:
                self.stop(place)
                self._log.error("log ends before what is stored", **where(place), expected=expected, got=got)
            else:
                self._log.warning("astray", **where(place), expected=expected, got=got)
                await self._app.consumer.rejoin()
        return found

    def refused(self, place: Place, gap: Gap) -> None:
        """The warehouse noted a hole there."""
        self.stop(place)
        self._log.error("gap", **where(place), expected=gap.expected, got=gap.got)

    def stop(self, place: Place) -> None:
        """Read only the others on. A new assignment, as after the hole is accepted, begins anew."""
        self.stopped.add(place)
        self._app.consumer.pause_partitions({TP(*place)})

    async def accepted(self, offsets: Mapping[Place, int]) -> None:
        """Claim and seek again if the warehouse's offsets moved on meanwhile, as they do when a hole is accepted."""
        if any(offsets.get(place, 0) > self._stored.get(place, 0) for place in self.stopped):
            await self._app.consumer.rejoin()


def where(place: Place) -> dict[str, Any]:
    """A place as the fields of a line in the log."""
    return {"topic": place[0], "partition": place[1]}
