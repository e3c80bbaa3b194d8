"""Cases: opened by whoever finds that something does not add up, explained by people.

``open_case`` is what a process, a command or a settlement calls; the same finding is one case.
``case_of`` gives it as an aggregate, to be recorded in one append with the fact it rests on.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from secrets import token_hex
from uuid import UUID

import structlog

from feesvc.application.house import Act, Decision, Done, House, act_of
from feesvc.domain.case import Case
from feesvc.domain.case_kinds import kind_of
from feesvc.domain.finding import Finding
from feesvc.people import Redacted
from feesvc.store import Answer

log = structlog.get_logger(__name__)


async def case_of(house: House, act: Act, finding: Finding) -> list[Case]:
    """The new case of a finding, to be recorded with other news; none where it stands already."""
    id = finding.case_id(house.store.ids)
    if id in await house.store.peek([id]):
        return []
    due_on = finding.due_on or kind_of(finding.code).due_on(act.at, house.calendar)
    log.warning("case.opened", stream=id, agency=finding.agency, code=finding.code)
    return [Case.open(id, finding, act.principal, due_on, act.at)]


async def open_case(house: House, act: Act, finding: Finding) -> UUID:
    """Open the case of a finding, unless it stands; gives its id.

    ``act`` says who found it, when, and after which event; its id need not be the case's own.
    """
    id = finding.case_id(house.store.ids)
    opening = act_of(act, house.store.ids.of("open_case", str(id)))

    async def decide() -> Decision[None]:
        return Decision(None, await case_of(house, act, finding))

    await house.take(opening, decide)
    return id


async def clear_case(
    house: House, act: Act, finding: Finding, reason: str, evidence: str = ""
) -> None:
    """Evidence came and nothing of this finding is left open; a case that is not there is none."""
    id = finding.case_id(house.store.ids)

    async def decide() -> Decision[None]:
        case = (await house.store.load([id])).get(id)
        if not isinstance(case, Case):
            return Decision(None)
        case.clear("evidence", reason, evidence, act.at)
        return Decision(None, [case])

    await house.take(act_of(act, house.store.ids.of("clear_case", str(act.id), str(id))), decide)


async def escalate_case(
    house: House, act: Act, case_id: UUID, level: int, late_by: timedelta = timedelta()
) -> None:
    """Show a case further up that was to be ended ``late_by`` before today, and was not."""

    async def decide() -> Decision[None]:
        case = await house.one(Case, case_id, f"case {case_id}")
        if case.due_on + late_by < act.day:
            case.escalate(level, act.at)
        return Decision(None, [case])

    await house.take(act, decide)


async def work_on(
    house: House, act: Act, case_id: UUID, do: Callable[[Case], None],
    answer: Callable[[Case], Answer] | None = None,
) -> Done[Case]:  # fmt: skip
    """Record what one person does with a case: assign, take up, inquire, answer, send back …"""

    async def decide() -> Decision[Case]:
        case = await house.one(Case, case_id, f"case {case_id}")
        do(case)
        return Decision(case, [case])

    return await house.settle(act, decide, answer)


async def reopen_case(
    house: House, act: Act, case_id: UUID, reason: str,
    answer: Callable[[Case], Answer] | None = None,
) -> Done[Case]:  # fmt: skip
    """Work on a closed case again; its clock starts anew."""

    def reopen(case: Case) -> None:
        case.reopen(reason, kind_of(case.code).due_on(act.at, house.calendar), act.at)

    return await work_on(house, act, case_id, reopen, answer)


async def note_on_case(
    house: House, act: Act, case_id: UUID, text: str,
    answer: Callable[[Case], Answer] | None = None,
) -> Done[Case]:  # fmt: skip
    """Write something down. The text is sealed and erasable; the case holds a hash of it.

    The hash covers a random salt as well: a short note cannot be guessed from it.
    """
    await house.see(Case, case_id, f"case {case_id}")
    repeated: Done[Case] | None = await house.before(act)
    if repeated is not None:
        return repeated
    sealed = json.dumps({"salt": token_hex(16), "text": text}, ensure_ascii=False)
    name = await house.people.keep("case_note", sealed.encode())
    return await work_on(house, act, case_id, lambda case: case.note(name, act.at), answer)


async def notes_of(house: House, case: Case) -> list[tuple[str, str | None]]:
    """Each note's hash and text, oldest first; an erased one has no text."""
    found: list[tuple[str, str | None]] = []
    for name in case.notes:
        kept = await house.people.fetch(name)
        text = None if kept is None or isinstance(kept, Redacted) else json.loads(kept)["text"]
        found.append((name, text))
    return found
