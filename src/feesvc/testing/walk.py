"""A walk at random through all that can happen to the money of two agencies' assessments.

What the service refuses is no step; an error that is no refusal ends the walk. The world outside
keeps books of its own (``Bank``), apart from ours, so that ours can be held against them.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Literal, NamedTuple, TypeAlias
from uuid import UUID

from feesvc.application import assessments, refunding, refunds
from feesvc.application.house import Act
from feesvc.domain.aggregate import Refusal
from feesvc.domain.assessment import Assessment
from feesvc.domain.payment import Payment
from feesvc.domain.refund import Refund
from feesvc.intermediary import Disputed, Refunded, RefundFailed, Reversed
from feesvc.money import Money
from feesvc.testing import walk_agency, walk_payouts
from feesvc.testing.scenario import NOON, Scenario

DISPUTE_FEE = 7
Stage: TypeAlias = Literal["opened", "won", "lost"]


class Step(NamedTuple):
    """What happens, to which one of its kind, of how much in đồng, and a choice of two."""

    what: str
    which: int
    amount: int
    either: bool


@dataclass
class Bank:
    """What the intermediary knows of itself: every amount in đồng, nothing of what is owed."""

    balance: int = 0
    in_transit: int = 0
    commissions: int = 0
    dispute_fees: int = 0
    money: dict[str, int] = field(default_factory=dict)
    """Each transaction's amount."""
    settled: set[str] = field(default_factory=set)
    reversed: set[str] = field(default_factory=set)
    disputes: dict[tuple[str, int], tuple[int, Stage]] = field(default_factory=dict)
    refunds: dict[str, Literal["paid", "failed", "returned"]] = field(default_factory=dict)
    disowned: dict[str, int] = field(default_factory=dict)
    """What of a transaction was proved not to be the agency's."""
    credits: dict[str, int] = field(default_factory=dict)
    """Credits of the agency's own bank account, by the bank's reference."""
    taken_back: set[str] = field(default_factory=set)
    payouts: dict[str, int] = field(default_factory=dict)
    """What the bank paid out and did not get back, by end-to-end id."""

    @property
    def in_account(self) -> int:
        """The balance of the agency's own bank account."""
        credited = sum(n for name, n in self.credits.items() if name not in self.taken_back)
        return credited - sum(self.payouts.values())

    def disown(self, transaction: str, amount: int) -> None:
        self.disowned[transaction] = self.disowned.get(transaction, 0) + amount
        self.balance -= amount

    def receive(self, amount: int) -> str:
        transaction = f"T-{len(self.money) + 1}"
        self.money[transaction] = amount
        self.balance += amount
        return transaction

    def settle(self, transaction: str) -> int:
        """Put it into a batch less the commission, once; gives the commission."""
        amount, commission = self.money[transaction], self.money[transaction] // 100
        if transaction not in self.settled:
            self.settled.add(transaction)
            self.balance -= amount
            self.commissions += commission
            self.in_transit += amount - commission
        return commission

    def reverse(self, transaction: str) -> None:
        if transaction not in self.reversed:
            self.reversed.add(transaction)
            self.balance -= self.money[transaction] - self.disowned.get(transaction, 0)

    def dispute(self, name: tuple[str, int], amount: int, end: Stage) -> Stage:
        """Bring a dispute one stage on, or straight to its end; a closed one stays as it is."""
        if name not in self.disputes:
            self.balance -= amount + DISPUTE_FEE
            self.dispute_fees += DISPUTE_FEE
            self.disputes[name] = (amount, "opened")
            if end == "opened":
                return end
        amount, stage = self.disputes[name]
        if stage == "opened" and end != "opened":
            self.balance += amount if end == "won" else 0
            self.disputes[name] = (amount, end)
        return self.disputes[name][1]

    def refund(self, reference: str, amount: int, end: str) -> None:
        """Only what is under way or failed can be paid, only what was paid comes back."""
        before = self.refunds.get(reference)
        if end == "paid" and before in (None, "failed"):
            self.refunds[reference] = "paid"
            self.balance -= amount
        elif end == "failed" and before is None:
            self.refunds[reference] = "failed"
        elif end == "returned" and before == "paid":
            self.refunds[reference] = "returned"
            self.balance += amount


