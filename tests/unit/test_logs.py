"""Logs: a marker in any place a careless line could put it reaches no output."""

from __future__ import annotations

import asyncio
import io
import json
import logging
import sys
import threading
from collections.abc import Callable, Iterator
from typing import Any, Literal
from uuid import UUID

import pytest
import structlog

from feesvc import logs
from feesvc.domain.aggregate import Refusal

MARKER = "Nguyen-marker"
Lines = Callable[[], list[dict[str, Any]]]


class NotOpen(Refusal):
    """The assessment is not open."""


@pytest.fixture
def restored() -> Iterator[None]:
    handlers, level = logging.root.handlers, logging.root.level
    for name in ("psycopg", "psycopg.pool", "uvicorn", "uvicorn.error", "uvicorn.access"):
        # An earlier test may have quietened them.
        logging.getLogger(name).setLevel(logging.NOTSET)
    hooks = sys.excepthook, threading.excepthook
    yield
    logging.root.handlers, logging.root.level = handlers, level
    logging.captureWarnings(False)
    logging.getLogger("uvicorn.access").propagate = True
    logging.getLogger("httpx").setLevel(logging.NOTSET)
    sys.excepthook, threading.excepthook = hooks
    structlog.reset_defaults()
    structlog.contextvars.clear_contextvars()


@pytest.fixture
def lines(restored: None) -> Lines:
    file = io.BytesIO()
    logs.configure("json", "info", file)
    return lambda: [json.loads(line) for line in file.getvalue().splitlines()]


def test_a_line_is_json_with_the_keys_we_know(lines: Lines) -> None:
    log = structlog.get_logger()
    stream = UUID(int=7)
    with structlog.contextvars.bound_contextvars(request_id="r1"):
        log.info("payment.initiated", agency="G14", stream=stream, position=3, duration_ms=1.5)
    log.debug("payment.looked_at")

    (line,) = lines()
    assert line.pop("timestamp").endswith("Z")
    assert line == {
        "event": "payment.initiated",
        "level": "info",
        "request_id": "r1",
        "agency": "G14",
        "stream": str(stream),
        "position": 3,
        "duration_ms": 1.5,
    }


def test_what_is_not_on_the_list_is_dropped_and_counted(lines: Lines) -> None:
    log = structlog.get_logger()
    log.info("payment.initiated", payer=MARKER, **{MARKER: 1})
    sentence = f"paid by {MARKER}"
    log.info(sentence)
    log.info("payment.initiated", reference={"name": MARKER}, agency=NotOpen(MARKER))

    first, second, third = lines()
    assert MARKER not in json.dumps([first, second, third])
    assert first["dropped"] == 2
    assert second["event"] == "unnamed"
    assert third["reference"] == "dict"
    assert third["agency"] == "NotOpen"


def test_an_exception_is_told_without_its_message(lines: Lines) -> None:
    log = structlog.get_logger()

    def deep(name: str) -> None:
        try:
            int(name)
        except ValueError as error:
            raise RuntimeError(f"cannot read {name}") from error

    try:
        deep(MARKER)
    except RuntimeError:
        log.exception("worker.stopped", projection="agency_ledger")

    (line,) = lines()
    assert MARKER not in json.dumps(line)
    assert line["error_type"] == "RuntimeError"
    assert line["causes"] == ["ValueError"]
    assert line["level"] == "error"
    assert line["stack"][-1].startswith("tests/unit/test_logs.py:")
    assert line["stack"][-1].endswith("deep")
    assert "error" not in line


def test_our_own_refusals_keep_their_text(lines: Lines) -> None:
    structlog.get_logger().warning("command.refused", exc_info=NotOpen("it was cancelled"))
    (line,) = lines()
    assert (line["error_type"], line["error"]) == ("NotOpen", "it was cancelled")


def test_libraries_are_heard_without_their_words(lines: Lines) -> None:
    library = logging.getLogger("psycopg.pool")
    library.warning("error connecting as %s", MARKER)
    library.warning(f"error connecting as {MARKER}")
    try:
        raise ValueError(MARKER)
    except ValueError:
        library.exception("failed for %s", MARKER)
    library.debug("unheard")
    logging.getLogger("httpx").info("GET https://example.vn/?name=%s", MARKER)
    logging.getLogger("uvicorn.error").info("Application startup complete.")
    logging.getLogger("uvicorn.access").info("GET /%s", MARKER)

    said = lines()
    assert MARKER not in json.dumps(said)
    assert [line["event"] for line in said] == ["library.said"] * 4
    assert said[0]["logger"] == "psycopg.pool"
    assert said[0]["place"].startswith("tests/unit/test_logs.py:")
    assert said[2]["error_type"] == "ValueError"
    assert said[3]["outcome"] == "Application startup complete."


def test_what_nobody_caught_is_told_without_its_message(lines: Lines) -> None:
    def fail() -> None:
        raise ValueError(MARKER)

    thread = threading.Thread(target=fail)
    thread.start()
    thread.join()
    error = ValueError(MARKER)
    sys.excepthook(ValueError, error, None)
    sys.excepthook(KeyboardInterrupt, KeyboardInterrupt(), None)

    async def forgotten() -> None:
        asyncio.get_running_loop().call_exception_handler(
            {"message": MARKER, "exception": ValueError(MARKER)}
        )

    asyncio.run(forgotten())
    said = lines()
    assert MARKER not in json.dumps(said)
    assert [line["event"] for line in said] == ["thread.failed", "process.failed", "library.said"]
    assert {line["error_type"] for line in said} == {"ValueError"}


@pytest.mark.parametrize("form", ["json", "console"])
def test_the_console_tells_no_more(restored: None, form: Literal["json", "console"]) -> None:
    file = io.BytesIO()
    logs.configure(form, "info", file)
    log = structlog.get_logger()
    try:
        raise ValueError(MARKER)
    except ValueError:
        log.exception("worker.stopped", process="receipts", payer=MARKER)
    log.info("agency.registered", agency="\ud800 \x1b[2J")

    told = file.getvalue().decode()
    assert "worker.stopped" in told and "receipts" in told and "test_logs.py" in told
    assert MARKER not in told
    assert "\x1b[2J" not in told
