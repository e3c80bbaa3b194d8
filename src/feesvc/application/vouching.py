"""Vouching: what a projection tells of a period's sheet and cannot judge by itself.

Whether a balance on the wrong side is being looked at, line by line, stands with the files; how
long an intermediary may take is the contract's. Both are explained, or red until somebody owns it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date

from feesvc.application.drifting import looked_at
from feesvc.application.house import House
from feesvc.domain.agency import Agency
from feesvc.domain.closing import Abnormal, Awaiting, Item
from feesvc.domain.merchant_account import MerchantAccount


async def on_the_wrong_side(house: House, found: Sequence[Abnormal]) -> list[Item]:
    """Item 3: red but for batches whose lines that are open cases come to as much (S07, S08 …)."""
    wrong: dict[tuple[str, str], int] = defaultdict(int)
    facts: list[str] = []
    for one in found:
        if await looked_at(house, one):
            facts.append(
                f"{one.account} {one.amount.currency}: {one.amount.amount} of batch {one.item} is "
                "held with lines of it that are cases"
            )
        else:
            wrong[one.account, one.amount.currency] += one.amount.amount
    facts += [
        f"{account} {currency}: {amount} on the wrong side"
        for (account, currency), amount in sorted(wrong.items())
    ]
    if not facts:
        return []
    return [Item(item="3 roll-forward", source="cases", red=bool(wrong), facts=tuple(facts))]


async def inside_their_term(
    house: House, agency: str, found: Sequence[Awaiting], as_of: date
) -> list[Item]:
    """Item 5: what nobody settled yet is explained as long as its contract gives (S01). Red are
    days that were beyond it at ``as_of``, and those of which no contract says anything.
    """
    if not found:
        return []
    accounts = await _accounts(house, agency)
    red, facts = False, []
    for one in sorted(found, key=lambda row: (row.day, row.intermediary, row.kind)):
        terms = [a.term_on(one.day) for a in accounts if a.intermediary == one.intermediary]
        within = [term.settled_within for term in terms if term]
        if within:
            due = house.calendar.plus(one.day, min(within))
            late = as_of > due
            told = f"beyond {due}" if late else f"S01, due by {due}"
        else:
            late, told = True, "no term of settlement is set"
        red |= late
        facts.append(
            f"{one.day} {one.intermediary} {one.kind} {one.amount.currency}: {one.items} items of "
            f"{one.amount.amount} not settled: {told}"
        )
    return [Item(item="5 three-way", source="terms", red=red, facts=tuple(facts))]


async def _accounts(house: House, agency: str) -> list[MerchantAccount]:
    owner = await house.see(Agency, house.store.ids.agency(agency), agency)
    ids = [through.account for through in owner.merchant_accounts.values()]
    found = await house.store.peek(ids)
    return [one for one in found.values() if isinstance(one, MerchantAccount)]
