"""The commands of this room."""

from __future__ import annotations

from infra.lazy import Lazy, present

commands = present(
    [
        Lazy("up", "infra.up:up", "Start everything: broker, warehouse, workers, pages, demo."),
        Lazy("broker", "infra.broker.commands:broker", "Run a broker in the foreground."),
        Lazy("topics", "infra.topics:topics", "Create or describe the five topics."),
        Lazy("doctor", "infra.doctor:doctor", "Check the installation; say what to do about each fault."),
        Lazy("runbook", "infra.runbooks:runbook", "Say what to do about an alarm."),
        Lazy("access", "infra.broker.rights:access", "Logins and rights on a Kafka with SASL."),
        Lazy("tokens", "infra.token_commands:tokens", "What parts show to the warehouse: list, issue, rotate, revoke."),
        Lazy("warehouse", "infra.warehouse.commands:warehouse", "Run the warehouse in the foreground."),
        Lazy("export", "infra.warehouse.commands:export", "Write the canonical tables as JSON Lines."),
        Lazy("query", "infra.warehouse.query_commands:query", "Ask the warehouse a named query; --as-of, --known-at."),
        Lazy("history", "infra.warehouse.query_commands:history", "What was believed of a finding, and why."),
        Lazy("subject", "infra.warehouse.subject_commands:subject", "Export or erase what is held of a data subject."),
        Lazy("pseudonym", "infra.pseudonym:command", "Turn identifiers into pseudonyms, with the company's key."),
        Lazy("retention", "infra.warehouse.subject_commands:retention", "Erase what is beyond its term."),
        Lazy("backup", "infra.warehouse.backup_commands:backup", "Copy the warehouse as it is at one moment."),
        Lazy("restore", "infra.warehouse.backup_commands:restore", "Put a backup back; say what the log still holds."),
        Lazy("offsets", "infra.warehouse.commands:offsets", "Record a hole of the log as accepted."),
    ]
)
