"""A text of the policy is cut, hashed and aligned with the sentences that are known."""

from __future__ import annotations

from hashlib import sha256

import pytest

from expectations.policy import Sentence, load
from expectations.text import align, digest, normalised, sentences

TEXT = """Our promise
We at Promise B.V. keep data safe. (We really do.) Do you ask? "Yes!" Then write.
1. First item. It stays whole.
• We delete it.
"""


def known(text: str) -> list[Sentence]:
    cut = enumerate(sentences(text))
    return [
        Sentence(f"1.x.{n:02}", "1", f"paraphrase {n}", digest(each), "enforced", ("GEN-1",), "") for n, each in cut
    ]


def test_a_line_is_a_block_and_is_cut_before_a_capital() -> None:
    assert [each.strip() for each in sentences(TEXT)] == [
        "Our promise",
        "We at Promise B.V. keep data safe.",
        "(We really do.)",
        "Do you ask?",
        '"Yes!"',
        "Then write.",
        "1. First item. It stays whole.",
        "• We delete it.",
    ]


@pytest.mark.parametrize("abbreviation", ["B.V.", "e.g.", "i.e.", "P.O."])
def test_an_abbreviation_ends_no_sentence(abbreviation: str) -> None:
    assert len(sentences(f"See {abbreviation} Box 1.")) == 1
    assert len(sentences("See v. Box 1.")) == 2


def test_case_space_width_and_bullets_make_no_difference() -> None:
    assert normalised("  •  We\u00a0DELETE  ﬁles. ") == "we delete files."
    assert digest("• We delete it.") == sha256(b"we delete it.").hexdigest()


def test_a_known_text_is_the_same() -> None:
    assert {each.state for each in align(known(TEXT), TEXT)} == {"same"}


def test_what_is_new_changed_or_gone_is_told_in_its_place() -> None:
    other = (
        TEXT.replace("Do you ask?", "Would you ask?")
        .replace("• We delete it.\n", "")
        .replace("Our promise\n", "Our promise\nIt is new.\n")
    )
    told = [(each.state, each.known and each.known.id, (each.text or "").strip()) for each in align(known(TEXT), other)]
    assert [each for each in told if each[0] != "same"] == [
        ("new", None, "It is new."),
        ("changed", "1.x.03", "Would you ask?"),
        ("gone", "1.x.07", ""),
    ]


def test_the_policy_knows_its_title() -> None:
    """The digests in `sentences.csv` are of the original, which is not kept here; its title is plain words."""
    assert {each.id: each.digest for each in load().sentences}["0.page.02"] == digest("Privacy Policy")
