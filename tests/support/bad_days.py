"""Rounds of faults over one house: events arrive, things go wrong, and afterwards the findings must be the audit's.

A life is some rounds with one log and one store; which faults come when is its seed's.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from random import Random

from tests.support.disk import SmallDisk, can_mount
from tests.support.faults import Fault, Scene
from tests.support.network import ProxiedKafka, Proxy
from tests.support.pipeline import (
    SOON,
    House,
    Line,
    assert_equal,
    assert_sound,
    assert_sound_store,
    audited,
    copied,
    empty_topics,
)

LIFE = 10  # rounds
SPEED = 120  # events a second
AT_ONCE = 2  # faults in a round, one after the other


@contextmanager
def network(directory: Path) -> Iterator[tuple[ProxiedKafka, SmallDisk | None]]:
    """A Kafka behind a network, on a small disk where one can be mounted."""
    with ExitStack() as stack:
        disk = SmallDisk(directory) if can_mount() else None
        if disk is not None:
            stack.callback(disk.close)
        kafka = ProxiedKafka(directory / "kafka", directory.with_suffix(".log"))
        stack.callback(kafka.close)
        kafka.start()
        yield kafka, disk


class Life:
    """One house on one log. `round` publishes the next lines, lets things go wrong, and compares with the audit.

    `disk`: that of the broker, if it is a small one.
    """

    def __init__(
        self, kafka: ProxiedKafka, directory: Path, seed: int, lines: Sequence[Line], disk: SmallDisk | None = None
    ) -> None:
        empty_topics(kafka.address)
        self.lines, self.sent = lines, 0
        self._directory = directory
        self._stack = ExitStack()
        disks = {} if disk is None else {"kafka": disk}
        if can_mount():
            disks["data"] = SmallDisk(directory / "disk")
            self._stack.callback(disks["data"].close)
        to_warehouse = Proxy(lambda: f"127.0.0.1:{self.house.port}")
        self._stack.callback(to_warehouse.close)
        far = {"KAFKA_BOOTSTRAP_SERVERS": kafka.far, "CLAUSEWATCH_WAREHOUSE": to_warehouse.address, **SOON}
        self.house = House(directory / "disk" / f"life-{seed}" / "data", kafka.address, far)
        self._stack.callback(self.house.end)
        self.scene = Scene(self.house, kafka, to_warehouse, disks, Random(seed))

    def __enter__(self) -> Life:
        try:
            self.house.start("warehouse", "worker-1", "worker-2")
        except BaseException:
            self._stack.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def keep(self, directory: Path) -> None:
        """What the parts said and stored, for whoever looks into a failure: the small disk is gone afterwards."""
        shutil.copytree(self.house.settings.data_dir, directory, ignore=shutil.ignore_patterns("*.sock"))

    def round(self, number: int, lines: int, faults: Mapping[str, Fault]) -> None:
        """Raises AssertionError when anything was lost, counted twice or found otherwise than by the audit, or when the
        store that a crash would leave behind now is not sound.
        """
        house, share = self.house, lines // len(faults)
        begin, self.sent = self.sent, self.sent + share * len(faults)
        with ThreadPoolExecutor(1) as aside:
            expected = aside.submit(audited, self.lines[: self.sent], self._directory / f"audit-{number}")
            for first, act in zip(range(begin, self.sent, share), faults.values(), strict=True):
                with house.publishing(self.lines[first : first + share], a_second=SPEED):
                    self.scene.pause(0, 1)
                    act(self.scene)
            house.wait_until_read(180)
            found = house.export(self._directory / f"export-{number}")
            assert_equal(found, expected.result())
        copy = self._directory / f"copy-{number}"
        assert_sound_store(copied(house, copy))
        shutil.rmtree(copy)

    def end(self) -> None:
        """After the last round: what the parts leave behind when they are asked to end is sound."""
        assert_sound(self.house)


def days(seed: int, faults: Mapping[str, Fault]) -> Iterator[dict[str, Fault]]:
    """Endless rounds: every kind in turn, in an order of the seed's."""
    random, waiting = Random(seed), list[str]()
    while True:
        if len(waiting) < AT_ONCE:
            waiting += random.sample(list(faults), len(faults))
        chosen, waiting = waiting[:AT_ONCE], waiting[AT_ONCE:]
        yield {name: faults[name] for name in chosen}
