"""Trading: what citizens pay on a day at each intermediary, and what of it is given back."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, time, timedelta
from random import Random

from feesvc.campaigns.reconciling.ground import Ground, Merchant
from feesvc.domain.line import Kind
from feesvc.testing.settling.movements import VIETNAM

AMOUNTS = (50_000, 100_000, 115_000, 300_000)
KINDS: tuple[Kind, ...] = ("fee", "charge")
OPENS, CLOSES = time(7, 30), 14 * 3600
"""From half past seven, for so many seconds."""


async def trade(ground: Ground, day: date, chance: Random, each: int) -> Counter[str]:
    """``each`` payments at every merchant, in the order of their time; says how many of what."""
    said: Counter[str] = Counter()
    begins = datetime.combine(day, OPENS, VIETNAM)
    courses = [
        (begins + timedelta(seconds=chance.randrange(CLOSES)), merchant)
        for merchant in ground.merchants.values() for _ in range(each)
    ]  # fmt: skip
    for at, merchant in sorted(courses, key=lambda one: (one[0], one[1].agency, one[1].name)):
        ground.now = max(ground.now, at)
        await pay(ground, merchant, chance.choice(AMOUNTS), chance.choice(KINDS))
        said["payments"] += 1
    return said


async def pay(ground: Ground, merchant: Merchant, amount: int, kind: Kind = "fee") -> str:
    """An assessment is raised and paid, and we are told; gives the intermediary's transaction."""
    assessment = await ground.assessment(merchant.agency, (kind, amount))
    payment = await ground.ask_for(merchant, assessment)
    transaction = merchant.counterpart.pay(payment.reference)
    await ground.hear(merchant)
    return transaction
