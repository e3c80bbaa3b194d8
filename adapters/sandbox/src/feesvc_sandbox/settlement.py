"""Settlement documents of the sandbox: JSON lines, totals first, then one line per movement."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, BinaryIO, cast, get_args, get_type_hints

from feesvc.intermediary import Malformed, Settlement, SettlementLine
from feesvc.intermediary.strict_json import Unreadable
from feesvc.money import Money
from feesvc_sandbox.fields import Fields

LONGEST = 10_000
KINDS = frozenset(get_args(get_type_hints(SettlementLine)["kind"]))


def read_settlement(document: BinaryIO) -> Settlement:
    """Raises ``Malformed``; its lines do so too, at the latest where the totals disagree."""
    try:
        head = Fields.of(document.readline(LONGEST))
        arrives_on = head.moment("arrives_on") if head.has("arrives_on") else None
        batch, currency = head.text("batch"), head.text("currency", 3)
        net, count = head.signed_money("net"), head.whole("count")
    except Unreadable as problem:
        raise Malformed(f"line 1: {problem}") from problem
    lines = _lines(document, net, count)
    return Settlement(
        batch=batch, currency=currency, net=net, count=count, arrives_on=arrives_on, lines=lines
    )


def _lines(document: BinaryIO, net: Money, count: int) -> Iterator[SettlementLine]:
    summed, seen = Money(0, net.currency), 0
    while row := document.readline(LONGEST):
        seen += 1
        try:
            line = _line(Fields.of(row))
            summed += line.net
        except ValueError as problem:
            raise Malformed(f"line {seen + 1}: {problem}", code="F05") from problem
        yield line
    if (summed, seen) != (net, count):
        raise Malformed(f"{seen} lines of {summed}, not {count} of {net} as declared", code="F06")


def _line(row: Fields) -> SettlementLine:
    kind = row.text("kind")
    gross, commission = row.signed_money("gross"), row.signed_money("commission")
    tax, net = row.signed_money("tax"), row.signed_money("net")
    if kind not in KINDS or gross + commission + tax != net:
        raise Unreadable("kind" if kind not in KINDS else "net")
    return SettlementLine(
        kind=cast("Any", kind),
        native_id=row.text("id"),
        transaction=row.text("transaction"),
        reference=row.text("reference"),
        gross=gross,
        commission=commission,
        tax=tax,
        net=net,
        at=row.moment("at"),
    )
