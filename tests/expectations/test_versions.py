"""Claims about versions compared, and about the commands that check and compare them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from click.testing import CliRunner

from expectations.calendars import Duration
from expectations.commands import commands, policy
from expectations.policy import CUSTOM_CONNECT, Defect, load
from expectations.versions import difference

FIRST = CUSTOM_CONNECT / "2018-05-25.yaml"


def run(*arguments: str | Path) -> tuple[int, str]:
    found = CliRunner().invoke(policy, list(map(str, arguments)), standalone_mode=False)
    assert found.exception is None or isinstance(found.exception, SystemExit), found.exception
    return int(found.return_value or 0), found.output


def test_a_version_does_not_differ_from_itself() -> None:
    first = load().versions[0]
    assert difference(first, first) == []
    assert difference(first, replace(first, version="other", file="other.yaml")) == []


def test_each_change_is_one_sentence() -> None:
    old = load().versions[0]
    activities = [each for each in old.activities if each.name != "camera"]
    newsletter = next(each for each in activities if each.name == "newsletter")
    activities[activities.index(newsletter)] = replace(
        newsletter, categories=(newsletter.categories - {"name"}) | {"job"}
    )
    readings = {**old.readings, "NEWS-5": {"unsubscribe_erasure": Duration(2, "working_days")}, "SEC-1": {}}
    new = replace(
        old,
        activities=tuple(activities),
        readings=readings,
        backdating=True,
        defects=(*old.defects[1:], Defect("11.contact.01", ("SEC-1",), "Gone.", "Strict.")),
    )
    assert difference(old, new) == [
        "Activity camera is dropped.",
        "Activity newsletter: categories without name, now with job.",
        "NEWS-5: unsubscribe_erasure is 2 working_days instead of 24h.",
        "SEC-1: require_mfa is the clause's default instead of false.",
        "Agreements count from the date they bear on.",
        "Sentence 2.website.15 is mended.",
        "Sentence 11.contact.01 is found faulty.",
    ]


def test_the_order_of_activities_is_a_change_for_it_decides() -> None:
    old = load().versions[0]
    new = replace(old, activities=old.activities[::-1])
    assert difference(old, new)[0].startswith("Activities are looked through in another order: others, camera")


def test_check_finds_our_own_policy_sound() -> None:
    code, output = run("check")
    assert code == 0
    assert output.startswith("custom_connect 2018-05-25: from 2018-05-25, 7 activities, ")


def test_check_tells_each_fault_by_line(tmp_path: Path) -> None:
    path = tmp_path / "2026-11-01.yaml"
    path.write_text(FIRST.read_text().replace("unsubscribe_erasure: 24h", "unsubscribe_erasure: one day"))
    code, output = run("check", path)
    assert code == 1
    assert 'NEWS-5.unsubscribe_erasure: "one day" is no duration; write 24h' in output
    assert output.startswith("2026-11-01.yaml:")


def test_check_of_a_path_that_is_not_there_is_bad_usage(tmp_path: Path) -> None:
    found = CliRunner().invoke(policy, ["check", str(tmp_path / "gone")])
    assert found.exit_code == 2


def test_diff_says_what_changes_and_from_when(tmp_path: Path) -> None:
    path = tmp_path / "2026-11-01.yaml"
    text = FIRST.read_text().replace("unsubscribe_erasure: 24h", "unsubscribe_erasure: 48h")
    path.write_text(text.replace("2018-05-25T00:00:00+02:00", "2026-11-01").replace('"2018-05-25"', '"2026-11-01"'))
    code, output = run("diff", FIRST, path)
    assert code == 1
    assert output.splitlines() == [
        "2018-05-25 → 2026-11-01, in force from 1 November 2026 00:00 (Europe/Amsterdam)",
        "  NEWS-5: unsubscribe_erasure is 48h instead of 24h.",
    ]
    assert run("diff", FIRST, FIRST) == (
        0,
        "2018-05-25 → 2018-05-25, in force from 25 May 2018 00:00 (Europe/Amsterdam)\n  They judge alike.\n",
    )
    path.write_text("policy: [\n")
    assert run("diff", FIRST, path)[0] == 2


def test_the_room_offers_its_commands() -> None:
    assert "policy" in [command.name for command in commands]