@dataclass
class Walk:
    """G22 collects; the first assessment is its own, the second one is G14's."""

    s: Scenario
    account: UUID
    owed: list[UUID]
    bank: Bank = field(default_factory=Bank)
    payments: list[Payment] = field(default_factory=list)
    refunds: list[UUID] = field(default_factory=list)
    moves: list[UUID] = field(default_factory=list)

    @classmethod
    async def begin(cls, s: Scenario, intermediary: str) -> Walk:
        account = await s.agency("G22", intermediary)
        await s.agency("G14")
        own = await s.assessment("G22", ("fee", 60_001), ("charge", 40_000), ("advance", 9_000))
        other = await s.assessment("G14", ("fee", 30_003), ("postal", 20_000))
        walk = cls(s, account, [own, other])
        await walk_agency.open_bank_account(walk)
        return walk

    async def go(self, step: Step) -> None:
        with suppress(Refusal):
            await STEPS[step.what](self, step)

    # The payer

    async def ask(self, step: Step) -> None:
        owed = self.owed if step.which % 3 == 2 else [self.owed[step.which % 3]]
        self.payments.append(await self.s.payment(self.account, *owed))

    async def pay(self, step: Step) -> None:
        """The asked amount or another one; sometimes for a reference of nobody."""
        reference, amount = "NEVER-ASKED", step.amount
        if not self.payments and step.either:
            await self.ask(step)
        if self.payments and step.which:
            payment = self.payments[step.which % len(self.payments)]
            reference = payment.reference
            amount = payment.amount.amount if step.either else step.amount
        await self.s.money(self.account, reference, amount, self.bank.receive(amount))

    # The intermediary

    async def say_again(self, step: Step) -> None:
        """What was said before, or comes only after a settlement told of it."""
        transaction = self._transaction(step)
        if transaction and self.payments:
            payment = self.payments[step.amount % len(self.payments)]
            amount = self.bank.money[transaction]
            await self.s.money(self.account, payment.reference, amount, transaction)

    async def settle(self, step: Step) -> None:
        """A settlement names money that we know, or of which nobody has told us yet."""
        transaction = "" if step.either else self._transaction(step)
        asked = self.payments[-1].amount.amount if self.payments else step.amount
        transaction = transaction or self.bank.receive(asked)
        commission = self.bank.settle(transaction)
        gross = self.bank.money[transaction]
        await self.s.settlement(self.account, ("payment", transaction, gross, commission))

    async def reverse(self, step: Step) -> None:
        transaction = self._transaction(step)
        if transaction:
            self.bank.reverse(transaction)
            said = Reversed(reference="", transaction=transaction, at=NOON, reason="recall")
            await self.s.says(self.account, said)

    async def dispute(self, step: Step) -> None:
        transaction = self._transaction(step)
        if transaction:
            name = (transaction, step.amount % 2)
            end: Stage = "opened" if step.which % 2 else "won" if step.either else "lost"
            amount = min(step.amount, self.bank.money[transaction])
            stage = self.bank.dispute(name, amount, end)
            said = Disputed(
                dispute=f"{name}", transaction=transaction, stage=stage, at=NOON,
                amount=Money(self.bank.disputes[name][0], "VND"), fee=Money(DISPUTE_FEE, "VND"),
            )  # fmt: skip
            await self.s.says(self.account, said)

    async def end_refund(self, step: Step) -> None:
        refund = await self.some_refund(step)
        if refund is None or refund.reference[:2] in ("", "PL"):
            return
        reference, amount = refund.reference, refund.amount
        end = ("paid", "failed", "returned")[step.amount % 3]
        self.bank.refund(reference, amount.amount, end)
        stage = self.bank.refunds.get(reference)
        if stage == "paid":
            await self.s.says(
                self.account, Refunded(reference=reference, handle="", amount=amount, at=NOON)
            )
        elif stage:
            returned = stage == "returned"
            said = RefundFailed(reference=reference, reason="x", at=NOON, returned=returned)
            await self.s.says(self.account, said)

    # The agency

    async def ask_refund(self, step: Step) -> None:
        transaction = self._transaction(step)
        if transaction:
            transfer = self.s.store.ids.transfer(self.account, transaction)
            wish = refunds.Wish(
                transfer=transfer, amount=step.amount, lines={}, reason="x", method="intermediary"
            )
            done = await refunds.request_refund(self.s.house, self.act("person:maker"), wish)
            assert done.result is not None
            self.refunds.append(done.result.id)

    async def decide_refund(self, step: Step) -> None:
        refund = await self.some_refund(step)
        if refund is not None and step.either:
            await refunds.approve_refund(
                self.s.house, self.act("person:b"), refund.id, refund.digest
            )
        elif refund is not None:
            await refunds.reject_refund(self.s.house, self.act("person:b"), refund.id, "no")

    async def send_refund(self, step: Step) -> None:
        refund = await self.some_refund(step)
        if refund is not None:
            await refunding.instruct_refund(self.s.house, self.act("process:r"), refund.id)

    async def reduce(self, step: Step) -> None:
        amounts = {1 + step.which % 2: step.amount}
        await assessments.reduce_assessment(
            self.s.house, self.act("person:o"), self._owed(step), amounts, "x"
        )

    async def increase(self, step: Step) -> None:
        def change(assessment: Assessment) -> None:
            assessment.increase({1: step.amount}, "late", NOON)

        await assessments.change_assessment(
            self.s.house, self.act("person:o"), self._owed(step), change
        )

    async def waive(self, step: Step) -> None:
        if step.which:
            return  # rarely: after it, little more can happen
        await assessments.change_assessment(
            self.s.house, self.act("person:o"), self._owed(step), lambda a: a.waive("x", NOON)
        )

    async def cancel(self, step: Step) -> None:
        if step.which:
            return
        await assessments.withdraw_assessment(
            self.s.house, self.act("person:o"), self._owed(step), "x"
        )

    def act(self, who: str) -> Act:
        return self.s.house.act(self.s.some_id(), who)

    def _owed(self, step: Step) -> UUID:
        return self.owed[int(step.either)]

    def _transaction(self, step: Step) -> str:
        known = list(self.bank.money)
        return known[step.which % len(known)] if known else ""

    async def some_refund(self, step: Step) -> Refund | None:
        if not self.refunds:
            return None
        which = step.which % len(self.refunds) if step.which % 2 else -1
        return await self.s.house.one(Refund, self.refunds[which], "refund")


STEPS: Mapping[str, Callable[[Walk, Step], Awaitable[None]]] = {
    step.__name__: step
    for step in (
        Walk.ask, Walk.pay, Walk.say_again, Walk.settle, Walk.reverse, Walk.dispute,
        Walk.ask_refund, Walk.decide_refund, Walk.send_refund, Walk.end_refund, Walk.reduce,
        Walk.increase, Walk.waive, Walk.cancel, walk_agency.credit_bank,
        walk_agency.take_credit_back, walk_agency.ask_move, walk_agency.decide_move,
        walk_payouts.ask_payout, walk_payouts.name_payee, walk_payouts.approve_payout,
        walk_payouts.pay_out, walk_payouts.draw, walk_payouts.end_payout, walk_payouts.reissue,
    )
}  # fmt: skip
