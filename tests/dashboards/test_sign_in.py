"""Who may look: what claims make of somebody, checked each time, and what is refused."""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from dashboards import gate, questions, sign_in, store, surroundings
from dashboards.commands import arguments, refuse_open
from dashboards.sign_in import NotAllowedError, Viewer, allowed, mine, of_claims
from infra.errors import UserError
from infra.provider import Provider
from infra.settings import Settings
from tests.support.drawn import World, world
from tests.support.seeded import Seeded

NOW = 1_800_000_000.0
HOUR = 3600


@pytest.fixture
def company(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Provider]:
    made = Provider(
        issuer="https://login.example.org",
        client_id="clausewatch",
        client_secret_file=tmp_path / "secret",
        address="https://audit.example.org",
        roles={
            "officer": frozenset({"privacy"}),
            "management": frozenset({"board"}),
            "engineer": frozenset({"operations"}),
        },
        deny_file=tmp_path / "sign-in.deny",
        role_claim="groups",
    )
    monkeypatch.setattr(surroundings, "provider", lambda: made)
    yield made
    sign_in._ended.clear()


@pytest.fixture(scope="module")
def day() -> World:
    return world(Seeded().day())


def person(**said: Any) -> dict[str, Any]:
    return {
        "is_logged_in": True,
        "sub": "u-1",
        "iat": NOW - HOUR,
        "nonce": "n",
        "preferred_username": "ann",
        "groups": ["privacy"],
        **said,
    }


def refused(said: dict[str, Any], company: Provider, now: float = NOW) -> str:
    with pytest.raises(NotAllowedError) as caught:
        of_claims(said, company, now)
    return caught.value.reason


def test_a_claim_gives_the_role_and_of_several_the_first(company: Provider) -> None:
    assert of_claims(person(), company, NOW) == Viewer("ann", "officer")
    assert of_claims(person(groups="board"), company, NOW).role == "management"
    assert of_claims(person(groups=["x", "operations", "board"]), company, NOW).role == "management"


@pytest.mark.parametrize("groups", [None, [], ["Privacy"], "privacy,board", {"privacy": True}, [["privacy"]], 7])
def test_no_known_role_is_refused(company: Provider, groups: object) -> None:
    assert refused(person(groups=groups), company) == "role"


def test_a_claim_within_a_claim(company: Provider) -> None:
    from dataclasses import replace

    nested = replace(company, role_claim="realm.roles")
    assert of_claims(person(realm={"roles": ["board"]}), nested, NOW).role == "management"
    assert of_claims(person(**{"realm.roles": ["operations"]}), nested, NOW).role == "engineer"
    assert refused(person(realm="roles"), nested) == "role"


@pytest.mark.parametrize("said", [{}, person(is_logged_in=False), person(sub=""), person(sub=None)])
def test_who_did_not_sign_in_is_nobody(company: Provider, said: dict[str, Any]) -> None:
    assert refused(said, company) == "out"


@pytest.mark.parametrize(
    ("said", "fine"),
    [
        ({"iat": NOW - 8 * HOUR + 1}, True),
        ({"iat": NOW - 8 * HOUR}, False),
        ({"iat": NOW, "auth_time": NOW - 8 * HOUR}, False),
        ({"iat": NOW - 9 * HOUR, "auth_time": NOW - HOUR}, True),
        ({"iat": NOW + 30}, True),
        ({"iat": NOW + 3600}, False),
        ({"iat": None}, False),
        ({"iat": "1800000000"}, False),
        ({"iat": float("nan")}, False),
        ({"iat": True}, False),
    ],
)
def test_a_sign_in_lasts_some_hours(company: Provider, said: dict[str, Any], fine: bool) -> None:
    if fine:
        assert of_claims(person(**said), company, NOW).name == "ann"
    else:
        assert refused(person(**said), company) == "expired"


def test_the_deny_list_counts_at_once_and_when_unreadable_for_all(company: Provider) -> None:
    digest = hashlib.sha256(b"ann@example.org").hexdigest()
    for line, said in (("u-1", {}), (digest, {"email": "Ann@example.org "})):
        company.deny_file.write_text("# nobody\n")
        assert of_claims(person(**said), company, NOW)
        company.deny_file.write_text(f"{line} # gone\n")
        assert refused(person(**said), company) == "denied"
    company.deny_file.unlink()
    company.deny_file.mkdir()
    assert refused(person(), company) == "denied"


@pytest.mark.parametrize("name", ["ann@example.org", "", None, 7, "Ann de Vries", "a" * 65])
def test_events_name_people_by_no_e_mail_address(company: Provider, name: object) -> None:
    assert of_claims(person(preferred_username=name), company, NOW).name == "u-1"


