"""Bank words: what a sealed statement says of whoever paid, read again where money is booked.

Rows and events hold nothing personal: a line names its place in its file, and no more.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import structlog

from feesvc.application.file_accounts import FileAccount
from feesvc.application.file_reading import NoReaderHere, ProfileMisfit, read_entries
from feesvc.application.house import House
from feesvc.domain.file_profiles import FileProfiles
from feesvc.people import Redacted
from feesvc.reconciling.filing import SourceFile
from feesvc.reconciling.filing.keeping import Filing
from feesvc.statement import BankEntry, Unreadable
from feesvc.statement.profile_text import read_profile

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Said:
    """Of one entry; empty where the bytes were erased. All of it is personal."""

    narrative: str = ""
    payer: str = ""
    payer_account: str = ""


class BankWords:
    """The files of one run, each read once, when the first of its lines is asked about."""

    def __init__(self, house: House, account: FileAccount) -> None:
        self._house = house
        self._account = account
        self._files: dict[UUID, Sequence[Sequence[BankEntry]]] = {}
        self._reading = asyncio.Lock()

    async def of(self, row: Mapping[str, Any]) -> Said:
        """``row`` is a line with ``file``, ``ordinal`` of its statement and ``number``."""
        async with self._reading:
            if row["file"] not in self._files:
                self._files[row["file"]] = await self._read(row["file"])
        statements = self._files[row["file"]]
        try:
            entry = statements[row["ordinal"] - 1][row["number"] - 1]
        except IndexError:
            return Said()
        if (entry.amount.amount, entry.amount.currency) != (row["net"], row["currency"]):
            log.error("bank_words.misread", stream=row["file"], place=row["place"])
            return Said()
        return Said(
            narrative=entry.narrative, payer=entry.counterparty_name,
            payer_account=entry.counterparty_account,
        )  # fmt: skip

    async def _read(self, id: UUID) -> Sequence[Sequence[BankEntry]]:
        file = await Filing(self._house.rows).file(id)
        content = await self._house.people.fetch(file.document) if file and file.document else None
        if file is None or content is None or isinstance(content, Redacted):
            return ()
        try:
            profile = await self._profile(file)
            return await read_entries(self._house, self._account, content, profile)
        except (Unreadable, NoReaderHere, ProfileMisfit) as problem:
            # It was read once: a format or a profile is gone. The money is booked all the same.
            log.error("bank_words.unreadable", stream=id, error=type(problem).__name__)
            return ()

    async def _profile(self, file: SourceFile) -> Any:
        """The version by which the file was read, whatever is in force by now."""
        if not file.profile_version:
            return None
        id = self._house.store.ids.of("file_profiles", str(file.account))
        found = (await self._house.store.peek([id])).get(id)
        if not isinstance(found, FileProfiles) or file.profile_version not in found.versions:
            raise NoReaderHere(str(file.account))
        return read_profile(found.versions[file.profile_version].text)
