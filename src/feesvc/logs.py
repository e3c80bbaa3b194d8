"""Structured logs on standard error, in which no personal detail can slip in.

An event is a dotted name of ours (``payment.initiated``), never a sentence with values. Only the
keys in ``KEYS`` get through. Of an exception, its type and the places it passed are kept; its
message only when it is a ``Refusal``, whose text we write. What libraries say is kept as who said
it and where; uvicorn's own words, which hold no value, in full.
"""

from __future__ import annotations

import logging
import re
import sys
import threading
import traceback
from collections.abc import Callable, MutableMapping
from datetime import date, datetime
from enum import Enum
from pathlib import PurePath
from types import TracebackType
from typing import Any, BinaryIO, Literal
from uuid import UUID

import msgspec
import structlog
from structlog.typing import EventDict, Processor

from feesvc.domain.aggregate import Refusal

KEYS = frozenset(
    {
        "event", "level", "timestamp", "request_id", "route", "method", "status", "duration_ms",
        "agency", "portal", "subject", "command", "position", "cause", "stream", "log", "topic",
        "projection", "process", "step", "lag", "events", "version", "migration",
        "intermediary", "account", "operation", "outcome", "reference", "verdict", "attempt",
        "issuer", "key_id", "document", "port", "pid", "count", "seconds", "setting",
        "error_type", "error", "causes", "stack", "logger", "place", "dropped",
    }
)  # fmt: skip
"""What a log line may say. None of these may ever hold what a citizen typed."""

UVICORN: dict[str, Any] = {"log_config": None, "access_log": False}
"""Arguments for ``uvicorn.Config``: its lines come through here, its access log not at all."""

_EVENT = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*")
_PLAIN_SPOKEN = ("uvicorn", "uvicorn.error")
_LONGEST = 300
_FRAMES = 40

Level = Literal["debug", "info", "warning", "error"]


def configure(form: Literal["json", "console"], level: Level, file: BinaryIO | None = None) -> None:
    """Send everything that this process logs, ours and libraries', through the same sieve."""
    target = file or sys.stderr.buffer
    render = _as_json if form == "json" else _for_people(target)
    threshold = logging.getLevelNamesMapping()[level.upper()]
    structlog.configure(
        processors=[*_sieve(), render],
        wrapper_class=structlog.make_filtering_bound_logger(threshold),
        logger_factory=structlog.BytesLoggerFactory(target),
        cache_logger_on_first_use=False,
    )
    logging.root.handlers = [_Libraries()]
    logging.root.setLevel(max(threshold, logging.INFO))
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access"):
        logging.getLogger(name).handlers = []
        logging.getLogger(name).propagate = name != "uvicorn.access"
    logging.getLogger("httpx").setLevel(logging.WARNING)  # it logs every URL it asks
    logging.captureWarnings(True)
    sys.excepthook = _process_failed
    threading.excepthook = _thread_failed


def _sieve() -> list[Processor]:
    return [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        without_messages,
        only_known_keys,
    ]


def without_messages(logger: Any, method: str, event: EventDict) -> EventDict:
    """Replace an exception by its type, its causes' types, and the places it passed."""
    error = _exception(event.pop("exc_info", None))
    if error is None:
        return event
    event["error_type"] = type(error).__name__
    if isinstance(error, Refusal):
        event["error"] = str(error)
    event["causes"] = [type(cause).__name__ for cause in _causes(error)]
    event["stack"] = _places(error)
    return event


def only_known_keys(logger: Any, method: str, event: EventDict) -> MutableMapping[str, Any]:
    """Let through the keys we know, with plain values; count the others, without their names."""
    kept = {key: _plain(value) for key, value in event.items() if key in KEYS}
    if len(kept) < len(event):
        kept["dropped"] = len(event) - len(kept)
    if not _EVENT.fullmatch(str(kept.get("event"))):
        kept["event"] = "unnamed"
    return kept


def _plain(value: object) -> object:
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, UUID | datetime | date):
        return str(value)
    if isinstance(value, Enum):
        return _plain(value.value)
    if isinstance(value, str):
        return value[:_LONGEST].encode(errors="backslashreplace").decode()
    if isinstance(value, list | tuple):
        return [_plain(part) for part in value[:_FRAMES]]
    return type(value).__name__


def _exception(given: object) -> BaseException | None:
    if isinstance(given, BaseException):
        return given
    if isinstance(given, tuple):
        return given[1] if isinstance(given[1], BaseException) else None
    return sys.exc_info()[1] if given else None


def _causes(error: BaseException) -> list[BaseException]:
    causes: list[BaseException] = []
    while (cause := error.__cause__ or error.__context__) and len(causes) < 10:
        causes.append(cause)
        error = cause
    return causes


def _places(error: BaseException) -> list[str]:
    """Where it passed, innermost last: file, line and function, without code and values."""
    frames = traceback.walk_tb(error.__traceback__)
    places = [
        f"{_short(frame.f_code.co_filename)}:{line} {frame.f_code.co_qualname}"
        for frame, line in frames
    ]
    return places[-_FRAMES:]


def _short(file: str) -> str:
    return "/".join(PurePath(file).parts[-3:])


def _as_json(logger: Any, method: str, event: EventDict) -> bytes:
    return msgspec.json.encode(event)


def _for_people(target: BinaryIO) -> Processor:
    console = structlog.dev.ConsoleRenderer(colors=target.isatty(), sort_keys=False)

    def render(logger: Any, method: str, event: EventDict) -> bytes:
        stack = event.pop("stack", [])
        lines = [console(logger, method, event), *(f"    {place}" for place in stack)]
        return "\n".join(lines).encode(errors="backslashreplace")

    return render


class _Libraries(logging.Handler):
    """What libraries log: their text may hold anything, so it stays out."""

    def emit(self, record: logging.LogRecord) -> None:
        said: dict[str, Any] = {
            "logger": record.name,
            "place": f"{_short(record.pathname)}:{record.lineno}",
            "exc_info": record.exc_info,
        }
        if record.name in _PLAIN_SPOKEN and not record.exc_info:
            said["outcome"] = record.getMessage()
        log = structlog.get_logger()
        tell: Callable[..., None] = getattr(log, record.levelname.lower(), log.warning)
        tell("library.said", **said)


def _process_failed(
    kind: type[BaseException], error: BaseException, trace: TracebackType | None
) -> None:
    if issubclass(kind, KeyboardInterrupt):
        return
    structlog.get_logger().critical("process.failed", exc_info=error)


def _thread_failed(failure: threading.ExceptHookArgs) -> None:
    structlog.get_logger().critical("thread.failed", exc_info=failure.exc_value)
