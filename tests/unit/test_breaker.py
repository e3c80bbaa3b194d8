"""The breaker and the bulkheads: when calls stop, when they go on, and what hangs with them."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable

import httpx
import pytest

from feesvc import metrics
from feesvc.application.desk import Desk, NotAsked
from feesvc.application.desk.breaker import Breaker, Entry
from feesvc.application.desk.bulkhead import Bulkhead
from feesvc.application.desk.clients import allowed, new_client
from feesvc.application.desk.operations import OPERATIONS, WAITING, Operation
from feesvc.domain.aggregate import Refusal
from feesvc.intermediary import Forged, Refused, Unavailable
from feesvc.testing.serving import address_of, reserved, served


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def asked(breaker: Breaker, *, failed: bool) -> Entry:
    entry = breaker.admit()
    if entry is not Entry.HELD_OFF:
        breaker.record(entry, failed=failed)
    return entry


def test_half_of_twenty_calls_open_it_and_no_fewer() -> None:
    breaker = Breaker(Clock())
    for number in range(19):
        assert asked(breaker, failed=number % 2 == 0) is Entry.USUAL
    assert not breaker.condition().open
    asked(breaker, failed=True)
    assert breaker.condition().open
    assert asked(breaker, failed=False) is Entry.HELD_OFF


def test_less_than_half_never_opens_it() -> None:
    breaker = Breaker(Clock())
    for number in range(2000):
        assert asked(breaker, failed=number % 5 < 2) is Entry.USUAL


def test_what_is_older_than_half_a_minute_does_not_count() -> None:
    clock = Clock()
    breaker = Breaker(clock)
    for _ in range(19):
        asked(breaker, failed=True)
    clock.now += 31
    asked(breaker, failed=True)
    assert not breaker.condition().open
    assert breaker.condition().calls == 1


def test_one_call_goes_through_every_ten_seconds_and_its_answer_closes_it() -> None:
    clock = Clock()
    turns: list[bool] = []
    breaker = Breaker(clock, turns.append)
    for _ in range(20):
        asked(breaker, failed=True)
    assert breaker.holds_off()
    clock.now += 9.9
    assert breaker.admit() is Entry.HELD_OFF
    clock.now += 0.2
    assert not breaker.holds_off()
    assert asked(breaker, failed=True) is Entry.PROBE
    assert breaker.admit() is Entry.HELD_OFF
    clock.now += 10
    assert asked(breaker, failed=False) is Entry.PROBE
    assert asked(breaker, failed=False) is Entry.USUAL
    assert turns == [True, False]
    assert breaker.condition().seconds is None


def test_an_answer_to_an_older_question_closes_nothing() -> None:
    breaker = Breaker(Clock())
    before = breaker.admit()
    for _ in range(20):
        asked(breaker, failed=True)
    breaker.record(before, failed=False)
    assert breaker.condition().open


def test_it_remembers_a_bounded_number_of_seconds() -> None:
    clock = Clock()
    breaker = Breaker(clock)
    for _ in range(10_000):
        clock.now += 0.7
        asked(breaker, failed=False)
    assert len(breaker._seconds) <= 31


def test_trouble_has_a_beginning_and_an_end() -> None:
    clock = Clock()
    breaker = Breaker(clock)
    asked(breaker, failed=True)
    clock.now += 12
    asked(breaker, failed=True)
    assert breaker.condition().seconds == 12
    clock.now += 31
    assert breaker.condition().seconds is None


def fail(error: Exception) -> Callable[[], None]:
    def ask() -> None:
        raise error

    return ask


async def opened(desk: Desk, operation: str = "request_payment") -> None:
    for _ in range(20):
        with pytest.raises(Unavailable):
            await desk.call("sick", operation, fail(Unavailable("no")))


def test_a_sick_intermediary_is_not_asked_and_its_other_operations_are() -> None:
    clock = Clock()
    desk = Desk({}, resolve=str, clock=clock)

    async def story() -> None:
        await opened(desk)
        called: list[int] = []
        with pytest.raises(NotAsked):
            await desk.call("sick", "request_payment", lambda: called.append(1))
        assert not called
        assert desk.rests("sick", "request_payment") and not desk.rests("well", "request_payment")
        for operation in ("look_up", "read_notification", "request_refund", "look_up_refund"):
            assert await desk.call("sick", operation, lambda: 7) == 7
        assert await desk.call("well", "request_payment", lambda: 7) == 7
        assert desk.health("sick").state == "unavailable" and desk.health("well").state == "ok"
        assert breaker_gauge("sick", "request_payment") == 1
        clock.now += 10
        assert await desk.call("sick", "request_payment", lambda: 7) == 7
        assert desk.health("sick").state == "ok"
        assert breaker_gauge("sick", "request_payment") == 0

    asyncio.run(story())
    desk.close()


def breaker_gauge(intermediary: str, operation: str) -> float:
    name = f'breaker_open{{intermediary="{intermediary}",operation="{operation}"}} '
    [line] = [line for line in metrics.page().decode().splitlines() if name in line]
    return float(line.rpartition(" ")[2])


def test_money_on_its_way_back_is_never_held_off() -> None:
    desk = Desk({}, resolve=str, clock=Clock())

    async def story() -> None:
        await opened(desk, "request_refund")
        assert await desk.call("sick", "request_refund", lambda: 7) == 7
        assert desk.health("sick").state in ("degraded", "ok")

    asyncio.run(story())
    desk.close()


def test_a_no_is_an_answer_and_a_mistake_of_the_adapters_is_none() -> None:
    desk = Desk({}, resolve=str, clock=Clock())

    async def story() -> None:
        for error in (Refused("no"), Forged(), Refusal("no")):
            for _ in range(20):
                with pytest.raises(type(error)):
                    await desk.call("blunt", "request_payment", fail(error))
        assert desk.health("blunt").state == "ok"
        with pytest.raises(Unavailable):
            await desk.call("blunt", "look_up", fail(KeyError("answer")))
        assert desk.health("blunt").state == "degraded"
        with pytest.raises(KeyError):
            await desk.call("blunt", "read_settlement", fail(KeyError("line")))

    asyncio.run(story())
    desk.close()


def test_hanging_calls_fill_their_own_threads_and_queue_and_no_others() -> None:
    let_go = threading.Event()
    desk = Desk({}, resolve=str, threads=2)

    async def story() -> None:
        begun = threading.active_count()
        hanging = [
            asyncio.create_task(desk.call("sick", "request_payment", lambda: let_go.wait(30)))
            for _ in range(2 + WAITING)
        ]
        await asyncio.sleep(0.05)
        with pytest.raises(NotAsked):
            await desk.call("sick", "request_payment", lambda: True)
        for operation in ("look_up", "read_notification", "request_refund"):
            assert await asyncio.wait_for(desk.call("sick", operation, lambda: 7), 5) == 7
        assert await asyncio.wait_for(desk.call("well", "request_payment", lambda: 7), 5) == 7
        assert threading.active_count() <= begun + 2 + 4
        let_go.set()
        assert all(await asyncio.gather(*hanging))
        assert await desk.call("sick", "request_payment", lambda: 7) == 7

    asyncio.run(story())
    desk.close()


def test_nobody_waits_longer_than_the_operation_may_take(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither who asked, nor who waits behind: what was not begun by then is never sent."""
    monkeypatch.setattr("feesvc.application.desk.operations.CONNECT_SECONDS", 0.1)
    rules = Operation(seconds=0.1)
    monkeypatch.setattr("feesvc.application.desk.bulkhead.OPERATIONS", {"crawl": rules})
    let_go, sent = threading.Event(), []
    bulkhead = Bulkhead("slow", "crawl", time.monotonic, threads=1)

    async def story() -> None:
        first = asyncio.create_task(bulkhead.call(lambda: let_go.wait(30)))
        await asyncio.sleep(0.02)
        second = asyncio.create_task(bulkhead.call(lambda: sent.append(1)))
        begun = time.monotonic()
        errors = await asyncio.gather(first, second, return_exceptions=True)
        assert time.monotonic() - begun < 5
        assert isinstance(errors[0], Unavailable) and not isinstance(errors[0], NotAsked)
        assert isinstance(errors[1], NotAsked)
        let_go.set()
        assert await bulkhead.call(lambda: 7) == 7
        assert not sent
        assert bulkhead.breaker.condition().failures == 1

    asyncio.run(story())
    bulkhead.close()


