"""Every sentence of the text, classed: is it checked, how, and what did we see."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from expectations.attestations import Attestation
from expectations.model import registry
from expectations.policy import Policy, Sentence

Standing = Literal["with evidence", "no evidence", "attested", "not checkable", "promises nothing"]


@dataclass(frozen=True)
class Evidence:
    """What was seen of one clause: events judged and obligations opened, how many broke it, and the last one."""

    judged: int = 0
    breaches: int = 0
    last: datetime | None = None


NOTHING = Evidence()


@dataclass(frozen=True)
class SentenceRow:
    """One sentence. `reading`: of a defect, the one in use. `attestation`: None when nobody vouches now.

    `lapsed`: the last attestation, where none counts any more.
    """

    sentence: Sentence
    standing: Standing
    judged: int
    breaches: int
    reading: str | None
    attestation: Attestation | None
    lapsed: Attestation | None = None


@dataclass(frozen=True)
class ClauseRow:
    """One clause with the sentences that it rests on (none: law alone)."""

    clause: str
    sentences: tuple[str, ...]
    evidence: Evidence
    attestation: Attestation | None


def of_sentences(
    policy: Policy,
    evidence: Mapping[str, Evidence],
    vouched: Mapping[str, Attestation],
    lapsed: Mapping[str, Attestation],
) -> list[SentenceRow]:
    """Every sentence in the text's order. Without evidence is never with it: an enforced one needs judged events."""
    readings = {each.sentence: each.reading for each in policy.defects}
    rows = []
    for sentence in policy.sentences:
        seen = [evidence.get(clause, NOTHING) for clause in sentence.clauses]
        attestation = vouched.get(sentence.id)
        standing: Standing = "promises nothing"
        if sentence.kind in ("enforced", "defect"):
            standing = "with evidence" if any(each.judged for each in seen) else "no evidence"
        elif sentence.kind == "attested":
            standing = "attested" if attestation else "no evidence"
        elif sentence.kind == "not_checkable":
            standing = "not checkable"
        counted = sum(each.judged for each in seen), sum(each.breaches for each in seen)
        reading = readings.get(sentence.id)
        rows.append(SentenceRow(sentence, standing, *counted, reading, attestation, lapsed.get(sentence.id)))
    return rows


def of_clauses(policy: Policy, evidence: Mapping[str, Evidence], vouched: Mapping[str, Attestation]) -> list[ClauseRow]:
    """Every clause that is enforced, in the policy's order."""
    rests: dict[str, list[str]] = {clause: [] for clause in registry()}
    for sentence in policy.sentences:
        for clause in sentence.clauses:
            rests.setdefault(clause, []).append(sentence.id)
    return [
        ClauseRow(clause, tuple(rests[clause]), evidence.get(clause, NOTHING), vouched.get(clause))
        for clause in registry()
    ]


def unenforced(policy: Policy) -> dict[str, tuple[str, ...]]:
    """Clauses that sentences name and that no file enforces, with those sentences: a fault of the house."""
    found: dict[str, list[str]] = {}
    for sentence in policy.sentences:
        for clause in sentence.clauses:
            if clause not in registry():
                found.setdefault(clause, []).append(sentence.id)
    return {clause: tuple(named) for clause, named in sorted(found.items())}
