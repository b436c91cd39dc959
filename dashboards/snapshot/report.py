"""The snapshot as a report in one language: figures in, blocks and charts out; nothing is counted here but shown."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from types import MappingProxyType
from typing import Any

from dashboards.snapshot import charts
from dashboards.snapshot.blocks import Cell, Report, marked
from dashboards.snapshot.figures import SEVERITIES, STATES, Figures
from dashboards.snapshot.report_behind import behind
from dashboards.snapshot.writer import Writer, columns
from dashboards.speech import Speech, number

MARKS = {
    "kept": ("kept", "●"), "broken": ("broken", "✖"), "attested": ("muted", "◇"), "silent": ("muted", "◇"),
    "undecided": ("warn", "◆"), "running": ("muted", "‖"), None: ("muted", "·"),
}  # fmt: skip
DECISIONS = 5
CHANGES = 8  # of a restated edition that are named on its first page
NONE: Mapping[str, Any] = MappingProxyType({})
DECIDE_WITHIN = {"critical": 14, "high": 28, "medium": 42, "low": 42}  # days after the quarter's end, proposed


def written(told: Figures, say: Speech, *, root: str, bundle: str, edition: Mapping[str, Any] = NONE) -> Report:
    """The whole report. `root`: of the findings, hexadecimal; `bundle`: its file's name; `edition`: see `Edition`."""
    by = Writer(told, say)
    report = Report(_meta(by, root))
    _minute(report, by, edition)
    _went(report, by)
    _decisions(report, by)
    report.add("page")
    _every(report, by)
    _sections(report, by)
    _breaches(report, by)
    _obligations(report, by)
    _requests(report, by)
    _outlook(report, by)
    behind(report, by, root, bundle)
    return report


def _meta(by: Writer, root: str) -> dict[str, Any]:
    say, told, when = by.say, by.told, {"number": by.quarter.number, "year": by.quarter.year}
    return {
        "title": f"{say('report.title')} {by.quarter}", "controller": told["controller"], "language": say.language,
        "region": say("report.region"), "description": say("report.description", **when),
        "keywords": say.words("report.keywords"), "classification": say("report.internal"),
        "running": say("report.running", controller=told["controller"], **when),
        "footer": by.footer(root),
        "of": say("report.of"), "draft": "" if told["final"] else say("report.draft"),
        "attached": say("report.attached"),
    }  # fmt: skip


def _minute(report: Report, by: Writer, edition: Mapping[str, Any]) -> None:
    say, told = by.say, by.told
    report.say(told["controller"], "company")
    report.heading(say("report.title"), 1)
    kind = "report.subtitle" if told["final"] else "report.subtitle_draft"
    dates = {"first": by.day(told["first_day"], False), "last": by.day(told["last_day"])}
    report.say(say(kind, number=by.quarter.number, year=by.quarter.year, **dates), "subtitle")
    if edition.get("number", 0) > 1:
        report.say(_restated_edition(by, edition), "warn")
    report.heading(say("report.minute"))
    strong, text = answer(by)
    broken = told["states"].get("broken", 0)
    report.add("say", tone="lead", strong=strong, text=text, accent="broken" if broken else "kept")
    report.add("tiles", tiles=_tiles(by))


def _restated_edition(by: Writer, edition: Mapping[str, Any]) -> str:
    """Which edition it is, what it changes of the one before, and why."""
    say, number_ = by.say, edition["number"]
    reasons = [each.split() for each in edition["why"]]
    why = ", ".join(say(f"report.edition.why.{name}", n=int(n)) for name, n in reasons)
    changed = [
        say("report.edition.change", clause=each["clause"], was=each["was_n"], now=each["now_n"])
        for each in edition["changed"][:CHANGES]
    ]
    if (more := len(edition["changed"]) - CHANGES) > 0:
        changed.append(say("report.edition.more", n=more))
    listed = "; ".join(changed) or say("report.edition.nothing")
    return say("report.edition.told", number=number_, before=number_ - 1, why=why, changed=listed)


