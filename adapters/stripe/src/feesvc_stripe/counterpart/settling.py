"""The itemised payout reconciliation report, in Stripe's columns and decimal amounts.

https://docs.stripe.com/reports/report-types/payout-reconciliation: dates in UTC, amounts in major
units, ``fee`` with its tax. A manual payout is not itemised, so every payout here is automatic.
"""

from __future__ import annotations

from datetime import UTC

from feesvc.money import decimal
from feesvc.testing.settling import Batch, Column, Layout, Movement
from feesvc.testing.settling.layouts import (
    amount,
    identity,
    native_id,
    transaction,
    withheld,
    word,
)
from feesvc.testing.settling.movements import ContractTariff

CATEGORIES = {
    "payment": "charge", "refund": "refund", "refund_reversal": "refund_failure",
    "dispute": "dispute", "dispute_reversal": "dispute_reversal", "fee": "fee",
    "adjustment": "other_adjustment",
}  # fmt: skip


def _created(batch: Batch, number: int, line: Movement) -> str:
    return line.at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")


def _currency(batch: Batch, number: int, line: Movement) -> str:
    return line.gross.currency.lower()


def _intent(batch: Batch, number: int, line: Movement) -> str:
    return line.original or line.transaction


CONTRACT = ContractTariff(rate_ppm=31_900, flat=8_250, tax_ppm=0, rounding="half_up")
"""Of VND: the commission with its tax in one column. What is charged is rounded twice, each to the
nearest unit, and so it is never more than one unit from this.
"""
LAYOUT = Layout(
    kinds=frozenset(CATEGORIES),
    columns=(
        Column("automatic_payout_id", identity),
        Column("balance_transaction_id", native_id),
        Column("created_utc", _created),
        Column("currency", _currency),
        Column("gross", amount("gross", decimal)),
        Column("fee", withheld("commission", decimal)),
        Column("net", amount("net", decimal)),
        Column("reporting_category", word(CATEGORIES)),
        Column("source_id", transaction),
        Column("payment_intent_id", _intent),
    ),
)
