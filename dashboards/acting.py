"""What an officer does, published as events of the compliance desk, and nothing else: seen when it came back.

Who did it is the viewer that was signed in when the button was pressed, looked up again at that moment.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from typing import Any

from dashboards import surroundings
from dashboards.sign_in import NotAllowedError, allowed
from expectations.contract.routing import route
from infra.clock import utc_text
from infra.errors import UserError
from infra.producer import Producer

SOURCE = "/compliance/pages"
ROLES = frozenset({"officer"})
SECONDS = 10.0  # that the broker has


class NotDoneError(Exception):
    """The event was not taken: nothing happened."""


def actor(roles: Collection[str] = ROLES) -> str:
    """Who does it, as events name them. Raises NotDoneError: not allowed."""
    try:
        return allowed(roles).name
    except NotAllowedError as fault:
        raise NotDoneError("role") from fault


def event(kind: str, **data: Any) -> dict[str, Any]:
    """An event of this type of the compliance desk, of now; what is not said is left out."""
    return {
        "specversion": "1.0",
        "id": str(uuid.uuid4()),
        "source": SOURCE,
        "type": kind,
        "time": utc_text(datetime.now(UTC)),
        "datacontenttype": "application/json",
        "data": {name: value for name, value in data.items() if value},
    }


def act(what: str, alerts: Sequence[str], **data: Any) -> list[str]:
    """Do this with these alerts; the ids of the events. Raises NotDoneError: not allowed, or not taken."""
    who = actor()
    made = [event(f"alert.{what}", alert=alert, actor=who, **data) for alert in alerts]
    publish(made)
    return [each["id"] for each in made]


def publish(events: Sequence[dict[str, Any]]) -> None:
    """Send them and wait until the broker has them all. Raises NotDoneError."""
    try:
        with Producer(surroundings.settings().broker_address(), delivery_seconds=SECONDS) as producer:
            for each in events:
                topic, key = route(each)
                producer.send(topic, key, json.dumps(each).encode())
            producer.flush()
            if producer.failed:
                raise NotDoneError("broker")
    except UserError as fault:
        raise NotDoneError("broker") from fault
