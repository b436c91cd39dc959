"""Who may write and how far each partition was read: epochs, next offsets, identity of the log, holes.

The tables are the truth; `State` is their copy in memory, read at start and changed only after a commit, so
that a fenced or repeated `apply` is answered without a query.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from infra.warehouse.answers import AnotherLog, Claim, WarehouseError
from infra.warehouse.tables import transaction

_ANOTHER_LOG = "got < expected AND accepted_at IS NULL"  # the rows of `gaps` that `identify` made
EPOCH_START = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass
class State:
    """The small tables in memory."""

    epochs: dict[int, int] = field(default_factory=dict)
    offsets: dict[tuple[str, int], int] = field(default_factory=dict)
    read_to: dict[tuple[str, int], datetime] = field(default_factory=dict)
    log: tuple[str, dict[str, str]] | None = None
    generation: int = 0
    registers: int = 0
    batch: int = 0
    rejudge: int = 0
    reconciled: int = 0  # number of the last transaction that `reconcile` has looked at
    chain: bytes = b"\0" * 32
    recorded_at: datetime = EPOCH_START

    def tick(self, now: datetime) -> datetime:
        """The instant of the next transaction: later than all before, also when the clock was set back."""
        return max(now, self.recorded_at + timedelta(microseconds=1))


def load(connection: Any) -> State:
    """Read the state of an opened database."""
    state = State()

    def rows(sql: str) -> list[Any]:
        return list(connection.sql(sql).fetchall())

    def one(sql: str) -> Any:
        return rows(sql)[0][0]

    state.epochs = dict(rows('SELECT "partition", max(epoch) FROM claims GROUP BY ALL'))
    for topic, partition, following, read_to in rows('SELECT topic, "partition", next, read_to FROM offsets'):
        state.offsets[topic, partition] = following
        if read_to is not None:
            state.read_to[topic, partition] = read_to
    logs = rows("SELECT generation, cluster, topic, topic_id FROM logs")
    if logs:
        state.generation = max(row[0] for row in logs)
        current = [row for row in logs if row[0] == state.generation]
        state.log = (current[0][1], {topic: name for _, _, topic, name in current})
    state.registers = one("SELECT coalesce(max(number), 0) FROM registers")
    state.rejudge = one("SELECT coalesce(max(rejudge), 0) FROM rejudge")
    state.reconciled = one("SELECT coalesce(max(batch), 0) FROM reconciled")
    last = rows("SELECT batch, chain, recorded_at FROM batches ORDER BY batch DESC LIMIT 1")
    if last:
        state.batch, state.chain, state.recorded_at = last[0]
    return state


def claim(connection: Any, state: State, partitions: Sequence[int], worker: str, now: datetime) -> Claim:
    """Give the caller a new epoch for each partition number; older epochs are fenced from now on."""
    epochs = {partition: state.epochs.get(partition, 0) + 1 for partition in partitions}
    with transaction(connection):
        for partition, epoch in epochs.items():
            connection.execute('DELETE FROM claims WHERE "partition" = ?', [partition])
            connection.execute("INSERT INTO claims VALUES (?, ?, ?, ?)", [partition, epoch, worker, now])
    state.epochs.update(epochs)
    wanted = set(partitions)
    offsets = {place: following for place, following in state.offsets.items() if place[1] in wanted}
    return Claim(epochs, offsets, state.registers)


def identify(
    connection: Any, state: State, cluster: str, topics: Mapping[str, str], partitions: int, now: datetime
) -> None:
    """Register which log is read. Another one, or topics made anew, of which anything was stored is refused.

    Every partition number gets a claim, of nobody at first, so that their number is known: with another one the events
    of one person would part. Raises WarehouseError; `accept_log` accepts what was refused for its topics' ids.
    """
    if state.log is not None and partitions != len(state.epochs):
        raise WarehouseError(
            f"the topics have {partitions} partitions each, this warehouse was filled from {len(state.epochs)}: the"
            " number is never changed, or the events of one person would part"
        )
    known_cluster, known_topics = state.log or ("", {})
    if cluster == known_cluster and all(known_topics.get(topic) == name for topic, name in topics.items()):
        connection.execute(f"DELETE FROM gaps WHERE {_ANOTHER_LOG}")
        return
    same = cluster == known_cluster
    merged = {**known_topics, **topics} if same else dict(topics)
    refused = sorted(place for place in state.offsets if known_topics.get(place[0]) != merged.get(place[0]) or not same)
    if state.log is not None and refused:
        for place in refused:
            refuse_gap(connection, place, state.offsets[place], 0, now)
        which = f"made anew: {', '.join(sorted({topic for topic, _ in refused}))}" if same else f"of cluster {cluster}"
        raise AnotherLog(
            f"the topics are others than those that were read, {which}: the stored offsets mean nothing there, and what"
            " the old ones held and was not judged is not in them"
        )
    generation = state.generation + 1
    epochs = {**dict.fromkeys(range(partitions), 0), **state.epochs}
    with transaction(connection):
        connection.execute("DELETE FROM claims")
        for number, epoch in epochs.items():
            connection.execute("INSERT INTO claims VALUES (?, ?, NULL, ?)", [number, epoch, now])
        for topic, name in merged.items():
            connection.execute("INSERT INTO logs VALUES (?, ?, ?, ?, ?)", [generation, cluster, topic, name, now])
    state.epochs.update(epochs)
    state.log, state.generation = (cluster, merged), generation


def accept_log(connection: Any, state: State, reason: str, now: datetime) -> list[str]:
    """Have the topics that `identify` refused read from their beginning; returns them. Whoever reads is fenced.

    Stored events stay: their identity keeps a second reading exact. Raises WarehouseError: none was refused.
    """
    _said(reason)
    found = connection.execute(f"SELECT DISTINCT topic FROM gaps WHERE {_ANOTHER_LOG} ORDER BY topic").fetchall()
    topics = [row[0] for row in found]
    if not topics:
        raise WarehouseError("no other log was refused: nothing to accept")
    epochs = {number: epoch + 1 for number, epoch in state.epochs.items()}
    with transaction(connection):
        connection.execute("UPDATE claims SET epoch = epoch + 1, claimed_at = ?", [now])
        connection.execute(f"UPDATE gaps SET reason = ?, accepted_at = ? WHERE {_ANOTHER_LOG}", [reason, now])
        for topic in topics:
            connection.execute("DELETE FROM offsets WHERE topic = ?", [topic])
            connection.execute("DELETE FROM gaps WHERE topic = ? AND accepted_at IS NULL", [topic])
    state.epochs.update(epochs)
    for place in [place for place in state.offsets if place[0] in topics]:
        del state.offsets[place]
        state.read_to.pop(place, None)
    return topics


def advance(connection: Any, place: tuple[str, int], following: int, read_to: datetime | None, now: datetime) -> None:
    """Store the next offset of a partition; inside the transaction of `apply`."""
    connection.execute('DELETE FROM offsets WHERE topic = ? AND "partition" = ?', list(place))
    connection.execute("INSERT INTO offsets VALUES (?, ?, ?, ?, ?)", [*place, following, read_to, now])


def refuse_gap(connection: Any, place: tuple[str, int], expected: int, got: int, now: datetime) -> None:
    """Note a hole that `apply` refused, once, for the pages and for `accept_gap`."""
    held = connection.execute(
        'SELECT count(*) FROM gaps WHERE topic = ? AND "partition" = ? AND expected = ? AND got = ?'
        " AND accepted_at IS NULL",
        [*place, expected, got],
    ).fetchall()[0][0]
    if not held:
        connection.execute("INSERT INTO gaps VALUES (?, ?, ?, ?, ?, NULL, NULL)", [*place, expected, got, now])


def accept_gap(connection: Any, state: State, topic: str, partition: int, reason: str, now: datetime) -> int:
    """Accept the refused hole of a partition, with a reason; returns the offset from which it is read on."""
    found = connection.execute(
        'SELECT expected, max(got) FROM gaps WHERE topic = ? AND "partition" = ? AND accepted_at IS NULL'
        " AND got > expected GROUP BY expected ORDER BY expected DESC LIMIT 1",
        [topic, partition],
    ).fetchall()
    if not found:
        raise WarehouseError(f"{topic}[{partition}] has no refused gap: nothing to accept")
    _said(reason)
    following = int(found[0][1])
    with transaction(connection):
        connection.execute(
            'UPDATE gaps SET reason = ?, accepted_at = ? WHERE topic = ? AND "partition" = ? AND accepted_at IS NULL'
            " AND got > expected",
            [reason, now, topic, partition],
        )
        advance(connection, (topic, partition), following, state.read_to.get((topic, partition)), now)
    state.offsets[topic, partition] = following
    return following


def _said(reason: str) -> None:
    if not reason.strip():
        raise WarehouseError("say why it is accepted: it is shown wherever its time is")


def read_to(state: State, unread: Iterable[tuple[str, int]], now: datetime) -> datetime:
    """Up to which event time all was read, when these partitions alone were not read to their end."""
    return min((state.read_to.get(place, EPOCH_START) for place in unread), default=now)


def latest(instants: Iterable[datetime | None]) -> datetime | None:
    """The latest of them that is known."""
    return max((instant for instant in instants if instant is not None), default=None)
