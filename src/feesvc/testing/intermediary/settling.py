"""The contract of settlement documents: totals that agree, lines one at a time, no line lost."""

from __future__ import annotations

import io
from abc import abstractmethod
from collections.abc import Iterator
from typing import ClassVar

import pytest

from feesvc.intermediary import (
    Malformed,
    Profile,
    Settlement,
    SettlementFeed,
    SettlementFiles,
    SettlementLine,
)
from feesvc.money import Money, total
from feesvc.testing.intermediary.stage import Stage


class SettlementContract(Stage):
    profile: ClassVar[Profile] = Profile()
    """The layout to read the counterpart's documents by."""

    declares_totals: ClassVar[bool] = True
    """Whether a document says how much and how many it holds."""

    @abstractmethod
    def settled(self) -> tuple[str, bytes]:
        """Have the counterpart settle everything so far: the batch's name and its document."""

    def test_the_lines_add_up_to_the_totals(self) -> None:
        settlement, lines = self._three_payments()
        assert settlement.batch
        assert settlement.count == len(lines)
        kept = [line for line in lines if line.kind != "payout"]
        assert total((line.net for line in kept), settlement.currency) == settlement.net
        for line in lines:
            assert line.gross + line.commission + line.tax == line.net
            assert line.at.tzinfo is not None

    def test_every_transfer_has_its_line(self) -> None:
        _, lines = self._three_payments()
        books = self.counterpart.books()
        payments = [line for line in lines if line.kind == "payment"]
        assert len(payments) == len(books) == 3
        assert len({line.native_id for line in lines}) == len(lines)
        assert sorted(line.gross.amount for line in payments) == sorted(
            taken.amount.amount for taken in books.values()
        )
        assert sum(line.commission.amount for line in payments) == -sum(
            taken.fee.amount for taken in books.values()
        )

    def test_a_line_names_the_transfer_as_a_look_up_does(self) -> None:
        order, _ = self.paid(self.order())
        [received] = self.look_up(order)
        _, lines = self.read_document(self.settled()[1])
        [line] = [line for line in lines if line.kind == "payment"]
        assert line.transaction == getattr(received, "transaction", None)
        assert line.gross == order.amount

    def test_what_cannot_be_read_is_malformed(self) -> None:
        self.paid(self.order())
        document = self.settled()[1]
        for spoiled in (
            b"",
            b"\xff\xfe\x00",
            b"{}",
            b"not a settlement",
            document[: -len(document) // 3],
        ):
            with pytest.raises(Malformed):
                self.read_document(spoiled)

    def test_a_document_that_lost_a_line_is_malformed(self) -> None:
        if not self.declares_totals:
            pytest.skip("these documents declare no totals")
        for number in (1, 2, 3):
            self.paid(self.order(number))
        rows = self.settled()[1].splitlines(keepends=True)
        for lost in range(len(rows)):
            with pytest.raises(Malformed):
                self.read_document(b"".join(rows[:lost] + rows[lost + 1 :]))

    def test_a_fetched_document_is_the_document(self) -> None:
        if not isinstance(self.adapter, SettlementFeed):
            pytest.skip("this intermediary's documents are brought, not fetched")
        self.paid(self.order())
        batch, document = self.settled()
        fetched, lines = self.read_document(self.adapter.fetch_settlement(batch))
        assert fetched.batch == batch
        assert lines == self.read_document(document)[1]

    def _three_payments(self) -> tuple[Settlement, list[SettlementLine]]:
        for number in (1, 2, 3):
            self.paid(self.order(number, self.order().amount.amount + number))
        return self.read_document(self.settled()[1])

    def read_document(self, document: bytes) -> tuple[Settlement, list[SettlementLine]]:
        assert isinstance(self.adapter, SettlementFiles)
        settlement = self.adapter.read_settlement(io.BytesIO(document), self.profile)
        assert isinstance(settlement.lines, Iterator)
        assert isinstance(settlement.net, Money)
        return settlement, list(settlement.lines)
