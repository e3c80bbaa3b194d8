"""Reading files: bytes to statements and lines, by the account's format, profile or adapter.

It runs in a thread and has a deadline; nothing here is recorded. What is wrong is ``Unreadable``.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from io import BytesIO
from typing import Any, TypeVar

from feesvc.application.bank_references import NamesIn, names_in
from feesvc.application.file_accounts import FileAccount
from feesvc.application.file_lines import banked, booked, happened, settled
from feesvc.application.house import HANOI, House
from feesvc.domain.aggregate import Refusal
from feesvc.intermediary import Malformed, Profile, Settlement, SettlementFiles
from feesvc.reconciling.filing import FiledStatement
from feesvc.statement import BankEntry, BankStatement, StatementFormat, TableFormat, Unreadable
from feesvc.statement.banked import BankTable
from feesvc.statement.profile import BankProfile, TableProfile
from feesvc.statement.profile_text import read_profile
from feesvc.statement.settled import SettledBatch, SettledTable
from feesvc.statement.unrecognised import HEAD, unrecognised

T = TypeVar("T")


class NoReaderHere(Refusal):
    """Nothing says how files of this account are read: approve a profile first"""


class ProfileMisfit(Refusal):
    """The profile is not for such an account, or names a format or option that is not there"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a file says, and by what it was read."""

    statements: list[FiledStatement]
    format: str
    profile: str = ""
    profile_version: int = 0
    notes: tuple[str, ...] = ()
    """What was seen and could not be checked, or is no line, in words for people."""


async def read_file(
    house: House, account: FileAccount, content: bytes, profile: TableProfile | None = None
) -> Reading:
    """``profile`` is one on trial; else what the account's people approved, or its own format.

    Raises ``Unreadable``, ``NoReaderHere``, ``ProfileMisfit``.
    """
    version = 0
    if profile is None and account.profile is not None:
        profile, version = read_profile(account.profile.text), account.profile.number
    if profile is not None:
        check_profile(house, account, profile)
    settings = dict(account.merchant.settings) if account.merchant else {}
    adapter: Any = house.desk.adapter(account.merchant) if account.merchant else None
    formats = house.files.formats
    names = await names_in(house, account.agency)
    named = _recognised(formats, content[:HEAD]) if account.bank and profile is None else None
    work: Callable[[], Reading]
    if profile is not None:
        work = partial(_table, profile, version, formats, account, settings, names, content)
    elif named is not None:
        work = partial(_bank_statements, named, formats[named], account, names, content)
    elif account.merchant is not None and isinstance(adapter, SettlementFiles):
        work = partial(_settlement, account.merchant.intermediary, adapter, content)
    elif account.bank is not None:
        raise unrecognised(content)
    else:
        raise NoReaderHere(str(account.id))
    reading = await _within(house.files.seconds, work)
    happened(reading.statements, house.today())
    return reading


async def read_entries(
    house: House, account: FileAccount, content: bytes, profile: TableProfile | None
) -> list[list[BankEntry]]:
    """The booked entries of each statement of a bank's file, in the order of their lines.

    Raises ``Unreadable``, ``NoReaderHere``, ``ProfileMisfit``.
    """
    if profile is not None:
        check_profile(house, account, profile)
    formats = house.files.formats

    def work() -> list[list[BankEntry]]:
        if isinstance(profile, BankProfile):
            found = [_bank_table(profile, formats, account, content)]
        elif name := _recognised(formats, content[:HEAD]):
            found = _statements(formats[name], content)
        else:
            raise NoReaderHere(str(account.id))
        return [booked(one) for one in found]

    return await _within(house.files.seconds, work)


def check_profile(house: House, account: FileAccount, profile: TableProfile) -> None:
    """Raises ``ProfileMisfit``."""
    format_class = house.files.formats.get(profile.format)
    if isinstance(profile, BankProfile) != (account.bank is not None):
        raise ProfileMisfit("a bank's profile for a bank account, a settlement's for a merchant's")
    if format_class is None or not hasattr(format_class, "rows"):
        raise ProfileMisfit(f"format: no table format {profile.format[:40]!r} is installed")
    known = {option.name for option in getattr(format_class, "options", ())}
    strange = sorted(set(profile.options) - known)
    if strange:
        raise ProfileMisfit(f"options: {strange[0][:40]!r} is none of {', '.join(sorted(known))}")
    try:
        _opened(format_class, profile)
    except ValueError as problem:
        raise ProfileMisfit(f"options: {problem}") from None


async def _within(seconds: float, work: Callable[[], T]) -> T:
    """The thread of a file that takes too long is left behind; nothing waits for it."""
    try:
        return await asyncio.wait_for(asyncio.to_thread(work), seconds)
    except TimeoutError:
        raise Unreadable("F04", f"reading it takes longer than {seconds:g} seconds") from None


