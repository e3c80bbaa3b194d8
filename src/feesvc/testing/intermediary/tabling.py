"""The contract of settlements as tables: a document, read by its profile, is the books again."""

from __future__ import annotations

import io
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, ClassVar, TypeAlias, cast

import pytest

from feesvc import plugins
from feesvc.intermediary import (
    PaymentOrder,
    RefundOrder,
    Refunds,
    SettlementLine,
    SettlementTables,
)
from feesvc.money import Money
from feesvc.statement import TableFormat, Unreadable
from feesvc.statement.profile import SettlementProfile
from feesvc.statement.profile_text import read_profile
from feesvc.statement.settled import SettledBatch, SettledTable
from feesvc.testing.intermediary.stage import BASE_URL, EPOCH, NOON, Stage
from feesvc.testing.settling import Batch, Movement

TODAY = date(2026, 11, 20)
TOMORROW = date(2026, 11, 21)


class SettlementTableContract(Stage):
    """``table_currency`` chooses among an adapter's profiles where it has one for each currency."""

    table_currency: ClassVar[str] = "VND"
    declares_totals: ClassVar[bool] = True
    """Whether a document says how much and how many it holds."""

    def test_the_document_is_the_books_to_the_last_line(self) -> None:
        self._three_payments()
        batch = self._settled(TODAY)
        assert len(batch.movements) == len(self.counterpart.books()) == 3
        [read] = self.read_table(self.counterpart.document(batch))
        assert (read.batch, read.currency) == (batch.identity, batch.currency)
        assert [_said(line) for line in read.lines] == [self.meant(one) for one in batch.movements]
        assert read.sum_of("net") == batch.net.amount

    def test_a_payment_is_named_as_a_look_up_names_it(self) -> None:
        order, _ = self.paid(self._order(1))
        received = [getattr(one, "transaction", None) for one in self.look_up(order)]
        [read] = self.read_table(self.counterpart.document(self._settled(TODAY)))
        [line] = read.lines
        assert line.transaction in received
        assert line.gross == order.amount

    def test_no_movement_is_settled_twice_and_none_before_its_day(self) -> None:
        self.paid(self._order(1))
        self.clock.advance(timedelta(hours=12))  # midnight in Việt Nam
        now = self.clock()
        later = self.adapter.reference_for(EPOCH, 2, now)
        ends = now + timedelta(minutes=15)
        order = replace(self._order(2), reference=later, placed_at=now, expires_at=ends)
        self.paid(replace(order, asked_at=now))
        first, second = self._settled(TODAY), self._settled(TOMORROW)
        assert len(first.movements) == len(second.movements) == 1
        assert first.movements != second.movements
        assert first.identity != second.identity

    def test_a_refund_has_a_line_that_names_its_payment(self) -> None:
        if not isinstance(self.adapter, Refunds):
            pytest.skip("this intermediary refunds nothing")
        refund = self._refunded()
        batch = self._settled(TOMORROW)
        [read] = self.read_table(self.counterpart.document(batch))
        back = [line for line in read.lines if line.kind == "refund"]
        assert len(back) == 1 and back[0].gross == -refund
        [payment] = [line for line in read.lines if line.kind == "payment"]
        assert payment.transaction in (back[0].original, back[0].transaction)

    def test_a_document_that_lost_a_line_is_unreadable(self) -> None:
        if not self.declares_totals:
            pytest.skip("these documents declare no totals")
        self._three_payments()
        batch = self._settled(TODAY)
        short = replace(
            batch, movements=batch.movements[1:], claimed_count=3, claimed_net=batch.net
        )
        with pytest.raises(Unreadable) as refused:
            self.read_table(self.counterpart.document(short))
        assert refused.value.code == "F06"

    def test_a_document_for_another_merchant_is_refused(self) -> None:
        if self.profile().merchant is None:
            pytest.skip("these documents name no merchant")
        self.paid(self._order(1))
        other = replace(self._settled(TODAY), merchant="SOMEBODY")
        with pytest.raises(Unreadable) as refused:
            self.read_table(self.counterpart.document(other))
        assert refused.value.code == "F11"

    # What an adapter's tests may say otherwise

    def meant(self, one: Movement) -> Said:
        """What the line of a movement is to say."""
        return meant(one)

    # What the contract's tests use

    def profile(self) -> SettlementProfile:
        assert isinstance(self.adapter, SettlementTables)
        read = [read_profile(text) for text in self.adapter.settlement_profiles.values()]
        assert list(self.adapter.settlement_profiles) == [one.name for one in read]
        fits = [one for one in read if one.currency in ("", self.table_currency)]
        assert len(fits) == 1
        assert isinstance(fits[0], SettlementProfile)
        return fits[0]

    def read_table(self, document: bytes) -> list[SettledBatch]:
        profile = self.profile()
        kind = cast("type[TableFormat]", plugins.statement_formats()[profile.format])
        form = kind(profile.options)
        settings = self.counterpart.settings(BASE_URL)
        with io.BytesIO(document) as content, closing(cast("Any", form.rows(content))) as rows:
            return SettledTable(profile, rows, settings).batches()

    def _order(self, number: int) -> PaymentOrder:
        usual = self.order(currency=self.table_currency).amount.amount
        return self.order(number, usual + number, self.table_currency)

    def _three_payments(self) -> None:
        for number in (1, 2, 3):
            self.paid(self._order(number))

    def _settled(self, day: date) -> Batch:
        return self.counterpart.settle_session(day, currency=self.table_currency)

    def _refunded(self) -> Money:
        """The whole of a payment goes back, on the same day; gives how much."""
        assert isinstance(self.adapter, Refunds)
        order, transaction = self.paid(self._order(1))
        self.adapter.request_refund(
            RefundOrder(
                reference=self.adapter.reference_for(EPOCH, 900, NOON),
                payment_reference=order.reference,
                payment_placed_at=order.placed_at,
                transaction=transaction,
                transaction_amount=order.amount,
                amount=order.amount,
                whole=True,
                reason="Paid twice",
                placed_at=NOON,
                asked_at=self.clock(),
            )
        )
        self.counterpart.finish_refund(self.adapter.reference_for(EPOCH, 900, NOON))
        return order.amount


Said: TypeAlias = tuple[str, str, str, str, Money, Money, Money, datetime]


def _said(line: SettlementLine) -> Said:
    """What a line says of its movement; commission and tax together, as some layouts have them."""
    withheld = line.commission + line.tax
    return (
        line.kind, line.native_id, line.original or line.transaction, line.reference, line.gross,
        withheld, line.net, line.at.astimezone(UTC),
    )  # fmt: skip


def meant(one: Movement) -> Said:
    at = one.at.astimezone(UTC).replace(microsecond=0)
    withheld = one.commission + one.tax
    return (
        one.kind, one.native_id, one.original or one.transaction, one.reference, one.gross,
        withheld, one.net, at,
    )  # fmt: skip
