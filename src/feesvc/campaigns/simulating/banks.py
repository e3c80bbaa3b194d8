"""Banks: what intermediaries settle day by day, and what our own account is credited with."""

from __future__ import annotations

from collections.abc import Coroutine
from datetime import timedelta
from typing import Any

from feesvc.application.bank_credits import BankCredit, take_bank_credit
from feesvc.application.settlements import take_settlement_line
from feesvc.campaigns.simulating.life import COLLECTION, COLLECTOR, Life
from feesvc.campaigns.simulating.people import AGAIN
from feesvc.intermediary import SettlementLine
from feesvc.money import Money, share
from feesvc.testing.at_once import at_once
from feesvc.testing.books import Taken

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
COMMISSION_PPM = 11_000


def commission_of(amount: Money) -> Money:
    return Money(share(amount.amount, COMMISSION_PPM), amount.currency)


class Banks:
    """``settled`` are the transactions, by intermediary, whose line was taken without a doubt."""

    def __init__(self, life: Life) -> None:
        self.life, self.world = life, life.world
        self.settled: set[tuple[str, str]] = set()
        self.credited: dict[str, int] = {}

    def begin(self) -> None:
        self.life.after(DAY, self._settle)
        self.life.after(HOUR, self._credit)

    def _settle(self) -> None:
        self.settle(0.85)
        self.life.after(DAY, self._settle)

    def _credit(self) -> None:
        self.credit()
        self.life.after(HOUR, self._credit)

    def settle(self, most: float) -> None:
        """A line for most of what was taken and not undone; now and then one stands there twice."""
        for name, counterpart in self.world.counterparts.items():
            if counterpart.credits():
                continue
            for transaction, taken in counterpart.books().items():
                at = (name, transaction)
                if at in self.settled and self.life.chance.random() > 0.02:
                    continue
                if taken.reversed_at is None and self.life.chance.random() < most:
                    self._line(name, taken)

    def _line(self, name: str, taken: Taken) -> None:
        fee, nothing = commission_of(taken.amount), Money(0, taken.amount.currency)
        line = SettlementLine(
            kind="payment", native_id=f"line {taken.transaction}", transaction=taken.transaction,
            reference=taken.reference, gross=taken.amount, commission=-fee, tax=nothing,
            net=taken.amount - fee, at=taken.at,
        )  # fmt: skip
        account = self.life.accounts[name]
        house = self.world.house
        if self._took(take_settlement_line(house, account, "B", line, "person:finance")):
            self.settled.add((name, taken.transaction))

    def credit(self) -> None:
        """The lines of every bank account, from the first: what was read before is read again."""
        for name, counterpart in self.world.counterparts.items():
            lines = counterpart.credits()
            again = self.life.chance.random() < 0.05
            for line in lines if again else lines[self.credited.get(name, 0) :]:
                credit = BankCredit(
                    account=COLLECTION, reference=line.native_id, amount=line.amount,
                    booked_on=line.value_date, value_on=line.value_date,
                    narrative=line.narrative, payer=line.counterparty_name,
                    payer_account=line.counterparty_account,
                )  # fmt: skip
                house = self.world.house
                if not self._took(take_bank_credit(house, COLLECTOR, credit, "person:finance")):
                    break
            else:
                self.credited[name] = len(lines)

    def _took(self, command: Coroutine[Any, Any, object]) -> bool:
        try:
            at_once(command)
        except AGAIN:
            return False
        return True
