"""What an officer does, published as events of the compliance desk, and nothing else: seen when it came back.

Who did it is the viewer that was signed in when the button was pressed, looked up again at that moment.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import streamlit as st

from dashboards import surroundings
from dashboards.sign_in import viewer
from expectations.contract.routing import route
from infra.clock import utc_text
from infra.errors import UserError
from infra.producer import Producer

SOURCE = "/compliance/pages"
ROLES = frozenset({"officer"})
SECONDS = 10.0  # that the broker has


class NotDoneError(Exception):
    """The event was not taken: nothing happened."""


def event(what: str, alert: str, actor: str, **data: Any) -> dict[str, Any]:
    """An `alert.<what>` event of now."""
    return {
        "specversion": "1.0",
        "id": str(uuid.uuid4()),
        "source": SOURCE,
        "type": f"alert.{what}",
        "time": utc_text(datetime.now(UTC)),
        "datacontenttype": "application/json",
        "data": {"alert": alert, "actor": actor, **{name: value for name, value in data.items() if value}},
    }


def act(what: str, alerts: Sequence[str], **data: Any) -> list[str]:
    """Do this with these alerts; the ids of the events. Raises NotDoneError: not allowed, or not taken."""
    who = viewer(st.get_option("server.address"))
    if who is None or who.role not in ROLES:
        raise NotDoneError("role")
    made = [event(what, alert, who.name, **data) for alert in alerts]
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
