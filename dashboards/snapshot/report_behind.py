"""The report's second half: transfers, incidents, and what stands behind the numbers."""

from __future__ import annotations

from typing import Any

from dashboards.snapshot.blocks import Cell, Report, marked
from dashboards.snapshot.writer import Writer, columns
from dashboards.speech import number
from expectations.model import registry

SHARING = ("SHARE-", "XFER-")
TYPES = 2  # event types named of a promise that nothing was seen of


def behind(report: Report, by: Writer, root: str, bundle: str) -> None:
    """Everything after the obligations."""
    _transfers(report, by)
    _agreements(report, by)
    _incidents(report, by)
    report.heading(by.say("report.behind"))
    _restated(report, by)
    _waivers(report, by)
    _vouched(report, by)
    _changes(report, by)
    _unseen(report, by)
    _made(report, by, root, bundle)
    report.add("sign", names=by.say.words("report.sign"))


def _columns(by: Writer, word: str, shapes: str) -> list[tuple[str, str, str]]:
    return columns(by.say.words(word), shapes)


def _transfers(report: Report, by: Writer) -> None:
    say, told = by.say, by.told
    report.heading(say("report.transfers.title"))
    broken = sum(row["n"] for row in told["breaches"] if row["clause"].startswith(SHARING))
    rows: list[list[Cell]] = [
        [
            say("report.transfers.eea", country=row["country"]) if row["eea"]
            else row["country"] or say("report.transfers.unknown"),
            number(row["n"]), number(row["recipients"]), row["safeguards"].replace(" ", ", ") or "–",
        ]
        for row in told["transfers"]
    ]  # fmt: skip
    shapes = "90pt auto> auto> 1fr"
    report.table(_columns(by, "report.transfers.heads", shapes), rows, say("report.transfers.none"))
    report.say(say("report.transfers.broken", n=broken) if broken else say("report.transfers.kept"))


def _agreements(report: Report, by: Writer) -> None:
    say = by.say
    report.heading(say("report.agreements.title"), 3)
    rows: list[list[Cell]] = []
    for row in by.told["agreements"]:
        kind, state = row["kind"], say(f"report.agreements.state.{row['state']}")
        rows.append([
            row["agreement"], row["party"] or "–", say(f"report.agreements.kind.{kind}") if kind else "–",
            row["country"] or "–", row["scc_version"] or "–", row["on"], (row["valid_to"] or "–")[:10],
            marked(state, "warn", "◆") if row["state"] in ("ended", "run_out") else state,
        ])  # fmt: skip
    shapes = "1fr auto auto auto auto auto auto auto"
    report.table(_columns(by, "report.agreements.heads", shapes), rows, say("report.agreements.none"))


def _incidents(report: Report, by: Writer) -> None:
    say = by.say
    report.heading(say("report.incidents.title"))
    rows: list[list[Cell]] = []
    for row in by.told["incidents"]:
        hours = "–" if row["hours"] is None else f"{row['hours']:g}"
        rows.append([
            row["incident"], by.at(row["aware"]), str(row["people"] if row["people"] is not None else "–"),
            say(f"report.incidents.risk.{row['risk']}") if row["risk"] else "–",
            by.at(row["authority"]) if row["authority"] else "–",
            marked(hours, "broken") if row["hours"] is not None and row["hours"] > 72 else hours,
            by.at(row["subjects"]) if row["subjects"] else "–",
        ])  # fmt: skip
    shapes = "1fr auto auto> auto auto auto> auto"
    report.table(_columns(by, "report.incidents.heads", shapes), rows, say("report.incidents.none"))


def _restated(report: Report, by: Writer) -> None:
    say = by.say
    report.heading(say("report.restated.title"), 3)
    rows: list[list[Cell]] = []
    for row in by.told["restated"]:
        why = []
        if row["late"]:
            why.append(say("report.restated.late", n=row["late"]))
        if revised := row["added"] - row["late"] + row["withdrawn"]:
            why.append(say("report.restated.revised", n=revised))
        rows.append([
            f"{row['year']}Q{row['quarter']}", row["clause"], by.name(row["clause"]), number(row["added"]),
            number(row["withdrawn"]), ", ".join(why),
        ])  # fmt: skip
    shapes = "auto auto 1fr auto> auto> auto"
    report.table(_columns(by, "report.restated.heads", shapes), rows, say("report.restated.none"))


