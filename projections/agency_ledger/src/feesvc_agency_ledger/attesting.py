"""What the ledger vouches for when a period is closed: balances, their items, a year's result."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date
from hashlib import sha256
from typing import Any
from uuid import UUID

from feesvc.domain.closing import Abnormal, Attested, Item, Rolled
from feesvc.money import Money
from feesvc.projecting import Db
from feesvc_agency_ledger.asked import Asked
from feesvc_agency_ledger.chart import CHART
from feesvc_agency_ledger.open_items import KEPT
from feesvc_agency_ledger.statements import statement
from feesvc_agency_ledger.trial_balance import trial_balance

SOURCE = "agency_ledger"
CLEARING, IN_TRANSIT = 1200, 1210
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
    beyond = _on_the_wrong_side(db, agency, last, known, items)
    wrong = (*_items_of(beyond), *_in_debit(balances))
    return Attested(
        items=(_roll_forward(balances, items), _intermediaries(items, beyond)),
        open_items=_digest(items), balances=balances,
        abnormal=wrong,
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
    """opening + debits - credits = closing = the sum of open items."""
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
    facts = [f"{len(balances)} accounts, {len(items)} open items", *wrong]
    return Item(item="3 roll-forward", source=SOURCE, red=bool(wrong), facts=tuple(facts))


def _on_the_wrong_side(
    db: Db, agency: str, last: date, known: int, items: list[dict[str, Any]]
) -> list[dict[str, Any]]:
    """Items of liabilities in debit and of assets in credit, each with what of it nothing explains.

    Two credits on clearing are as they must be: money given back through an intermediary, until
    its settlement tells of it (1200), and a batch that its own lines brought below nothing, until
    it is carried or paid (1210; P08c, P08n, P08p).
    """
    wrong = [i for i in items if i["amount"] * NORMAL.get(CHART[i["account"]].type, 0) < 0]
    clearing = [i["item"] for i in wrong if i["account"] in (CLEARING, IN_TRANSIT)]
    if not clearing:
        return wrong
    asked = {
        "agency": agency, "until": last, "known": known, "items": clearing,
        "clearing": CLEARING, "in_transit": IN_TRANSIT,
    }  # fmt: skip
    may: dict[tuple[int, str, UUID], int] = {
        (row["account"], row["currency"], row["item"]): row["amount"]
        for row in db.execute(statement("may_be_in_credit"), asked)
    }
    beyond = [
        i | {"amount": i["amount"] - may.get((i["account"], i["currency"], i["item"]), 0)}
        for i in wrong
    ]
    return [i for i in beyond if i["amount"] * NORMAL[CHART[i["account"]].type] < 0]


def _items_of(beyond: list[dict[str, Any]]) -> Iterator[Abnormal]:
    for item in beyond:
        amount = Money(item["amount"], item["currency"])
        yield Abnormal(account=str(item["account"]), amount=amount, item=item["item"])


def _in_debit(balances: tuple[Rolled, ...]) -> Iterator[Abnormal]:
    """Liabilities that are kept by no item and stand in debit."""
    for one in balances:
        account = int(one.account)
        owed = CHART[account].type == "liability" and account not in KEPT
        if owed and one.closing.amount > 0:
            yield Abnormal(account=one.account, amount=one.closing)


def _intermediaries(items: list[dict[str, Any]], beyond: list[dict[str, Any]]) -> Item:
    """What each intermediary holds of ours, by our own unsettled list: red where it settled more
    than it took.

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
    too_much = [
        f"{item['intermediary']} {item['currency']}: {-item['amount']} settled that it never took, "
        f"of transfer {item['item']}"
        for item in beyond if item["account"] == CLEARING
    ]  # fmt: skip
    return Item(
        item="6 intermediaries", source=SOURCE, facts=(*facts, *too_much), red=bool(too_much)
    )


def _digest(items: list[dict[str, Any]]) -> str:
    told = "\n".join(
        f"{i['agency']} {i['currency']} {i['account']} {i['item']} {i['since']} {i['amount']}"
        for i in items
    )
    return sha256(told.encode()).hexdigest()
