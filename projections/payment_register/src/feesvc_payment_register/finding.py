"""Finding rows and all that belongs to them: one query per table, however long the page is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeAlias
from uuid import UUID

from feesvc.projecting import Db
from feesvc_payment_register.answers import (
    Amount,
    AskedAnswer,
    AssessmentAnswer,
    Held,
    PaymentAnswer,
    RefundAnswer,
    Taken,
    TransferAnswer,
)
from feesvc_payment_register.statements import statement

Row: TypeAlias = dict[str, Any]


def rows(db: Db, name: str, wanted: Mapping[str, Any]) -> list[Row]:
    """Planned for what is wanted, every time: a plan for all kinds of searches suits none."""
    return db.execute(statement(name), wanted, prepare=False).fetchall()


def payments(db: Db, found: Sequence[Row]) -> list[PaymentAnswer]:
    ids = [row["id"] for row in found]
    asked = _by(rows(db, "asked_of", {"payments": ids}), "payment")
    met = rows(db, "transfers_of", {"payments": ids})
    transfers_of = {answer.id: answer for answer in transfers(db, met)}
    refunds_of: dict[UUID, list[RefundAnswer]] = defaultdict(list)
    for answer in refunds(db, rows(db, "refunds_of", {"transfers": list(transfers_of)})):
        of = {transfers_of[t.transfer].payment for t in answer.takes if t.transfer in transfers_of}
        for payment in of:
            if payment is not None:
                refunds_of[payment].append(answer)
    by_payment = _by(met, "payment")
    return [
        PaymentAnswer(
            **_money(row, "amount", "received", "refunded"),
            assessments=[AskedAnswer(**_money(one, "amount")) for one in asked[row["id"]]],
            transfers=[transfers_of[one["id"]] for one in by_payment[row["id"]]],
            refunds=refunds_of[row["id"]],
        )
        for row in found
    ]


def transfers(db: Db, found: Sequence[Row]) -> list[TransferAnswer]:
    held = _by(rows(db, "held_of", {"transfers": [row["id"] for row in found]}), "transfer")
    return [
        TransferAnswer(
            **_money(row, "amount", "refunding", "refunded", "disputed"),
            settlement=row["batch"],
            held=[
                Held(**_money({**one, "currency": row["currency"]}, "amount"))
                for one in held[row["id"]]
            ],
        )
        for row in found
    ]


def refunds(db: Db, found: Sequence[Row]) -> list[RefundAnswer]:
    taken = _by(rows(db, "taken_of", {"refunds": [row["id"] for row in found]}), "refund")
    return [
        RefundAnswer(
            **_money(row, "amount", "by_treasury"),
            takes=[
                Taken(**_money({**one, "currency": row["currency"]}, "amount"))
                for one in taken[row["id"]]
            ],
        )
        for row in found
    ]


def assessments(found: Iterable[Row]) -> list[AssessmentAnswer]:
    return [
        AssessmentAnswer(
            **_money({**row, "outstanding": _outstanding(row)}, "total", "collected", "outstanding")
        )
        for row in found
    ]


def _outstanding(row: Row) -> int:
    owed: int = row["total"] - row["collected"]
    return owed if row["state"] in {"open", "paid"} else 0


def _money(row: Row, *columns: str) -> Row:
    """The row, with amounts in its currency in place of bare numbers."""
    return row | {name: Amount(amount=row[name], currency=row["currency"]) for name in columns}


def _by(found: Iterable[Row], column: str) -> defaultdict[Any, list[Row]]:
    grouped: defaultdict[Any, list[Row]] = defaultdict(list)
    for row in found:
        grouped[row[column]].append(row)
    return grouped
