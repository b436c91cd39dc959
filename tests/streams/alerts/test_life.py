"""What officers make of an alert follows from the set of their actions, whatever order they came in."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from streams.alerts.life import ORDER, Action, Standing, standing
from tests.streams.alerts.conftest import Scene
from tests.support.warehouse import NOON, at, batch, event, verdict

LATER = at(1000)


def act(what: str, minutes: float, actor: str | None = "ann", **given: Any) -> Action:
    return Action(what, at(minutes), "/compliance", f"{what}-{minutes}-{actor}", actor, **given)


def stands(*actions: Action, minutes: float = 100) -> tuple[str | None, str | None]:
    found = standing(actions, at(minutes))
    return found.standing, found.assignee


def test_an_acknowledgement_lapses_and_says_who() -> None:
    taken = act("acknowledged", 1, until=at(50))
    assert stands(taken, minutes=49)[0] == "acknowledged"
    assert stands(taken, minutes=50)[0] is None
    assert stands(act("acknowledged", 1, None))[0] is None


def test_a_waiver_takes_two_for_the_same_end_with_reasons() -> None:
    asked = act("waived", 1, "ann", reason="a test", until=LATER)
    assert stands(asked)[0] is None
    assert stands(asked, act("waived", 2, "ann", reason="again", until=LATER))[0] is None
    assert stands(asked, act("waived", 2, "bob", reason="agreed", until=at(999)))[0] is None
    assert stands(asked, act("waived", 2, "bob", until=LATER))[0] is None
    approved = act("waived", 2, "bob", reason="agreed", until=LATER)
    assert standing([asked, approved], at(100)) == Standing("waived", LATER, at(2))
    assert stands(asked, approved, minutes=1000)[0] is None


def test_a_resolution_needs_a_note_and_is_undone_by_reopening() -> None:
    done = act("resolved", 5, reason="mailed them")
    assert stands(done) == ("resolved", None)
    assert stands(act("resolved", 5))[0] is None
    assert stands(done, act("acknowledged", 1), act("reopened", 6))[0] == "reopened"
    assert stands(done, act("reopened", 5))[0] == "reopened"  # at one instant it fires
    assert stands(done, act("reopened", 6), act("resolved", 7, reason="now really"))[0] == "resolved"


def test_who_has_it_is_kept_through_its_life() -> None:
    assert stands(act("assigned", 1, assignee="bob"), act("resolved", 2, reason="done")) == ("resolved", "bob")
    assert stands(act("assigned", 1, assignee="bob"), act("assigned", 2, assignee=None)) == (None, None)


actions = st.builds(
    lambda what, minutes, actor, assignee, reason, until, name: Action(
        what, at(minutes), "/compliance", name, actor, assignee, reason, until and at(until)
    ),
    st.sampled_from(ORDER),
    st.integers(0, 5),
    st.sampled_from(("ann", "bob", None)),
    st.sampled_from(("ann", None)),
    st.sampled_from(("why", None)),
    st.sampled_from((3, 10, None)),
    st.uuids().map(str),
)


@given(st.lists(actions, max_size=8), st.randoms(), st.integers(0, 12))
@settings(max_examples=200, deadline=None)
def test_order_and_repetition_do_not_matter(given: list[Action], chance: Any, minutes: int) -> None:
    shuffled = given + given[: len(given) // 2]
    chance.shuffle(shuffled)
    assert standing(shuffled, at(minutes)) == standing(given, at(minutes))


def told(name: str, moment: datetime, what: str, alert: str, **data: Any) -> dict[str, Any]:
    """An action as the store has it."""
    fields = {"alert": alert, "actor": "ann", **data}
    of = event(name, (moment - NOON).total_seconds() / 60, system="compliance", source="/compliance")
    return {**of, "type": f"alert.{what}", "subject": None, "data": json.dumps(fields)}


def breach(scene: Scene) -> str:
    """A breach, and the id of its alert."""
    of = event("a", 0, system="newsletter", passed="")
    found = verdict(of, clause="NEWS-5", severity="critical")
    scene.store.apply(batch(of, verdicts=[found], epoch=scene.epoch))
    return str(found["finding"])


def test_what_the_officer_does_is_seen_told_and_undone(scene: Scene) -> None:
    alert = breach(scene)
    scene.wait(seconds=3)
    scene.wait(seconds=6)
    scene.store.apply(batch(told("t", scene.clock.now(), "acknowledged", alert), epoch=scene.epoch))
    scene.wait(hours=5)
    assert scene.alert(kind="breach")["stands"] == "acknowledged"
    assert len(scene.receivers.sent) == 1  # nobody is reminded of what somebody has taken
    done = told("r", scene.clock.now(), "resolved", alert, reason="called them")
    scene.store.apply(batch(done, epoch=scene.epoch))
    scene.wait(seconds=1)
    scene.wait(minutes=1)
    assert (scene.alert(kind="breach")["stands"], scene.alert(kind="breach")["cause"]) == ("resolved", "officer")
    assert scene.receivers.titles()[1:] == ["✖ NEWS-5: 1 breach (over), newsletter"]
    scene.store.apply(batch(told("o", scene.clock.now(), "reopened", alert), epoch=scene.epoch))
    scene.wait(seconds=1)
    scene.wait(minutes=6)
    assert scene.alert(kind="breach")["stands"] == "firing"
    assert scene.receivers.titles()[2:] == ["✖ NEWS-5: 1 breach, newsletter"]


def test_a_waived_breach_counts_as_a_breach(scene: Scene) -> None:
    alert = breach(scene)
    scene.wait(seconds=3)
    end = (scene.clock.now() + timedelta(days=1)).isoformat()
    asked = told("w1", scene.clock.now(), "waived", alert, reason="a test", until=end)
    agreed = told("w2", scene.clock.now(), "waived", alert, reason="agreed", until=end, actor="bob")
    scene.store.apply(batch(asked, agreed, epoch=scene.epoch))
    scene.wait(seconds=1)
    assert scene.alert(kind="breach")["stands"] == "waived"
    assert {row["outcome"]: row["n"] for row in scene.rows("status")}["breach"] == 1
    assert [row["outcome"] for row in scene.rows("findings")] == ["breach"]
    scene.wait(hours=25)
    assert scene.alert(kind="breach")["stands"] == "firing"


def test_an_action_that_is_known_before_its_alert_counts_when_it_is_raised(scene: Scene) -> None:
    alert = breach(scene)
    done = told("r", NOON + timedelta(seconds=1), "resolved", alert, reason="called them")
    scene.store.apply(batch(done, epoch=scene.epoch))
    scene.wait(seconds=1)
    assert scene.rows("alerts") == []
    scene.wait(seconds=3)
    scene.wait(minutes=1)
    assert scene.alert(kind="breach")["stands"] == "resolved"
    assert scene.receivers.sent == []
