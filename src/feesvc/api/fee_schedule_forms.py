"""Fee schedule forms: items and reductions as JSON, in the very words of the domain.

The domain's own types say what an item may hold, so that a rule of law is written down once. What
they cannot say (unknown fields, endless or unprintable texts) is checked here.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Annotated, Any, TypeVar
from uuid import UUID

import msgspec
from pydantic import Field, WithJsonSchema

from feesvc.api.problems import Problem
from feesvc.api.wire import Body, Day, Reason, View, text
from feesvc.domain.fee_item import FeeItem
from feesvc.domain.fee_schedule import FeeSchedule
from feesvc.domain.reductions import Reduction

Term = TypeVar("Term", FeeItem, Reduction)

LONGEST_TEXT = 2000


def _schema(kind: type) -> dict[str, Any]:
    """The JSON schema of a domain type, whole, and with no room for unknown fields."""
    (said,), parts = msgspec.json.schema_components([kind], ref_template="{name}")

    def whole(node: Any) -> Any:
        if isinstance(node, list):
            return [whole(one) for one in node]
        if not isinstance(node, dict):
            return node
        if "$ref" in node:
            return whole(parts[node["$ref"]])
        made = {key: whole(one) for key, one in node.items() if key != "discriminator"}
        if "properties" in made:
            made["additionalProperties"] = False
        return made

    found: dict[str, Any] = whole(said)
    return found


Proposal = Annotated[str, Field(pattern="^[0-9A-Za-z][0-9A-Za-z._-]{0,63}$")]
"""What the proposer calls this version, e.g. LPX-2026; never used twice in a schedule."""


class OpenBody(Body):
    """A legal document such as TT 64/2025/TT-BTC, and its title."""

    document: text(100)  # type: ignore[valid-type]
    title: text(500)  # type: ignore[valid-type]


class ProposeItemBody(Body):
    """Amounts in minor units of the item's currency, rates in parts per million."""

    proposal: Proposal
    item: Annotated[dict[str, Any], WithJsonSchema(_schema(FeeItem))]


class ProposeReductionBody(Body):
    proposal: Proposal
    reduction: Annotated[dict[str, Any], WithJsonSchema(_schema(Reduction))]


class WithdrawBody(Body):
    """It is in force neither on ``withdrawn_on`` nor after it."""

    withdrawn_on: Day
    reason: Reason


class ProposedView(View):
    """What somebody proposed and nobody has decided on; ``maker`` may not approve it."""

    maker: str
    term: dict[str, Any]


class ScheduleView(View):
    """Versions of items and reductions by the name of their proposal."""

    id: UUID
    agency: str
    document: str
    title: str
    version: int
    items: dict[str, dict[str, Any]]
    reductions: dict[str, dict[str, Any]]
    proposed_items: dict[str, ProposedView]
    proposed_reductions: dict[str, ProposedView]


class ScheduleBrief(View):
    id: UUID
    document: str


class SchedulesView(View):
    fee_schedules: list[ScheduleBrief]


def view(schedule: FeeSchedule, on: date | None = None) -> ScheduleView:
    """All versions, or only those in force on a day."""
    return ScheduleView(
        id=schedule.id, agency=schedule.agency, document=schedule.document, title=schedule.title,
        version=schedule.version,
        items={p: _plain(i) for p, i in schedule.items.items() if _holds(i, on)},
        reductions={p: _plain(r) for p, r in schedule.reductions.items() if _holds(r, on)},
        proposed_items={
            p: ProposedView(maker=one.maker, term=_plain(one.term))
            for p, one in schedule.proposed_items.items()
        },
        proposed_reductions={
            p: ProposedView(maker=one.maker, term=_plain(one.term))
            for p, one in schedule.proposed_reductions.items()
        },
    )  # fmt: skip


def _holds(term: FeeItem | Reduction, on: date | None) -> bool:
    if on is None:
        return True
    return term.effective_from <= on and (term.effective_to is None or on <= term.effective_to)


def _plain(term: FeeItem | Reduction) -> dict[str, Any]:
    found: dict[str, Any] = msgspec.to_builtins(term)
    return found


def decoded(said: dict[str, Any], kind: type[Term], at: str) -> Term:
    """What a request says of an item or a reduction; raises a problem that says where it is wrong.

    ``at`` is where it stands in the request, e.g. ``body.item``.
    """
    wrong = [{"at": where, "why": why} for where, why in _texts(said, at)]
    if not wrong:
        try:
            term = msgspec.convert(said, kind)
            wrong = [{"at": w, "why": "unknown field"} for w in _unknown(said, _plain(term), at)]
            if not wrong:
                return term
        except msgspec.ValidationError as error:
            why, _, path = str(error).partition(" - at `$")
            wrong = [{"at": at + path.rstrip("`"), "why": why}]
    raise Problem(
        422, "invalid-request", "The request is not well-formed", more={"errors": wrong[:50]}
    )


def _texts(said: Any, at: str) -> Iterator[tuple[str, str]]:
    """Texts that no law is printed with."""
    if isinstance(said, dict):
        for name, one in said.items():
            yield from _texts(name, at)
            yield from _texts(one, f"{at}.{name}")
    elif isinstance(said, list):
        for number, one in enumerate(said):
            yield from _texts(one, f"{at}[{number}]")
    elif isinstance(said, str):
        if len(said) > LONGEST_TEXT:
            yield at, f"is longer than {LONGEST_TEXT} characters"
        if any(ord(char) < 32 or ord(char) == 127 for char in said):
            yield at, "holds a control character"


def _unknown(said: Any, understood: Any, at: str) -> Iterator[str]:
    """Fields that were said and not understood."""
    if isinstance(said, dict) and isinstance(understood, dict):
        for name, one in said.items():
            if name in understood:
                yield from _unknown(one, understood[name], f"{at}.{name}")
            else:
                yield f"{at}.{name[:64]}"
    elif isinstance(said, list) and isinstance(understood, list):
        for number, (one, read) in enumerate(zip(said, understood, strict=False)):
            yield from _unknown(one, read, f"{at}[{number}]")
