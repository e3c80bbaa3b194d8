"""Shops: merchants that sell something every day, and whose sessions a season plants things in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from random import Random
from typing import Any, TypeAlias

from feesvc import plugins
from feesvc.campaigns.planting.scenes import some_amount
from feesvc.campaigns.planting.seasons import Season, Till
from feesvc.money import Money
from feesvc.testing.banking import Account
from feesvc.testing.books import Books, Order, Returned
from feesvc.testing.settling import ContractTariff, Sessions
from feesvc.testing.settling.movements import VIETNAM

Amount: TypeAlias = Callable[[Random], int]


class Shop:
    """Books of one merchant that sells something every day, and gives some of it back."""

    def __init__(self, name: str, seed: int, amount: Amount = some_amount) -> None:
        self.amount = amount
        self.kind = plugins.counterparts()[name]
        self.chance = Random(f"{name} {seed}")  # noqa: S311 the same again
        self.books = Books(self.kind.transaction_form)
        self.count = 0
        self.sessions = Sessions(
            name, self.kind.merchant, lambda: self.books.transfers().values(),
            lambda: list(self.books.refunds.values()), lambda one: ContractTariff().of(one.amount),
        )  # fmt: skip

    def sell(self, day: date) -> None:
        for _ in range(6):
            self.count += 1
            money = Money(self.amount(self.chance), "VND")
            order = f"REF{self.count:06d}X{self.chance.randrange(10**6):06d}"
            at = datetime.combine(day, datetime.min.time(), VIETNAM)
            at += timedelta(seconds=self.chance.randrange(86_400))
            self.books.open(Order(reference=order, amount=money))
            taken = self.books.pay(order, money, Money(0, "VND"), at)
            if self.chance.random() < 0.3:
                back = Money(money.amount // 2, "VND")
                self.books.refund(
                    Returned(
                        reference=f"R{order}", handle=f"RF{self.count:06d}",
                        transaction=taken.transaction, amount=back, at=at,
                    )
                )  # fmt: skip
                self.books.finish_refund(f"R{order}", "paid", at)

    def close(self, day: date) -> Any:
        self.sell(day)
        return self.sessions.close(day)


def season(seed: int, names: Sequence[str], amount: Amount = some_amount) -> Season:
    """Merchants of one agency, and its two accounts; the last but one is paid at the bank too.
    ``amount``: in đồng, of each payment.
    """
    bank = Account(bank="970415", number="113366668888")
    other = Account(bank="970415", number="113366669999")
    shops = {name: Shop(name, seed, amount) for name in names}
    return Season(
        seed,
        [
            Till(name, shop.kind.settles, shop.close, bank, other, name == names[-2])
            for name, shop in shops.items()
        ],
    )
