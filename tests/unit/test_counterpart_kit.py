"""What counterparts are built of: a transport without sockets, a queue by time, strict books."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from feesvc.money import Money
from feesvc.testing.books import Books, No, Order, Returned
from feesvc.testing.faults import Fault, Faults
from feesvc.testing.in_process import InProcessTransport
from feesvc.testing.outbox import Outbox

NOON = datetime(2026, 11, 20, 5, 0, tzinfo=UTC)


async def echo(request: Request) -> Response:
    body = (await request.body()).decode()
    raw = request.scope["raw_path"].decode() + "?" + request.scope["query_string"].decode()
    return JSONResponse({"raw": raw, "body": body, "x": request.headers.getlist("x")})


async def hang(request: Request) -> Response:
    await asyncio.sleep(60)
    return Response()


APP = Starlette(routes=[Route("/echo/{rest:path}", echo, methods=["POST"]), Route("/hang", hang)])


def test_bytes_arrive_as_they_were_sent() -> None:
    with httpx.Client(transport=InProcessTransport(APP)) as http:
        url = "http://x.test/echo/a%2Fb?q=a+b&q=%20c&&"
        answer = http.post(url, content=b"{ }", headers=[("x", "1"), ("x", "2")]).json()
    assert answer == {"raw": "/echo/a%2Fb?q=a+b&q=%20c&&", "body": "{ }", "x": ["1", "2"]}


def test_many_threads_share_one_transport() -> None:
    with httpx.Client(transport=InProcessTransport(APP)) as http, ThreadPoolExecutor(16) as pool:
        sent = [str(number) for number in range(400)]
        back = pool.map(lambda text: http.post("http://x.test/echo/", content=text).json(), sent)
        assert [answer["body"] for answer in back] == sent


def test_it_works_where_a_loop_already_runs() -> None:
    asyncio.run(called_in_a_loop())


async def called_in_a_loop() -> None:
    with httpx.Client(transport=InProcessTransport(APP)) as http:
        assert http.post("http://x.test/echo/").status_code == 200  # noqa: ASYNC212 - the point


def test_a_hanging_answer_is_given_up_after_the_read_timeout() -> None:
    with (
        httpx.Client(transport=InProcessTransport(APP), timeout=0.05) as http,
        pytest.raises(httpx.ReadTimeout),
    ):
        http.get("http://x.test/hang")


class Post:
    """A receiver that refuses a number of times, and notes when it was asked."""

    def __init__(self, refusals: int) -> None:
        self.now, self.refusals = NOON, refusals
        waits = (timedelta(minutes=1), timedelta(hours=1))
        self.outbox = Outbox(lambda: self.now, waits, lambda reply: reply.is_success)
        self.outbox.deliver = self.deliver
        self.came: list[tuple[str, datetime]] = []

    def deliver(self, request: httpx.Request) -> httpx.Response:
        self.came.append((request.url.path, self.now))
        self.refusals -= 1
        if self.refusals == 0:
            raise httpx.ConnectError("gone")
        return httpx.Response(200 if self.refusals < 0 else 503)

    def send(self, path: str, after: timedelta = timedelta()) -> None:
        self.outbox.post(lambda: httpx.Request("POST", f"http://x.test{path}"), after)


def test_what_is_not_acknowledged_is_sent_again_and_then_given_up() -> None:
    post = Post(refusals=9)
    post.send("/a")
    for _ in range(4):
        post.outbox.drain()
        post.now += timedelta(hours=1)
    assert [at - NOON for _, at in post.came] == [timedelta(hours=hours) for hours in (0, 1, 2)]
    assert post.outbox.waiting() == 0


def test_a_broken_connection_is_no_acknowledgement() -> None:
    post = Post(refusals=1)
    post.send("/a")
    post.outbox.drain()
    post.now += timedelta(minutes=1)
    assert post.outbox.drain() == 1
    assert len(post.came) == 2
    assert post.outbox.waiting() == 0


def test_what_is_held_back_is_overtaken() -> None:
    post = Post(refusals=-1)
    post.send("/slow", timedelta(seconds=3))
    post.send("/quick")
    assert post.outbox.drain() == 1
    post.now += timedelta(seconds=3)
    post.outbox.drain()
    assert [path for path, _ in post.came] == ["/quick", "/slow"]


def test_without_a_receiver_everything_waits() -> None:
    post = Post(refusals=-1)
    post.outbox.deliver = None
    post.send("/a")
    assert not post.outbox.step()
    assert post.outbox.waiting() == 1


def test_a_fault_is_made_as_often_as_asked_and_for_whom() -> None:
    faults = Faults()
    faults.set(Fault.LOSE, "a", times=2)
    assert [faults.take(Fault.LOSE, "a") for _ in range(3)] == [True, True, False]
    faults.set(Fault.HANG)
    assert faults.take(Fault.HANG, "anybody") and not faults.take(Fault.LOSE, "anybody")
    faults.clear()
    assert not faults.take(Fault.HANG, "anybody") and faults.listed() == []


def vnd(amount: int) -> Money:
    return Money(amount, "VND")


def paid_books() -> tuple[Books, str]:
    books = Books()
    books.open(Order(reference="r", amount=vnd(100), expires_at=NOON + timedelta(minutes=15)))
    return books, books.pay("r", vnd(100), vnd(1), NOON).transaction


def returned(transaction: str, reference: str, amount: int) -> Returned:
    return Returned(
        reference=reference, handle="h", transaction=transaction, amount=vnd(amount), at=NOON
    )


def test_racing_refunds_never_exceed_what_came() -> None:
    books, transaction = paid_books()

    def ask(number: int) -> bool:
        try:
            books.refund(returned(transaction, f"f{number}", 15))
        except No:
            return False
        return True

    with ThreadPoolExecutor(16) as pool:
        assert sum(pool.map(ask, range(50))) == 6


def test_a_failed_refund_leaves_its_money_to_be_refunded() -> None:
    books, transaction = paid_books()
    books.refund(returned(transaction, "f1", 100))
    assert books.finish_refund("f1", "failed", NOON)
    assert not books.finish_refund("f1", "paid", NOON)
    books.refund(returned(transaction, "f2", 100))
    assert books.finish_refund("f2", "paid", NOON)
    assert books.transfers()[transaction].refunded == vnd(100)
    with pytest.raises(No, match="not_reversible"):
        books.reverse(transaction, NOON)


def test_an_order_is_paid_once_and_not_after_its_end_unless_the_money_is_late() -> None:
    books, _ = paid_books()
    with pytest.raises(No, match="not_payable"):
        books.pay("r", vnd(100), vnd(0), NOON)
    books.open(Order(reference="s", amount=vnd(5), expires_at=NOON))
    with pytest.raises(No, match="not_payable"):
        books.pay("s", vnd(5), vnd(0), NOON)
    assert books.pay("s", vnd(5), vnd(0), NOON, late=True).amount == vnd(5)
    with pytest.raises(No, match="other_content"):
        books.open(Order(reference="s", amount=vnd(6)))


def test_an_order_for_bank_transfers_is_open_until_they_reach_its_amount() -> None:
    books = Books()
    order = books.open(Order(reference="A", amount=Money(100, "VND"), several=True))
    none = Money(0, "VND")
    for part, state in ((30, "open"), (60, "open"), (25, "paid")):
        books.pay("A", Money(part, "VND"), none, NOON)
        assert order.state == state
    assert books.met(order) == 115 and len(order.transactions) == 3
    with pytest.raises(No, match="not_payable"):
        books.pay("A", Money(1, "VND"), none, NOON)
    assert books.pay("A", Money(1, "VND"), none, NOON, late=True).transaction in books.taken
