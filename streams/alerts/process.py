"""The part that raises and tells alerts: one at a time, by a lease in the warehouse.

A turn: raise what is settled, end what is over, make notices of what is due, send those whose time has come. All that
it knows is in the warehouse, so one that was killed is followed by another that goes on where it was.
"""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol, TypeVar

import polars as pl
import pyarrow as pa

from infra import logs
from infra.clock import Clock
from infra.settings import alive
from infra.warehouse.answers import Held
from infra.warehouse.schema import ALERTS, NOTICES, TOLD
from infra.warehouse.tables import frame
from streams.alerts import channels, delivery, grouping, messages, raising, reports
from streams.alerts.config import Config, Integration
from streams.alerts.delivery import Outcome
from streams.alerts.life import Action, standing
from streams.alerts.matching import matchers
from streams.alerts.silences import Silence

LEASE, RENEW = 10.0, 3.0  # seconds
CLOCKS_EVERY, SURROUNDINGS_EVERY = 2.0, 20.0  # at least; a look takes a twentieth of the time at most
OVERLAP = timedelta(minutes=1)  # by which two looks at beliefs that ended overlap, for clocks that differ
NAMES = 500  # alerts asked for by name at once
PIECE = 20_000  # findings raised in one transaction
NOTICED = 50  # notices kept in one transaction; then some are sent
START = datetime(1970, 1, 1, tzinfo=UTC)
Row = Mapping[str, Any]
T = TypeVar("T")
Send = Callable[[Integration, str, Row, datetime], Outcome]
logger = logs.get("alerts")


class Warehouse(Protocol):
    """What is asked of the warehouse: its client, or a store in this process."""

    def query(self, name: str, parameters: Mapping[str, Any]) -> Any: ...

    def lease(self, name: str, holder: str, seconds: float, gone: str = "") -> int: ...

    def alert(self, token: int, changes: Mapping[str, Any]) -> int: ...