async def _drip(scope: dict[str, object], receive: object, send: Callable[..., object]) -> None:
    """Answers at once, and then a byte at a time, or without an end."""
    long = scope["path"] == "/long"
    await send({"type": "http.response.start", "status": 200, "headers": []})  # type: ignore[misc]
    for _ in range(1000 if long else 40):
        body = b"x" * (100_000 if long else 1)
        await send({"type": "http.response.body", "body": body, "more_body": True})  # type: ignore[misc]
        await asyncio.sleep(0 if long else 0.05)
    await send({"type": "http.response.body", "body": b""})  # type: ignore[misc]


def test_an_answer_that_drips_or_never_ends_is_no_answer() -> None:
    listening = reserved()
    rules = OPERATIONS["look_up"]
    with served(_drip, listening), new_client("any") as http:  # type: ignore[arg-type]
        url = address_of(listening)
        begun = time.monotonic()
        with allowed(rules, begun + 0.5), pytest.raises(httpx.ReadTimeout):
            http.get(f"{url}/slow")
        assert time.monotonic() - begun < 5
        with allowed(rules, begun + 60), pytest.raises(httpx.ReadError):
            http.get(f"{url}/long")
        with allowed(rules, begun - 1), pytest.raises(httpx.ConnectTimeout):
            http.get(f"{url}/slow")


def test_each_operation_has_its_own_patience() -> None:
    seen: list[dict[str, float]] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request.extensions["timeout"])
        return httpx.Response(200)

    client = new_client("any")
    hooks = client.event_hooks
    with httpx.Client(transport=httpx.MockTransport(answer), event_hooks=hooks) as http:
        for name in ("request_payment", "request_refund"):
            with allowed(OPERATIONS[name], time.monotonic() + 100):
                http.get("http://any.test")
    client.close()
    assert [one["read"] for one in seen] == [10.0, 30.0]
    assert [one["connect"] for one in seen] == [3.0, 3.0]