def answer(by: Writer) -> tuple[str, str]:
    """Are the promises kept, what changed, what needs a decision: the answer, and the rest of the paragraph."""
    say, told = by.say, by.told
    states, all = told["states"], len(told["promises"])
    broken = states.get("broken", 0)
    strong = say("report.answer.broken", n=broken, all=all) if broken else say("report.answer.whole")
    rest = [say(f"report.answer.{each}", n=states[each]) for each in ("kept", "attested", "silent") if states.get(each)]
    parts = [say("report.answer.time")] if broken else []
    listed = ", ".join(rest)
    parts.append(listed[:1].upper() + listed[1:] + ".")
    before = told["before"][-1]
    pairs = [(each["before"][-1], each["state"]) for each in told["promises"]]
    if all and not any(was for was, _ in pairs):
        parts.append(say("report.answer.first"))
    else:
        worse = sum(was not in ("broken", None) and now == "broken" for was, now in pairs)
        better = sum(was == "broken" and now == "kept" for was, now in pairs)
        word = "changed" if worse or better else "same"
        parts.append(say(f"report.answer.{word}", before=before, worse=worse, better=better))
    matters = told["breaches"][:DECISIONS]
    if matters:
        first = min(_decide_by(by, each["severity"]) for each in matters)
        parts.append(say("report.answer.decide", n=len(matters), on=by.day(first, False)))
    else:
        parts.append(say("report.answer.calm"))
    return strong, " ".join(parts)


def _decide_by(by: Writer, severity: str) -> date:
    return date.fromisoformat(by.told["last_day"]) + timedelta(days=DECIDE_WITHIN[severity])


def _tiles(by: Writer) -> list[dict[str, str]]:
    say, told = by.say, by.told
    all, before = len(told["promises"]), told["states_before"]

    def tile(name: str, value: str, note: str) -> dict[str, str]:
        return {"title": say(f"report.tile.{name}"), "value": value, "note": note}

    def of(n: int, whole: int) -> str:
        return say("report.tile.of", n=n, all=number(whole))

    asked, incidents = told["requests"], told["incidents"]
    late = asked["late"] + asked["overdue"]
    hours = [each["hours"] for each in incidents if each["hours"] is not None]
    untold = sum(each["hours"] is None for each in incidents)
    slowest = say("report.tile.incidents_calm")
    if incidents:
        slowest = say("report.tile.incidents_untold", n=untold) if untold else ""
        slowest = slowest or say("report.tile.incidents_note", hours=f"{max(hours):g}")
    was = say("report.tile.last", n=before.get("kept", 0)) if before else say("report.tile.none_before")
    fresh = say("report.tile.fresh", n=sum(each["fresh"] for each in told["promises"]))
    requests_note = say("report.tile.requests_note", n=late)
    return [
        tile("kept", of(told["states"].get("kept", 0), all), was),
        tile("evidence", of(sum(each["checked"] > 0 for each in told["promises"]), all), fresh),
        tile("requests", of(asked["n"] - late, asked["n"]) if asked["n"] else say("report.tile.requests_none"),
             requests_note if asked["n"] else ""),
        tile("incidents", number(len(incidents)), slowest),
    ]  # fmt: skip


def _went(report: Report, by: Writer) -> None:
    say, weeks = by.say, by.told["weeks"]
    broken = [week.get("broken", 0) for week in weeks]
    given = {"least": min(broken, default=0), "most": max(broken, default=0), "all": len(by.told["promises"])}
    axis = {"x": say("report.went.x", year=by.quarter.year), "y": say("report.went.y")}
    names = {state: say(f"report.state.{state}") for state in STATES}
    svg = charts.stacked(weeks, "week", STATES, names, axis)
    report.heading(say("report.went.title"), 3)
    report.chart("weeks.svg", svg, say("report.went.caption", **given), say("report.went.alt", **given))


