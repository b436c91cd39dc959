"""Requests of data subjects, and what an answer to one says."""

from __future__ import annotations

from expectations.facts import Fact, Facts


def doubts(answer: Fact, known: Facts, right: str, outcome: str) -> tuple[str, ...] | None:
    """The fields for want of which it cannot be told whether a request for that right was answered so.

    Empty: it was. None: it was not, or the request that the answer names is not known at its time.
    """
    asked = {
        request.word
        for request in known.of("requested")
        if answer.link is not None and request.link == answer.link and request.time <= answer.time
    }
    if not asked & {right, None} or answer.word not in (outcome, None):
        return None
    return tuple(
        field for field, unknown in (("right", right not in asked), ("outcome", answer.word is None)) if unknown
    )
