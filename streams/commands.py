"""The commands of this room."""

from __future__ import annotations

from infra.lazy import Lazy, present

commands = present(
    [
        Lazy("worker", "streams.worker.commands:worker", "Run one worker in the foreground."),
        Lazy("publish", "streams.publish:publish", "Send events of JSON Lines files to the broker."),
        Lazy("audit", "streams.audit:audit_command", "Check events of files, without a broker."),
        Lazy("rejudge", "streams.rejudge:rejudge", "Judge stored events again; say first what flips."),
        Lazy("simulate", "streams.simulate.commands:simulate", "Make up believable life, with its truth."),
    ]
)
