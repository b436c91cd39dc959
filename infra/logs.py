"""Structured logs: one JSON object a line, made of names, numbers and places; no value of an event gets in.

A line of ours names what happened and carries fields that are numbers, instants or short words; from warning on
also the runbook's page. Lines of other libraries are written as their *template*, and an exception as its type and
places without its message: arguments and messages are where libraries print what they were given. Only the Kafka
clients' templates are filled, with numbers, addresses and names of topics; anything else is written as its type. A
line that comes again and again is written a few times, then once in a while with how often it was left out.
"""

from __future__ import annotations

import json
import logging
import re
import sys
import time
import traceback
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from infra import runbooks

_WORD = re.compile(r"[A-Za-z0-9_.,:/\[\]<> =+-]{0,200}\Z")
_ADDRESS = re.compile(r"[\w-]+(\.[\w-]+)*:\d{1,5}\Z")
_TOPIC = re.compile(r"[a-z_]+\.events\Z")
_OURS = "clausewatch"
_FILLED = ("aiokafka", "kafka")  # whose arguments are nodes, topics, offsets and errors
AT_FIRST, PAUSE = 3, 30.0  # lines of one place that are written at once; then one in so many seconds


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
            "event": (_filled(record) or str(record.msg))[:200],
            **getattr(record, "fields", {}),
        }
        if not record.name.startswith(f"{_OURS}."):
            line["line"] = f"{record.module}:{record.lineno}"
        if record.exc_info and record.exc_info[1] is not None:
            line |= places(record.exc_info[1])
        if left_out := getattr(record, "left_out", 0):
            line["left_out"] = left_out
        return json.dumps(line, ensure_ascii=False)


class Seldom(logging.Filter):
    """Leaves out most of what another library says again and again. `clock`: seconds, monotonic."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._clock = clock
        self._seen: dict[tuple[str, int], tuple[int, int, float]] = {}  # place -> written, left out, since when

    def filter(self, record: logging.LogRecord) -> bool:
        if record.name.startswith(f"{_OURS}."):
            return True
        place, now = (record.name, record.lineno), self._clock()
        written, left_out, since = self._seen.get(place, (0, 0, now))
        if now - since >= PAUSE:
            written, since = 0, now
        elif written >= AT_FIRST:
            self._seen[place] = written, left_out + 1, since
            return False
        record.left_out = left_out
        self._seen[place] = written + 1 if not left_out else AT_FIRST, 0, since
        return True


def configure(part: str, *, to: Path | IO[str] | None = None, level: int = logging.INFO) -> Log:
    """Sends this process' log to a file or stream (default: stderr); other libraries' from warning on."""
    handler: logging.Handler
    if isinstance(to, Path):
        handler = logging.FileHandler(to, encoding="utf-8", delay=True)
    else:
        handler = logging.StreamHandler(to or sys.stderr)
    handler.setFormatter(JsonLines())
    handler.addFilter(Seldom())
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


def _filled(record: logging.LogRecord) -> str | None:
    """A Kafka client's template with what of its arguments is safe; None: it is not one, or does not fit."""
    if not record.args or record.name.split(".")[0] not in _FILLED:
        return None
    named = isinstance(record.args, dict)
    try:
        return str(record.msg) % (
            {k: _safe(v) for k, v in record.args.items()} if named else tuple(map(_safe, record.args))  # type: ignore[union-attr]
        )
    except (TypeError, ValueError):
        return None


def _safe(value: Any) -> Any:
    """A number, an address, a topic (with its partition), else the name of the type."""
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, str) and (_ADDRESS.match(value) or _TOPIC.match(value)):
        return value
    if isinstance(value, tuple) and hasattr(value, "topic") and hasattr(value, "partition"):
        return f"{_safe(value.topic)}[{value.partition}]"
    return f"[{(value if isinstance(value, type) else type(value)).__name__}]"


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
