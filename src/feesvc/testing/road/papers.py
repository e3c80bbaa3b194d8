"""Papers: the settlement files and bank statements of a road, written and handed in over HTTP."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from feesvc.money import Money
from feesvc.testing.banking import Day, Entry
from feesvc.testing.banking.writing import camt053
from feesvc.testing.books import Taken
from feesvc.testing.counterpart import Counterpart
from feesvc.testing.service import new_key
from feesvc.testing.settling import Batch, ContractTariff, Movement
from feesvc.testing.settling.movements import VIETNAM, Kind
from feesvc.testing.town import Town, post, told

BANK = "970415"
PAYER = "CTCP TRUNG GIAN THANH TOAN"
TARIFF = ContractTariff()
"""1 % of a payment, and 10 % tax on it."""


def today() -> date:
    """The day in Asia/Ho_Chi_Minh."""
    return datetime.now(VIETNAM).date()


def movement(
    kind: Kind, name: str, gross: int, *, of: Taken | None = None, commission: int = 0,
    tax: int = 0, reference: str = "", currency: str = "VND",
) -> Movement:  # fmt: skip
    """One line of a settlement. ``commission`` and ``tax`` are withheld; ``of``: the transfer."""
    payment = kind == "payment" and of is not None
    return Movement(
        kind=kind, native_id=name, transaction=of.transaction if payment and of else name,
        original=of.transaction if of and not payment else "",
        reference=reference or (of.reference if of else ""),
        gross=Money(gross, currency), commission=Money(-commission, currency),
        tax=Money(-tax, currency), at=of.at if payment and of else datetime.now(UTC),
    )  # fmt: skip


@dataclass
class Papers:
    """What an agency's bank and intermediaries write, in the order in which they write it.

    ``number`` is the collection account's at the bank. Several statements may be of one day.
    """

    town: Town
    number: str
    _stands: dict[str, int] = field(default_factory=dict)
    _count: itertools.count[int] = field(default_factory=lambda: itertools.count(1))
    _sequence: dict[str, int] = field(default_factory=dict)

    def payment(self, transaction: str, rate: bool = False, at: Counterpart | None = None) -> Any:
        """The line of a payment, with the commission of the contract if there is any."""
        taken = (at or self.town.stand_in.counterpart).books()[transaction]
        commission, tax = TARIFF.of(taken.amount) if rate else (Money(0, "VND"), Money(0, "VND"))
        return movement(
            "payment", transaction, taken.amount.amount, of=taken, commission=commission.amount,
            tax=tax.amount,
        )  # fmt: skip

    def refund(self, refund: Any, transaction: str, at: Counterpart | None = None) -> Movement:
        """The line of a refund that went back through the intermediary."""
        counterpart = at or self.town.stand_in.counterpart
        [one] = [r for r in counterpart.returned() if r.reference == refund["reference"]]
        name = one.handle or one.reference
        return movement(
            "refund", name, -one.amount.amount, of=counterpart.books()[transaction],
            reference=one.reference,
        )  # fmt: skip

    def settlement(
        self, *lines: Movement, batch: str = "", at: Counterpart | None = None, account: str = ""
    ) -> str:
        """An intermediary's file of one batch is brought in and accepted; gives its name."""
        counterpart = at or self.town.stand_in.counterpart
        name = batch or f"{self.town.agency}S{next(self._count):04d}"
        told_of = Batch(
            identity=name, merchant=counterpart.merchant, currency=lines[0].gross.currency,
            starts_on=today(), ends_on=today(), movements=lines,
        )  # fmt: skip
        self.bring(counterpart.document(told_of), account or self.town.account)
        return name

    def statement(self, *entries: tuple[int, str], number: str = "") -> list[str]:
        """The bank's next statement: amounts, debits negative, each with its text; accepted.

        Gives the bank's names for the entries.
        """
        account = number or self.number
        opening, on = self._stands.get(account, 0), today()
        self._sequence[account] = sequence = self._sequence.get(account, 0) + 1
        booked = [self._entry(account, amount, text, on) for amount, text in entries]
        closing = opening + sum(amount for amount, _ in entries)
        self._stands[account] = closing
        day = Day(
            bank=BANK, number=account, currency="VND", sequence=sequence, on=on,
            opening=Money(opening, "VND"), closing=Money(closing, "VND"), entries=tuple(booked),
        )  # fmt: skip
        ids = self.town.service.ids()
        self.bring(
            camt053([day]), str(ids.bank_account(self.town.agency, BANK, account, "VND"))
        )  # fmt: skip
        return [entry.native_id for entry in booked]

    def bring(self, content: bytes, account: str) -> None:
        """Finance staff upload a file, look at it, and accept it; what it says is then matched."""
        self.town.service.await_followers()
        finance, path = self.town["finance"], f"/agencies/{self.town.agency}/files"
        answer = finance.post(
            path, content=content, params={"account": account}, headers=new_key()
        )  # fmt: skip
        file = told(answer, 201)
        assert (file["state"], file["verdict"]) == ("previewed", ""), file
        told(post(finance, f"{path}/{file['id']}/accept", {}), 200)
        self.town.service.await_followers()

    def approve_layout(self, account: str, name: str = "") -> None:
        """Two people say that settlements of ``account`` are read as the adapter's own profile;
        the only one, where ``name`` is left out.
        """
        finance, at = self.town["finance"], f"/agencies/{self.town.agency}/file-profiles"
        starting = told(finance.get(f"{at}/{account}"))["starting"]
        body = {
            "account": account,
            "text": starting[name or next(iter(starting))],
            "valid_from": "2020-01-01",
        }
        [version] = told(post(finance, at, body), 201)["versions"]
        agreed = {"digest": version["digest"]}
        told(post(self.town["approver"], f"{at}/{account}/1/approve", agreed))

    def _entry(self, account: str, amount: int, text: str, on: date) -> Entry:
        return Entry(
            native_id=f"FT{on:%y%j}{account[-4:]}{next(self._count):05d}",
            amount=Money(amount, "VND"), booked_on=on, value_on=on, narrative=text,
            counterparty_name=PAYER if amount > 0 else "", counterparty_account="",
        )  # fmt: skip
