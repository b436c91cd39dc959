"""A bare aiokafka consumer that counts: `peer_aiokafka.py HOST:PORT RECORDS`."""

from __future__ import annotations

import asyncio
import json
import sys
import time

from aiokafka import AIOKafkaConsumer

TOPICS = ("crm.events", "newsletter.events", "recruitment.events", "website.events", "compliance.events")


async def count(bootstrap: str, records: int) -> float:
    """Seconds from asking for the first record to having the last."""
    consumer = AIOKafkaConsumer(
        *TOPICS, bootstrap_servers=bootstrap, group_id="peer-aiokafka", auto_offset_reset="earliest"
    )
    await consumer.start()
    seen, began = 0, 0.0
    try:
        while seen < records:
            asked = time.perf_counter()
            found = await consumer.getmany(timeout_ms=1000)
            if found and not began:
                began = asked  # the first answer may hold a large part of them
            seen += sum(len(some) for some in found.values())
        return time.perf_counter() - began
    finally:
        await consumer.stop()


if __name__ == "__main__":
    total = int(sys.argv[2])
    print(json.dumps({"rate": total / asyncio.run(count(sys.argv[1], total))}))
