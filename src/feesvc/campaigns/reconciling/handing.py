"""Handing over: files go in as finance staff bring them; each must come to its planted verdict."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from hashlib import sha256
from uuid import UUID

from feesvc.application.files import Taken, accept_file, filed, receive_file
from feesvc.campaigns.planting.scenes import Handed
from feesvc.campaigns.reconciling.ground import OFFICER, SECOND, Ground
from feesvc.campaigns.reconciling.witnessing import Witness


class Tray:
    """Counts the files and keeps the faults: a verdict that was not planted, or one missed.

    ``verdicts`` counts those that came as they were planted, ``judged`` says of which files.
    """

    def __init__(self, ground: Ground, witness: Witness) -> None:
        self.ground = ground
        self.witness = witness
        self.count = 0
        self.verdicts: Counter[str] = Counter()
        self.judged: list[tuple[UUID, str]] = []
        self.faults: list[str] = []
        self.accepted: list[tuple[Handed, UUID]] = []
        self._held: list[tuple[Handed, UUID]] = []

    async def hand_over(self, files: Sequence[Handed]) -> None:
        """One after the other; what reads well is accepted, a restated file by a second person."""
        for file in files:
            self.count += 1
            taken = await self._taken(file)
            verdict = "F02" if taken.again else taken.file.verdict
            if verdict != file.verdict:
                why = f"{verdict or 'no verdict'} {taken.file.place} {taken.file.why}"
                self.faults.append(f"{file.name}: {why}, planted: {file.verdict or 'nothing'}")
                continue
            self.verdicts[verdict] += 1
            self.judged.append((taken.file.id, verdict))
            if not taken.again and verdict in ("", "F03", "F13"):
                await self._accept(file, taken.file.id)
            elif verdict == "F07":
                self._held.append((file, taken.file.id))

    async def _taken(self, file: Handed) -> Taken:
        agency, account = self._account(file)
        checksum = sha256(b"another").hexdigest() if file.verdict == "F10" else ""
        return await receive_file(
            self.ground.house, agency=agency, account_id=account, content=file.content,
            came_by="upload", principal=OFFICER, checksum=checksum,
        )  # fmt: skip

    async def _accept(self, file: Handed, id: UUID) -> None:
        """Accept a file, and those that waited for it."""
        house = self.ground.house
        seen = await filed(house, id)
        act = self.ground.act(SECOND if seen.verdict == "F03" else OFFICER)
        await accept_file(house, act, id, seen.sha256)
        self.accepted.append((file, id))
        for waiting in list(self._held):
            if (await filed(house, waiting[1])).state == "previewed":
                self._held.remove(waiting)
                await self._accept(*waiting)

    def _account(self, file: Handed) -> tuple[str, UUID]:
        if file.source == "settlement":
            agency, _, name = file.account.partition(" ")
            return agency, self.ground.merchants[agency, name].account
        for agency, accounts in self.ground.banks.items():
            for account in accounts:
                if account.number == file.account:
                    return agency, self.ground.bank_account(agency, account)
        raise LookupError(file.account)
