"""Drifting: cases of books that are wrong in themselves, whatever anybody says from outside.

A balance on the wrong side (G03) is found when a period is closed; tables that are not what the log
says (G04) when somebody checks them. Both are mistakes of ours, and people look at each.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from feesvc.application.cases import open_case
from feesvc.application.house import Act, House
from feesvc.domain.agency import Agency
from feesvc.domain.finding import CaseSubject, Finding
from feesvc.money import Money

ABNORMAL, DRIFT = "G03", "G04"


async def tell_abnormal(
    house: House, act: Act, agency: str, period: str, found: Iterable[tuple[str, Money]]
) -> None:
    """Open a case for each account of a period's sheet that has items on the wrong side, once for
    the period: ``found`` are the account and what those items add up to.
    """
    for account, amount in found:
        book = house.store.ids.of("book", agency, amount.currency)
        money = Money(abs(amount.amount), amount.currency)
        facts = {"account": account, "balance": str(amount.amount), "period": period}
        about = CaseSubject(kind="ledger", id=book)
        finding = Finding(
            agency=agency, code=ABNORMAL, subject=about, at_risk=money,
            discriminator=f"{account} {period}", facts=facts,
        )  # fmt: skip
        await open_case(house, act, finding)


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
