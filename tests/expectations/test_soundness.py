"""What makes no sense in a policy is told with its place and cure: unreachable, contradictory, out of range."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from expectations.lined import FileError
from expectations.model import registry
from expectations.policy import CUSTOM_CONNECT
from expectations.references import FOLDER
from expectations.soundness import faults_of, of_registers, of_rules
from infra.door import run

FILE = "2018-05-25.yaml"
Change = Callable[..., Path]


@pytest.fixture
def policy(tmp_path: Path) -> Change:
    """A folder with our policy, in which texts of one of its files are replaced."""

    def changed(*pairs: tuple[str, str], file: str = FILE) -> Path:
        for each in CUSTOM_CONNECT.iterdir():
            (tmp_path / each.name).write_bytes(each.read_bytes())
        text = (tmp_path / file).read_text("utf-8")
        for old, new in pairs:
            assert old in text, old
            text = text.replace(old, new, 1)
        (tmp_path / file).write_text(text, "utf-8")
        return tmp_path

    return changed


def line_of(folder: Path, text: str, file: str = FILE) -> int:
    lines = (folder / file).read_text("utf-8").splitlines()
    return 1 + max(number for number, line in enumerate(lines) if text in line)


def told(path: Path) -> list[str]:
    try:
        return [str(each) for each in faults_of(path)]
    except FileError as error:
        return [str(each) for each in error.faults]


def test_our_own_policy_makes_sense() -> None:
    assert faults_of() == []


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        # Never reached.
        ('["crm.*"]', '["crm.*", "crm.enquiry_erased"]', 'relations.events: "crm.enquiry_erased" is never reached: '
         "contact has all of it; leave it out, or put relations before contact"),
        ('["crm.*"]', '["crm.*", "crm.invoiced"]', '"crm.invoiced" is never reached: relations has all of it'),
        ('["newsletter.*"]', '["newsletter.unsubscribed"]', "activities: none has newsletter.sent: nothing says"),
        ("  others:", "  rest:", "activities: none is named others"),
        ("  /website: website\n", "", "systems: no source names website; add /website: website"),
        # Contradictory.
        ("categories: [name, email_address, telephone_number, postal_address, financial, job]",
         "categories: [name, health]", "relations.categories: has health, special data that need consent"),
        ("popia_adequate: [EEA]", "popia_adequate: [EU, Zambia]", 'XFER-1.popia_adequate: "Zambia" is no country'),
        ("recording_retention: 28d", "recording_retention: 7d\n    retention_checked: false",
         "CCTV-2.recording_retention: is chosen, yet nothing checks it"),
        ("    retention: 28d", "    retention: 28d\n    retention_with_consent: 3w",
         "REC-1.retention_with_consent: 3w is shorter than 28d, the term without consent; write a longer one"),
        ("email: [text, id]", "email: []", "personal_values.kinds.email: is looked for nowhere"),
        ("id, subject, request,", "id, subject, requests,", '"requests" is no id; did you mean request?'),
        ("id, subject, request,", "id, subject,", "id_fields: request is missing"),
        # Out of range.
        ("answer_within: 28d", "answer_within: 4 months", 'RIGHT-1.answer_within: "4 months" is more than 3 months '
         "(GDPR 12(3)); write 3 months or less"),
        ("objection_grace: 0h", "objection_grace: 2w", 'RIGHT-3.objection_grace: "2w" is more than 7d (at once)'),
        ("readings:\n", "readings:\n  CLICK-3: {k_min: 1}\n", 'CLICK-3.k_min: "1" is less than 2; write 2 or more'),
        ("unsubscribe_erasure: 24h", "unsubscribe_erasure: 24 years", 'NEWS-5.unsubscribe_erasure: "24 years" is more'),
        # References.
        ("sentence: 2.website.15", "sentence: 2.website.99", '"2.website.99" is no sentence; did you mean 2.website.'),
        ("sentence: 2.website.15", "sentence: 2.website.20", '"2.website.20" is classed as enforced'),
        ("clauses: [CLICK-1, CLICK-2]", "clauses: [CLICK-1]", "are not those of the sentence: CLICK-1 CLICK-2"),
    ],
)  # fmt: skip
def test_a_senseless_rule_is_told_with_its_place_and_cure(policy: Change, old: str, new: str, fault: str) -> None:
    found = told(policy((old, new)))
    assert any(fault in each for each in found), found
    assert all(each.startswith(f"{FILE}:") and "; " in each for each in found)


def test_a_fault_names_its_line(policy: Change) -> None:
    folder = policy(("answer_within: 28d", "answer_within: 1 year"))
    (fault,) = told(folder)
    assert fault.startswith(f"{FILE}:{line_of(folder, 'answer_within: 1 year')} RIGHT-1.answer_within: ")


def test_a_faulty_sentence_without_a_reading_is_told(policy: Change) -> None:
    text = (CUSTOM_CONNECT / FILE).read_text("utf-8")
    first = text[text.index("  - sentence: 2.website.15") : text.index("  - sentence: 2.applicants.14")]
    assert "none says how the faulty sentence 2.website.15 is read" in "\n".join(told(policy((first, ""))))


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        (",enforced,RIGHT-6,", ",enforced,RIGHT-66,", '.clauses: "RIGHT-66" is no clause; did you mean RIGHT-6?'),
        (",enforced,RIGHT-6,", ",enforced,,", "enforced, yet no clause checks it"),
        (",enforced,RIGHT-6,", ",attested,RIGHT-6,", "attested, though clauses check it"),
        (",enforced,RIGHT-6,", ",enforcd,RIGHT-6,", '"enforcd" is no class; did you mean enforced?'),
        ("5.access.02,", "5.access.01,", "5.access.01: stands twice"),
        (",9f9ff58bce03", ",9f9ff58", "5.automated.01.sha256: is no SHA-256"),
    ],
)
def test_the_sentences_beside_the_file_are_checked(policy: Change, old: str, new: str, fault: str) -> None:
    folder = policy((old, new), file="sentences.csv")
    line = line_of(folder, new, "sentences.csv")
    assert any(each.startswith(f"sentences.csv:{line} ") and fault in each for each in told(folder))


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("{country: GB, from: 1994-01-01, to: 2020-02-01}", "{country: GB, from: 2020-02-01, to: 1994-01-01}",
         "1994-01-01 is not after 2020-02-01: never in force"),
        ("{country: GB, from: 1994-01-01, to: 2020-02-01}", "{country: NL, from: 2000-01-01}",
         "overlaps the entry from 1994-01-01"),
    ],
)  # fmt: skip
def test_registers_are_checked(tmp_path: Path, old: str, new: str, fault: str) -> None:
    for each in FOLDER.iterdir():
        if each.is_file():
            text = each.read_text("utf-8")
            (tmp_path / each.name).write_text(text.replace(old, new) if each.name == "eea.yaml" else text, "utf-8")
    (found,) = of_registers(tmp_path)
    assert (found.file, found.line) == ("eea.yaml", line_of(tmp_path, new, "eea.yaml"))
    assert fault in found.fault


def test_clauses_that_silence_each_other_and_those_of_no_event_are_told() -> None:
    known = registry()
    news, gen = known["NEWS-3"], known["GEN-4"]
    assert list(of_rules({"NEWS-3": news, "GEN-4": gen, "NEWS-4": known["NEWS-4"]})) == []
    both = {"GEN-4": replace(gen, yields_to=("NEWS-3",)), "NEWS-3": replace(news, yields_to=("GEN-4",))}
    faults = [str(each) for each in of_rules(both)]
    assert len(faults) == 2
    assert "GEN-4: is silenced by what it silences itself, by way of NEWS-3; let one of them speak" in faults[0]
    (lost,) = of_rules({"GEN-4": replace(gen, yields_to=("NEWS-9",))})
    assert (lost.file, lost.field) == ("gen_4_withdrawn_means_stopped.py", "GEN-4")
    (never,) = of_rules({"NEWS-4": replace(known["NEWS-4"], on=frozenset({"newsletter.send"}), yields_to=())})
    assert 'newsletter.send" is no type of event; did you mean newsletter.sent?' in str(never)


def test_the_command_tells_faults_and_fails(policy: Change, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["policy", "check", str(policy(('["crm.*"]', '["crm.*", "crm.invoiced"]')))]) == 1
    printed = capsys.readouterr()
    assert "is never reached" in printed.out
    assert printed.err == "1 fault.\n"
    assert run(["policy", "check"]) == 0
    assert [line for line in capsys.readouterr().err.splitlines() if not line.startswith("warning: ")] == []
