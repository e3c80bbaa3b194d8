"""What the ledger vouches for: which credits on clearing are as they must be, and which are not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import pytest

from feesvc.domain.aggregate import Recorded
from feesvc.domain.batch import Batch
from feesvc.domain.closing import Attested
from feesvc.embedded import Server
from feesvc.projecting import Db
from feesvc.projecting.installing import install
from feesvc.projecting.runner import Runner, connect
from feesvc.testing.batch_events import credited, dispute_settled, of_batch, refund_settled
from feesvc.testing.money_events import (
    OWN,
    approved,
    credit,
    disclaimed,
    disputed,
    instructed,
    paid,
    placed,
    settled,
    suspense,
    won,
)
from feesvc.testing.projection import SERVICE
from feesvc.testing.recorded import NOON, ListedLog, in_order, some_id
from feesvc_agency_ledger import AgencyLedger

K = 1000
DAY = NOON.date()


@dataclass(frozen=True)
class Book:
    db: Db

    def at(self, known: int) -> Attested:
        return AgencyLedger().attest(self.db, OWN, date(DAY.year, DAY.month, 1), DAY, known)

    def wrong(self, known: int) -> list[tuple[str, int]]:
        """Accounts with something on the wrong side, as known at that position, and how much."""
        return [(one.account, one.amount.amount) for one in self.at(known).abnormal]

    def red(self, known: int) -> list[str]:
        return [item.item for item in self.at(known).items if item.red]


EVENTS: list[Recorded] = [
    placed(credit(100 * K)),
    settled(net=98_900, commission=1000, tax=100),
    approved(credit(40 * K)),
    instructed(40 * K),
    paid(40 * K),
    refund_settled(-40 * K),
    disputed(60 * K),
    dispute_settled(-60 * K),
    of_batch(Batch.PaidByUs, bank_account=some_id("bank"), reference="D1", amount=1100),
    placed(credit(10 * K), transfer="T2"),
    settled(net=10 * K, transfer="T2", batch="B2"),
    settled(net=10 * K, transfer="T2", batch="B3"),
    credited(5000),
    disclaimed(suspense(500), transfer="T3"),
    of_batch(Batch.ToBudget, "B2", reference="K1", amount=3000),
    won(60 * K),
]
SETTLED_TWICE, CREDITED_WITHOUT_LINES, DISCLAIMED, NEVER_ALLOCATED = 12, 13, 14, 15


@pytest.fixture(scope="module")
def book(database_server: Server, migrated: str) -> Iterator[Book]:
    """One book for all tests of this module, which only read it."""
    database = database_server.create("feesvc_attesting", template=migrated)
    projection = AgencyLedger()
    install(database.owner_url, SERVICE, [projection])
    with Runner(database.url, projection, ListedLog(in_order(EVENTS))) as runner:
        runner.catch_up()
    with connect(database.url, projection.name) as connection, connection.cursor() as db:
        yield Book(db)
    database_server.drop(database.name)


@pytest.mark.parametrize(
    "known", range(1, SETTLED_TWICE),
    ids=lambda known: EVENTS[known - 1].event.TOPIC,
)  # fmt: skip
def test_what_goes_back_is_in_credit_until_a_settlement_tells_of_it(book: Book, known: int) -> None:
    assert book.wrong(known) == []
    assert book.red(known) == []


def test_the_credits_were_there(book: Book) -> None:
    told = {known: dict(_closings(book.at(known))) for known in (5, 7, 8)}
    assert (told[5]["1200"], told[7]["1200"], told[8]["1210"]) == (-40 * K, -60 * K, -1100)


def _closings(said: Attested) -> Iterator[tuple[str, int]]:
    return ((one.account, one.closing.amount) for one in said.balances)


def test_more_than_an_intermediary_took_is_settled(book: Book) -> None:
    assert book.wrong(SETTLED_TWICE) == [("1200", -10 * K)]
    assert book.red(SETTLED_TWICE) == ["6 intermediaries"], "item 3 is judged with what explains it"


def test_a_credit_beyond_the_lines_of_its_batch_is_wrong(book: Book) -> None:
    """The batch below nothing had been paid: nothing of the credit is explained by that."""
    assert ("1210", -5000) in book.wrong(CREDITED_WITHOUT_LINES)


def test_liabilities_in_debit_are_wrong_by_item_and_by_balance(book: Book) -> None:
    assert ("2150", 500) in book.wrong(DISCLAIMED)
    assert ("2400", 3000) not in book.wrong(DISCLAIMED)
    assert ("2400", 3000) in book.wrong(NEVER_ALLOCATED)
