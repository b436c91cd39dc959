"""Things that have no place in the audit's events: personal values, and lines that are no events at all.

The values are published examples: documentation addresses, test cards, numbers that satisfy their checksum.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from streams.simulate import habits
from streams.simulate.calendar import stamp

if TYPE_CHECKING:
    from streams.simulate.life import Person

_encode = msgspec.json.Encoder().encode

# (where, value): an unknown field, a text, an id field or the subject itself
VALUES = (
    ("note", "mail jan.devries@example.nl about it"),
    ("note", "call 06 12345678 first"),
    ("note", "call +31 20 794 0800 first"),
    ("note", "bsn 111222333 checked"),
    ("note", "id 8001015009087 seen"),
    ("note", "pays from NL91ABNA0417164300"),
    ("note", "card 4111 1111 1111 1111 refused"),
    ("note", "came from 203.0.113.77"),
    ("note", "came from 2001:db8:85a3::8a2e:370:7334"),
    ("actor", "p.jansen@example.com"),
    ("actor", "+31612345678"),
    ("actor", "198.51.100.23"),
    ("subject", "maria@example.org"),
    ("subject", "+31687654321"),
)


def litter(person: Person) -> bool:
    """A right event with a personal value in it: GEN-3, in whatever field."""
    where, value = VALUES[int(person.random.random() * len(VALUES))]
    access = person.relation is not None
    event = habits.record_accessed(person) if access else habits.data_processed(person)
    if where == "subject":
        person.emit(event[0], event[2], event[1], subject=value, breaks="GEN-3")
    else:
        event[2][where] = value
        person.do(event, breaks="GEN-3")
    return True


def bad_line(person: Person) -> None:
    """A line that the audit has to set aside, with its reason."""
    truth, random = person.world.truth, person.random
    kind, source, data = habits.record_accessed(person)
    person.count += 1
    event_id = f"{person.name}-{person.count}"
    event: dict[str, Any] = {"specversion": "1.0", "id": event_id, "source": source, "type": kind}
    event |= {"subject": person.subject, "time": stamp(person.now + 1), "data": data}
    reason, change = BAD[int(random.random() * len(BAD))]
    if reason == "id_conflict":
        data.clear()
    for field, wrong in change.items():
        if field == "data":
            data |= wrong
        elif wrong is None:
            del event[field]
        else:
            event[field] = wrong
    value = _encode(event)
    if reason == "id_conflict":  # which of the two is judged does not matter: both are right
        person.raw("compliance", person.subject, value)
        event["time"] = stamp(person.now + 1)
        value = _encode(event)
    if reason == "invalid_json":
        value = value[: 10 + int(random.random() * (len(value) - 20))]
        truth.quarantined(reason, None, None)
    else:
        truth.quarantined(reason, event["source"], event_id)
    person.raw("compliance" if reason == "id_conflict" else "crm", person.subject, value)


BAD: tuple[tuple[str, dict[str, Any]], ...] = (
    ("invalid_json", {}),
    ("unknown_type", {"type": "crm.record_admired"}),
    ("unknown_source", {"source": "/payroll"}),
    ("not_allowed", {"type": "crm.invoiced", "source": "/website", "data": {"authorised": None}}),
    ("invalid_field", {"data": {"authorised": "yes"}}),
    ("invalid_field", {"time": "yesterday"}),
    ("invalid_value", {"data": {"transport": "pigeon"}}),
    ("invalid_envelope", {"specversion": "0.3"}),
    ("invalid_subject", {"subject": "two words"}),
    (
        "id_conflict",
        {"type": "complaint.received", "source": "/compliance", "data": {"channel_offered": "AP"}},
    ),
    ("missing_subject", {"subject": None}),
)
