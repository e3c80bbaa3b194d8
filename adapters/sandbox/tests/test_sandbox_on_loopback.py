"""The same counterpart over sockets, notifications in the background, as the demo runs it."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import httpx
import pytest
import uvicorn

from feesvc.intermediary import Notification, Received
from feesvc.testing.intermediary import Stage
from feesvc_sandbox import Sandbox
from feesvc_sandbox.counterpart import SandboxCounterpart


def now() -> datetime:
    return datetime.now(UTC)


@pytest.fixture
def served() -> Iterator[tuple[SandboxCounterpart, str]]:
    """A counterpart on a port of its own, by the real clock."""
    counterpart = SandboxCounterpart(now)
    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(counterpart.app, log_level="error", lifespan="off"))
    thread = threading.Thread(target=server.run, args=([listening],), daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    with counterpart.outbox.running(interval=0.01):
        yield counterpart, f"http://127.0.0.1:{listening.getsockname()[1]}"
    server.should_exit = True
    thread.join()
    listening.close()


class LoopbackStage(Stage):
    adapter_class = Sandbox
    counterpart_class = SandboxCounterpart


def test_a_payer_pays_on_the_page_and_we_are_told(served: tuple[SandboxCounterpart, str]) -> None:
    counterpart, url = served
    stage = LoopbackStage()
    stage.setup_method()
    moment = now()
    order = replace(stage.order(), placed_at=moment, expires_at=moment.replace(year=2999))
    told: list[Notification] = []
    came = threading.Event()

    def deliver(request: httpx.Request) -> httpx.Response:
        headers = dict(request.headers)
        told.append(
            Notification(
                method="POST", query=b"", headers=headers, body=request.read(), received_at=now()
            )
        )
        came.set()
        return httpx.Response(200)

    counterpart.outbox.deliver = deliver
    with httpx.Client(timeout=5) as http:
        for offline in ("no", "yes"):
            adapter = Sandbox({**counterpart.settings(url), "offline": offline}, http)
            wanted = replace(order, reference=f"{order.reference}{offline}")
            checkout = adapter.request_payment(wanted)
            assert "115,000 VND" in http.get(checkout.url).text
            assert http.post(checkout.url, data={"action": "pay"}).status_code == 303
            assert came.wait(5)
            [received] = adapter.read_notification(told.pop())
            came.clear()
            assert isinstance(received, Received)
            assert [received] == list(adapter.look_up(wanted))
    stage.teardown_method()
