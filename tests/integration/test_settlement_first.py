"""Settlement first: what it told of is moved by the later notification, never booked twice."""

from __future__ import annotations

import json
from uuid import UUID

import psycopg
import pytest

from feesvc.testing.faults import Fault
from feesvc.testing.file_desk import FileDesk
from feesvc.testing.town import Town, told

AMOUNT = 115_000
SETTLED = {"1210": 113_735, "5100": 1_150, "5150": 115}


@pytest.mark.parametrize("form", ["pay_aBc-{:04d}/x", "ls 7.{:d}é"])
def test_a_late_notification_moves_what_the_settlement_told_of(
    town: Town, form: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Transactions with small letters and separators: a line is joined by the one form of them all,
    and yet its money is under the name that the notification will say."""
    desk, counterpart = FileDesk(town), town.stand_in.counterpart
    monkeypatch.setattr(counterpart.ledger, "transaction_form", form)
    heard = len(counterpart.outbox.replies)
    payment = town.payment(town.assessment("CHARGE")["id"])
    deliver, counterpart.outbox.deliver = counterpart.outbox.deliver, None
    transaction = counterpart.pay(payment["reference"])
    counterpart.faults.set(Fault.SERVER_ERROR, payment["reference"])  # it cannot be asked either
    with town.service.working():
        file = desk.send(_settlement(transaction, payment["reference"]), town.account)
        told(desk.accept(file))
        town.service.await_followers()
        assert desk.states(file) == ["placed"]
        due = {"1100": AMOUNT, "2900": -AMOUNT}
        assert _balances(town) == {**SETTLED, **due, "2150": -AMOUNT}
        counterpart.faults.clear(payment["reference"])
        counterpart.outbox.deliver = deliver
        town.service.await_followers()
        after = _balances(town)
    assert [reply.status_code for reply in counterpart.outbox.replies[heard:]] == [200]
    assert _topics(town, transaction) == [
        "transfer.received", "transfer.placed", "transfer.settled", "transfer.re_placed",
    ]  # fmt: skip
    assert after == {**SETTLED, "2500": -AMOUNT}


def _settlement(transaction: str, reference: str) -> bytes:
    line = {
        "kind": "payment", "id": "L-1", "transaction": transaction, "reference": reference,
        "at": "2026-11-20T03:00:00+00:00", "currency": "VND", "gross": AMOUNT,
        "commission": -1_150, "tax": -115, "net": 113_735,
    }  # fmt: skip
    head = {"batch": "b-1", "currency": "VND", "net": 113_735, "count": 1}
    return "\n".join(json.dumps(one) for one in (head, line)).encode()


def _balances(town: Town) -> dict[str, int]:
    path = f"/agencies/{town.agency}/agency_ledger/trial-balance"
    [book] = told(town["finance"].get(path))["books"]
    balances = {str(row["account"]): row["balance"]["amount"] for row in book["accounts"]}
    return {account: balance for account, balance in balances.items() if balance}


def _topics(town: Town, transaction: str) -> list[str]:
    id = town.service.ids().transfer(UUID(town.account), transaction)
    with psycopg.connect(town.service.settings.need_database_url()) as db:
        asked = "SELECT topic FROM feesvc.event WHERE stream = %s ORDER BY position"
        return [row[0] for row in db.execute(asked, [id]).fetchall()]
