"""Payment list: approved refunds that one bank is told to pay from one of the agency's accounts.

Drawn once, for good: each refund is instructed in the same append, under a reference of the list.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Self
from uuid import UUID

from eventsourcing.domain import event

from feesvc.domain.accounts import BankAccount
from feesvc.domain.aggregate import Aggregate, FirstEvent, Refusal
from feesvc.money import Money, total

MOST = 500
"""Refunds of one list."""
REFERENCE = re.compile(r"(?=(PL[0-9A-Z]{6}[0-9]{8})([0-9]{3}))")
NOT_IN_REFERENCES = re.compile(r"[^0-9A-Za-z]+")


class EmptyList(Refusal):
    """A payment list holds 1 to 500 refunds, each once"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One refund of the list; ``reference`` is its end-to-end id at the bank.

    ``account`` is the subject with whom the payee's account stood when the list was drawn: what is
    named later goes with a later list. None in lists of form 1.
    """

    refund: UUID
    reference: str
    amount: Money
    account: UUID | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawable:
    """A refund that may be drawn; ``account`` is the subject with whom its account stands."""

    refund: UUID
    amount: Money
    account: UUID


class PaymentList(Aggregate):
    TOPIC = "payment_list"

    class Drawn(FirstEvent):
        """The bank is to be told to pay these; who they go to stands with their payees."""

        TOPIC = "payment_list.drawn"
        FORM = 2
        agency: str
        maker: str
        reference: str
        account: UUID
        debited: BankAccount
        execute_on: date
        entries: tuple[Entry, ...]
        total: Money

        @staticmethod
        def upcast_1(state: dict[str, Any]) -> dict[str, Any]:
            entries = [{**entry, "account": None} for entry in state["entries"]]
            return {**state, "entries": entries}

    @event(Drawn)
    def __init__(
        self, agency: str, maker: str, reference: str, account: UUID, debited: BankAccount,
        execute_on: date, entries: tuple[Entry, ...], total: Money,
    ) -> None:  # fmt: skip
        self.agency = agency
        self.maker = maker
        self.reference = reference
        self.account = account
        self.debited = debited
        self.execute_on = execute_on
        self.entries = entries
        self.total = total

    @classmethod
    def draw(
        cls, id: UUID, agency: str, maker: str, reference: str, account: UUID,
        debited: BankAccount, execute_on: date, drawable: Sequence[Drawable], at: datetime,
    ) -> Self:  # fmt: skip
        """``drawable`` are the refunds in the list's order. Raises ``EmptyList``."""
        refunds = {one.refund for one in drawable}
        if not 0 < len(drawable) <= MOST or len(refunds) < len(drawable):
            raise EmptyList(f"{len(drawable)} refunds")
        entries = tuple(
            Entry(
                refund=one.refund, reference=f"{reference}{number:03d}", amount=one.amount,
                account=one.account,
            )
            for number, one in enumerate(drawable, start=1)
        )  # fmt: skip
        return cls.first(
            cls.Drawn, id, at, agency=agency, maker=maker, reference=reference, account=account,
            debited=debited, execute_on=execute_on, entries=entries,
            total=total((one.amount for one in drawable), debited.currency),
        )  # fmt: skip

    def entry(self, reference: str) -> Entry | None:
        """The entry of this end-to-end id."""
        return next((entry for entry in self.entries if entry.reference == reference), None)


def reference_of(epoch: str, number: int) -> str:
    """A list's name on the wire: 16 of A-Z and 0-9, so that no bank mangles it."""
    return f"PL{epoch.upper()}{number:08d}"


def references_in(narrative: str) -> Iterator[tuple[str, str]]:
    """Each (list, end-to-end id) that a bank's text may name; blanks and marks in it do not
    matter, nor does what looks like a reference in the middle of one.
    """
    squeezed = NOT_IN_REFERENCES.sub("", narrative).upper()
    for found in REFERENCE.finditer(squeezed):
        yield found[1], found[1] + found[2]
