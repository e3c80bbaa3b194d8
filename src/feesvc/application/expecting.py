"""Expecting: statements that should have come by the calendar and did not (F01).

One case for each account and the last day that anything tells of: what comes later and stays behind
again is another case, so that one which people ended is not opened day after day. It stays the same
case when later files come, and a gap is left (``missing_files``).
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
    behind = {
        (one.account, one.told_until): one for one in await missing_files(house, agency, cut_off)
    }
    told = await Filing(house.rows).told_days(agency)
    came = {
        found.case_id(house.store.ids): found
        for account, days in told.items() for day in days if (account, day) not in behind
        for found in [_finding(agency, account, day)]
    }  # fmt: skip
    for id in await house.store.peek(list(came)):
        await clear_case(house, act, came[id], "it_came")
    for missing in behind.values():
        await open_case(house, act, _found(agency, missing))


def _found(agency: str, missing: MissingFiles) -> Finding:
    facts = {
        "source": missing.source, "told_until": missing.told_until.isoformat(),
        "business_days": str(missing.days),
    }  # fmt: skip
    if missing.told_again:
        facts["told_again"] = missing.told_again.isoformat()
    return _finding(agency, missing.account, missing.told_until, facts)


def _finding(
    agency: str, account: UUID, told_until: date, facts: dict[str, str] | None = None
) -> Finding:
    return Finding(
        agency=agency, code=MISSING, subject=CaseSubject(kind="account", id=account),
        at_risk=Money(0, "VND"), discriminator=told_until.isoformat(), facts=facts or {},
    )  # fmt: skip
