"""Metrics and the access line: counted by route template, whatever was asked, in every process."""

from __future__ import annotations

import asyncio
import io
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import structlog
from fastapi import APIRouter, FastAPI

from feesvc import logs, metrics
from feesvc.api.access import Access
from feesvc.application.desk import Desk
from feesvc.intermediary import Unavailable

MARKER = "Nguyen-marker"


@pytest.fixture
def log_file() -> Iterator[io.BytesIO]:
    file = io.BytesIO()
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            logs.without_messages,
            logs.only_known_keys,
            lambda _, __, event: json.dumps(event).encode(),
        ],
        logger_factory=structlog.BytesLoggerFactory(file),
    )
    yield file
    structlog.reset_defaults()


def service() -> Access:
    app = FastAPI()
    router = APIRouter(prefix="/payments")

    @router.get("/{payment}")
    async def payment(payment: str) -> dict[str, str]:
        if payment == "broken":
            raise ValueError(MARKER)
        return {"payment": payment}

    @app.get("/named/{name}")
    @app.get("/numbered/{number}")
    async def twice() -> str:
        return "ok"

    @app.get("/livez")
    async def alive() -> str:
        return "ok"

    app.include_router(router, prefix="/v1/{agency}")
    return Access(app)


async def asked(*paths: tuple[str, str]) -> list[httpx.Response]:
    transport = httpx.ASGITransport(service())
    async with httpx.AsyncClient(transport=transport, base_url="http://fees") as client:
        return [await client.request(method, path) for method, path in paths]


def test_a_request_is_one_line_and_one_count(log_file: io.BytesIO) -> None:
    replies = asyncio.run(
        asked(
            ("GET", f"/v1/G14/payments/{MARKER}?payer={MARKER}"),
            ("GET", f"/{MARKER}"),
            (MARKER, "/livez"),
            ("GET", "/livez"),
            ("GET", "/v1/G14/payments/broken"),
        )
    )
    assert [reply.status_code for reply in replies] == [200, 404, 405, 200, 500]

    told: list[dict[str, Any]] = [json.loads(line) for line in log_file.getvalue().splitlines()]
    page = metrics.page().decode()
    assert MARKER not in log_file.getvalue().decode() + page
    assert [(line["route"], line["method"], line["status"]) for line in told] == [
        ("/v1/{agency}/payments/{payment}", "GET", 200),
        ("unmatched", "GET", 404),
        ("/livez", "OTHER", 405),
        ("/v1/{agency}/payments/{payment}", "GET", 500),
    ]
    assert [line["request_id"] for line in told[:2]] == [
        reply.headers["request-id"] for reply in replies[:2]
    ]
    assert told[-1]["event"] == "request.failed" and told[-1]["error_type"] == "ValueError"
    counted = 'feesvc_requests_total{method="GET",route="/v1/{agency}/payments/{payment}",status='
    assert f'{counted}"200"}} 1.0' in page and f'{counted}"500"}} 1.0' in page


def test_a_function_with_two_routes_is_counted_under_each(log_file: io.BytesIO) -> None:
    asyncio.run(asked(("GET", "/numbered/7"), ("GET", "/named/x")))
    told = [json.loads(line)["route"] for line in log_file.getvalue().splitlines()]
    assert told == ["/numbered/{number}", "/named/{name}"]


def test_every_metric_is_on_the_page() -> None:
    metrics.appends.labels("recorded").inc(3)
    metrics.batch_commands.observe(17)
    metrics.projection_lag.labels("agency_ledger").set(5)
    metrics.process_lag.labels("receipts").set(2)
    metrics.intermediary_calls.labels("nobody", "look_up", "unavailable").inc()
    metrics.intermediary_seconds.labels("nobody", "look_up").observe(0.3)
    metrics.notifications.labels("nobody", "forged").inc()

    page = metrics.page().decode()
    for line in (
        'feesvc_appends_total{verdict="recorded"}',
        'feesvc_append_batch_commands_bucket{le="32.0"}',
        'feesvc_projection_lag_events{projection="agency_ledger"} 5.0',
        'feesvc_process_lag_events{process="receipts"} 2.0',
        'feesvc_intermediary_seconds_count{intermediary="nobody",operation="look_up"} 1.0',
        'feesvc_notifications_total{intermediary="nobody",verdict="forged"} 1.0',
    ):
        assert line in page, line


def test_a_call_is_counted_by_what_came_of_it() -> None:
    desk = Desk({}, resolve=str)

    def away() -> None:
        raise Unavailable

    async def story() -> None:
        assert await desk.call("asked", "look_up", lambda: 7) == 7
        with pytest.raises(Unavailable):
            await desk.call("asked", "look_up", away)

    asyncio.run(story())
    desk.close()
    page = metrics.page().decode()
    counted = 'feesvc_intermediary_calls_total{intermediary="asked",operation="look_up",outcome='
    assert f'{counted}"answered"}} 1.0' in page and f'{counted}"unavailable"}} 1.0' in page


COUNTING = """
from feesvc import metrics
from feesvc.application.desk import Desk
from feesvc.intermediary import Unavailable
metrics.appends.labels("recorded").inc(2)
metrics.projection_lag.labels("agency_ledger").set(9)
print(metrics.page().decode())
if LEAVES: metrics.leave()
"""


def test_any_process_answers_for_all(tmp_path: Path) -> None:
    folder = tmp_path / "metrics"
    metrics.start_afresh(folder)
    for leaves in (True, False):
        environment = os.environ | {"FEESVC_METRICS_DIR": str(folder)}
        counting = COUNTING.replace("LEAVES", str(leaves))
        told = subprocess.run(
            [sys.executable, "-c", counting], env=environment, capture_output=True, check=True
        ).stdout.decode()

    assert 'feesvc_appends_total{verdict="recorded"} 4.0' in told
    assert 'feesvc_projection_lag_events{projection="agency_ledger"} 9.0' in told
    metrics.start_afresh(folder)
    assert not list(folder.glob("*.db"))
