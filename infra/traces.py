"""OpenTelemetry traces of the parts, switched on by CLAUSEWATCH_TRACES=otlp; off, nothing of it is loaded.

Where they go, and how many, is said by the standard variables (OTEL_EXPORTER_OTLP_ENDPOINT, OTEL_TRACES_SAMPLER …).
Attributes are counts and names of ours: never a value of an event, a pseudonym or an id.
"""

from __future__ import annotations

import atexit
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from infra.errors import UserError

SWITCH = "CLAUSEWATCH_TRACES"
_tracer: Any = None


def configure(part: str) -> None:
    """Switch traces on for this process where the environment says so. Raises UserError for another word."""
    chosen = os.environ.get(SWITCH, "off")
    if chosen == "off":
        return
    if chosen != "otlp":
        raise UserError(f'{SWITCH} is "{chosen}"', "write otlp, or off")
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    begin(part, BatchSpanProcessor(OTLPSpanExporter()))


def begin(part: str, processor: Any) -> None:
    """Send this process's spans to an OpenTelemetry span processor."""
    global _tracer
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider

    provider = TracerProvider(resource=Resource.create({"service.name": "clausewatch", "service.instance.id": part}))
    provider.add_span_processor(processor)
    atexit.register(provider.shutdown)
    _tracer = provider.get_tracer("clausewatch")


def end() -> None:
    """Switch them off again."""
    global _tracer
    _tracer = None


@contextmanager
def span(name: str, **attributes: int | str) -> Iterator[None]:
    """A span around a block; nothing at all when traces are off."""
    if _tracer is None:
        yield
        return
    # A message of an exception may hold a value: its type is all that is told.
    with _tracer.start_as_current_span(
        name, attributes=attributes, record_exception=False, set_status_on_exception=False
    ) as current:
        try:
            yield
        except Exception as fault:
            current.set_attribute("error.type", type(fault).__name__)
            raise
