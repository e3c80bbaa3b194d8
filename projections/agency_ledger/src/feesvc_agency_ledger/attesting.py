"""What the ledger vouches for when a period is closed: balances, their items, a year's result."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date
from hashlib import sha256
from typing import Any

from feesvc.domain.closing import Attested, Item, Rolled
from feesvc.money import Money
from feesvc.projecting import Db
from feesvc_agency_ledger.asked import Asked
from feesvc_agency_ledger.chart import CHART
from feesvc_agency_ledger.open_items import KEPT
from feesvc_agency_ledger.statements import statement
from feesvc_agency_ledger.trial_balance import trial_balance

SOURCE = "agency_ledger"
CLEARING = 1200
NORMAL = {"asset": 1, "liability": -1}
"""On which side an item of such an account stands: debits are positive."""
ALL = 2**31 - 1


def attest(db: Db, agency: str, first: date, last: date, known: int) -> Attested:
    """Items 3 and 6 of the sheet, every account rolled forward, and what a year leaves."""
    question = Asked(
        agency=agency, units="own", first=first, until=last, known=known, currency=None,
        limit=ALL, cursor="",
    )  # fmt: skip
    balances = tuple(_rolled(trial_balance(db, question)))
    items = _items(db, agency, last, known)
    return Attested(
        items=(_roll_forward(balances, items), _intermediaries(items)),
        open_items=_digest(items), balances=balances,
        abnormal=tuple(
            (account, Money(amount, currency))
            for (account, currency), amount in sorted(_abnormal(items).items())
        ),
        results=tuple(
            one for one in balances
            if CHART[int(one.account)].type in ("income", "expense") and one.closing
        ),
    )  # fmt: skip


def _rolled(said: Mapping[str, Any]) -> Iterator[Rolled]:
    for book in said["books"]:
        for row in book["accounts"]:
            yield Rolled(
                account=row["account"], opening=row["opening"]["amount"],
                debits=row["debits"]["amount"], credits=row["credits"]["amount"],
                closing=Money(row["balance"]["amount"], book["currency"]),
            )  # fmt: skip


def _items(db: Db, agency: str, last: date, known: int) -> list[dict[str, Any]]:
    """What was open on the last day, of all accounts that are kept by item, in a fixed order."""
    asked = {
        "agencies": [agency], "currency": None, "accounts": list(KEPT),
        "items": list(KEPT.values()), "until": last, "known": known,
        "limit": ALL, "at_account": 0, "at_since": date.min,
        "at_item": "00000000-0000-0000-0000-000000000000", "at_agency": "", "at_currency": "",
    }  # fmt: skip
    return db.execute(statement("open_items_past"), asked).fetchall()


def _roll_forward(balances: tuple[Rolled, ...], items: list[dict[str, Any]]) -> Item:
    """opening + debits - credits = closing = the sum of open items; none on the wrong side."""
    held: dict[tuple[str, str], int] = defaultdict(int)
    for item in items:
        held[str(item["account"]), item["currency"]] += item["amount"]
    wrong = [
        f"{one.account} {one.closing.currency}: rolls to "
        f"{one.opening + one.debits - one.credits}, closes at {one.closing.amount}"
        for one in balances
        if one.opening + one.debits - one.credits != one.closing.amount
    ]
    wrong += [
        f"{one.account} {one.closing.currency}: closes at {one.closing.amount}, its open items "
        f"add up to {held[one.account, one.closing.currency]}"
        for one in balances
        if int(one.account) in KEPT
        and held[one.account, one.closing.currency] != one.closing.amount
    ]
    wrong += [
        f"{account} {currency}: items of {amount} on the wrong side"
        for (account, currency), amount in sorted(_abnormal(items).items())
    ]
    facts = [f"{len(balances)} accounts, {len(items)} open items", *wrong]
    return Item(item="3 roll-forward", source=SOURCE, red=bool(wrong), facts=tuple(facts))


def _abnormal(items: list[dict[str, Any]]) -> dict[tuple[str, str], int]:
    """By account and currency: items of liabilities in debit, and of assets in credit."""
    found: dict[tuple[str, str], int] = defaultdict(int)
    for item in items:
        if item["amount"] * NORMAL.get(CHART[item["account"]].type, 0) < 0:
            found[str(item["account"]), item["currency"]] += item["amount"]
    return found


def _intermediaries(items: list[dict[str, Any]]) -> Item:
    """What each intermediary holds of ours, by our own unsettled list.

    Their list is compared with it where they send one, line by line, by reconciliation.
    """
    sums: dict[tuple[str, str], list[int]] = defaultdict(list)
    for item in items:
        if item["account"] == CLEARING:
            sums[item["intermediary"], item["currency"]].append(item["amount"])
    facts = [
        f"{intermediary} {currency}: {sum(amounts)} in {len(amounts)} items"
        for (intermediary, currency), amounts in sorted(sums.items())
    ]
    return Item(
        item="6 intermediaries", source=SOURCE, facts=tuple(facts),
        red=any(sum(amounts) < 0 for amounts in sums.values()),
    )  # fmt: skip


def _digest(items: list[dict[str, Any]]) -> str:
    told = "\n".join(
        f"{i['agency']} {i['currency']} {i['account']} {i['item']} {i['since']} {i['amount']}"
        for i in items
    )
    return sha256(told.encode()).hexdigest()
