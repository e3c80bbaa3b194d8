"""Verdicts on files that were read: what they must fit to before anything of them is accepted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from feesvc.application.cases import clear_case, open_case
from feesvc.application.differences import Sought, review
from feesvc.application.file_accounts import FileAccount
from feesvc.application.file_reading import Reading, read_file
from feesvc.application.house import Act, House, act_of
from feesvc.domain.finding import CaseSubject, Finding
from feesvc.money import Money
from feesvc.reconciling.filing import FiledStatement, FileState, SourceFile
from feesvc.reconciling.filing.keeping import Filing
from feesvc.statement import Unreadable

WITH_CASE = frozenset(
    ("F03", "F04", "F05", "F06", "F07", "F08", "F09", "F10", "F11", "F12")
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """``code`` is F03 to F13 or empty; ``place`` where in the file."""

    state: FileState
    code: str = ""
    place: str = ""
    why: str = ""


async def verdict_on(
    house: House, filing: Filing, account: FileAccount, content: bytes
) -> tuple[Reading | None, Judged]:
    """What the bytes say, and what is to be thought of it."""
    try:
        reading = await read_file(house, account, content)
    except Unreadable as problem:
        return None, unreadable(problem)
    return reading, await judged(filing, account.id, reading.statements, reading.notes)


def unreadable(problem: Unreadable) -> Judged:
    """What the reader refused. Without balances an empty file is a broken control total (F13)."""
    code = "F06" if problem.code == "F13" else problem.code
    return Judged(state="quarantined", code=code, place=problem.place[:60], why=problem.why[:500])


async def judged(
    filing: Filing, account: UUID, statements: Sequence[FiledStatement], notes: Sequence[str] = ()
) -> Judged:
    """How the statements fit to those that stand: restated, out of sequence, or continuous."""
    last: dict[str, FiledStatement] = {}
    for one in statements:
        place = f"statement {one.ordinal}"
        standing = await filing.standing(account, one.currency, one.identity)
        if standing is not None and standing.id != one.id:
            why = f"{one.identity} was accepted before, with other content"
            return Judged(state="held", code="F03", place=place, why=why)
        before = last.get(one.currency) or await filing.before(account, one)
        found = _follows(one, before)
        if found is not None:
            return Judged(state="held", code=found[0], place=place, why=found[1])
        last[one.currency] = one
    # A table of a settlement may say by its totals alone that there is no line, and tell no day.
    empty = not any(one.count for one in statements)
    said = [*(["no entry, and balances or totals that say so"] if empty else []), *notes]
    return Judged(state="previewed", code="F13" if empty else "", why="; ".join(said)[:500])


def _follows(one: FiledStatement, before: FiledStatement | None) -> tuple[str, str] | None:
    if before is None:
        return None
    same_year = before.ends_on.year == one.ends_on.year
    numbered = one.sequence is not None and before.sequence is not None and same_year
    if numbered and (one.sequence or 0) > (before.sequence or 0) + 1:
        return "F07", f"number {one.sequence} came, the last one was {before.sequence}"
    if None not in (one.opening, before.closing) and one.opening != before.closing:
        return "F08", f"opens with {one.opening}, the one before closed with {before.closing}"
    return None


async def open_file_case(house: House, act: Act, file: SourceFile, currency: str) -> None:
    """For a verdict that a person must look at; a security alert where it is F10. An empty file
    with equal balances or totals of zero (F13) is recorded as cleared by its rule.
    """
    if file.verdict in WITH_CASE:
        await open_case(house, act, finding(file, currency))
    elif file.verdict == "F13":
        await _by_rule(house, act, file, "F13", currency, "equal_balances")


async def _by_rule(
    house: House, act: Act, file: SourceFile, code: str, currency: str, rule: str
) -> None:  # fmt: skip
    """A case that its rule cleared as it was found, so that it can be counted."""
    sought = Sought(
        agency=file.agency, code=code, subject=CaseSubject(kind="file", id=file.id), opens=True,
        stated=Money(0, currency), by_rule=rule, evidence=file.sha256,
        facts={"account": str(file.account), "came_by": file.came_by},
    )  # fmt: skip
    await review(house, act, [sought])


async def clear_file_case(
    house: House, act: Act, file: SourceFile, currency: str, reason: str
) -> None:  # fmt: skip
    if file.verdict in WITH_CASE:
        step = act_of(act, house.store.ids.of("clear_file", str(act.id), str(file.id)))
        await clear_case(house, step, finding(file, currency), reason, file.sha256)


def finding(file: SourceFile, currency: str) -> Finding:
    facts = {"account": str(file.account), "place": file.place, "format": file.format}
    if file.restores:
        facts |= {"restores": str(file.restores), "reason": file.restored_for}
    return Finding(
        agency=file.agency, code=file.verdict, subject=CaseSubject(kind="file", id=file.id),
        at_risk=Money(0, currency), evidence=file.sha256, facts=facts,
    )  # fmt: skip
