"""Files: one comes in, is read, judged and shown; then its lines are accepted, or it is refused.

Nothing of a file counts before it is accepted. What was accepted is told by ``statement`` events,
recorded first and at once for the whole file; the rows follow, here or by whoever comes next.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from hashlib import sha256
from uuid import UUID, uuid4

import structlog

from feesvc.application.file_accounts import FileAccount, file_account
from feesvc.application.file_reading import Reading
from feesvc.application.file_restating import stood, supersede, told_of
from feesvc.application.file_verdicts import (
    Judged,
    clear_file_case,
    judged,
    open_file_case,
    verdict_on,
)
from feesvc.application.house import Act, Decision, Done, House, Unknown
from feesvc.domain.aggregate import Refusal
from feesvc.domain.refund import ChangedSinceAsked, SamePerson
from feesvc.domain.statement import Difference, Statement
from feesvc.people import Redacted
from feesvc.reconciling.filing import GONE, CameBy, FiledStatement, SourceFile
from feesvc.reconciling.filing.keeping import Filing
from feesvc.store import Answer

DOCUMENT = "statement_file"
"""The kind of the sealed document."""
HELD = ("F03", "F07", "F08")
"""What two people may accept all the same."""
log = structlog.get_logger(__name__)


class FileTooLarge(Refusal):
    """The file is larger than this service takes; split it"""


class FileNotAcceptable(Refusal):
    """The file is not at a point where it can be accepted, discarded or read again"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """``again``: these very bytes came before (F02), and nothing has changed."""

    file: SourceFile
    again: bool


async def receive_file(
    house: House, *, agency: str, account_id: UUID, content: bytes, came_by: CameBy,
    principal: str, checksum: str = "",
) -> Taken:  # fmt: skip
    """Keep a file, read it and judge it; nothing of it is accepted.

    ``checksum`` is its SHA-256 as the sender declares it (F10). The same bytes for the same account
    change nothing (F02), but for such that were doubted and now come under their own sum.
    Raises ``FileTooLarge``, ``Unknown``, ``NoReaderHere``.
    """
    if len(content) > house.files.largest:
        raise FileTooLarge(f"at most {house.files.largest} bytes")
    account = await file_account(house, agency, account_id)
    filing, name = Filing(house.rows), sha256(content).hexdigest()
    before = await filing.same_bytes(account.id, name)
    vouched = checksum.lower() == name
    if before is not None and not (vouched and before.verdict == "F10" and before.state in GONE):
        await tell_of(house, before, account, principal)  # nobody may have got that far
        if vouched and doubted(before):
            read = await _read_now(house, filing, account, before, content, principal)
            return Taken(file=read, again=False)
        return Taken(file=before, again=True)
    if checksum and not vouched:
        reading, found = None, Judged(state="quarantined", code="F10", why="its checksum differs")
    else:
        reading, found = await verdict_on(house, filing, account, content)
    document = await house.people.keep(DOCUMENT, content)
    new = SourceFile(
        id=uuid4(), agency=agency, source=account.source, account=account.id, sha256=name,
        document=document, size=len(content), format="", profile="", profile_version=0,
        came_by=came_by, received_at=house.now(), received_by=principal, state="quarantined",
        verdict="", place="", why="",
    )  # fmt: skip
    new = with_verdict(new, reading, found)
    kept = await filing.add(new, reading.statements if reading else ())
    if kept.id == new.id:
        log.info("file.received", agency=agency, stream=kept.id, code=kept.verdict)
        await tell_of(house, kept, account, principal)
    return Taken(file=kept, again=kept.id != new.id)


async def read_again(house: House, file_id: UUID, principal: str) -> SourceFile:
    """Read a quarantined file once more, as after a profile was mended.

    Raises ``FileNotAcceptable``, ``Unknown``.
    """
    filing = Filing(house.rows)
    file = await filed(house, file_id)
    account = await file_account(house, file.agency, file.account)
    if file.state != "quarantined" or doubted(file):
        raise FileNotAcceptable(f"it is {file.state}")
    content = await content_of(house, file)
    return await _read_now(house, filing, account, file, content, principal)


def doubted(file: SourceFile) -> bool:
    return (file.state, file.verdict) == ("quarantined", "F10")


async def _read_now(
    house: House, filing: Filing, account: FileAccount, file: SourceFile, content: bytes,
    principal: str,
) -> SourceFile:  # fmt: skip
    reading, found = await verdict_on(house, filing, account, content)
    new = with_verdict(file, reading, found)
    if new.verdict != file.verdict:  # before the row, by which a repeat finds its way
        act = house.act(uuid4(), principal)
        await clear_file_case(house, act, file, account.currency, "read_again")
        await open_file_case(house, act, new, account.currency)
    if not await filing.fill(new, reading.statements if reading else ()):
        raise FileNotAcceptable("others were first")
    return new


async def accept_file(
    house: House, act: Act, file_id: UUID, digest: str = "",
    answer: Callable[[SourceFile], Answer] | None = None,
) -> Done[SourceFile]:  # fmt: skip
    """Accept a file: all of its statements in one append, then their lines.

    A file that is held, as it restates another (F03) or does not continue what came before (F07,
    F08), is accepted by another person than brought it, who names its ``digest``, the SHA-256 of
    the bytes that were shown. Accepting again changes nothing.
    Raises ``FileNotAcceptable``, ``SamePerson``, ``ChangedSinceAsked``, ``StatementAccepted``,
    ``LinesPlaced``, ``RunUnderWay``.
    """
    filing = Filing(house.rows)
    file = await filed(house, file_id)
    by_two = file.verdict in HELD
    if file.state in ("quarantined", "discarded") or (file.state == "held" and not by_two):
        raise FileNotAcceptable(f"it is {file.state} {file.verdict}")
    if by_two and digest != file.sha256:
        raise ChangedSinceAsked(f"the file's digest is {file.sha256}")
    if by_two and file.state == "held" and act.principal == file.received_by:
        raise SamePerson("what is held is accepted by another person than brought it")
    statements = await filing.statements(file.id)
    before = await stood(house, filing, file, statements, act.principal)
    pairs = list(zip(statements, before, strict=True))

    async def decide() -> Decision[SourceFile]:
        changed = [await _concluded(house, act, file, one, before) for one, before in pairs]
        return Decision(replace(file, state="accepted"), [one for one in changed if one.news])

    done = await house.settle(act, decide, answer)
    await finish(house, file.id, act.principal)
    return done


async def finish(house: House, file_id: UUID, principal: str) -> None:
    """Bring the rows of an accepted file after its events, and release what waited for it.

    Repeating changes nothing: whoever finds it half done, after a crash, calls it again.
    """
    filing, ids = Filing(house.rows), house.store.ids
    file = await filed(house, file_id)
    for one in await filing.statements(file.id):
        id = ids.of("statement", str(file.account), one.currency, one.identity)
        stream = (await house.store.load([id])).get(id)
        if not isinstance(stream, Statement):
            return  # nobody has accepted it
        if stream.superseded and stream.told.statement == one.id:
            await supersede(house, filing, file, stream.superseded[-1], one, principal)
    await filing.accept(file.id)
    account = await file_account(house, file.agency, file.account)
    act = _act(house, "accepted", file, principal)
    await clear_file_case(house, act, file, account.currency, "file_accepted")
    await _release(house, filing, account, principal)


async def stands_last(house: House, file_id: UUID, statement: UUID) -> bool:
    """Whether of the file's statements that stand this is the last one."""
    ids, standing = house.store.ids, []
    file = await filed(house, file_id)
    for one in await Filing(house.rows).statements(file.id):
        id = ids.of("statement", str(file.account), one.currency, one.identity)
        stream = (await house.store.peek([id])).get(id)
        if isinstance(stream, Statement) and stream.told.statement == one.id:
            standing.append(one.id)
    return standing[-1:] == [statement]