class Alerts:
    """Raises and tells by one configuration. `turn` is called again and again by one thread."""

    def __init__(
        self, warehouse: Warehouse, config: Config, clock: Clock, holder: str, *,
        send: Send = channels.send, snapshots: reports.Reports | None = None,
    ) -> None:  # fmt: skip
        self.warehouse, self.config, self.clock, self.holder = warehouse, config, clock, holder
        self._send, self._snapshots = send, snapshots
        self._token = 0
        self._renewed = self._clocks_due = self._surroundings_due = float("-inf")
        self._since = self._withdrawn_since = self._acted_since = START
        self._awaited: set[str] = set()  # acted upon, and not raised here yet
        self._settled: datetime | None = None
        self._began = self._settled_last = clock.now()  # nobody can be late before it began
        self._senders = ThreadPoolExecutor(32, "send")
        self._under_way: dict[str, tuple[Row, Future[Outcome]]] = {}  # by notice

    def turn(self) -> None:
        """Everything once. Raises Held when another holds the lease, Unavailable when the warehouse does not answer."""
        self._hold()
        self._raise()
        self._act()
        self._tell()
        if self._snapshots is not None:
            self._keep(notices=_table(self._snapshots.due(self._rows, self.clock.now()), NOTICES))
        self._deliver()

    def close(self) -> None:
        """Let go of what is being sent: it stays `trying`, and whoever follows sends it again."""
        self._senders.shutdown(wait=False, cancel_futures=True)

    def drain(self, seconds: float = 15.0) -> None:
        """Wait for what is being sent, and store what came of it."""
        until = time.monotonic() + seconds
        while self._under_way and time.monotonic() < until:
            time.sleep(0.05)
            self._settle()

    def _ask(self, name: str, **parameters: Any) -> Any:
        return self.warehouse.query(name, {"now": self.clock.now(), **parameters})

    def _rows(self, name: str, **parameters: Any) -> list[Row]:
        return list(self._ask(name, **parameters).to_pylist())

    def _keep(self, **changes: Any) -> None:
        given = {name: rows for name, rows in changes.items() if len(rows)}
        if given:
            self.warehouse.alert(self._token, given)

    def _hold(self) -> None:
        if time.monotonic() - self._renewed < RENEW:
            return
        try:
            token = self.warehouse.lease("alerts", self.holder, LEASE)
        except Held as held:
            if not _ended(held.holder, self.holder):
                raise
            token = self.warehouse.lease("alerts", self.holder, LEASE, held.holder)
        if token != self._token:  # all that another may have changed is looked at anew
            if self._snapshots is not None:
                self._snapshots.forget()
            self._token, self._since, self._withdrawn_since, self._acted_since = token, START, START, START
        self._renewed = time.monotonic()

    def _raise(self) -> None:
        now = self.clock.now()
        self._settled = self._rows("alert_settled")[0]["settled_at"]
        if self._settled is not None:
            self._settled_last = max(self._settled_last, self._settled)
            while self._raise_findings(self._settled, now):
                pass
            self._withdraw(now)
            if (began := time.monotonic()) >= self._clocks_due:
                self._raise_clocks(self._settled, now)
                self._clocks_due = began + max(CLOCKS_EVERY, 20 * (time.monotonic() - began))
        if (began := time.monotonic()) >= self._surroundings_due:
            self._raise_surroundings(now)
            self._surroundings_due = began + max(SURROUNDINGS_EVERY, 20 * (time.monotonic() - began))

    def _raise_findings(self, settled: datetime, now: datetime) -> bool:
        """Alerts of one piece; whether there may be more at once."""
        table = self._ask("alert_breaches", since=self._since, settled=settled, rows=PIECE)
        found = frame(table)
        ready = found.filter(pl.col("settled"))
        self._keep(alerts=_arrow(raising.of_findings(ready, self.config.raising, now), ALERTS))
        if len(found) == PIECE:
            return len(ready) > 0
        waiting = found.filter(~pl.col("settled"))["believed_from"].min()
        newest = found["believed_from"].max()
        following = waiting or newest
        if isinstance(following, datetime):
            self._since = following
        return False

    def _withdraw(self, now: datetime) -> None:
        found = self._rows("alert_withdrawn", since=self._withdrawn_since)
        self._keep(alerts=_arrow(raising.withdrawn(found, now), ALERTS))
        self._withdrawn_since = max(self._withdrawn_since, now - OVERLAP)

    def _raise_clocks(self, settled: datetime, now: datetime) -> None:
        share = max(self.config.raising.nearing, default=0)
        before = max((span.total_seconds() for span in self.config.raising.nearing_before), default=0.0)
        found = self._rows("alert_clocks", settled=settled, share=share, before=before)
        if not found:
            return
        any_fires = any(row["firing"] for row in found)
        firing = {row["alert"]: row for row in self._rows("alert_crossings")} if any_fires else {}
        made = raising.of_clocks(found, firing, self.config.raising, settled, now)
        self._keep(alerts=_arrow(made, ALERTS))

    def _raise_surroundings(self, now: datetime) -> None:
        made = raising.of_surroundings(
            self._rows("now_sources"),
            self._rows("alert_evidence"),
            self._rows("canaries"),
            self._settled_last,
            self._rows("alert_surroundings"),
            self.config.raising,
            self._began,
            now,
        )
        self._keep(alerts=_arrow(made, ALERTS))

    def _act(self) -> None:
        """Alerts as officers have them, by all actions upon those that any was recorded of lately."""
        now = self.clock.now()
        names = {row["alert"] for row in self._rows("alert_acted", since=self._acted_since)} | self._awaited
        held: set[str] = set()
        for piece in _pieces(sorted(names), NAMES):
            told = json.dumps(piece)
            actions: dict[str, list[Action]] = {}
            for row in self._rows("alert_actions", alerts=told):
                actions.setdefault(row["alert"], []).append(_action(row))
            rows = self._rows("alert_named", alerts=told)
            held |= {row["alert"] for row in rows}
            changed = [raising.acted(_kept(row), standing(actions.get(row["alert"], ()), now)) for row in rows]
            self._keep(alerts=_table([row for row in changed if row is not None], ALERTS))
        self._awaited = names - held
        self._acted_since = max(self._acted_since, now - OVERLAP)

    def _tell(self) -> None:
        now = self.clock.now()
        sets = self._rows("alert_sets")
        silences = [
            Silence(row["silence"], matchers(row["matchers"]), row["starts_at"], row["ends_at"])
            for row in self._rows("silences")
        ]
        found = grouping.groups(self.config, sets, silences, now)
        told = self._rows("alert_told")
        known = {(row["receiver"], row["way"], row["grouped"], row["labels"]): row["upto"] for row in told}
        members: dict[Any, list[Row]] = {}
        for piece in _pieces(grouping.due(self.config, found, told, now), NOTICED):
            made = [self._notice(each, known, members, now) for each in piece]
            remembered = [row for rows, _ in made for row in rows]
            notices = [notice for _, notice in made if notice is not None]
            self._keep(told=_table(remembered, TOLD), notices=_table(notices, NOTICES))
            self._deliver()

    def _notice(
        self, telling: grouping.Telling, known: Mapping[Any, datetime], asked: dict[Any, list[Row]], now: datetime
    ) -> tuple[list[Row], Row | None]:
        """What a notice of a group for one way tells, to be remembered with it; and the notice, if any is to be sent.

        `asked`: members that were asked for already in this turn, by labels and up to when they were told.
        """
        place = telling.receiver, telling.way, telling.group.key
        way = self._way(telling.receiver, telling.way)
        members: dict[str, list[Row]] = {}
        for labels in telling.upto:
            since = labels, max(known.get((*place, labels), grouping.NEVER), START)
            if since not in asked:
                asked[since] = self._rows("alert_members", labels=labels, upto=since[1], rows=messages.MOST)
            rows = asked[since]
            ends = ("firing", "resolved", "withdrawn") if way is None or way.send_resolved else ("firing", "withdrawn")
            members[labels] = [row for row in rows if row["stands"] in ends]
        repeat = telling.group.route.repeat_interval
        made = messages.message(telling.group.labels, members, self.config.raising.link, now, 2 * repeat)
        told: list[Row] = [
            {
                "told": raising.identity(*place, labels),
                "receiver": place[0],
                "way": place[1],
                "grouped": place[2],
                "labels": labels,
                "upto": upto,
                "noticed_at": now,
            }
            for labels, upto in telling.upto.items()
        ]
        notice = {
            "notice": raising.identity(*place, now),
            "receiver": place[0],
            "way": place[1],
            "grouped": place[2],
            "message": json.dumps(made),
            "state": "waiting",
            "attempts": 0,
            "repeated": False,
            "made_at": now,
        }
        return told, notice if made is not None else None

    def _way(self, receiver: str, way: str) -> Integration | None:
        known = self.config.receivers.get(receiver)
        return next((each for each in known.integrations if each.name == way), None) if known else None

    def _deliver(self) -> None:
        self._settle()
        now = self.clock.now()
        under_way = [each for each, _ in self._under_way.values()]
        chosen = [
            delivery.trying(each, now) for each in delivery.to_send(self._rows("alert_undelivered"), under_way, now)
        ]
        self._keep(notices=_table(chosen, NOTICES))
        for each in chosen:
            receiver, way = self.config.receivers.get(each["receiver"]), self._way(each["receiver"], each["way"])
            if each["way"] == reports.WAY:
                future = self._senders.submit(self._make, each)
            elif receiver is None or way is None:
                future = _done(Outcome("the file names this receiver no more", lasting=True))
            else:
                future = self._senders.submit(self._send, way, receiver.language, each, now)
            self._under_way[each["notice"]] = each, future

    def _settle(self) -> None:
        """Store what came of the attempts that are over."""
        now = self.clock.now()
        over = {name: each for name, each in self._under_way.items() if each[1].done()}
        rows: list[Row] = []
        for each, future in over.values():
            made = each["way"] == reports.WAY
            patience = reports.PATIENCE if made else delivery.GIVE_UP
            rows.append(delivery.after(each, future.result(), now, random.random(), patience))
            rows += reports.told(self.config, each, future.result(), now) if made else ()
        self._keep(notices=_table(rows, NOTICES))
        for name in over:
            del self._under_way[name]
        for row in rows:
            told = {name: row[name] for name in ("receiver", "way", "state", "attempts")}
            if row["attempts"] and row["state"] != "delivered" and row["way"] == reports.WAY:
                logger.warning("snapshot_failed", snapshot=row["grouped"], **told)
            elif row["attempts"] and row["state"] != "delivered":
                logger.warning("undelivered", **told)

    def _make(self, notice: Row) -> Outcome:
        return self._snapshots.attempt(notice) if self._snapshots else Outcome("nothing makes snapshots here")


def _ended(holder: str, ours: str) -> bool:
    """Whether a holder (HOST/PID) was a process of this machine that is no more."""
    host, _, pid = holder.partition("/")
    return host == ours.partition("/")[0] and pid.isdecimal() and not alive(int(pid))


def _pieces(every: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    for first in range(0, len(every), size):
        yield every[first : first + size]


def _kept(row: Row) -> Row:
    return {name: row[name] for name in ALERTS.names}


def _action(row: Row) -> Action:
    known = {name: row[name] for name in ("time", "source", "id", "actor", "assignee", "reason", "until")}
    return Action(what=row["type"].removeprefix("alert."), **known)


def _done(outcome: Outcome) -> Future[Outcome]:
    made: Future[Outcome] = Future()
    made.set_result(outcome)
    return made


def _table(rows: Sequence[Row], schema: Any) -> Any:
    return pa.Table.from_pylist([{name: row.get(name) for name in schema.names} for row in rows], schema=schema)


def _arrow(rows: pl.DataFrame, schema: Any) -> Any:
    return rows.to_arrow().cast(schema)
