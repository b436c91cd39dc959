"""What is raised, when it is told, and what becomes of it: over a real store, with receivers that note."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pyarrow as pa
import pytest

from expectations.model import registry
from infra.warehouse.answers import Held
from infra.warehouse.schema import CANARIES, NOTICES
from infra.warehouse.store import Store
from streams.alerts.delivery import Outcome
from tests.streams.alerts.conftest import FILE, Scene, read
from tests.support.warehouse import NOON, batch, event, obligation, verdict


def breach(scene: Scene, name: str, *, ago: float = 0.0, **given: Any) -> None:
    """A breach of NEWS-5 whose event came `ago` minutes after its time."""
    of = event(name, (scene.clock.now() - NOON).total_seconds() / 60 - ago, system="newsletter", passed="")
    given = {"clause": "NEWS-5", "severity": "critical", **given}
    scene.store.apply(batch(of, verdicts=[verdict(of, **given)], epoch=scene.epoch))


def test_a_breach_is_told_once_after_the_groups_wait(scene: Scene) -> None:
    breach(scene, "a")
    scene.wait(seconds=1)
    assert scene.rows("alerts") == []  # read to the end, but not two seconds ago
    scene.wait(seconds=2)
    assert scene.alert()["stands"] == "firing"
    assert scene.receivers.sent == []
    scene.wait(seconds=5)
    assert scene.receivers.titles() == ["✖ NEWS-5: 1 breach, newsletter"]
    for _ in range(3):
        scene.wait(minutes=6)
    assert len(scene.receivers.sent) == 1
    assert [row["state"] for row in scene.rows("notices")] == ["delivered"]


def test_what_is_not_settled_raises_nothing(scene: Scene) -> None:
    scene.behind = (("crm.events", 1),)
    breach(scene, "a")
    scene.wait(minutes=1)
    assert scene.rows("alerts") == []
    scene.wait(minutes=5)
    assert [row["kind"] for row in scene.rows("alerts")] == ["unsettled"]
    scene.behind = ()
    scene.wait(seconds=3)
    assert {row["kind"]: row["stands"] for row in scene.rows("alerts")} == {"unsettled": "resolved", "breach": "firing"}


def test_a_clause_that_does_not_find_its_canary_is_told_in_words(scene: Scene) -> None:
    sent = [{"clause": "NEWS-4", "sent_at": NOON, "fired": False}]
    scene.store.apply(replace(batch(epoch=scene.epoch), canaries=pa.Table.from_pylist(sent, CANARIES)))
    scene.wait(seconds=3)
    alert = scene.alert()
    assert (alert["kind"], alert["clause"], alert["stands"]) == ("unproved", "NEWS-4", "firing")
    scene.wait(minutes=1)
    assert scene.receivers.titles() == ["▲ NEWS-4: it has not proved that it can fire"]


def test_a_storm_is_one_message_with_its_count_and_every_finding(scene: Scene) -> None:
    events = [event(f"e{n}", 0, system="newsletter", passed="") for n in range(2000)]
    found = [verdict(each, clause="NEWS-5", severity="critical") for each in events]
    scene.store.apply(batch(*events, verdicts=found, epoch=scene.epoch))
    scene.wait(seconds=3)
    scene.wait(seconds=6)
    assert scene.receivers.titles() == ["✖ NEWS-5: 2000 breaches, newsletter"]
    assert {row["finding"] for row in scene.rows("alerts", rows=5000)} == {each["finding"] for each in found}


def test_news_of_a_told_group_waits_for_its_interval_and_then_it_is_told_again(scene: Scene) -> None:
    breach(scene, "a")
    scene.wait(seconds=3)
    scene.wait(seconds=6)
    breach(scene, "b")
    scene.wait(minutes=1)
    assert len(scene.receivers.sent) == 1
    scene.wait(minutes=5)
    assert scene.receivers.titles()[1:] == ["✖ NEWS-5: 2 breaches (1 new), newsletter"]
    scene.wait(hours=4)
    assert scene.receivers.titles()[2:] == ["✖ NEWS-5: 2 breaches, newsletter"]


def test_a_receiver_that_fails_for_long_holds_back_nobody_else(scene: Scene) -> None:
    row = {"receiver": "officer", "grouped": "g", "message": "{}", "state": "waiting", "attempts": 9, "repeated": False}
    rows = [{**row, "notice": f"a{n}", "way": "slack[0]", "made_at": NOON} for n in range(600)]
    rows += [{**row, "notice": "b", "way": "webhook[0]", "made_at": NOON + timedelta(minutes=1)}]
    later = {**row, "notice": "c", "way": "webhook[0]", "made_at": NOON, "due_at": NOON + timedelta(hours=1)}
    table = pa.Table.from_pylist(
        [{name: each.get(name) for name in NOTICES.names} for each in (*rows, later)], schema=NOTICES
    )
    scene.store.alert(scene.store.lease("alerts", "p1", 10), {"notices": table})
    found = scene.rows("alert_undelivered", now=NOON + timedelta(minutes=2))
    assert {each["notice"] for each in found if each["way"] == "webhook[0]"} == {"b"}
    assert sum(each["way"] == "slack[0]" for each in found) >= 4


def test_many_groups_are_told_in_one_turn_each_by_its_own_message(scene: Scene) -> None:
    events = [event(f"e{n}", 0, system="newsletter", passed="") for n in range(60)]
    found = [
        verdict(each, clause=clause, severity="critical")
        for each, clause in zip(events, list(registry())[:60], strict=True)
    ]
    scene.store.apply(batch(*events, verdicts=found, epoch=scene.epoch))
    scene.wait(seconds=3)
    scene.wait(seconds=6)
    assert len(scene.rows("notices")) == 60
    for _ in range(30):
        scene.wait(seconds=1)
    assert len({title.split(":")[0] for title in scene.receivers.titles()}) == len(scene.receivers.sent) == 60


def test_a_verdict_revised_to_pass_withdraws_its_alert_and_says_so_once(scene: Scene) -> None:
    breach(scene, "a")
    scene.wait(seconds=3)
    scene.wait(seconds=6)
    again = event("a", 0, system="newsletter", passed="NEWS-5")
    scene.store.rejudge(NOON)
    row = scene.rows("progress")
    assert row
    number = scene.store.pending([0], scene.clock.now()).to_pylist()[0]["rejudge"]
    scene.store.apply(batch(again, epoch=scene.epoch, revises=(number,)))
    for _ in range(3):
        scene.wait(minutes=6)
    alert = scene.alert()
    assert (alert["stands"], alert["cause"]) == ("withdrawn", "rules")
    assert scene.receivers.titles()[1:] == ["✖ NEWS-5: 1 breach (withdrawn), newsletter"]


def test_events_of_long_ago_make_one_summary_a_clause(scene: Scene) -> None:
    breach(scene, "a", ago=3000)
    breach(scene, "b", ago=4000, system="crm")
    breach(scene, "c", ago=1500, outcome="indeterminate")
    scene.wait(seconds=3)
    scene.wait(seconds=31)
    assert len(scene.receivers.sent) == 1
    assert all(row["backfill"] for row in scene.rows("alerts"))


def owed(scene: Scene, days: float = 10, **given: Any) -> dict[str, Any]:
    """An obligation of `days`, opened at noon."""
    of = event("open", 0, passed="")
    return obligation(of, days, **given)


def test_each_crossing_of_an_obligation_is_recorded_once(scene: Scene) -> None:
    of = event("open", 0, passed="")
    scene.store.apply(batch(of, obligations=[owed(scene)], entities=("s1",), epoch=scene.epoch))
    for hours in (1, 119, 2, 60, 1, 36, 24, 1, 1):  # 240 hours in all, then over
        scene.wait(hours=hours)
        scene.wait(seconds=40)
    found = scene.rows("alerts", clause="RIGHT-1")
    assert [row["crossing"] for row in reversed(found)] == ["50%", "25%", "1d", "overdue"]
    assert {row["crossing"]: row["stands"] for row in found} == {
        **dict.fromkeys(("50%", "25%", "1d"), "superseded"),
        "overdue": "firing",
    }
    assert scene.receivers.titles()[-1] == "▲ RIGHT-1: 1 promise is overdue, CRM"


def test_what_is_done_too_late_resolves_the_alert_and_in_time_nobody_hears_of_it(scene: Scene) -> None:
    of = event("open", 0, passed="")
    scene.store.apply(batch(of, obligations=[owed(scene, 1)], entities=("s1",), epoch=scene.epoch))
    scene.wait(hours=25)
    scene.wait(minutes=1)
    assert scene.alert(kind="overdue")["stands"] == "firing"
    done = owed(scene, 1, met_at=scene.clock.now())
    scene.store.apply(batch(obligations=[done], entities=("s1",), epoch=scene.epoch))
    scene.wait(minutes=6)
    scene.wait(seconds=1)
    assert (scene.alert(kind="overdue")["stands"], scene.alert(kind="overdue")["cause"]) == ("resolved", "met_late")
    assert scene.receivers.titles()[-1] == "▲ RIGHT-1: 1 promise is overdue (over), CRM"


def test_a_silent_source_is_told_and_heard_again(scene: Scene) -> None:
    scene.store.apply(batch(event("a", 0), epoch=scene.epoch))
    scene.wait(hours=25)
    assert scene.alert(kind="silent")["system"] == "crm"
    scene.store.apply(batch(event("b", 25 * 60), epoch=scene.epoch))
    scene.wait(seconds=5)
    assert scene.alert(kind="silent")["stands"] == "resolved"


def test_a_receiver_that_fails_is_tried_again_later_and_later_and_at_last_no_more(scene: Scene) -> None:
    scene.receivers.fates = [Outcome("answered 503")] * 3
    breach(scene, "a")
    scene.wait(seconds=3)
    scene.wait(seconds=6)
    assert scene.rows("notices")[0]["state"] == "waiting"
    scene.wait(seconds=1)
    assert len(scene.receivers.sent) == 1
    for seconds in (5, 11, 21):
        scene.wait(seconds=seconds)
    assert (scene.rows("notices")[0]["state"], scene.rows("notices")[0]["attempts"]) == ("delivered", 4)
    scene.receivers.fates = [Outcome("answered 400", lasting=True)]
    breach(scene, "b")
    scene.wait(minutes=6)
    scene.wait(seconds=6)
    assert [row["fault"] for row in scene.rows("notices", state="dead")] == ["answered 400"]


def test_a_process_killed_while_sending_is_followed_by_one_that_sends_again_and_says_so(scene: Scene) -> None:
    breach(scene, "a")
    scene.wait(seconds=3)
    scene.clock.move(timedelta(seconds=6))
    settle, scene.alerts._settle = scene.alerts._settle, lambda: None  # it dies before it can note what came of it
    scene.store.beat("w", 2, 0)
    scene.alerts._renewed = float("-inf")
    scene.alerts.turn()
    scene.alerts._senders.shutdown(wait=True)
    assert settle is not None
    assert [each["repeated"] for each in scene.receivers.sent] == [False]
    scene.start()
    with pytest.raises(Held, match="the work of p1 now"):
        scene.turn()
    scene.wait(seconds=11)
    assert [each["repeated"] for each in scene.receivers.sent] == [False, True]
    scene.wait(minutes=6)
    assert len(scene.receivers.sent) == 2
    assert [row["state"] for row in scene.rows("notices")] == ["delivered"]


def test_the_one_before_is_fenced(scene: Scene) -> None:
    breach(scene, "a")
    scene.wait(seconds=3)
    before = scene.alerts
    scene.clock.move(timedelta(seconds=11))
    scene.start()
    scene.wait(seconds=1)
    breach(scene, "b")
    scene.store.beat("w", 2, 0)
    scene.clock.move(timedelta(seconds=5))
    with pytest.raises(Held):
        before._raise_findings(scene.clock.now(), scene.clock.now())


def test_a_silence_mutes_and_the_breach_stays_one(scene: Scene, store_silence: Any) -> None:
    store_silence(scene, 'clause="NEWS-5"', hours=1)
    breach(scene, "a")
    scene.wait(seconds=3)
    scene.wait(minutes=10)
    assert scene.receivers.sent == []
    assert {row["outcome"]: row["n"] for row in scene.rows("status")}["breach"] == 1
    scene.wait(hours=1)
    assert scene.receivers.titles() == ["✖ NEWS-5: 1 breach, newsletter"]


@pytest.fixture
def store_silence() -> Any:
    def silence(scene: Scene, text: str, **span: float) -> None:
        import pyarrow as pa

        from infra.warehouse.schema import SILENCES

        now = scene.clock.now()
        row = {"silence": "s", "matchers": text, "author": "officer", "reason": "planned", "starts_at": now}
        scene.store.silence(pa.Table.from_pylist([{**row, "ends_at": now + timedelta(**span)}], schema=SILENCES))

    return silence


def test_outside_of_its_hours_a_route_waits(scene: Scene) -> None:
    nights = (
        "time_intervals:\n  - name: nights\n    time_intervals: [{times: [{start_time: '12:00', end_time: '13:00'}]}]\n"
    )
    text = FILE.replace("group_wait: 5s", "group_wait: 5s, mute_time_intervals: [nights]") + nights
    scene.config = read(text)
    scene.start()
    breach(scene, "a")
    scene.wait(seconds=3)
    scene.wait(minutes=10)
    assert scene.receivers.sent == []
    scene.wait(minutes=50)
    assert len(scene.receivers.sent) == 1


def test_what_alerts_store_is_on_the_chain(scene: Scene) -> None:
    breach(scene, "a")
    scene.wait(seconds=3)
    scene.wait(seconds=6)
    store: Store = scene.store
    assert store.verify().faults == []
    store._connection.execute("UPDATE notices SET state = 'waiting'")
    assert [fault.kind for fault in store.verify().faults]