async def discard_file(house: House, file_id: UUID, reason: str, principal: str) -> SourceFile:
    """Nothing of it will be accepted; its bytes stay. Discarding again changes nothing.

    Raises ``FileNotAcceptable``.
    """
    filing = Filing(house.rows)
    file = await filed(house, file_id)
    discarded = file.state == "discarded"
    why = file.why if discarded else f"{reason}, by {principal}; {file.why}"[:500]
    if not discarded and not await filing.judge(
        file.id, "discarded", file.verdict, file.place, why, ("quarantined", "held", "previewed")
    ):
        raise FileNotAcceptable(f"it is {file.state}")
    account = await file_account(house, file.agency, file.account)
    act = _act(house, "discarded", file, principal)
    await clear_file_case(house, act, file, account.currency, reason)
    return replace(file, state="discarded", why=why)


async def tell_of(house: House, file: SourceFile, account: FileAccount, principal: str) -> None:
    """Open the case of what was found of a file when it came, once."""
    act = _act(house, "received", file, principal)
    await open_file_case(house, act, file, account.currency)


async def filed(house: House, file_id: UUID) -> SourceFile:
    """Raises ``Unknown``."""
    found = await Filing(house.rows).file(file_id)
    if found is None:
        raise Unknown(f"file {file_id}")
    return found


