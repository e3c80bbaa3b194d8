"""Booking: what one settlement line does to its transfer and its batch, all of them at hand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, TypeAlias
from uuid import UUID

from feesvc.domain import netting, settling
from feesvc.domain.aggregate import Aggregate
from feesvc.domain.batch import Batch
from feesvc.domain.batch_events import BatchLine
from feesvc.domain.merchant_account import MerchantAccount
from feesvc.domain.origin import Origin
from feesvc.domain.placement import suspense
from feesvc.domain.refund import Refund
from feesvc.domain.transfer import Transfer
from feesvc.intermediary import SettlementLine
from feesvc.money import Money
from feesvc.reconciling.keys import key

LineState: TypeAlias = Literal["booked", "suspense", "repeated", "held", "contradicts", "left"]
"""``suspense``: booked as money that nobody knew of. ``held``: a second settlement of the same
transfer. ``contradicts``: on record for another transaction, or in another currency. ``left``:
nothing is booked for such a line; it stays in the residual of its batch until it is explained.
"""
OF_TRANSFERS = frozenset({"payment", "refund", "refund_reversal", "dispute", "dispute_reversal"})
"""Lines that are of a transfer."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class MatchedLine:
    """A line, with what it was matched with; without, its own references name the transfer.

    ``identity`` names the line within its batch where its native id is not proved unique,
    ``dispute`` the key of the dispute that it was matched with.
    """

    line: SettlementLine
    transfer: UUID | None = None
    refund: UUID | None = None
    identity: str = ""
    dispute: str = ""

    @property
    def name(self) -> str:
        line = self.line
        return self.identity or line.native_id or f"{line.kind} {line.transaction}"

    @property
    def transaction(self) -> str:
        """Of the transfer that it is of: a refund or dispute may have a transaction of its own."""
        line = self.line
        return line.transaction if line.kind == "payment" else line.original or line.transaction


