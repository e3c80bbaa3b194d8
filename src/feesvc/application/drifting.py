"""Drifting: cases of books that are wrong in themselves, whatever anybody says from outside.

A balance on the wrong side (G03) is found when a period is closed; tables that are not what the log
says (G04) when somebody checks them. Both are mistakes of ours, and people look at each.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from feesvc.application.cases import open_case
from feesvc.application.house import Act, House
from feesvc.domain.agency import Agency
from feesvc.domain.batch import Batch
from feesvc.domain.closing import Abnormal
from feesvc.domain.finding import CaseSubject, Finding
from feesvc.money import Money
from feesvc.reconciling.filing.keeping import Filing

ABNORMAL, DRIFT = "G03", "G04"
IN_TRANSIT = "1210"


async def tell_abnormal(
    house: House, act: Act, agency: str, period: str, found: Iterable[Abnormal]
) -> None:
    """Open a case for each account of a period's sheet that has something on the wrong side, once
    for the period.

    A batch whose credit is no more than its lines that people still look at is explained by them:
    each of those is a case of its own.
    """
    sums: dict[tuple[str, str], int] = defaultdict(int)
    for one in found:
        if not await looked_at(house, one):
            sums[one.account, one.amount.currency] += one.amount.amount
    for (account, currency), amount in sorted(sums.items()):
        facts = {"account": account, "balance": str(amount), "period": period}
        about = CaseSubject(kind="ledger", id=house.store.ids.of("book", agency, currency))
        finding = Finding(
            agency=agency, code=ABNORMAL, subject=about, at_risk=Money(abs(amount), currency),
            discriminator=f"{account} {period}", facts=facts,
        )  # fmt: skip
        await open_case(house, act, finding)


async def looked_at(house: House, one: Abnormal) -> bool:
    """Whether it is what a batch was paid beyond its lines, and lines of it that people look at
    come to as much. They say nothing of what is claimed of it, or kept back in it.
    """
    if one.account != IN_TRANSIT or one.item is None:
        return False
    batch = (await house.store.peek([one.item])).get(one.item)
    if house.kept is None or not isinstance(batch, Batch) or batch.declared is None:
        return False
    statement = batch.declared.statement
    left = await Filing(house.rows).open_net(statement) if statement else 0
    return 0 < -one.amount.amount <= left


async def tell_drift(
    house: House, act: Act, projection: str, position: int, tables: Mapping[str, Sequence[str]]
) -> list[UUID]:
    """Open a case for each agency whose rows of a projection are not what the log says.

    ``tables`` are those that differ, with whose rows do; of rows that are nobody's, the agencies
    at the top are told. Gives the cases.
    """
    top = await _top(house) if any(not agencies for agencies in tables.values()) else []
    told: dict[str, list[str]] = {}
    for table, agencies in sorted(tables.items()):
        for agency in agencies or top:
            told.setdefault(agency, []).append(table)
    cases = []
    for agency, wrong in told.items():
        about = CaseSubject(kind="ledger", id=house.store.ids.of("projection", agency, projection))
        finding = Finding(
            agency=agency, code=DRIFT, subject=about, at_risk=Money(0, "VND"),
            discriminator=f"{projection} {position}",
            facts={"projection": projection, "tables": " ".join(wrong), "position": str(position)},
        )  # fmt: skip
        cases.append(await open_case(house, act, finding))
    return cases


async def _top(house: House) -> list[str]:
    """Agencies that were registered under none."""
    found: list[str] = []
    position = 0
    while recorded := await house.store.read(position, 1000, [Agency.Registered.TOPIC]):
        position = recorded[-1].position
        found += [
            one.agency for one in recorded
            if isinstance(one.event, Agency.Registered) and not one.event.parent
        ]  # fmt: skip
    return found