async def content_of(house: House, file: SourceFile) -> bytes:
    """Its bytes; raises ``Unknown`` once they were erased."""
    content = await house.people.fetch(file.document) if file.document else None
    if content is None or isinstance(content, Redacted):
        raise Unknown("the bytes of the file were erased")
    return content


def with_verdict(file: SourceFile, reading: Reading | None, found: Judged) -> SourceFile:
    file = replace(
        file, state=found.state, verdict=found.code, place=found.place, why=found.why
    )  # fmt: skip
    if reading is None:
        return file
    return replace(
        file, format=reading.format, profile=reading.profile,
        profile_version=reading.profile_version,
    )  # fmt: skip


async def _concluded(
    house: House, act: Act, file: SourceFile, one: FiledStatement,
    stood: tuple[FiledStatement, Difference] | None,
) -> Statement:  # fmt: skip
    id = house.store.ids.of("statement", str(file.account), one.currency, one.identity)
    stream = (await house.store.load([id])).get(id)
    told = told_of(file, one)
    if isinstance(stream, Statement) and stood is not None:
        stream.supersede(stood[0].id, told, stood[1], file.received_by, act.principal, act.at)
        return stream
    return Statement.accept(
        id, stream if isinstance(stream, Statement) else None, agency=file.agency,
        source=file.source, account=file.account, currency=one.currency, identity=one.identity,
        told=told, at=act.at,
    )  # fmt: skip


async def _release(
    house: House, filing: Filing, account: FileAccount, principal: str
) -> None:  # fmt: skip
    """Files that waited for the one that has just been accepted, which may release each other, and
    those that restate it by now.
    """
    for file in await filing.held(account.id):
        found = await judged(filing, account.id, await filing.statements(file.id))
        if (found.state, found.code) == (file.state, file.verdict):
            continue
        if await filing.judge(
            file.id, found.state, found.code, found.place, found.why, ("held", "previewed")
        ):  # fmt: skip
            act = _act(house, f"released {found.code}", file, principal)
            await clear_file_case(house, act, file, account.currency, "missing_file_came")
            now = replace(file, state=found.state, verdict=found.code, place=found.place)
            await open_file_case(house, act, now, account.currency)
            if found.state == "previewed" and file.came_by in ("folder", "feed"):
                await accept_file(house, _act(house, "accept", file, file.received_by), file.id)


def _act(house: House, step: str, file: SourceFile, principal: str) -> Act:
    return house.act(house.store.ids.of("file", step, str(file.id)), principal)
