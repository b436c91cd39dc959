"""The policy's text: cut into sentences, and aligned with the sentences that are known.

Only digests of the original are kept: SHA-256 of a sentence, normalised (Unicode NFKC, casefold, white space to one
space, bullets and spaces stripped from both ends).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from hashlib import sha256
from typing import Literal

from expectations.policy import Sentence

_ABBREVIATIONS = ("B.V.", "e.g.", "i.e.", "P.O.")
_NUMBERED = re.compile(r"\s*[0-9]+\. ")
_END = re.compile(r"""[.?!]["'”’»)\]]*(\s+)(?=["'“‘«(\[]*(\w))""")
_BULLETS = " \t\u00a0•‣◦▪●·–—*-"

State = Literal["same", "changed", "new", "gone"]


@dataclass(frozen=True)
class Aligned:
    """One place of the text: what is known of it (None: new), and what stands there now (None: gone)."""

    state: State
    known: Sentence | None
    text: str | None


def sentences(text: str) -> list[str]:
    """The sentences of a text. A line is a block; cut after . ? ! (and closing quotes) before a capital."""
    return [found for line in text.splitlines() for found in _of_line(line) if normalised(found)]


def _of_line(line: str) -> Iterator[str]:
    start = 0
    for end in () if _NUMBERED.match(line) else _END.finditer(line):
        before = line[start : end.start(1)]
        if end.group(2).isupper() and not before.rstrip("\"'”’»)]").endswith(_ABBREVIATIONS):
            yield before
            start = end.end(1)
    yield line[start:]


def normalised(sentence: str) -> str:
    """What is hashed of it."""
    folded = re.sub(r"\s+", " ", unicodedata.normalize("NFKC", sentence).casefold())
    return folded.strip(_BULLETS)


def digest(sentence: str) -> str:
    """SHA-256 of the normalised sentence, UTF-8, hexadecimal."""
    return sha256(normalised(sentence).encode()).hexdigest()


def align(known: Sequence[Sentence], text: str) -> list[Aligned]:
    """The text against what is known, in order. Gone and new in one place is changed. Digests repeat between lists."""
    found = sentences(text)
    steps = SequenceMatcher(None, [each.digest for each in known], [digest(each) for each in found], autojunk=False)
    told: list[Aligned] = []
    for step, a, b, c, d in steps.get_opcodes():
        olds, news = known[a:b], found[c:d]
        both = min(len(olds), len(news))
        state: State = "same" if step == "equal" else "changed"
        told += [Aligned(state, old, new) for old, new in zip(olds, news, strict=False)]
        told += [Aligned("gone", old, None) for old in olds[both:]]
        told += [Aligned("new", None, new) for new in news[both:]]
    return told
