"""Expecting: statements that should have come by the calendar and did not (F01).

One case for each account and the last day that anything tells of: what comes later and stays behind
again is another case, so that one which people ended is not opened day after day.
"""

from __future__ import annotations

from datetime import date
from uuid import UUID

from feesvc.application.cases import clear_case, open_case
from feesvc.application.file_showing import MissingFiles, missing_files
from feesvc.application.house import Act, House
from feesvc.domain.finding import CaseSubject, Finding
from feesvc.money import Money
from feesvc.reconciling.filing.keeping import Filing

MISSING = "F01"


async def expect_files(house: House, act: Act, agency: str) -> None:
    """Open the case of every account that is behind, and clear those of what has come since.

    A file is due by the end of the business day after the one that it tells of.
    """
    cut_off = house.calendar.plus(house.today(), -1)
    behind = {one.account: one for one in await missing_files(house, agency, cut_off)}
    for account, days in (await Filing(house.rows).told_days(agency)).items():
        missing = behind.get(account)
        for day in days:
            if missing is None or day != missing.told_until:
                await clear_case(house, act, _finding(agency, account, day), "it_came")
        if missing is not None:
            await open_case(house, act, _found(agency, missing))


def _found(agency: str, missing: MissingFiles) -> Finding:
    facts = {
        "source": missing.source, "told_until": missing.told_until.isoformat(),
        "business_days": str(missing.days),
    }  # fmt: skip
    return _finding(agency, missing.account, missing.told_until, facts)


def _finding(
    agency: str, account: UUID, told_until: date, facts: dict[str, str] | None = None
) -> Finding:
    return Finding(
        agency=agency, code=MISSING, subject=CaseSubject(kind="account", id=account),
        at_risk=Money(0, "VND"), discriminator=told_until.isoformat(), facts=facts or {},
    )  # fmt: skip
