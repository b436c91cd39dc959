"""The commands of this room."""

from __future__ import annotations

from expectations.commands import policy
from infra.lazy import Lazy, present

for lazy in present(
    [Lazy("coverage", "streams.coverage:coverage", "Tell of every sentence: is it checked, how, what was seen.")]
):
    policy.add_command(lazy)

commands = present(
    [
        Lazy("worker", "streams.worker.commands:worker", "Run one worker in the foreground."),
        Lazy("publish", "streams.publish:publish", "Send events of JSON Lines files to the broker."),
        Lazy("audit", "streams.audit:audit_command", "Check events of files, without a broker."),
        Lazy("rejudge", "streams.rejudge:rejudge", "Judge stored events again; say first what flips."),
        Lazy(
            "alerts",
            "streams.alerts.commands:alerts",
            "Raise alerts and tell who has to act; check and try the routes.",
        ),
        Lazy(
            "canaries",
            "streams.canaries:canaries_command",
            "Send a made-up breach of every clause, which shows that it can fire.",
        ),
        Lazy("simulate", "streams.simulate.commands:simulate", "Make up believable life, with its truth."),
    ]
)
