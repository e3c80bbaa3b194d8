"""Settlements: what an intermediary says it paid out, taken line by line."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from typing import Literal, TypeAlias
from uuid import UUID

from feesvc.application.booking import MatchedLine
from feesvc.application.house import House
from feesvc.application.settling import settle_lines
from feesvc.domain.aggregate import Refusal
from feesvc.domain.merchant_account import MerchantAccount
from feesvc.intermediary import (
    Malformed,
    Profile,
    Settlement,
    SettlementFeed,
    SettlementFiles,
    SettlementLine,
)
from feesvc.money import Money

LineTaken: TypeAlias = Literal["booked", "repeated", "left"]
"""What became of a line. ``left``: it waits for matching or a person, and nothing is booked."""
BOOKED = ("booked", "suspense")


class NoSettlementsHere(Refusal):
    """The intermediary's adapter reads no settlements"""


class SettlementMalformed(Refusal):
    """The settlement document cannot be read; nothing of it was taken"""


class ControlTotalBreak(Refusal):
    """The lines do not add up to what the settlement declares; nothing of it was taken"""


class LineDoesNotAddUp(Refusal):
    """Gross, commission and tax of a settlement line do not make its net, in one currency"""


class LineContradicts(Refusal):
    """The settlement line is on record for another transaction, or in another currency"""


@dataclass(frozen=True, slots=True, kw_only=True)
class SettlementTaken:
    """What became of a settlement's lines, by kind."""

    batch: str
    net: Money
    taken: Mapping[str, int]
    repeated: int
    left: Mapping[str, int]
    """Lines of which nothing is booked: payouts, and what waits for matching or a person."""


async def fetch_settlement(house: House, account_id: UUID, batch: str) -> bytes:
    """Ask the intermediary for a batch's document; raises ``Unavailable``."""
    account = await house.see(MerchantAccount, account_id, f"merchant account {account_id}")
    adapter = house.desk.adapter(account)
    if not isinstance(adapter, SettlementFeed):
        raise NoSettlementsHere(account.intermediary)
    return await house.desk.call(
        account.intermediary, "fetch_settlement", lambda: adapter.fetch_settlement(batch)
    )


async def take_settlement(
    house: House, account_id: UUID, document: bytes, profile: Profile, principal: str
) -> SettlementTaken:
    """Take one settlement document: all of it is read and added up before any line is booked.

    Repeating it books nothing twice. A payment line states the commission withheld (P07a); one
    that we never heard of is money all the same, and waits in suspense (P08x).
    """
    account = await house.see(MerchantAccount, account_id, f"merchant account {account_id}")
    adapter = house.desk.adapter(account)
    if not isinstance(adapter, SettlementFiles):
        raise NoSettlementsHere(account.intermediary)

    def read() -> tuple[Settlement, list[SettlementLine]]:
        settlement = adapter.read_settlement(BytesIO(document), profile)
        return settlement, list(settlement.lines)

    try:
        # A day of lines takes seconds to read: every other request would wait for it here.
        settlement, lines = await house.desk.call(account.intermediary, "read_settlement", read)
    except Malformed as malformed:
        raise SettlementMalformed(str(malformed)) from None
    _check(lines, settlement.net, settlement.count)
    for line in lines:
        _check_payment(line)
    matched = [MatchedLine(line=line) for line in lines]
    settled = await settle_lines(house, account_id, settlement.batch, matched, principal)
    taken: Counter[str] = Counter()
    left: Counter[str] = Counter()
    repeated = 0
    for line, state in zip(lines, settled.states, strict=True):
        if state in BOOKED:
            taken[line.kind] += 1
        elif state == "repeated":
            repeated += 1
        else:
            left[line.kind] += 1
    return SettlementTaken(
        batch=settlement.batch, net=settlement.net, taken=taken, repeated=repeated, left=left
    )


async def take_settlement_line(
    house: House, account_id: UUID, batch: str, line: SettlementLine, principal: str
) -> LineTaken:
    """Take one line, exactly as a document's lines are taken. Raises ``LineDoesNotAddUp``,
    ``LineContradicts``.
    """
    account = await house.see(MerchantAccount, account_id, f"merchant account {account_id}")
    parts = (line.gross, line.commission, line.tax)
    if any(part.currency != line.net.currency for part in parts):
        raise LineDoesNotAddUp("more than one currency")
    if sum(part.amount for part in parts) != line.net.amount:
        raise LineDoesNotAddUp(f"net {line.net.amount}")
    _check_payment(line)
    matched = [MatchedLine(line=line)]
    [state] = (await settle_lines(house, account.id, batch, matched, principal)).states
    if state == "contradicts":
        raise LineContradicts(line.native_id)
    if state in BOOKED:
        return "booked"
    return "repeated" if state == "repeated" else "left"


def _check_payment(line: SettlementLine) -> None:
    if line.kind == "payment" and (line.gross.amount <= 0 or not line.transaction):
        raise LineDoesNotAddUp("a payment has a transaction and a positive gross")


def _check(lines: list[SettlementLine], net: Money, count: int) -> None:
    found = sum(line.net.amount for line in lines if line.kind != "payout")
    if found != net.amount or len(lines) != count:
        raise ControlTotalBreak(
            f"declared {count} lines of {net.amount}, read {len(lines)} of {found}"
        )
