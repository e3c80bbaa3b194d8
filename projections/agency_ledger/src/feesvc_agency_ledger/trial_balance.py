"""The trial balance: every account's opening, movements and balance, per currency."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from feesvc.projecting import Db
from feesvc_agency_ledger.asked import Asked, books, money
from feesvc_agency_ledger.balances import ZERO, Sum, sums
from feesvc_agency_ledger.chart import CHART


def trial_balance(db: Db, question: Asked) -> dict[str, Any]:
    """Without a period the opening is zero and the movements are all there ever were."""
    of = books(db, question)
    closing = sums(db, of, question.until)
    opening = {}
    if question.first != date.min:
        opening = sums(db, of, question.first - timedelta(days=1))
    currencies = sorted({currency for currency, _ in closing} & _wanted(question, closing))
    return of.about(question) | {
        "books": [
            _book(
                currency,
                {
                    account: (opening.get((currency, account), ZERO), total)
                    for (own, account), total in sorted(closing.items())
                    if own == currency
                },
            )
            for currency in currencies
        ]
    }


def _wanted(question: Asked, closing: dict[tuple[str, int], Sum]) -> set[str]:
    return {question.currency} if question.currency else {currency for currency, _ in closing}


def _book(currency: str, accounts: dict[int, tuple[Sum, Sum]]) -> dict[str, Any]:
    moved = {
        account: Sum(closing.debits - opening.debits, closing.credits - opening.credits)
        for account, (opening, closing) in accounts.items()
    }
    rows = [
        {
            "account": str(account),
            "name": {"vi": CHART[account].vi, "en": CHART[account].en},
            "opening": money(opening.balance, currency),
            "debits": money(moved[account].debits, currency),
            "credits": money(moved[account].credits, currency),
            "balance": money(closing.balance, currency),
        }
        for account, (opening, closing) in accounts.items()
    ]
    return {
        "currency": currency,
        "accounts": rows,
        "debits": money(sum(each.debits for each in moved.values()), currency),
        "credits": money(sum(each.credits for each in moved.values()), currency),
    }