def test_an_ended_sign_in_is_over_everywhere(company: Provider) -> None:
    said = person()
    sign_in.end(said)
    assert refused(said, company) == "out"
    assert of_claims(person(nonce="another"), company, NOW)


def test_with_a_provider_loopback_alone_is_nobody(company: Provider) -> None:
    with pytest.raises(NotAllowedError):
        allowed({"officer"})


def test_a_download_is_checked_as_who_asked_when_it_is_made(company: Provider, monkeypatch: Any) -> None:
    monkeypatch.setattr(sign_in, "claims", lambda: person(iat=time.time()))
    make = mine(lambda: allowed({"officer"}).name.encode())
    other = mine(lambda: allowed({"engineer"}).name.encode())
    monkeypatch.undo()
    monkeypatch.setattr(surroundings, "provider", lambda: company)
    assert asyncio.run(asyncio.to_thread(make)) == b"ann"  # in a thread that knows no session
    with pytest.raises(NotAllowedError):
        other()
    company.deny_file.write_text("u-1")
    with pytest.raises(NotAllowedError):
        make()


@pytest.mark.parametrize(
    ("wanted", "ours"),
    [
        ("/", True),
        ("/breaches?severity=high&q=a%20b", True),
        ("/third-parties", True),
        ("//evil.example", False),
        ("/\\evil.example", False),
        ("https://evil.example", False),
        ("/breaches?a=b\r\nx: y", False),
        ("/breaches#x", False),
        ("/media/abc", False),
        ("breaches", False),
        ("/" + "a" * 3000, False),
    ],
)
def test_only_our_own_pages_are_come_back_to(wanted: str, ours: bool) -> None:
    assert gate.ours(wanted) is ours


def test_cookies_live_no_longer_than_a_sign_in_and_go_by_tls_only(company: Provider) -> None:
    given = "_streamlit_user=abc; HttpOnly; Max-Age=2592000; Path=/; SameSite=lax"
    assert gate._narrowed(given, company) == given.replace("2592000", "28800") + "; Secure"
    assert gate._narrowed("_streamlit_user=; Max-Age=0", company) == "_streamlit_user=; Max-Age=0; Secure"


def test_a_network_is_served_only_where_people_sign_in_by_tls(company: Provider, tmp_path: Path) -> None:
    settings = Settings(tmp_path)
    refuse_open("127.0.0.1", None, settings)
    refuse_open("0.0.0.0", company, settings)
    with pytest.raises(UserError, match="no sign-in is set up") as caught:
        refuse_open("0.0.0.0", None, settings)
    assert (caught.value.exit_code, "sign-in.yaml" in caught.value.cure) == (2, True)
    from dataclasses import replace

    with pytest.raises(UserError, match="without TLS"):
        refuse_open("0.0.0.0", replace(company, address="http://127.0.0.1:8501"), settings)
    told = arguments("server.py", "0.0.0.0", 8501, company)
    assert told[-2:] == ["--server.allowedHosts", "audit.example.org"]
    assert not any("secret" in word for word in told)


PAGES = {
    "officer": {
        "now",
        "alerts",
        "breaches",
        "obligations",
        "subject",
        "transfers",
        "policy",
        "pipeline",
        "register",
        "snapshots",
    },
    "management": {"now", "obligations", "transfers", "policy", "register", "snapshots"},
    "engineer": {"now", "alerts", "policy", "pipeline"},
}


@pytest.mark.parametrize(
    ("group", "role"), [("privacy", "officer"), ("board", "management"), ("operations", "engineer")]
)
def test_the_menu_holds_what_the_role_may_see(company: Provider, day: World, group: str, role: str) -> None:
    questions.install(day.desk)
    store.install(day.reader)
    test = AppTest.from_file("../../dashboards/app.py", default_timeout=30)
    test.user = person(iat=time.time(), groups=[group])
    test.run()
    assert not test.exception
    links = {link.proto.page or "now" for link in test.sidebar.get("page_link")}
    assert links == PAGES[role] or (role == "officer" and links > PAGES[role])
    assert not any('data-testid="refused"' in each.proto.body for each in test.get("html"))


@pytest.mark.parametrize(
    ("said", "reason"),
    [({"is_logged_in": False}, "out"), ({"iat": 1}, "expired"), ({"groups": []}, "role"), ({"sub": "u-9"}, "denied")],
)
def test_who_may_not_look_sees_why_and_nothing_else(
    company: Provider, day: World, said: dict[str, Any], reason: str
) -> None:
    company.deny_file.write_text("u-9")
    questions.install(day.desk)
    store.install(day.reader)
    test = AppTest.from_file("../../dashboards/app.py", default_timeout=30)
    test.user = {**person(iat=time.time()), **said}
    test.run()
    told = "".join(each.proto.body for each in test.get("html"))
    assert f'data-reason="{reason}"' in told
    assert "headline" not in told
    assert not test.sidebar.get("page_link")