def _recognised(formats: Mapping[str, Any], head: bytes) -> str | None:
    for name, format_class in formats.items():
        if not hasattr(format_class, "rows") and format_class().recognises(head):
            return name
    return None


def _bank_statements(
    name: str, format_class: Any, account: FileAccount, names: NamesIn, content: bytes
) -> Reading:  # fmt: skip
    found = _statements(format_class, content)
    for one in found:
        _check_addressee(account, one.account, one.currency)
    statements, notes = banked(account, found, names)
    return Reading(statements=statements, format=name, notes=notes)


def _statements(format_class: Any, content: bytes) -> list[BankStatement]:
    reader = format_class()
    assert isinstance(reader, StatementFormat)
    return list(reader.read(BytesIO(content)))


def _table(
    profile: TableProfile, version: int, formats: Mapping[str, Any], account: FileAccount,
    settings: Mapping[str, str], names: NamesIn, content: bytes,
) -> Reading:  # fmt: skip
    notes: tuple[str, ...] = ()
    if isinstance(profile, BankProfile):
        statement = _bank_table(profile, formats, account, content)
        _check_addressee(account, statement.account, statement.currency)
        statements, notes = banked(account, [statement], names)
    else:
        rows = _opened(formats[profile.format], profile).rows(BytesIO(content))
        table = SettledTable(profile, rows, settings, account.currency)
        statements = settled(table.batches())
        if table.left_out:
            notes = (f"{table.left_out} rows move no money, as the profile says",)
    return Reading(
        statements=statements, format=profile.format, profile=profile.name,
        profile_version=version, notes=notes,
    )  # fmt: skip


def _bank_table(
    profile: BankProfile, formats: Mapping[str, Any], account: FileAccount, content: bytes
) -> BankStatement:
    assert account.bank is not None
    rows = _opened(formats[profile.format], profile).rows(BytesIO(content))
    return BankTable(profile, rows, account.bank.number).statement()


def _opened(format_class: Any, profile: TableProfile) -> TableFormat:
    table = format_class(profile.options)
    assert isinstance(table, TableFormat)
    return table


def _settlement(name: str, adapter: SettlementFiles, content: bytes) -> Reading:
    try:
        settlement = adapter.read_settlement(BytesIO(content), Profile())
        lines = list(settlement.lines)
    except Malformed as problem:
        place = re.match(r"line \d+", str(problem))
        raise Unreadable(problem.code, str(problem), place=place[0] if place else "") from None
    batch = SettledBatch(
        batch=settlement.batch, currency=settlement.currency, lines=tuple(lines),
        settled_on=settlement.arrives_on.astimezone(HANOI).date()
        if settlement.arrives_on else None,
    )  # fmt: skip
    _check_totals(settlement, batch)
    return Reading(statements=settled([batch]), format=name)


def _check_totals(settlement: Settlement, batch: SettledBatch) -> None:
    for line in batch.lines:
        if line.gross + line.commission + line.tax != line.net:
            why = f"gross, commission and tax do not make net {line.net.amount}"
            raise Unreadable("F05", why, place=line.place or line.native_id[:40])
    found, declared = batch.sum_of("net"), settlement.net.amount
    if found != declared or len(batch.lines) != settlement.count:
        why = f"declared {settlement.count} lines of {declared}, read {len(batch.lines)} of {found}"
        raise Unreadable("F06", f"{why}, difference {declared - found}")
    paid_out = [line.net.amount for line in batch.lines if line.kind == "payout"]
    if paid_out and sum(paid_out) != -found:
        raise Unreadable("F06", f"the batch does not add up to 0: {found + sum(paid_out)} is left")


def _check_addressee(account: FileAccount, number: str, currency: str) -> None:
    assert account.bank is not None
    # SWIFT's field 25 and its like may name the bank before the account: 970418/125000077788.
    theirs, ours = _plain(number.rpartition("/")[2]), _plain(account.bank.number)
    iban = theirs[:2].isalpha() and theirs.endswith(ours)
    if not (theirs == ours or iban):
        raise Unreadable("F11", f"the file is of another account: {_ends(theirs, ours)}")
    if currency != account.bank.currency:
        raise Unreadable("F11", f"the file is in {currency}, the account in {account.currency}")


def _ends(theirs: str, ours: str) -> str:
    """The last four digits of both: enough to see which of an agency's accounts was meant."""
    end, own = ("".join(filter(str.isdecimal, one))[-4:] or "no digit" for one in (theirs, ours))
    if end == own:
        return f"both end with {own}, and what is before that differs"
    return f"its number ends with {end}, that of this account with {own}"


def _plain(number: str) -> str:
    return "".join(filter(str.isalnum, number)).upper()
