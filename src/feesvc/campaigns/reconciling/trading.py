"""Trading: what citizens pay on a day at each intermediary, and what of it is given back."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, time, timedelta
from random import Random

from feesvc.application import refunds
from feesvc.campaigns.planting.scenes import some_amount
from feesvc.campaigns.reconciling.ground import OFFICER, SECOND, Ground, Merchant
from feesvc.domain.line import Kind
from feesvc.domain.refund import Refund
from feesvc.domain.transfer import Transfer
from feesvc.intermediary import Refunds
from feesvc.money import Money
from feesvc.testing.settling.movements import VIETNAM
from feesvc.testing.world import intermediaries

KINDS: tuple[Kind, ...] = ("fee", "charge")
OPENS, CLOSES = time(7, 30), 10 * 3600
"""From half past seven, for so many seconds."""
GIVES_BACK = time(20, 0)


async def trade(ground: Ground, day: date, chance: Random, each: int) -> Counter[str]:
    """``each`` payments at every merchant, in the order of their time; says how many of what."""
    said: Counter[str] = Counter()
    begins = datetime.combine(day, OPENS, VIETNAM)
    courses = [
        (begins + timedelta(seconds=chance.randrange(CLOSES)), merchant)
        for merchant in ground.merchants.values() for _ in range(each)
    ]  # fmt: skip
    last: dict[tuple[str, str], tuple[Merchant, str]] = {}
    for at, merchant in sorted(courses, key=lambda one: (one[0], one[1].agency, one[1].name)):
        ground.now = max(ground.now, at)
        amount = _amount(merchant, chance)
        transaction = await pay(ground, merchant, amount, chance.choice(KINDS))
        said["payments"] += 1
        last[merchant.agency, merchant.name] = (merchant, transaction)
    await ground.follow()
    ground.now = max(ground.now, datetime.combine(day, GIVES_BACK, VIETNAM))
    for merchant, transaction in last.values():
        if issubclass(intermediaries()[merchant.name], Refunds) and chance.random() < 0.7:
            await give_back(ground, merchant, transaction)
            said["refunds"] += 1
    return said


def _amount(merchant: Merchant, chance: Random) -> int:
    """What goes wrong is planted, and never comes by an amount that asks for it."""
    amount = some_amount(chance)
    while not merchant.counterpart.goes_smoothly(Money(amount, "VND")):
        amount = some_amount(chance)
    return amount


async def pay(ground: Ground, merchant: Merchant, amount: int, kind: Kind = "fee") -> str:
    """An assessment is raised and paid, and we are told; gives the intermediary's transaction."""
    assessment = await ground.assessment(merchant.agency, (kind, amount))
    payment = await ground.ask_for(merchant, assessment)
    transaction = merchant.counterpart.pay(payment.reference)
    await ground.hear(merchant)
    return transaction


async def give_back(ground: Ground, merchant: Merchant, transaction: str) -> None:
    """Two people give a part of a payment back through the intermediary, which pays it out."""
    id = ground.store.ids.transfer(merchant.account, transaction)
    transfer = await ground.house.see(Transfer, id, "transfer")
    wish = refunds.Wish(
        transfer=id, amount=transfer.amount.amount // 5, lines={}, reason="paid too much",
        method="intermediary",
    )  # fmt: skip
    asked = (await refunds.request_refund(ground.house, ground.act(OFFICER), wish)).result
    assert asked is not None
    await refunds.approve_refund(ground.house, ground.act(SECOND), asked.id, asked.digest)
    await ground.follow()
    sent = await ground.house.see(Refund, asked.id, "refund")
    if sent.state == "accepted":
        merchant.counterpart.finish_refund(sent.reference)
    await ground.hear(merchant)
    await ground.follow()
