"""What goes wrong on bad days, each done to running parts and undone again. None of them may change what is found.

Each fault is a function of a `Scene` that returns when the fault is over; whoever calls it then waits until everything
is read. Parts that end on their own are started again as `clausewatch up` does.
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from random import Random

from tests.support.disk import SmallDisk, can_mount, can_slow, slow
from tests.support.network import ProxiedKafka, Proxy
from tests.support.pipeline import PARTITIONS, SESSION, House, patience


@dataclass
class Scene:
    """What faults are done to. `to_warehouse`: the workers' way to it; `disks`: small ones, where one may mount."""

    house: House
    kafka: ProxiedKafka
    to_warehouse: Proxy
    disks: Mapping[str, SmallDisk]
    random: Random

    def pause(self, least: float, most: float) -> None:
        """Some time, in which parts that end are started again."""
        until = time.monotonic() + self.random.uniform(least, most)
        while time.monotonic() < until:
            self.house.watch()
            time.sleep(0.1)

    def outage(self) -> None:
        """So long that it is hardly noticed, or, one time in four, that Kafka gives the partitions to others."""
        long = self.random.random() < 0.25
        self.pause(1.1 * SESSION, 1.5 * SESSION) if long else self.pause(0.5, 3)


Fault = Callable[[Scene], None]


def killed(name: str) -> Fault:
    def act(scene: Scene) -> None:
        scene.house.kill(name)
        scene.pause(0, 2)
        scene.house.start(name, wait=False)

    return act


def both_killed(scene: Scene) -> None:
    for name in ("worker-1", "worker-2"):
        scene.house.kill(name)
    scene.pause(0, 2)
    scene.house.start("worker-1", "worker-2", wait=False)


def restarted(name: str) -> Fault:
    def act(scene: Scene) -> None:
        scene.house.stop(name)
        scene.house.start(name)

    return act


def frozen(name: str, least: float, most: float) -> Fault:
    def act(scene: Scene) -> None:
        scene.house.freeze(name)
        scene.pause(least, most)
        scene.house.thaw(name)

    return act


def frozen_out(scene: Scene) -> None:
    """The other worker has all partitions before this one wakes, and thinks that they are its own."""
    house = scene.house
    house.wait_until(lambda: house.owned() == PARTITIONS, 60, "both workers have partitions")
    house.freeze("worker-1")
    try:
        house.wait_until(lambda: house.share("worker-2") == PARTITIONS, 4 * SESSION, "worker-2 has everything")
    finally:
        house.thaw("worker-1")
    house.wait_until(lambda: house.owned() == PARTITIONS, 60, "worker-1 is back")


def broker_killed(scene: Scene) -> None:
    scene.kafka.kill()
    scene.pause(0, 3)
    scene.kafka.start()


def broker_restarted(scene: Scene) -> None:
    scene.kafka.stop()
    scene.kafka.start()


def broker_frozen(scene: Scene) -> None:
    assert scene.kafka.process is not None
    os.kill(scene.kafka.process.pid, signal.SIGSTOP)
    scene.outage()
    os.kill(scene.kafka.process.pid, signal.SIGCONT)


def link(scene: Scene, to: str) -> Proxy:
    return scene.kafka.link if to == "broker" else scene.to_warehouse


def cut(to: str) -> Fault:
    def act(scene: Scene) -> None:
        link(scene, to).cut()
        scene.outage()
        link(scene, to).mend()

    return act


def delayed(to: str) -> Fault:
    def act(scene: Scene) -> None:
        link(scene, to).delay = scene.random.uniform(0.05, 0.5)
        scene.pause(1, 3)
        link(scene, to).mend()

    return act


def reset(to: str) -> Fault:
    def act(scene: Scene) -> None:
        for _ in range(scene.random.randint(1, 5)):
            link(scene, to).reset()
            scene.pause(0, 1)

    return act


def warehouse_full(scene: Scene) -> None:
    """It ends, cannot start while there is no room, and goes on with every commit it had answered."""
    disk = scene.disks["data"]
    disk.fill()
    scene.pause(1, 4)
    disk.free()


def broker_full(scene: Scene) -> None:
    """Kafka halts when it cannot write, as its own log does twice a second; on a busy machine that takes its time."""
    disk = scene.disks["kafka"]
    disk.fill()
    until = time.monotonic() + patience(8)
    while scene.kafka.running() and time.monotonic() < until:
        scene.pause(0.1, 0.1)
    scene.pause(0, 2)
    disk.free()
    if not scene.kafka.running():
        scene.kafka.start()


def warehouse_slow(scene: Scene) -> None:
    process = scene.house.parts["warehouse"].process
    assert process is not None
    with slow(process.pid, scene.random.uniform(0.1, 0.6)):
        scene.pause(1, 3)


FAULTS: Mapping[str, Fault] = {
    "worker killed": killed("worker-1"),
    "both workers killed": both_killed,
    "broker killed": broker_killed,
    "warehouse killed": killed("warehouse"),
    "warehouse unreachable": cut("warehouse"),
    "warehouse: connections reset": reset("warehouse"),
    "broker unreachable": cut("broker"),
    "broker: connections reset": reset("broker"),
    "broker far away": delayed("broker"),
    "warehouse far away": delayed("warehouse"),
    "worker frozen": frozen("worker-1", 1, 1.5 * SESSION),
    "worker frozen until others own its partitions": frozen_out,
    "warehouse frozen": frozen("warehouse", 1, 5),
    "broker frozen": broker_frozen,
    "worker restarted": restarted("worker-1"),
    "warehouse restarted": restarted("warehouse"),
    "broker restarted": broker_restarted,
    "warehouse's disk full": warehouse_full,
    "broker's disk full": broker_full,
    "warehouse's disk slow": warehouse_slow,
}


def possible() -> dict[str, Fault]:
    """Those that can be done here: small disks need to be mounted, and a slow one needs strace."""
    full, late = can_mount(), can_slow()
    return {
        name: fault
        for name, fault in FAULTS.items()
        if (full or "disk full" not in name) and (late or "disk slow" not in name)
    }
