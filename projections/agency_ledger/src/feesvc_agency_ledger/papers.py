"""Papers of the ledger: every list and report as a table, read while it is written."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from itertools import chain
from typing import Any, TypeAlias

from feesvc.money import Money
from feesvc.projecting import Db, OpenDb
from feesvc.projecting.exporting import Cell, Column, Table, amounts
from feesvc_agency_ledger import (
    account_statement,
    collection,
    journal,
    late_entries,
    open_item_list,
)
from feesvc_agency_ledger.asked import ALWAYS, Asked
from feesvc_agency_ledger.chart import CHART
from feesvc_agency_ledger.trial_balance import trial_balance

PAGE = 2000
"""Entries, lines or items that are read at once."""
ITEMS = 100_000
"""Past open items are added up anew for each page: few large ones."""
Read: TypeAlias = Callable[[Db, Asked], dict[str, Any]]
Rows: TypeAlias = Iterator[Sequence[Cell]]
DAYS = tuple(Column(name, "day") for name in ("effective_on", "booked_on", "counted_on"))


def of_journal(open_db: OpenDb, question: Asked) -> Table:
    """One row for each posting; a debit and a credit never stand in one row."""
    return _entries("journal", open_db, journal.page, question)


def of_late_entries(open_db: OpenDb, question: Asked) -> Table:
    """As the journal, of what counts later than it happened."""
    return _entries("late-entries", open_db, late_entries.page, question)


def _entries(report: str, open_db: OpenDb, read: Read, question: Asked) -> Table:
    columns = (
        Column("position"), Column("agency"), Column("currency"), *DAYS, Column("rule"),
        Column("rules", "count"), Column("account"), Column("name"), *amounts("debit", "credit"),
        *(Column(name) for name in journal.ABOUT),
    )  # fmt: skip

    def rows(page: Mapping[str, Any]) -> Rows:
        for entry in page["entries"]:
            for line in entry["lines"]:
                yield (
                    entry["position"], entry["agency"], entry["currency"],
                    *(entry[day.name] for day in DAYS), line["rule"], entry["rules"],
                    line["account"],
                    _name(line["account"]), *_sides(_money(line["amount"])), *_about(line),
                )  # fmt: skip

    return _paged(report, columns, rows, open_db, read, question)


def of_statement(open_db: OpenDb, question: Asked, account: str) -> Table:
    """The opening, each posting with the running balance, the closing."""
    columns = (
        Column("row"), Column("position"), Column("agency"), Column("currency"), *DAYS,
        Column("rule"), *amounts("debit", "credit", "balance"),
        *(Column(name) for name in journal.ABOUT),
    )  # fmt: skip
    blank: tuple[Cell, ...] = (None,) * len(journal.ABOUT)

    def total(row: str, balance: Money) -> Sequence[Cell]:
        return (
            row, None, None, balance.currency, *(None,) * len(DAYS), None, None, None, balance,
            *blank,
        )  # fmt: skip

    def rows(page: Mapping[str, Any]) -> Rows:
        opening, closing = _money(page["opening"]), _money(page["closing"])
        if page["first"]:
            yield total("opening", opening)
        for line in page["lines"]:
            amount = _money(line["amount"])
            yield (
                "posting", line["position"], line["agency"], amount.currency,
                *(line[day.name] for day in DAYS), line["rule"], *_sides(amount),
                _money(line["balance"]), *_about(line),
            )  # fmt: skip
        if page["next"] is None:
            yield total("closing", closing)

    read = partial(_statement, account=account)
    return _paged(f"account-{account}", columns, rows, open_db, read, question)


def _statement(db: Db, question: Asked, account: str) -> dict[str, Any]:
    page = account_statement.page(db, question, account)
    return page | {"first": not question.cursor}


def of_open_items(open_db: OpenDb, question: Asked, account: str) -> Table:
    kinds = sorted({facts.item for facts in CHART.values() if facts.item})
    names = ("intermediary", "dossier", "notice")
    columns = (
        Column("account"), Column("name"), Column("agency"), Column("currency"),
        *amounts("amount"), Column("since", "day"), Column("age_days", "count"),
        *(Column(name) for name in (*kinds, *names)),
    )  # fmt: skip

    def rows(page: Mapping[str, Any]) -> Rows:
        for item in page["items"]:
            amount = _money(item["amount"])
            yield (
                item["account"], _name(item["account"]), item["agency"], amount.currency, amount,
                item["since"], item["age_days"], *(item.get(name) for name in (*kinds, *names)),
            )  # fmt: skip

    read = partial(open_item_list.page, account=account)
    return _paged("open-items", columns, rows, open_db, read, question, ITEMS)


def of_trial_balance(open_db: OpenDb, question: Asked) -> Table:
    names = ("opening", "debits", "credits", "balance")
    columns = (Column("currency"), Column("account"), Column("name"), *amounts(*names))

    def rows(said: Mapping[str, Any]) -> Rows:
        for book in said["books"]:
            for row in book["accounts"]:
                sums = (_money(row[name]) for name in names)
                yield book["currency"], row["account"], row["name"]["vi"], *sums

    return _whole("trial-balance", columns, rows, open_db, trial_balance, question)


def of_collection(open_db: OpenDb, question: Asked) -> Table:
    names = ("assessed", "released", "collected", "returned", "open")
    columns = (
        Column("agency"), Column("currency"), Column("item"), Column("kind"), Column("name"),
        *amounts(*names),
    )  # fmt: skip

    def rows(said: Mapping[str, Any]) -> Rows:
        for fee in said["fees"]:
            sums = [_money(fee[name]) for name in names]
            yield (
                fee["agency"], sums[0].currency, fee["item"], fee["kind"], fee["name"]["vi"], *sums,
            )  # fmt: skip

    return _whole("collection", columns, rows, open_db, collection.by_fee, question)


def pages(open_db: OpenDb, read: Read, question: Asked, limit: int = 0) -> Iterator[dict[str, Any]]:
    """Every page of a list, all in one read transaction: nothing moves between them."""
    with open_db() as db:
        at = replace(question, limit=limit or PAGE, cursor="")
        while True:
            page = read(db, at)
            yield page
            if page["next"] is None:
                return
            at = replace(at, cursor=page["next"])


def named(report: str, question: Asked, said: Mapping[str, Any]) -> str:
    """A file's name: whose report, up to which day, as known when."""
    until = "" if question.until == ALWAYS else f"-{question.until}"
    return f"{question.agency}-{report}{until}-{said['known_at']}"