def _decisions(report: Report, by: Writer) -> None:
    say, rows = by.say, by.told["breaches"]
    report.heading(say("report.decide.title"), 3)
    if not rows:
        report.say(say("report.decide.none"))
        return
    points = []
    for row in rows[:DECISIONS]:
        clause, systems = row["clause"], by.systems(row["systems"])
        found = say("report.decide.what", n=row["n"], systems=systems)
        note = say("report.decide.note", systems=systems, on=by.day(_decide_by(by, row["severity"]), False))
        points.append(
            {"strong": f"{by.name(clause)} ({clause}).", "text": f"{found} {by.remedy(clause)}", "note": note}
        )
    report.add("points", points=points)
    if len(rows) > DECISIONS:
        report.say(say("report.decide.more", n=len(rows) - DECISIONS), "muted")


def _state(by: Writer, state: str) -> Cell:
    tone, mark = MARKS[state]
    return marked(by.say(f"report.state.{state}"), tone, mark)


def _every(report: Report, by: Writer) -> None:
    say, told = by.say, by.told
    report.heading(say("report.every.title"))
    report.say(say("report.every.intro", events=number(told["events"]), sources=len(told["sources"]),
                   version=told["policy_version"]), "muted")  # fmt: skip
    titles = [each.format(before=by.quarter.back()) for each in say.words("report.every.heads")]
    titles[-1] = f"{told['before'][0]} – {told['before'][-1]}"
    rows: list[list[Cell]] = []
    for each in told["promises"]:
        seen = each["checked"] > 0
        failed = marked(number(each["failed"]), "bold") if each["failed"] else "0"
        rows.append([
            each["id"], by.name(each["id"]), number(each["checked"]) if seen else "–",
            failed if seen or each["failed"] else "–",
            say("report.every.days", n=each["seen_days"], all=told["days"]) if seen else "–",
            _state(by, each["state"]), " ".join(MARKS[was][1] for was in each["before"]),
        ])  # fmt: skip
    report.table(columns(titles, "auto 1fr auto> auto> auto> auto auto"), rows)
    report.say(say("report.every.legend"), "muted")


def _sections(report: Report, by: Writer) -> None:
    say, told = by.say, by.told
    report.heading(say("report.sections.title"), 3)
    titles = say.words("report.sections.heads")
    rows: list[list[Cell]] = [
        [
            row["section"], say(f"report.sections.{row['section']}"), *(number(row[key]) for key in
            ("promises", "kept", "evidence", "fresh")), marked(number(row["broken"]), "bold") if row["broken"] else "0",
            ", ".join("·" if n is None else str(n) for n in row["before"]),
        ]
        for row in told["sections"]
    ]  # fmt: skip
    report.table(columns(titles, "auto 1fr auto> auto> auto> auto> auto> auto>"), rows)
    report.say(say("report.sections.caption", before=", ".join(told["before"])), "muted")


def _breaches(report: Report, by: Writer) -> None:
    say, rows = by.say, by.told["breaches"]
    report.heading(say("report.breaches.title"))
    if not rows:
        report.say(say("report.breaches.calm"))
        return
    weeks: dict[int, dict[str, Any]] = {row["week"]: {"week": row["week"]} for row in by.told["weeks"]}
    for row in by.told["breach_weeks"]:
        weeks[row["week"]][row["severity"]] = row["n"]
    totals = {week: sum(n for key, n in row.items() if key != "week") for week, row in weeks.items()}
    top = max(totals, key=lambda week: totals[week])
    all, critical = sum(totals.values()), sum(row["n"] for row in rows if row["severity"] == "critical")
    given = {"n": all, "critical": number(critical), "week": top, "most": number(totals[top])}
    names = {each: say(f"report.severity.{each}") for each in SEVERITIES}
    axis = {"x": say("report.went.x", year=by.quarter.year), "y": say("report.breaches.y")}
    svg = charts.stacked(list(weeks.values()), "week", SEVERITIES, names, axis, 95)
    report.chart("breaches.svg", svg, say("report.breaches.caption", **given), say("report.breaches.alt", **given))
    report.table(
        columns(say.words("report.breaches.heads"), "auto 1fr auto auto> auto> auto> auto>"),
        [
            [row["clause"], by.name(row["clause"]), say(f"report.severity.{row['severity']}"),
             marked(number(row["n"]), "bold"), number(row["before"]), _people(row["people"]), by.span(row["seen_p50"])]
            for row in rows
        ],
    )  # fmt: skip
    report.say(say("report.breaches.note"), "muted")
    _alerts(report, by)


