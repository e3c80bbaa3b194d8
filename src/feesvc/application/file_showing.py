"""Showing files: what one says before it is accepted, the line that is wrong, what is missing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

import structlog

from feesvc.application.file_accounts import FileAccount, file_account, file_accounts
from feesvc.application.file_reading import read_file
from feesvc.application.files import content_of
from feesvc.application.house import House
from feesvc.domain.statement import Difference
from feesvc.reconciling.filing import Changed, FiledLine, FiledStatement, Skipped, SourceFile, Told
from feesvc.reconciling.filing.keeping import Filing
from feesvc.statement import Unreadable

GAPS = timedelta(days=92)
"""How far back gaps are looked for; a case of an older one stays until people end it."""
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementShown:
    """One statement, its first and last lines, and what accepting it would do."""

    statement: FiledStatement
    ends: Sequence[FiledLine]
    opens: int
    """Lines that would be open for matching."""
    repeats: int
    """Lines that stand already, accepted from another file."""
    replaces: FiledStatement | None
    difference: Difference | None


@dataclass(frozen=True, slots=True, kw_only=True)
class BadLine:
    """``text`` is what stands in the file, at most 200 characters; it may be personal."""

    code: str
    place: str
    why: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MissingFiles:
    """An account whose statements are behind: nothing tells of the days after ``told_until``, or up
    to ``told_again``, where a later one came.
    """

    account: UUID
    source: str
    told_until: date
    days: int
    """Business days up to the cut-off that no statement tells of; of a gap, those in it that are
    due."""
    told_again: date | None = None


async def preview(house: House, file: SourceFile) -> list[StatementShown]:
    filing = Filing(house.rows)
    return [await _shown(filing, file, one) for one in await filing.statements(file.id)]


async def differences(house: House, file: SourceFile) -> Mapping[UUID, list[Changed]]:
    """Of a restated file: for each of its statements, line by line, what is not as it stood."""
    filing = Filing(house.rows)
    found: dict[UUID, list[Changed]] = {}
    for one in await filing.statements(file.id):
        standing = await filing.standing(file.account, one.currency, one.identity)
        if standing is not None and standing.id != one.id:
            found[one.id] = await filing.differences(standing.id, one.id)
    return found


async def bad_line(house: House, file: SourceFile, reason: str, principal: str) -> BadLine | None:
    """Read the sealed bytes again for the line that is wrong; None where nothing is any more.

    Who looks, and why, is put on record in the service's log.
    """
    log.info("file.read", agency=file.agency, stream=file.id, actor=principal, reason=reason)
    account = await file_account(house, file.agency, file.account)
    try:
        await read_file(house, account, await content_of(house, file))
    except Unreadable as problem:
        return BadLine(
            code=problem.code, place=problem.place, why=problem.why, text=problem.text
        )  # fmt: skip
    return None


async def missing_files(house: House, agency: str, as_of: date) -> list[MissingFiles]:
    """Accounts with no statement of the last business day before ``as_of`` (F01).

    A file is due by the cut-off of the business day after the one that it tells of. An account is
    expected to go on from its first accepted statement; one that never had any is not. A bank
    states a day on which nothing happened too (F13); an intermediary settles what there is, and
    nothing is due from it before something has waited for as long as its contract says. That later
    files came makes up for none: a day that they skip is missing as much.
    """
    filing = Filing(house.rows)
    told, accounts = await filing.last_days(agency), await file_accounts(house, agency)
    behind = [
        MissingFiles(
            account=account.id, source=account.source, told_until=told[account.id].until, days=days
        )
        for account in accounts
        if account.id in told and (days := _behind(house, account, told[account.id], as_of)) > 0
    ]
    skipped = await filing.skipped_days(agency, as_of - GAPS)
    return behind + list(_gaps(house, accounts, skipped, as_of))


def _gaps(
    house: House, accounts: Sequence[FileAccount], skipped: Sequence[Skipped], as_of: date
) -> Iterator[MissingFiles]:
    """One for each gap of an account with days in it that are due by its contract."""
    known = {account.id: account for account in accounts}
    gaps: dict[tuple[UUID, date], list[Skipped]] = {}
    for one in skipped:
        account = known.get(one.account)
        if account is not None and one.day <= _due(house, account, one.day, as_of):
            gaps.setdefault((one.account, one.before), []).append(one)
    for (account_id, before), days in gaps.items():
        yield MissingFiles(
            account=account_id, source="settlement", told_until=before, days=len(days),
            told_again=days[-1].after,
        )  # fmt: skip


def _due(house: House, account: FileAccount, day: date, as_of: date) -> date:
    """The last day whose settlement should have come, by the contract as it was on ``day``."""
    term = account.merchant.term_on(day) if account.merchant else None
    return house.calendar.plus(as_of, -max(term.settled_within if term else 1, 1))


def _behind(house: House, account: FileAccount, told: Told, as_of: date) -> int:
    """Business days that an account is behind."""
    if account.merchant is None:
        return house.calendar.business_days_between(told.until, house.calendar.plus(as_of, -1))
    if told.waits_since is None:
        return 0
    due = _due(house, account, told.waits_since, as_of)
    return house.calendar.business_days_between(told.waits_since - timedelta(days=1), due)


async def _shown(filing: Filing, file: SourceFile, one: FiledStatement) -> StatementShown:
    standing = await filing.standing(file.account, one.currency, one.identity)
    replaces = standing if standing is not None and standing.id != one.id else None
    repeats = await filing.repeats(file.id, one.id)
    return StatementShown(
        statement=one, ends=await filing.ends(one.id), opens=one.count - repeats, repeats=repeats,
        replaces=replaces,
        difference=await filing.compare(replaces.id, one.id) if replaces else None,
    )  # fmt: skip
