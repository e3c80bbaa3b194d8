"""The completeness sheet of a period, and what its close may be refused for."""

from __future__ import annotations

import json
import re
from calendar import monthrange
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from hashlib import sha256
from typing import Literal, TypeAlias
from uuid import UUID

from feesvc.domain.aggregate import Refusal
from feesvc.domain.refund import WrongState
from feesvc.money import Money

PeriodState: TypeAlias = Literal["open", "closing", "proposed", "closed", "reopening"]
NAME = re.compile(r"([1-9]\d{3})(?:-(\d{2})(?:-(\d{2}))?)?", re.ASCII)


class NoSuchPeriod(Refusal):
    """A period is a year, a month or a day: 2026, 2026-11, 2026-11-21"""


class PeriodIsElsewhere(WrongState):
    """The period is not where this can be done"""


class NotEnded(Refusal):
    """The period still runs"""


class NotInTurn(Refusal):
    """What the period consists of, or what came before it, is not closed"""


class NotExplained(Refusal):
    """A red item of the sheet has no owner or no reason"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rolled:
    """An account rolled forward: opening + debits - credits = closing, all in one currency.

    Openings and closings are debits - credits; debits and credits are positive, in minor units.
    """

    account: str
    opening: int
    debits: int
    credits: int
    closing: Money

    def of(self, amount: int) -> Rolled:
        """The account with this closing alone."""
        closing = Money(amount, self.closing.currency)
        return Rolled(account=self.account, opening=0, debits=0, credits=0, closing=closing)


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A matching run: the hash of its result, and the version of the rules that made it."""

    run: UUID
    result: str
    rules: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """Why a red item does not stand in the way: whose it is, and a reason code."""

    item: str
    owner: UUID
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One proof of completeness. ``facts`` are what it was found by: counts, sums, hashes.

    ``item`` is its name; several projections may say something to one, ``source`` tells which.
    """

    item: str
    source: str
    red: bool
    facts: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """All proofs of one period, as known at ``position``, and what the close keeps of them.

    ``results`` is what stands on accounts of income and expense, where it is a year's end.
    """

    agency: str
    name: str
    position: int
    items: tuple[Item, ...]
    open_items: str
    balances: tuple[Rolled, ...]
    runs: tuple[Run, ...]
    results: tuple[Rolled, ...] = ()

    @property
    def digest(self) -> str:
        """SHA-256 of all it says: what people vouch for and agree to."""
        said = json.dumps(asdict(self), sort_keys=True, ensure_ascii=False, default=str)
        return sha256(said.encode()).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """What a closed period says now that it did not say when it was closed.

    ``books`` must stay empty for good: accounts, or the list of open items. ``rows`` are runs that
    came later and looked at the same lines: what was open then may have been explained since.
    """

    digest: str
    books: tuple[str, ...]
    rows: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Abnormal:
    """What stands on the wrong side of an account, debits - credits: of one item where the account
    is kept by items, such as a batch.
    """

    account: str
    amount: Money
    item: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Awaiting:
    """Items of one day that nobody has settled anything of: no residual before their term is over.

    ``kind`` is payment or refund; ``amount`` what they come to.
    """

    intermediary: str
    kind: str
    day: date
    items: int
    amount: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class Attested:
    """What one projection vouches for; what it keeps nothing of it leaves empty.

    Its items leave out ``abnormal`` and ``awaiting``: whether those are explained others know.
    """

    items: tuple[Item, ...] = ()
    open_items: str = ""
    balances: tuple[Rolled, ...] = ()
    results: tuple[Rolled, ...] = ()
    abnormal: tuple[Abnormal, ...] = ()
    awaiting: tuple[Awaiting, ...] = ()


def compared(
    now: Sheet, balances: Sequence[Rolled], open_items: str, runs: Sequence[Run]
) -> Changed:
    """A sheet worked out again against what its close kept."""
    before = {(one.account, one.closing.currency): one for one in balances}
    after = {(one.account, one.closing.currency): one for one in now.balances}
    books = [
        f"{account} {currency}: {_closing(before, key)} when closed, {_closing(after, key)} now"
        for key in sorted(before.keys() | after.keys())
        if before.get(key) != after.get(key)
        for account, currency in (key,)
    ]
    if open_items != now.open_items:
        books.append(f"open items: {open_items} when closed, {now.open_items} now")
    rows = [f"run {one.run} of rules {one.rules} is gone" for one in runs if one not in now.runs]
    rows += [f"run {one.run} of rules {one.rules} is new" for one in now.runs if one not in runs]
    return Changed(digest=now.digest, books=tuple(books), rows=tuple(rows))


def _closing(rolled: Mapping[tuple[str, str], Rolled], key: tuple[str, str]) -> str:
    one = rolled.get(key)
    return "nothing" if one is None else f"{one.opening} + {one.debits} - {one.credits}"


def days_of(name: str) -> tuple[date, date]:
    """The first and the last day of a period, Asia/Ho_Chi_Minh. Raises ``NoSuchPeriod``."""
    found = NAME.fullmatch(name)
    if found is None:
        raise NoSuchPeriod(name[:40])
    year, month, day = (int(part) if part else 0 for part in found.groups())
    try:
        first = date(year, month or 1, day or 1)
        if day:
            return first, first
        last = monthrange(year, month)[1] if month else 31
        return first, date(year, month or 12, last)
    except ValueError as error:
        raise NoSuchPeriod(name) from error


def kind_of(name: str) -> Literal["day", "month", "year"]:
    kinds: dict[int, Literal["day", "month", "year"]] = {0: "year", 1: "month"}
    return kinds.get(name.count("-"), "day")