@dataclass(slots=True, kw_only=True)
class Booking:
    """One append's worth of lines. ``told`` are those that were booked."""

    account: MerchantAccount
    batch: Batch
    at: datetime
    transfers: Mapping[MatchedLine, UUID]
    carried: Mapping[MatchedLine, UUID]
    found: dict[UUID, Aggregate]
    refunds: Mapping[UUID, Refund]
    told: list[BatchLine] = field(default_factory=list)

    @property
    def changed(self) -> list[Aggregate]:
        return [one for one in self.found.values() if one.news]

    def book(self, one: MatchedLine) -> LineState:
        known = self._known(one)
        if known is not None:
            return "repeated" if known.transfer == self._transfer_named(one) else "contradicts"
        if one.line.net.currency != self.batch.currency:
            return "contradicts"
        return self._of_kind(one)

    def _of_kind(self, one: MatchedLine) -> LineState:
        match one.line.kind:
            case "payment":
                return self._payment(one)
            case "refund" | "refund_reversal":
                return self._refund(one)
            case "dispute" | "dispute_reversal":
                return self._dispute(one)
            case "payout" | "adjustment":
                return "left"
            case _:
                return self._of_batch(one)

    def _payment(self, one: MatchedLine) -> LineState:
        line, id = one.line, self.transfers.get(one)
        if id is None:
            return "left"
        transfer = self.found.get(id)
        heard_of = isinstance(transfer, Transfer)
        if not isinstance(transfer, Transfer):
            transfer = self.found[id] = _unknown(self.account, id, line, self.at)
        if transfer.unheard and line.gross.amount > 0:
            heard_of = False
            transfer.tell_again(line.gross, "settlement", "", line.at, self.at)
            transfer.place(suspense(line.gross, "unknown_settled_line"), line.at, self.at)
        if transfer.amount.currency != line.net.currency:
            return "contradicts"
        if transfer.settled:
            return "held"
        settling.settle(
            transfer, self.batch.name, one.name, commission=-line.commission, tax=-line.tax,
            net=line.net, occurred_at=line.at, at=self.at,
        )  # fmt: skip
        self._tell(one, id)
        return "booked" if heard_of else "suspense"

    def _refund(self, one: MatchedLine) -> LineState:
        line, transfer = one.line, self._transfer(one)
        if transfer is None:
            return "left"
        returned = line.kind == "refund_reversal"
        id = one.refund or _refund_of(transfer, line.gross, returned)
        if id is None:
            return "left"
        refund = self.refunds.get(id)
        told = refund.fee if refund and id not in transfer.parts.refunds else 0
        commission = line.commission.amount
        beyond = max(-commission - told, 0) if commission < 0 else -commission
        settling.settle_refund(
            transfer, self.batch.name, one.name, id,
            commission=Money(beyond, line.net.currency), tax=-line.tax, net=line.net,
            occurred_at=line.at, at=self.at,
        )  # fmt: skip
        self._tell(one, transfer.id)
        return "booked"

    def _dispute(self, one: MatchedLine) -> LineState:
        line, transfer = one.line, self._transfer(one)
        if transfer is None or not (transfer.disputes or transfer.closed_disputes):
            return "left"
        settling.settle_dispute(
            transfer, self.batch.name, one.name, withheld=-(line.commission + line.tax),
            net=line.net, occurred_at=line.at, at=self.at, dispute=_dispute_of(transfer, one),
        )  # fmt: skip
        self._tell(one, transfer.id)
        return "booked"

    def _of_batch(self, one: MatchedLine) -> LineState:
        """Lines of no transfer: fees, what is kept back, what is carried from batch to batch."""
        line, batch, at = one.line, self.batch, self.at
        if line.kind in ("fee", "tax"):
            rest = -(line.gross + line.commission)
            tax = -line.tax
            commission = rest if line.kind == "fee" else Money(0, batch.currency)
            tax = tax if line.kind == "fee" else tax + rest
            netting.charge_fee(batch, one.name, commission, tax, line.net, line.at, at)
        elif line.kind == "reserve_hold" and line.net.amount < 0:
            netting.withhold(batch, one.name, -line.net, line.at, at)
        elif line.kind == "reserve_release" and line.net.amount > 0:
            netting.release(batch, one.name, line.net, None, line.at, at)
        elif line.kind == "carry_out" and line.net.amount > 0:
            netting.carry_out(batch, one.name, line.net, line.at, at)
        elif line.kind == "carry_in" and line.net.amount < 0:
            return self._carry_in(one)
        else:
            return "left"
        self._tell(one, None)
        return "booked"

    def _carry_in(self, one: MatchedLine) -> LineState:
        source, owed = self.found.get(self.carried[one]), -one.line.net
        if not isinstance(source, Batch) or source.id == self.batch.id:
            return "left"
        owes = source.carried_out or -source.outstanding
        if source.currency != owed.currency or owed.amount > owes:
            return "left"
        netting.take_up(self.batch, source, one.name, owed, one.line.at, self.at)
        return "booked"

    def _known(self, one: MatchedLine) -> BatchLine | None:
        now = next((told for told in self.told if told.line == one.name), None)
        return self.batch.lines.get(one.name) or now

    def _transfer_named(self, one: MatchedLine) -> UUID | None:
        return self.transfers.get(one) if one.line.kind in OF_TRANSFERS else None

    def _transfer(self, one: MatchedLine) -> Transfer | None:
        found = self.found.get(self.transfers[one]) if one in self.transfers else None
        if not isinstance(found, Transfer) or found.amount.currency != one.line.net.currency:
            return None
        return found

    def _tell(self, one: MatchedLine, transfer: UUID | None) -> None:
        line = one.line
        self.told.append(BatchLine(line=one.name, kind=line.kind, transfer=transfer, net=line.net))


def _refund_of(transfer: Transfer, gross: Money, returned: bool) -> UUID | None:
    """The one refund of this amount that can be meant; none where several can."""
    through = transfer.parts.refunds
    fit = [
        refund for refund, amount in transfer.refunds_paid.items()
        if amount == abs(gross.amount) and (refund in through) == returned
    ]  # fmt: skip
    return fit[0] if len(fit) == 1 else None


def _dispute_of(transfer: Transfer, one: MatchedLine) -> str:
    """The dispute that it was matched with, or names itself, or the only one that there is."""
    names = list(dict.fromkeys([*transfer.disputes, *transfer.closed_disputes]))
    wanted = one.dispute or key(one.line.transaction)
    named = [name for name in names if key(name) == wanted]
    fit = named or names
    return fit[0] if len(fit) == 1 else ""


def _unknown(account: MerchantAccount, id: UUID, line: SettlementLine, at: datetime) -> Transfer:
    """Money that they settled and we never heard of (P08x)."""
    origin = Origin(
        via="intermediary", intermediary=account.intermediary, account=account.id,
        transaction=line.transaction, payment=None,
    )  # fmt: skip
    transfer = Transfer.first(
        Transfer.Received, id, at, agency=account.agency, origin=origin,
        reference=line.reference, amount=line.gross, source="settlement", evidence="",
        occurred_at=line.at,
    )  # fmt: skip
    transfer.place(suspense(line.gross, "unknown_settled_line"), line.at, at)
    return transfer
