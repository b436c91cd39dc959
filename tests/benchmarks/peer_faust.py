"""A default Faust agent that counts, its raw values untouched: `peer_faust.py HOST:PORT RECORDS`."""

from __future__ import annotations

import json
import os
import sys
import time
from typing import Any

import faust

TOPICS = ("crm.events", "newsletter.events", "recruitment.events", "website.events", "compliance.events")


def main(bootstrap: str, records: int) -> None:
    app = faust.App(
        "peer-faust",
        broker=f"kafka://{bootstrap}",
        store="memory://",
        value_serializer="raw",
        key_serializer="raw",
        consumer_auto_offset_reset="earliest",
        topic_allow_declare=False,
        topic_disable_leader=True,
        broker_rebalance_timeout=3.0,
        broker_session_timeout=10.0,
        web_enabled=False,
    )

    async def count(stream: Any) -> None:
        seen, began = 0, 0.0
        async for _ in stream:
            began = began or time.perf_counter()
            seen += 1
            if seen == records:
                print(json.dumps({"rate": records / (time.perf_counter() - began)}), flush=True)
                os._exit(0)  # Faust's orderly end takes seconds and tells nothing more

    app.agent(app.topic(*TOPICS, value_serializer="raw", key_serializer="raw"))(count)
    faust.Worker(app, loglevel="WARN", redirect_stdouts=False).execute_from_commandline()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
