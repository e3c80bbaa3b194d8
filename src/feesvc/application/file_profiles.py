"""Profiles of an account's tables: proposed, tried on a file, approved by a second person."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from feesvc.application.file_accounts import file_account
from feesvc.application.file_reading import Reading, check_profile, read_file
from feesvc.application.house import Act, Decision, Done, House, Unknown
from feesvc.domain.aggregate import Refusal
from feesvc.domain.file_profiles import FileProfiles
from feesvc.intermediary import SettlementTables
from feesvc.statement.profile import TableProfile
from feesvc.statement.profile_text import BadProfile, digest_of, read_profile, write_profile
from feesvc.store import Answer

Tell = Callable[[FileProfiles], Answer]


class NoProfile(Refusal):
    """The text is no profile of a table"""


def parsed(text: str) -> TableProfile:
    """Raises ``NoProfile``, which names the place."""
    try:
        return read_profile(text)
    except BadProfile as problem:
        raise NoProfile(str(problem)[:500]) from None


async def propose_profile(
    house: House, act: Act, agency: str, account_id: UUID, text: str, valid_from: date,
    answer: Tell | None = None,
) -> Done[FileProfiles]:  # fmt: skip
    """Raises ``NoProfile``, ``ProfileMisfit``, ``Unknown``."""
    account = await file_account(house, agency, account_id)
    profile = parsed(text)
    check_profile(house, account, profile)
    id = house.store.ids.of("file_profiles", str(account_id))

    async def decide() -> Decision[FileProfiles]:
        found = (await house.store.load([id])).get(id)
        if not isinstance(found, FileProfiles):
            found = FileProfiles.first(
                FileProfiles.Opened, id, act.at, agency=agency, account=account_id
            )
        found.propose(
            profile.name, write_profile(profile), digest_of(profile), valid_from, act.principal,
            act.at,
        )  # fmt: skip
        return Decision(found, [found])

    return await house.settle(act, decide, answer)


async def decide_on_profile(
    house: House, act: Act, account_id: UUID, do: Callable[[FileProfiles], None],
    answer: Tell | None = None,
) -> Done[FileProfiles]:  # fmt: skip
    """Approve or reject, as ``do`` says."""

    async def decide() -> Decision[FileProfiles]:
        found = await profiles_of(house, account_id)
        do(found)
        return Decision(found, [found])

    return await house.settle(act, decide, answer)


async def profiles_of(house: House, account_id: UUID) -> FileProfiles:
    """Raises ``Unknown`` where none was ever proposed."""
    id = house.store.ids.of("file_profiles", str(account_id))
    return await house.one(FileProfiles, id, f"profiles of account {account_id}")


async def starting_profiles(house: House, agency: str, account_id: UUID) -> Mapping[str, str]:
    """The layouts by name that the account's installed adapter brings, to start from."""
    account = await file_account(house, agency, account_id)
    adapter: Any = house.desk.adapter(account.merchant) if account.merchant else None
    return adapter.settlement_profiles if isinstance(adapter, SettlementTables) else {}


async def try_profile(
    house: House, agency: str, account_id: UUID, which: str, content: bytes
) -> Reading:  # fmt: skip
    """Read a file by a version that somebody proposed, or by a starting profile; records nothing.

    ``which`` is a version's number or a starting profile's name. Raises ``Unreadable``,
    ``ProfileMisfit``, ``Unknown``.
    """
    account = await file_account(house, agency, account_id)
    if which.isdecimal():
        versions = (await profiles_of(house, account_id)).versions
        text = versions[int(which)].text if int(which) in versions else ""
    else:
        text = (await starting_profiles(house, agency, account_id)).get(which, "")
    if not text:
        raise Unknown(f"profile {which[:60]}")
    return await read_file(house, account, content, parsed(text))
