"""Told first: disputes and returned refunds of which a settlement is the first word.

A line that takes a payer's money back, or brings a refund back, is a fact from outside like any
notification: it is recorded before the run that matches it (S13 P12e, S14 P13a, S15 P13b). What is
told again later, under the intermediary's own name for it, is the same dispute.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import structlog

from feesvc.application.house import House
from feesvc.application.transfers import record_outcome
from feesvc.domain.aggregate import Refusal
from feesvc.domain.merchant_account import MerchantAccount
from feesvc.domain.refund import Refund
from feesvc.domain.transfer import Transfer
from feesvc.domain.transfer_standing import TOLD_FIRST
from feesvc.intermediary import Disputed, RefundFailed
from feesvc.money import Money
from feesvc.reconciling.matching.statements import statement

log = structlog.get_logger(__name__)


async def take_told_first(house: House, account_id: UUID) -> None:
    """Record what open lines of the account tell and nobody else did. Again, it changes nothing."""
    async with house.rows.cursor() as db:
        found = await db.execute(statement("told_first"), {"account": account_id})
        rows = await found.fetchall()
    if not rows:
        return
    account = await house.see(MerchantAccount, account_id, f"merchant account {account_id}")
    for row in rows:
        try:
            said = await _said(house, account, row)
            if said is not None:
                await record_outcome(house, account, said, "settlement", "")
        except Refusal as why:  # the run tells of the line, and no line stops its run
            log.warning("told_first.refused", line=row["identity"], error=type(why).__name__)


async def take_untold(house: House, account_id: UUID, row: Mapping[str, Any]) -> None:
    """A line that alone told of a dispute tells of it no more: the dispute is over, and its money
    stands where it stood. Again, it changes nothing.
    """
    name, told = f"{TOLD_FIRST}{row['identity']}", row["told_original"] or row["told_transaction"]
    id = house.store.ids.transfer(account_id, told)
    transfer = (await house.store.peek([id])).get(id)
    if isinstance(transfer, Transfer) and _unnamed(transfer, name):
        account = await house.see(MerchantAccount, account_id, f"merchant account {account_id}")
        over = Disputed(
            dispute=name, transaction=told, stage="won", amount=transfer.disputed(name),
            at=row["occurred_at"],
        )  # fmt: skip
        await record_outcome(house, account, over, "settlement", "")


def _unnamed(transfer: Transfer, name: str) -> bool:
    return name in transfer.disputes and name not in transfer.dispute_names.values()


async def _said(
    house: House, account: MerchantAccount, row: Mapping[str, Any]
) -> Disputed | RefundFailed | None:
    """None where it is of nothing that we know, or we know it already."""
    if row["kind"] == "refund_reversal":
        return await _returned(house, row) if row["refund"] else None
    id = house.store.ids.transfer(account.id, row["told_original"])
    transfer = (await house.store.peek([id])).get(id)
    if not isinstance(transfer, Transfer) or transfer.amount.currency != row["currency"]:
        return None
    amount = Money(abs(row["gross"]), row["currency"])
    if row["kind"] == "dispute" and row["gross"] < 0:
        if transfer.disputes or transfer.closed_disputes or transfer.reversed:
            return None
        return _dispute(row, f"{TOLD_FIRST}{row['identity']}", "opened", amount)
    if row["kind"] == "dispute_reversal" and len(transfer.disputes) == 1:
        [name] = transfer.disputes
        if transfer.disputed(name) == amount:  # a part of it is for people to look at
            return _dispute(row, name, "won", amount)
    return None


async def _returned(house: House, row: Mapping[str, Any]) -> RefundFailed:
    """Under our own reference, whatever the intermediary's documents make of it."""
    refund = await house.see(Refund, row["refund"], "refund")
    return RefundFailed(
        reference=refund.reference, reason="returned", at=row["occurred_at"], returned=True
    )


def _dispute(row: Mapping[str, Any], name: str, stage: Any, amount: Money) -> Disputed:
    return Disputed(
        dispute=name, transaction=row["told_original"], stage=stage, amount=amount,
        at=row["occurred_at"],
    )  # fmt: skip
