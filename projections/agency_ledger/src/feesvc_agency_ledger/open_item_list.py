"""Open items with their age, of one account or of all that are kept by item."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from feesvc.projecting import BadQuery, Db, cursor_of, parts_of
from feesvc_agency_ledger.account_statement import account_of
from feesvc_agency_ledger.asked import ALWAYS, Asked, books, money
from feesvc_agency_ledger.chart import CHART
from feesvc_agency_ledger.journal import day_of
from feesvc_agency_ledger.open_items import KEPT
from feesvc_agency_ledger.statements import statement

FIRST = UUID(int=0)


def page(db: Db, question: Asked, account: str) -> dict[str, Any]:
    """By account, then oldest first. Raises ``BadQuery``.

    What is open now is kept; what was open at another day or position is added up from postings.
    """
    accounts = [account_of(account)] if account else list(KEPT)
    if not KEPT.get(accounts[0]):
        raise BadQuery(f"account {account} is not kept by open items")
    begin = _begin(question)
    of = books(db, question)
    past = question.until != ALWAYS or not of.current
    items = [KEPT[code] for code in accounts]
    rows = db.execute(
        statement("open_items_past" if past else "open_items"),
        {
            "agencies": of.agencies, "currency": question.currency, "accounts": accounts,
            "items": items, "until": question.until, "known": of.known, "limit": question.limit + 1,
            **begin,
        },
    ).fetchall()  # fmt: skip
    following = None
    if len(rows) > question.limit:
        last = rows[question.limit - 1]
        following = cursor_of(
            last["account"], str(last["since"]), str(last["item"]), last["agency"],
            last["currency"],
        )  # fmt: skip
    shown = [_item(row, question.day) for row in rows[: question.limit]]
    return of.about(question) | {"items": shown, "next": following}


def _begin(question: Asked) -> dict[str, Any]:
    place: list[Any] = [0, date.min, FIRST, "", ""]
    if question.cursor:
        account, since, item, agency, currency = parts_of(question.cursor, int, str, str, str, str)
        try:
            place = [account, day_of(since), UUID(item), agency, currency]
        except ValueError as error:
            raise BadQuery("the cursor is not one of ours") from error
    names = ("at_account", "at_since", "at_item", "at_agency", "at_currency")
    return dict(zip(names, place, strict=True))


def _item(row: dict[str, Any], today: date) -> dict[str, Any]:
    """One open item; what it is depends on its account."""
    facts = CHART[row["account"]]
    about = {name: row[name] for name in ("intermediary", "dossier", "notice") if row[name]}
    return {
        "account": str(row["account"]),
        "name": {"vi": facts.vi, "en": facts.en},
        "agency": row["agency"],
        facts.item: row["item"],
        "amount": money(row["amount"], row["currency"]),
        "since": row["since"],
        "age_days": (today - row["since"]).days,
    } | about
