"""Restoring: bytes that a mistake superseded or discarded are judged anew, as a file of their own.

The same bytes alone never do that: an old file that is delivered once more changes nothing (F02).
"""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID, uuid4

from feesvc.application.file_accounts import file_account
from feesvc.application.file_verdicts import verdict_on
from feesvc.application.files import (
    FileNotAcceptable,
    Taken,
    content_of,
    filed,
    log,
    tell_of,
    with_verdict,
)
from feesvc.application.house import House
from feesvc.reconciling.filing import GONE, SourceFile
from feesvc.reconciling.filing.keeping import Filing


async def restore_file(house: House, file_id: UUID, reason: str, principal: str) -> Taken:
    """Read and judge its bytes as they came, against what stands now; nothing is accepted.

    Where they would replace what stands, that is a restatement like any other (F03): its
    difference is shown, and another person accepts it. One whose checksum was wrong (F10) has to
    come under its own sum. ``again``: its bytes count already, and
    nothing has changed. Raises ``FileNotAcceptable``, ``Unknown`` once the bytes were erased.
    """
    filing, file = Filing(house.rows), await filed(house, file_id)
    if file.state not in GONE or file.verdict == "F10":
        raise FileNotAcceptable(f"it is {file.state} {file.verdict}".rstrip())
    account = await file_account(house, file.agency, file.account)
    found = await filing.same_bytes(file.account, file.sha256)
    if found is not None and found.state not in GONE:
        await tell_of(house, found, account, principal)
        return Taken(file=found, again=True)
    reading, verdict = await verdict_on(house, filing, account, await content_of(house, file))
    new = with_verdict(_anew(house, file, reason, principal), reading, verdict)
    kept = await filing.add(new, reading.statements if reading else ())
    if kept.id == new.id:
        log.info("file.restored", agency=file.agency, stream=kept.id, actor=principal)
    await tell_of(house, kept, account, principal)
    return Taken(file=kept, again=kept.id != new.id)


def _anew(house: House, file: SourceFile, reason: str, principal: str) -> SourceFile:
    return replace(
        file, id=uuid4(), format="", profile="", profile_version=0, came_by="restored",
        received_at=house.now(), received_by=principal, restores=file.id, restored_for=reason,
    )  # fmt: skip
