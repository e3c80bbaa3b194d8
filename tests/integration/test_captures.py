"""Captures: what lines may match stands as the events say, whatever batches brought them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, ClassVar

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from feesvc.domain.accounts import BankAccount
from feesvc.domain.origin import Origin
from feesvc.domain.payment_list import Entry, PaymentList
from feesvc.domain.refund import Refund
from feesvc.domain.transfer import Transfer
from feesvc.embedded import Database
from feesvc.projecting import Projection, Recorded
from feesvc.projecting.installing import install
from feesvc.projecting.reading import Readers
from feesvc.projecting.runner import Runner
from feesvc.reconciling.captures import projection
from feesvc.testing.money_events import bank, card, suspense, vnd
from feesvc.testing.money_events import take as taking
from feesvc.testing.projection import SERVICE, ProjectionContract
from feesvc.testing.recorded import NOON, ListedLog, in_order, recorded, some_id

BASE = "/v1/agencies/G14/captures"


def came(name: str, origin: Origin | None = None, agency: str = "G14") -> Recorded:
    return recorded(
        Transfer.Received, agency, stream=name, origin=origin or card(f"tx-{name}"),
        reference=f"fv {name}", amount=vnd(100_000), source="notification", evidence="",
        occurred_at=NOON,
    )  # fmt: skip


def told(event: type[Any], name: str, **facts: Any) -> Recorded:
    return recorded(event, stream=name, origin=card(f"tx-{name}"), **facts)


def asked(name: str, of: str, method: str = "intermediary") -> Recorded:
    return recorded(
        Refund.Requested, stream=name, maker="portal:P", portal="P", method=method,
        takes=(taking(suspense(40_000), transfer=of),), amount=vnd(40_000), reason="x",
        subject=None, digest="0",
    )  # fmt: skip


def instructed(name: str, method: str = "intermediary") -> Recorded:
    return recorded(
        Refund.Instructed, stream=name, reference=f"r-{name}", amount=vnd(40_000), method=method
    )


def paid(name: str, of: str, handle: str) -> Recorded:
    return recorded(
        Refund.Paid, stream=name, reference=f"r-{name}", handle=handle, amount=vnd(40_000),
        fee=vnd(0), origin=card(of), occurred_at=NOON,
    )  # fmt: skip


def failed(kind: type[Any], name: str, **facts: Any) -> Recorded:
    return recorded(
        kind, stream=name, reference=f"r-{name}", reason="x", amount=vnd(40_000),
        occurred_at=NOON, **facts,
    )  # fmt: skip


def disputed(name: str) -> list[Recorded]:
    return [
        told(
            Transfer.Disputed, name, dispute="dp-1", amount=vnd(100_000), fee=vnd(0), takes=(),
            beyond=vnd(0), occurred_at=NOON,
        ),
        told(
            Transfer.DisputeWon, name, dispute="dp-1", amount=vnd(100_000), takes=(),
            occurred_at=NOON,
        ),
    ]  # fmt: skip


def settled_of_two(name: str) -> list[Recorded]:
    """Two disputes of one amount: the line of the later is booked; then a refund's is, and is not
    it after all."""
    batch = {"batch": "B", "batch_id": some_id("B"), "net": vnd(-40_000)}
    nothing = {"commission": vnd(0), "tax": vnd(0)}
    return [
        *(told(Transfer.Disputed, name, dispute=dispute, amount=vnd(40_000), fee=vnd(0), takes=(),
               beyond=vnd(0), occurred_at=NOON) for dispute in ("dp-2", "dp-3")),
        told(Transfer.DisputeSettled, name, line="1", withheld=vnd(0), fee=vnd(0),
             occurred_at=NOON, dispute="dp-3", **batch),
        asked("R7", name), asked("R8", name), instructed("R7"), instructed("R8"),
        told(Transfer.RefundSettled, name, refund=some_id("R7"), line="2", occurred_at=NOON,
             **nothing, **batch),
        told(Transfer.RefundSettled, name, refund=some_id("R8"), line="3", occurred_at=NOON,
             **nothing, **batch),
        told(Transfer.Unsettled, name, kind="refund", line="3", fee=vnd(0), reason="x",
             refund=some_id("R8"), dispute="", surcharge=vnd(0), **nothing, **batch),
    ]  # fmt: skip


def drawn(*names: str) -> Recorded:
    entries = tuple(
        Entry(refund=some_id(name), reference=f"PL-{name}", amount=vnd(40_000), account=None)
        for name in names
    )
    return recorded(
        PaymentList.Drawn, stream="list", maker="person:a", reference="PL",
        account=some_id("bank account"), execute_on=NOON.date(), entries=entries,
        debited=BankAccount(bank="970436", number="1", currency="VND"), total=vnd(80_000),
    )  # fmt: skip


def story() -> Sequence[Recorded]:
    return in_order([
        came("open"), came("theirs", agency="H29"), came("back"), came("gone"),
        came("at bank", bank()), came("less"), asked("R1", "open"), asked("R2", "open"),
        asked("R3", "back", "bank_transfer"), asked("R4", "back", "bank_transfer"),
        asked("R5", "open"), asked("R6", "open"),
        instructed("R1"), recorded(Refund.Accepted, stream="R1", reference="r-R1", handle="h 1"),
        paid("R1", "open", "h 1"), instructed("R2"), failed(Refund.Failed, "R2"),
        instructed("R6"), paid("R6", "open", "h 6"),
        failed(Refund.Returned, "R6", origin=card("open")),
        drawn("R3", "R4"), paid("R3", "back", "FT1"), failed(Refund.Failed, "R4"),
        recorded(Refund.Rejected, stream="R5", checker="c", reason="x"),
        told(Transfer.Reversed, "gone", takes=(), beyond=vnd(0), reason="x", occurred_at=NOON),
        told(Transfer.Disclaimed, "less", takes=(suspense(60_000),), reason="x"),
        *disputed("back"), came("twice"), *settled_of_two("twice"),
    ])  # fmt: skip


class TestContract(ProjectionContract):
    projection: ClassVar[Projection] = projection

    def events(self) -> Sequence[Recorded]:
        return story()


@pytest.fixture
def client(database: Database) -> Iterator[TestClient]:
    install(database.owner_url, SERVICE, [projection])
    with Runner(database.url, projection, ListedLog(story()), 5) as runner:
        runner.catch_up()
    readers = Readers(database.url, projection.name)
    readers.start()
    app = FastAPI()
    app.include_router(projection.routes(readers.open), prefix="/v1/agencies/{agency}/captures")
    with TestClient(app) as found:
        yield found
    readers.close()


def items(client: TestClient, path: str = "items", **asked: Any) -> list[dict[str, Any]]:
    seen: list[dict[str, Any]] = []
    cursor: dict[str, str] = {}
    while True:
        answer = client.get(f"{BASE}/{path}", params={"limit": 3, **asked, **cursor})
        assert answer.status_code == 200, answer.text
        seen += answer.json()["items"]
        if answer.json()["next"] is None:
            return seen
        cursor = {"cursor": answer.json()["next"]}


def test_each_thing_stands_as_its_events_say(client: TestClient) -> None:
    names = {str(some_id(n)): n for n in ("open", "back", "gone", "less", "twice")}
    payments = {
        names[row["id"]]: (row["state"], row["amount"]["amount"])
        for row in items(client, kind="payment")
    }
    assert payments == {
        "open": ("open", 100_000), "back": ("open", 100_000), "gone": ("reversed", 100_000),
        "less": ("open", 40_000), "twice": ("open", 100_000),
    }  # fmt: skip
    refunds = {str(some_id(f"R{n}")): f"R{n}" for n in range(1, 9)}
    assert {refunds[r["id"]]: r["state"] for r in items(client, kind="refund")} == {
        "R1": "open", "R2": "ended", "R3": "asked", "R4": "ended", "R5": "ended", "R6": "open",
        "R7": "settled", "R8": "open",
    }  # fmt: skip


def test_refunds_and_disputes_take_money_out_and_bring_it_back(client: TestClient) -> None:
    [refund] = items(client, key="h-1")
    assert (refund["reference"], refund["transaction"], refund["original"]) == ("RR1", "H1", "OPEN")
    assert refund["amount"] == {"amount": -40_000, "currency": "VND"}
    [returned] = items(client, kind="refund_reversal")
    assert (returned["refund"], returned["amount"]["amount"]) == (str(some_id("R6")), 40_000)
    [dispute] = items(client, kind="dispute", key="dp-1")
    assert (dispute["original"], dispute["amount"]["amount"]) == ("TXBACK", -100_000)
    [won] = items(client, kind="dispute_reversal")
    assert (won["transfer"], won["amount"]["amount"]) == (str(some_id("back")), 100_000)


def test_a_bank_is_still_to_debit_what_a_list_drew(client: TestClient) -> None:
    rows = {row["keys"][0]: row for row in items(client, "awaited")}
    assert {key: row["state"] for key, row in rows.items()} == {"PLR3": "done", "PLR4": "ended"}
    assert rows["PLR3"]["done"]["amount"] == rows["PLR3"]["amount"]["amount"] == -40_000


def test_money_at_a_bank_is_no_capture(client: TestClient) -> None:
    assert items(client, key="B1") == []


def test_another_agencys_captures_are_its_own(client: TestClient) -> None:
    assert str(some_id("theirs")) not in {row["id"] for row in items(client)}
    [theirs] = client.get("/v1/agencies/h29/captures/items").json()["items"]
    assert theirs["id"] == str(some_id("theirs"))


def test_the_line_of_one_of_several_disputes_or_refunds_settles_that_one(
    client: TestClient,
) -> None:
    rows = items(client)
    states = {
        row["transaction"] or row["id"]: row["state"]
        for row in rows if row["transfer"] == str(some_id("twice")) and row["kind"] != "payment"
    }  # fmt: skip
    assert states == {
        "DP2": "open", "DP3": "settled", str(some_id("R7")): "settled", str(some_id("R8")): "open",
    }  # fmt: skip
