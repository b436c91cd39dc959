"""One thing in a right event spoilt, and said so."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from streams.simulate import habits, stories

if TYPE_CHECKING:
    from streams.simulate.life import Person


def spoil(event: habits.Event, wrong: dict[str, Any]) -> habits.Event:
    """The event with those fields; None leaves one out."""
    event[2].update(wrong)
    for field, value in wrong.items():
        if value is None:
            del event[2][field]
    return event


def broken(person: Person, clause: str, event: habits.Event, **wrong: Any) -> bool:
    """The event happens, and breaks the clause."""
    person.do(spoil(event, wrong), breaks=clause)
    return True


def unsure(person: Person, clause: str, event: habits.Event, *missing: str) -> bool:
    """The event happens without fields that decide: nobody can tell."""
    person.do(spoil(event, dict.fromkeys(missing)), unsure=clause)
    return True


def form(person: Person, clause: str, add: str = "", **wrong: Any) -> bool:
    """A spoilt contact form, answered and erased like any other."""
    if not person.may("request_handling"):
        return False
    event = habits.form_submitted(person)
    if add:
        event[2]["data_categories"].append(add)
    stories.answer_question(person, spoil(event, wrong), breaks=clause)
    return True