def _waivers(report: Report, by: Writer) -> None:
    say = by.say
    report.heading(say("report.waivers.title"), 3)
    rows: list[list[Cell]] = [
        [
            row["alert"][:12],
            row["clause"] or "–",
            row["reason"] or "–",
            row["actors"],
            row["at"][:10],
            row["until"][:10],
        ]
        for row in by.told["waivers"]
    ]
    shapes = "auto auto 1fr auto auto auto"
    report.table(_columns(by, "report.waivers.heads", shapes), rows, say("report.waivers.none"))


def _vouched(report: Report, by: Writer) -> None:
    say = by.say
    report.heading(say("report.vouched.title"), 3)
    rows: list[list[Cell]] = [
        [row["about"], row["actor"], row["evidence"], row["since"][:10], row["until"][:10]]
        for row in by.told["attestations"]
    ]
    shapes = "auto auto 1fr auto auto"
    report.table(_columns(by, "report.vouched.heads", shapes), rows, say("report.vouched.none"))
    if lapsed := by.told["lapsed"]:
        what = ", ".join(f"{row['about']} ({row['until'][:10]})" for row in lapsed)
        report.say(say("report.vouched.lapsed", n=len(lapsed), what=what), "muted")


def _changes(report: Report, by: Writer) -> None:
    say = by.say
    report.heading(say("report.changes.title"), 3)
    for change in by.told["changes"]:
        report.say(change["headline"])
        for each in change["words"]:
            report.say(f"– {each}", "muted")
    if not by.told["changes"]:
        report.say(say("report.changes.none", version=by.told["policy_version"]))


def _unseen(report: Report, by: Writer) -> None:
    say, told = by.say, by.told
    report.heading(say("report.unseen.title"), 3)
    rows: list[list[Cell]] = [
        [each["id"], by.name(each["id"]), _why(by, each["id"])]
        for each in told["promises"]
        if each["state"] in ("silent", "attested")
    ]
    report.table(_columns(by, "report.unseen.heads", "auto auto 1fr"), rows, say("report.unseen.none"))
    heard = ", ".join(f"{say.system(row['system'])} {row['days']}" for row in told["sources"])
    report.say(say("report.unseen.days", days=told["days"], told=heard or "–"), "muted")
    unread = [row for row in told["inputs"] if row["what"] == "quarantine"]
    listed = ", ".join(f"{say('quarantine.' + row['reason'])} {number(row['n'])}" for row in unread)
    report.say(say("report.unseen.inputs", told=listed) if unread else say("report.unseen.inputs_none"), "muted")
    if gaps := sum(row["n"] for row in told["inputs"] if row["what"] == "gap"):
        report.say(say("report.unseen.gaps", n=gaps), "warn")


def _why(by: Writer, id: str) -> str:
    say, clause = by.say, registry().get(id)
    heard = {row["system"] for row in by.told["sources"]}
    types = sorted((clause.on | clause.opened_by) if clause else ())
    senders = {each.split(".")[0] for each in types} & {"crm", "newsletter", "recruitment", "website"}
    if senders and not senders & heard:
        return say("report.unseen.quiet", systems=by.systems(sorted(senders)))
    named = ", ".join(types[:TYPES])
    more = say("report.unseen.many", n=len(types) - TYPES) if len(types) > TYPES else ""
    return say("report.unseen.types", types=named + more)


def _made(report: Report, by: Writer, root: str, bundle: str) -> None:
    say, told = by.say, by.told
    report.heading(say("report.made.title"), 3)
    given: dict[str, Any] = {"first": by.day(told["first_day"], False), "zone": told["zone"]}
    period = say("report.made.period_value", last=by.day(told["last_day"]), **given)
    if not told["final"]:
        period = say("report.made.period_draft", at=by.at(told["as_of"]), **given)
    report.add("digests", heads=say.words("report.made.heads"), rows=[
        [say("report.made.policy"), f"{told['controller']}, {told['policy_version']}", True],
        [say("report.made.rules"), told["rules"], False],
        [say("report.made.period"), period, True],
        [say("report.made.events"), number(told["events"]), True],
        [say("report.made.root"), root, False],
        [say("report.made.check"), say("report.made.check_value", bundle=bundle), True],
    ])  # fmt: skip
    report.say(say("report.made.privacy"), "muted")
