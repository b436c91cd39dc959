"""Structured logs: one JSON object a line, made of names, numbers and places; no value of an event gets in.

A line of ours names what happened and carries fields that are numbers, instants or short words; from warning on
also the runbook's page. Lines of
other libraries are written as their *template* without the arguments, and an exception as its type and
places without its message: arguments and messages are where libraries print what they were given.
"""

from __future__ import annotations

import json
import logging
import re
import sys
import traceback
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from infra import runbooks

_WORD = re.compile(r"[A-Za-z0-9_.,:/\[\]<> =+-]{0,200}\Z")
_OURS = "clausewatch"


class Log:
    """The log of one part. `log.info("batch_stored", partition=3, events=500)`."""

    def __init__(self, part: str) -> None:
        self.part = part
        self._logger = logging.getLogger(f"{_OURS}.{part}")

    def debug(self, event: str, **fields: Any) -> None:
        self._write(logging.DEBUG, event, fields)

    def info(self, event: str, **fields: Any) -> None:
        self._write(logging.INFO, event, fields)

    def warning(self, event: str, **fields: Any) -> None:
        self._write(logging.WARNING, event, fields)

    def error(self, event: str, error: BaseException | None = None, **fields: Any) -> None:
        """`error`: its type and where it came from are written, never its message."""
        self._write(logging.ERROR, event, {**fields, **({} if error is None else places(error))})

    def _write(self, level: int, event: str, fields: dict[str, Any]) -> None:
        if self._logger.isEnabledFor(level):
            if level >= logging.WARNING and (page := runbooks.of("log", event)) is not None:
                fields = {**fields, "runbook": page}
            self._logger.log(level, event, extra={"fields": {k: plain(v) for k, v in fields.items()}})


class JsonLines(logging.Formatter):
    """A log record as one JSON object."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "part": record.name.removeprefix(f"{_OURS}."),
            "event": str(record.msg)[:200],
            **getattr(record, "fields", {}),
        }
        if not record.name.startswith(f"{_OURS}."):
            line["line"] = f"{record.module}:{record.lineno}"
        if record.exc_info and record.exc_info[1] is not None:
            line |= places(record.exc_info[1])
        return json.dumps(line, ensure_ascii=False)


def configure(part: str, *, to: Path | IO[str] | None = None, level: int = logging.INFO) -> Log:
    """Sends this process' log to a file or stream (default: stderr); other libraries' from warning on."""
    handler: logging.Handler
    if isinstance(to, Path):
        handler = logging.FileHandler(to, encoding="utf-8", delay=True)
    else:
        handler = logging.StreamHandler(to or sys.stderr)
    handler.setFormatter(JsonLines())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger(_OURS).setLevel(level)
    return Log(part)


def get(part: str) -> Log:
    """The log of a part, before or after `configure`."""
    return Log(part)


def places(error: BaseException) -> dict[str, Any]:
    """Type and places of an exception and of what caused it, innermost last; no message."""
    found: dict[str, Any] = {"error": type(error).__qualname__}
    frames = traceback.extract_tb(error.__traceback__)
    if frames:
        found["where"] = [f"{Path(f.filename).name}:{f.lineno} {f.name}" for f in frames[-12:]]
    cause = error.__cause__ or error.__context__
    if cause is not None and cause is not error:
        found["cause"] = {"error": type(cause).__qualname__}
        inner = traceback.extract_tb(cause.__traceback__)
        if inner:
            found["cause"]["where"] = [f"{Path(f.filename).name}:{f.lineno} {f.name}" for f in inner[-6:]]
    return found


def plain(value: Any) -> Any:
    """What a field may hold: numbers, instants, short words, lists and tables of them; else its type."""
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Path):
        value = str(value)
    if isinstance(value, str):
        return value if _WORD.match(value) else "[text]"
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(v) for v in list(value)[:50]]
    if isinstance(value, dict):
        return {str(k): plain(v) for k, v in list(value.items())[:50]}
    return f"[{type(value).__name__}]"