def _paged(
    report: str, columns: Sequence[Column], rows: Callable[[Mapping[str, Any]], Rows],
    open_db: OpenDb, read: Read, question: Asked, limit: int = 0,
) -> Table:  # fmt: skip
    following = pages(open_db, read, question, limit)
    first = next(following)
    every = chain.from_iterable(map(rows, chain([first], following)))
    return Table(named(report, question, first), columns, every, _of(question, first))


def _whole(
    report: str, columns: Sequence[Column], rows: Callable[[Mapping[str, Any]], Rows],
    open_db: OpenDb, read: Read, question: Asked,
) -> Table:  # fmt: skip
    with open_db() as db:
        said = read(db, question)
    return Table(named(report, question, said), columns, rows(said), _of(question, said))


def _of(question: Asked, said: Mapping[str, Any]) -> dict[str, str]:
    return {
        "agency": question.agency,
        "units": ", ".join(said["units"]),
        "first day": "" if question.first == question.first.min else str(question.first),
        "last day": "" if question.until == ALWAYS else str(question.until),
        "as known at": said["known_at"],
    }


def _money(said: Mapping[str, Any]) -> Money:
    return Money(said["amount"], said["currency"])


def _sides(amount: Money) -> tuple[Money | None, Money | None]:
    return (amount, None) if amount.amount > 0 else (None, -amount)


def _name(account: str) -> str:
    return CHART[int(account)].vi


def _about(line: Mapping[str, Any]) -> Iterator[Cell]:
    return (line.get(name) for name in journal.ABOUT)