def _alerts(report: Report, by: Writer) -> None:
    say, rows = by.say, by.told["alerts"]
    report.heading(say("report.alerts.title"), 3)
    if not rows:
        report.say(say("report.alerts.none"), "muted")
        return
    counted = {key: sum(row[key] for row in rows) for key in ("n", "taken", "resolved")}
    report.say(say("report.alerts.told", n=counted["n"], taken=counted["taken"], resolved=counted["resolved"]))
    ordered = sorted(rows, key=lambda row: (SEVERITIES.index(row["severity"]), -row["n"], row["clause"]))
    report.table(
        columns(say.words("report.alerts.heads"), "auto 1fr auto auto> auto> auto> auto>"),
        [
            [row["clause"] or "–", by.name(row["clause"]), say(f"report.severity.{row['severity']}"), number(row["n"]),
             number(row["taken"]), number(row["resolved"]), by.span(row["resolved_p50"])]
            for row in ordered
        ],
    )  # fmt: skip


def _people(n: int | str | None) -> str:
    return number(n) if isinstance(n, int) and n else str(n or "–")


def _obligations(report: Report, by: Writer) -> None:
    say = by.say
    report.heading(say("report.owed.title"))
    rows: list[list[Cell]] = [
        [
            row["clause"], by.name(row["clause"]), number(row["due"]), number(row["met"]),
            *(marked(number(row[key]), "bold") if row[key] else "0" for key in ("late",)),
            marked(number(late), "bold") if (late := row["overdue"] + row["overdue_before"]) else "0",
            number(row["running"]), number(row["paused"]), by.span(row["took_p50"]), by.span(row["term"]),
        ]
        for row in by.told["obligations"]
    ]  # fmt: skip
    shapes = "auto 1fr auto> auto> auto> auto> auto> auto> auto> auto>"
    report.table(columns(say.words("report.owed.heads"), shapes), rows, say("report.owed.none"))
    if rows:
        report.say(say("report.owed.note"), "muted")


def _requests(report: Report, by: Writer) -> None:
    say, asked = by.say, by.told["requests"]
    report.heading(say("report.asked.title"))
    if not asked["kinds"]:
        report.say(say("report.asked.few"), "muted")
        return
    late = asked["late"] + asked["overdue"]
    limit = next((row["term"] for row in by.told["obligations"] if row["clause"] == "RIGHT-1"), None) or 28 * 86400
    given = {"n": asked["n"], "late": number(late), "limit": round(limit / 86400)}
    names = {"met": say("report.asked.met"), "late": say("report.asked.late")}
    rows = [{**row, "name": say(f"report.asked.right.{row['right']}")} for row in asked["kinds"]]
    pair = [("kinds", charts.lying(rows, "name", ("met", "late"), names, say("report.asked.x")))]
    if asked["days"]:
        words = {"x": say("report.asked.days_x"), "y": say("report.asked.x"),
                 "limit": say("report.asked.limit", limit=given["limit"])}  # fmt: skip
        pair.append(("days", charts.spread(asked["days"], given["limit"], words)))
    for name, svg in pair:
        report.charts[f"{name}.svg"] = svg
    report.add("pair", charts=[
        {"name": f"{name}.svg", "caption": say(f"report.asked.{name}", **given),
         "alt": say(f"report.asked.{name}_alt", **given)} for name, _ in pair
    ])  # fmt: skip


def _outlook(report: Report, by: Writer) -> None:
    say = by.say
    report.heading(say("report.outlook.title"))
    rows: list[list[Cell]] = [
        [row["clause"], by.name(row["clause"]), *(number(n) for n in row["months"])] for row in by.told["outlook"]
    ]
    shapes = "auto 1fr auto> auto> auto>"
    report.table(columns(say.words("report.outlook.heads"), shapes), rows, say("report.outlook.none"))
