"""All lives together, and how their events travel: late, out of order, sometimes twice."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Generator, Iterable, Iterator
from heapq import heapify, heappop, heappush, heapreplace
from pathlib import Path
from random import Random

import msgspec

from streams.simulate.actor import Actor, Made, World, token
from streams.simulate.archive import Archive
from streams.simulate.calendar import DAY, HOUR, MINUTE, SECOND
from streams.simulate.company import Company
from streams.simulate.life import Person
from streams.simulate.partners import partners
from streams.simulate.truth import Truth

NEVER = 1 << 60
NATURAL_PER_DAY = 5.0  # routine actions of a person a day
LINES_IN_MEMORY = 200_000
_decode, _encode = msgspec.json.Decoder().decode, msgspec.json.Encoder().encode

Delivery = tuple[int, int, Made]  # when it arrives, a number that breaks ties, what arrives


def make_world(
    *, seed: int, start: int, subjects: int, days: float, truth: Truth, per_day: float, live_rate: float = 0
) -> World:
    """A world of `subjects` people; with `live_rate` (events a second) it goes on for ever after `days`."""
    end = start + round(days * DAY)
    return World(
        seed=seed,
        start=start,
        end=NEVER if live_rate else end,
        live_from=end,
        per_day=per_day,
        live_per_day=max(live_rate * 86_400 / subjects, 1e-9),
        trouble=0.05,
        truth=truth,
        run=(run := token(Random(f"{seed}:{start}:run"), 6)),
        partners=partners(run),
    )


class Carrier:
    """Decides when each event arrives, and whether it arrives twice."""

    def __init__(self, world: World) -> None:
        self.random = Random(f"{world.seed}:{world.start}:carrier")
        self.number = 0

    def carry(self, made: Made) -> Iterator[Delivery]:
        """Most arrive within seconds, some after hours or days; one in eighty comes again."""
        draw = self.random.random()
        if draw < 0.9:
            delay = int(draw * 2 * SECOND)
        elif draw < 0.975:
            delay = int(self.random.random() * 3 * MINUTE)
        elif draw < 0.995:
            delay = int(self.random.random() * 5 * HOUR)
        else:
            delay = int(self.random.random() * 2 * DAY)
        self.number += 1
        sent = made.time if made.sent is None else made.sent
        yield sent + delay, self.number, made
        if draw * 80 % 1 < 0.0125:
            again = made
            if self.number % 4 == 0 and made.value[-1:] == b"}":
                again = made._replace(value=_other_way_round(made.value))
            self.number += 1
            yield sent + delay + int(self.random.random() * HOUR), self.number, again


def _other_way_round(value: bytes) -> bytes:
    """The same event with its members in another order: the same content, other bytes."""
    try:
        event = _decode(value)
    except msgspec.DecodeError:
        return value
    return bytes(_encode(dict(reversed(list(event.items())))))


def one_by_one(world: World, people: Iterable[int]) -> Iterator[list[Made]]:
    """Every life from beginning to end, one after the other, the company's first: memory holds one of them."""
    yield from _live(Archive(world))
    yield from _live(Company(world))
    for number in people:
        yield from _live(Person(world, f"person-{number}"))
        while world.spawned:
            yield from _live(world.spawned.pop())


def _live(actor: Actor) -> Iterator[list[Made]]:
    end = actor.world.end
    while actor.diary and actor.diary[0][0] < end:
        yield actor.step()
    actor.settle()


def side_by_side(world: World, subjects: int) -> Generator[list[Made], None, None]:
    """All lives in the order of time, for ever: what the broker gets."""
    actors: list[Actor] = [Archive(world), Company(world)]
    actors += [Person(world, f"person-{number}") for number in range(subjects)]
    order = [(actor.diary[0][0], number, actor) for number, actor in enumerate(actors)]
    heapify(order)
    number = len(actors)
    try:
        while order:
            actor = order[0][2]
            yield actor.step()
            if actor.diary:
                heapreplace(order, (max(actor.diary[0][0], actor.now), order[0][1], actor))
            else:
                heappop(order)
                actor.settle()
            while world.spawned:
                newcomer = world.spawned.pop()
                number += 1
                heappush(order, (newcomer.diary[0][0], number, newcomer))
    finally:  # whoever stops watching still learns what is owed: it will not come any more
        for _, _, actor in sorted(order, key=lambda entry: entry[1]):
            actor.settle()


def write(world: World, people: Iterable[int], sink: Callable[[bytes], object]) -> int:
    """All events of the company and of these people to `sink`, a line each, in the order of arrival; how many.

    Beyond 200,000 lines they wait in files of a temporary directory, one for each day of arrival.
    """
    carrier, lines = Carrier(world), 0
    waiting: dict[int, list[tuple[int, int, bytes]]] = {}
    held = 0
    with tempfile.TemporaryDirectory(prefix="clausewatch-simulate-") as name:
        folder = Path(name)
        for events in one_by_one(world, people):
            for made in events:
                for when, number, sent in carrier.carry(made):
                    waiting.setdefault(when // DAY, []).append((when, number, sent.value))
                    held += 1
                    lines += 1
            if held > LINES_IN_MEMORY:
                for day, some in waiting.items():
                    _spill(folder / str(day), some)
                waiting.clear()
                held = 0
        spilled = {int(path.name) for path in folder.iterdir()}
        for day in sorted(spilled | set(waiting)):
            some = waiting.pop(day, [])
            if day in spilled:
                some += _spilled(folder / str(day))
            some.sort()
            for _, _, value in some:
                sink(value)
    return lines


def _spill(path: Path, some: list[tuple[int, int, bytes]]) -> None:
    with path.open("ab") as out:
        out.writelines(b"%d %d %s\n" % line for line in some)


def _spilled(path: Path) -> Iterator[tuple[int, int, bytes]]:
    with path.open("rb") as lines:
        for line in lines:
            when, number, value = line[:-1].split(b" ", 2)
            yield int(when), int(number), value
