"""What the pages of one system ask: sums by week, consents, what follows when people leave."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

import pytest

from infra.warehouse.store import Store
from tests.support.warehouse import at, batch, event, fact, obligation, verdict

DAY = 24 * 60.0
SPAN = {"since": at(-8 * 7 * DAY), "now": at(DAY)}  # NOON is a Monday
PERIOD = {**SPAN, "zone": "Europe/Amsterdam"}
MONDAY = date(2026, 3, 2)


def owed(of: dict[str, Any], clause: str, days: float, **given: Any) -> dict[str, Any]:
    return obligation(of, days, clause=clause, finding=f"{clause}-{of['id']}", entity=of["id"], **given)


def test_weeks_are_cut_in_the_zone_and_count_obligations_when_they_are_settled(store: Store) -> None:
    late = event("a", -12 * 60 - 30, system="newsletter", passed="NEWS-3")  # Sunday 23:30 UTC: Monday there
    early = event("b", -13 * 60 - 30, system="newsletter", passed="NEWS-3")
    other = event("c", 0, system="crm", passed="NEWS-3 GEN-4")
    broken = event("d", 0, system="newsletter", passed="")
    opener, done = event("e", -10 * DAY, passed=""), event("f", -10 * DAY, passed="")
    store.apply(
        batch(
            late, early, other, broken, opener, done,
            verdicts=[verdict(broken, "NEWS-3")],
            obligations=[
                owed(opener, "NEWS-5", 1),
                owed(done, "NEWS-5", 14, met_at=at(60), outcome="pass"),
                owed(done, "REC-1", 1),
            ],
            entities=("e", "f"),
        )
    )  # fmt: skip
    found = store.query("system_weeks", {**PERIOD, "system": "newsletter", "clauses": "NEWS-3 NEWS-5 GEN-4"})
    assert [tuple(row.values()) for row in found.to_pylist()] == [
        ("NEWS-3", date(2026, 2, 23), "pass", 1),
        ("NEWS-3", MONDAY, "breach", 1),
        ("NEWS-3", MONDAY, "pass", 1),
        ("NEWS-5", date(2026, 2, 16), "breach", 1),  # due on 21 February
        ("NEWS-5", MONDAY, "pass", 1),
    ]


@pytest.mark.parametrize(
    ("kind", "more", "told"),
    [
        ("subscribed", {"flag": True}, ("subscribed", "confirmed")),
        ("subscribed", {"flag": False}, ("subscribed", "unconfirmed")),
        ("subscribed", {}, ("subscribed", "untold")),
        ("consented", {"about": "newsletter"}, ("consented", None)),
        ("withdrew", {"about": "*"}, ("withdrew", None)),
        ("unsubscribed", {}, ("unsubscribed", None)),
        ("consented", {"about": "marketing"}, None),
        ("relation_started", {}, None),
    ],
)
def test_a_consent_for_the_newsletter_is_told_by_its_evidence(
    store: Store, kind: str, more: dict[str, Any], told: tuple[str, str | None] | None
) -> None:
    row = event("a")
    store.apply(batch(row, facts=[fact(row, kind, **more)]))
    found = [tuple(each.values()) for each in store.query("newsletter_consents", PERIOD).to_pylist()]
    assert found == ([(MONDAY, *told, 1)] if told else [])


@pytest.mark.parametrize(
    ("data", "n"),
    [({"prechecked": True}, 1), ({"prechecked": False}, 0), ({"prechecked": True, "role": "processor"}, 0)],
)
def test_a_preticked_sign_up_of_ours_is_counted_apart(store: Store, data: dict[str, Any], n: int) -> None:
    store.apply(batch(event("a", type="newsletter.subscribed", system="newsletter", data=json.dumps(data))))
    found = store.query("newsletter_consents", PERIOD).to_pylist()
    assert [(row["kind"], row["n"]) for row in found] == [("preticked", 1)] * n


def test_the_last_mail_after_leaving_counts_once_a_person_and_deletions_by_their_clock(store: Store) -> None:
    left = at(-3 * 60)
    mails = [event(name, minutes, type="newsletter.sent") for name, minutes in (("a", -120), ("b", -60), ("c", 0))]
    told = json.dumps({"subject.unsubscribed_at": left.isoformat()})
    unsure = event("d", 0, type="newsletter.sent", subject="s2")
    openers = [event(name, -2 * DAY) for name in "xyz"]
    store.apply(
        batch(
            *mails, unsure, *openers,
            verdicts=[
                *(verdict(each, "NEWS-4", evidence=told) for each in mails), verdict(unsure, "NEWS-4", evidence="{}"),
            ],
            obligations=[
                owed(openers[0], "NEWS-5", 1, met_at=at(-2 * DAY + 60), outcome="pass"),
                owed(openers[1], "NEWS-5", 1),
                owed(openers[2], "NEWS-5", 9),
            ],
            entities=("x", "y", "z"),
        )
    )  # fmt: skip
    (row,) = store.query("newsletter_leaving", SPAN).to_pylist()
    assert row == {
        "lasts": [timedelta(hours=3).total_seconds(), None],
        "deleted": 1, "took_p50": 3600.0, "took_p95": 3600.0, "term": 9 * 86400.0, "waiting": 1, "overdue": 1,
    }  # fmt: skip


def test_an_application_past_two_terms_is_one_and_a_year_is_by_consent(store: Store) -> None:
    def kept(name: str, clause: str, days: float, ago: float, key: str, **given: Any) -> dict[str, Any]:
        return obligation(
            event(name, -ago * DAY), days, clause=clause, key=key, entity="s1", finding=name, type="x", **given
        )

    store.apply(
        batch(
            obligations=[
                kept("a", "REC-1", 28, 40, "one"), kept("b", "REC-3", 28, 30, "one"),
                kept("c", "REC-1", 28, 5, "two"), kept("d", "REC-1", 365, 360, "three"),
                kept("e", "REC-1", 365, 60, "four"), kept("f", "REC-1", 28, 40, "five", met_at=at(0), outcome="breach"),
            ],
            entities=("s1",),
        )
    )  # fmt: skip
    found = store.query("recruitment_kept", {"now": at(), "within": 30}).to_pylist()
    assert [
        (row["clause"], row["running"], row["pool"], row["ending"], row["overdue"], row["passed"]) for row in found
    ] == [
        ("REC-1", 3, 2, 1, 1, 1),
        ("REC-3", 0, 0, 0, 1, 1),
    ]
    assert (found[0]["next_due"], found[0]["oldest_due"]) == (at(5 * DAY), at(-12 * DAY))


def test_sensitive_categories_are_counted_by_application_and_told_where_offered(store: Store) -> None:
    def seen(name: str, application: str, *categories: str, offered: tuple[str, ...] = (), **given: Any) -> Any:
        data = {"application": application, "data_categories": ["cv", *categories], "other_categories": offered}
        more = {"system": "recruitment", "type": "recruitment.application_received", **given}
        return event(name, data=json.dumps({**data, "role": more.pop("role", "controller")}), **more)

    store.apply(
        batch(
            seen("a", "x", "health", offered=("health",)), seen("b", "x", "health"),
            seen("c", "y", "health", "religion"),
            seen("d", "z", "health", system="crm"), seen("e", "z", "health", role="processor"), seen("f", "w"),
        )
    )  # fmt: skip
    given = {**SPAN, "special": "health religion"}
    found = store.query("recruitment_categories", given).to_pylist()
    assert [(row["category"], row["n"], row["applications"], row["offered"], row["everywhere"]) for row in found] == [
        ("health", 3, 2, 1, 2),
        ("religion", 1, 1, 0, 2),
    ]


def test_consents_to_be_kept_come_and_go_by_week(store: Store) -> None:
    rows = [event("a"), event("b"), event("c", -7 * DAY)]
    facts = [fact(each, "retention_consented", link=each["id"]) for each in rows]
    store.apply(batch(*rows, facts=[*facts, fact(rows[0], "retention_withdrew"), fact(rows[0], "applied", link="a")]))
    assert [tuple(row.values()) for row in store.query("recruitment_pool", PERIOD).to_pylist()] == [
        (date(2026, 2, 23), "retention_consented", 1),
        (MONDAY, "retention_consented", 2),
        (MONDAY, "retention_withdrew", 1),
    ]


def cookie(kind: str, name: str, personal: bool = True) -> dict[str, Any]:
    return {"kind": kind, "name": name, "personal": personal}


def test_a_visit_counts_once_a_kind_and_only_for_personal_cookies_that_need_consent(store: Store) -> None:
    def broken(name: str, *cookies: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
        row = event(name, type="website.page_viewed", system="website")
        return row, verdict(row, "WEB-2", evidence=json.dumps({"cookies": cookies}))

    found = [
        broken("a", cookie("marketing", "x"), cookie("marketing", "y"), cookie("statistics", "calm", personal=False)),
        broken("b", cookie("marketing", "x"), cookie("necessary", "session"), cookie("statistics", "heat")),
    ]
    store.apply(batch(*(row for row, _ in found), verdicts=[told for _, told in found]))
    told = [tuple(row.values()) for row in store.query("website_cookies", PERIOD).to_pylist()]
    assert told == [
        (MONDAY, "marketing", None, 2),
        (MONDAY, "statistics", None, 1),
        (None, "marketing", "x", 2),
        (None, "marketing", "y", 1),
        (None, "statistics", "heat", 1),
    ]


def test_visits_are_looked_into_by_address_wish_and_cookie(store: Store) -> None:
    def view(name: str, minutes: float, **data: Any) -> dict[str, Any]:
        return event(name, minutes, type="website.page_viewed", system="website", data=json.dumps(data))

    seen = [cookie("statistics", "a", personal=False), cookie("statistics", "b", personal=False)]
    store.apply(
        batch(
            view("a", -10, ip="truncated", tracked=True, cookies=seen),
            view("b", -20, ip="full", tracked=True, dnt=True, cookies=[cookie("marketing", "c")]),
            view("c", -30, ip="full", tracked=False, gpc=True),
            view("d", -40, tracked=True),
            view("e", -61, ip="full", tracked=True),
            view("f", -5, ip="full", tracked=True, role="processor"),
        )
    )
    rows = store.query("website_visits", {"now": at(), "minutes": 60}).to_pylist()
    assert {(row["what"], row["word"]): row["n"] for row in rows} == {
        ("visits", None): 4,
        ("address", "truncated"): 1, ("address", "full"): 1, ("address", "untold"): 1,
        ("asked", "followed"): 1, ("asked", "left"): 1,
        ("cookie", "statistics"): 1, ("cookie", "marketing personal"): 1,
    }  # fmt: skip


def test_forms_are_told_by_purpose_and_connection(store: Store) -> None:
    def form(name: str, **data: Any) -> dict[str, Any]:
        told = {"form": "contact", "purpose": "request_handling", "legal_basis": "consent", **data}
        return event(name, type="website.form_submitted", system="website", data=json.dumps(told))

    store.apply(batch(form("a"), form("b", transport="http"), form("c", purpose="price_setting"), event("d")))
    rows = store.query("website_forms", SPAN).to_pylist()
    assert [(row["form"], row["purpose"], row["basis"], row["n"], row["http"]) for row in rows] == [
        ("contact", "request_handling", "consent", 2, 1),
        ("contact", "price_setting", "consent", 1, 0),
    ]


def test_who_gets_visits_is_told_with_breaches_first(store: Store) -> None:
    def given(name: str, recipient: str, system: str = "website") -> dict[str, Any]:
        data = json.dumps({"recipient_country": "NL"})
        return event(name, type="data.disclosed", system=system, recipient=recipient, data=data)

    rows = [given("a", "x"), given("b", "x"), given("c", "y"), given("d", "z", "crm")]
    store.apply(
        batch(*rows, verdicts=[verdict(rows[2], "SHARE-3"), verdict(rows[2], "SHARE-1"), verdict(rows[0], "GEN-1")])
    )
    found = store.query("website_parties", SPAN).to_pylist()
    assert [(row["recipient"], row["country"], row["n"], row["breaches"]) for row in found] == [
        ("y", "NL", 1, 2),
        ("x", "NL", 2, 0),
    ]


def test_keeping_is_counted_from_the_terms_begin_to_the_erasure_or_to_now(store: Store) -> None:
    def kept(name: str, ago: float, **given: Any) -> dict[str, Any]:
        return obligation(event(name, -ago * DAY), 28, clause="REC-1", entity=name, finding=name, type="x", **given)

    store.apply(
        batch(
            obligations=[
                kept("a", 40, met_at=at(-20 * DAY), outcome="pass"), kept("b", 40, met_at=at(-2 * DAY)),
                kept("c", 60, met_at=at(-40 * DAY), outcome="pass"), kept("d", 31), kept("e", 5),
                kept("f", 9, cancelled_at=at(-8 * DAY)),
                kept("g", 35, suspensions=[{"since": at(-30 * DAY), "until": None}]),
            ],
            entities=tuple("abcdefg"),
        )
    )  # fmt: skip
    given = {"now": at(), "days": 30, "clauses": "REC-1 NEWS-5"}
    assert store.query("register_kept", given).to_pylist() == [
        {
            "clause": "REC-1", "erased": 2, "usual": 29 * 86400.0, "longest": 38 * 86400.0, "held": 3,
            "oldest": 35 * 86400.0, "paused": 1, "beyond": 2,
        }
    ]  # fmt: skip
    (before,) = store.query("register_kept", {**given, "now": at(-30 * DAY)}).to_pylist()
    assert (before["erased"], before["held"], before["beyond"]) == (1, 4, 0)
    assert store.query("register_kept", {**given, "known": at(599)}).to_pylist() == []
