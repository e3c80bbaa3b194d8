"""Matches over HTTP: why lines belong together, and undoing, confirming or rejecting one."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import Field, StrictInt

from feesvc.api.callers import FINANCE, Caller, caller_of
from feesvc.api.idempotency import act_of, respond
from feesvc.api.telling import made, shown
from feesvc.api.wire import AgencyCode, Body, MoneyView, Reason, ReasonBody, View
from feesvc.application import matches
from feesvc.application.house import Decision, Done
from feesvc.application.manual_matches import ByHand, propose_match
from feesvc.domain.officer import Role
from feesvc.money import Money
from feesvc.store import Answer

router = APIRouter(tags=["matching"])
Who = Annotated[Caller, Depends(caller_of)]
READERS: tuple[Role, ...] = ("finance", "approver", "auditor")
MatchState = Literal["proposed", "confirmed", "posted", "rejected", "reversed"]


class MemberView(View):
    """``item`` is ``line:…``, ``capture:…``, ``batch:…`` or ``order:…``; ours are side A."""

    side: Literal["A", "B"]
    item: str
    amount: MoneyView


class MatchView(View):
    """``rule`` is the pass that found it, ``rules`` the version of the rules, ``lost`` what was
    looked at and is none of it. ``difference`` is posted to the account that ``why`` names.
    """

    id: UUID
    run: UUID
    agency: str
    account: UUID
    leg: Literal["settlement", "bank"]
    rule: str
    rules: int
    how: str
    state: MatchState
    difference: MoneyView
    why: dict[str, Any]
    members: list[MemberView]


class MatchesView(View):
    """A page. ``next`` is what the next page comes after; null at the end."""

    items: list[MatchView]
    next: UUID | None


class NothingBody(Body):
    """Nothing is to be said."""


class ConfirmBody(Body):
    """``digest`` is that of the match, where a person proposed it."""

    digest: Annotated[str, Field(pattern="^([0-9a-f]{64})?$")] = ""


class ByHandBody(Body):
    """``lines`` by their ids, ``others`` as ``capture:…`` or ``batch:…``.

    What the sides differ by, up to ``cap`` minor units, goes to ``difference_to``: 1290 (a claim),
    5320 (a bank charge within the tariff), or 2150, where more came than was awaited.
    """

    account: UUID
    lines: Annotated[list[Annotated[StrictInt, Field(ge=1)]], Field(min_length=1, max_length=100)]
    others: Annotated[
        list[Annotated[str, Field(pattern=r"^(capture|batch):[0-9a-f-]{36}$")]],
        Field(min_length=1, max_length=100),
    ]
    reason: Reason
    difference_to: Literal["", "1290", "5320", "2150"] = ""
    cap: Annotated[StrictInt, Field(ge=0)] = 0


@router.get("/agencies/{agency}/matches", response_model=MatchesView)
async def list_matches(
    request: Request, agency: AgencyCode, who: Who, run: UUID | None = None,
    state: MatchState | None = None, after: UUID | None = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> Response:  # fmt: skip
    """Matches of an agency; ``state=proposed`` are those that wait for somebody."""
    await who.require(agency, roles=READERS)
    found = await matches.matches_of(
        who.house, agency, run=run, state=state, after=after, limit=limit + 1
    )
    items = [view(row) for row in found[:limit]]
    more = len(found) > limit
    return shown(request, MatchesView(items=items, next=items[-1].id if more else None))


@router.post("/agencies/{agency}/matches", status_code=201, response_model=MatchView)
async def propose(request: Request, agency: AgencyCode, body: ByHandBody, who: Who) -> Response:
    """Say that lines belong to something; another person confirms it before it is booked."""
    await who.require(agency, roles=FINANCE)
    act = act_of(request, who, body)
    said = ByHand(
        agency=agency, account=body.account, lines=tuple(sorted(set(body.lines))),
        others=tuple(sorted(set(body.others))), reason=body.reason,
        difference_to=body.difference_to, cap=body.cap,
    )  # fmt: skip
    done: Done[dict[str, Any]] | None = await who.house.before(act)

    async def decide() -> Decision[dict[str, Any]]:
        id = await propose_match(who.house, act.id, said, who.principal)
        return Decision(await matches.see_match(who.house, id))

    def answer(row: dict[str, Any]) -> Answer:
        return made(view(row), f"/v1/matches/{row['id']}", 201)

    async def again() -> Answer:
        return answer(await matches.see_match(who.house, act.id))

    done = done or await who.house.settle(act, decide, answer)
    return await respond(who, done, answer, again)


@router.get("/matches/{id}", response_model=MatchView)
async def show(request: Request, id: UUID, who: Who) -> Response:
    """One match: its members, and why they belong together."""
    found = await matches.see_match(who.house, id)
    await who.require(found["agency"], roles=READERS)
    return shown(request, view(found))


@router.post("/matches/{id}/undo", response_model=MatchView)
async def undo(request: Request, id: UUID, body: ReasonBody, who: Who) -> Response:
    """Reverse exactly what the match booked: its members are open again."""
    return await _act(
        request, who, id, body, lambda: matches.undo(who.house, id, body.reason, who.principal)
    )


@router.post("/matches/{id}/confirm", response_model=MatchView)
async def confirm(request: Request, id: UUID, body: ConfirmBody, who: Who) -> Response:
    """What was only proposed is so: it is booked. By another person than proposed it by hand."""
    return await _act(
        request, who, id, body,
        lambda: matches.confirm(who.house, id, who.principal, body.digest), (*FINANCE, "approver"),
    )  # fmt: skip


@router.post("/matches/{id}/reject", response_model=MatchView)
async def reject(request: Request, id: UUID, body: NothingBody, who: Who) -> Response:
    """What was proposed is not so, and is not proposed again."""
    return await _act(request, who, id, body, lambda: matches.reject(who.house, id))


async def _act(
    request: Request, who: Caller, id: UUID, body: Body,
    do: Callable[[], Awaitable[dict[str, Any]]], roles: tuple[Role, ...] = FINANCE,
) -> Response:  # fmt: skip
    found = await matches.see_match(who.house, id)
    await who.require(found["agency"], roles=roles)
    act = act_of(request, who, body)
    done: Done[dict[str, Any]] | None = await who.house.before(act)

    async def decide() -> Decision[dict[str, Any]]:
        return Decision(await do())

    def answer(row: dict[str, Any]) -> Answer:
        return made(view(row), f"/v1/matches/{id}", 200)

    async def again() -> Answer:
        return answer(await matches.see_match(who.house, id))

    done = done or await who.house.settle(act, decide, answer)
    return await respond(who, done, answer, again)


def view(row: dict[str, Any]) -> MatchView:
    def money(amount: int) -> MoneyView:
        return MoneyView.of(Money(amount, row["currency"]))

    return MatchView(
        id=row["id"], run=row["run"], agency=row["agency"], account=row["account"],
        leg="settlement" if row["leg"] == "S" else "bank", rule=row["rule"], rules=row["rules"],
        how=row["how"], state=row["state"], difference=money(row["difference"]), why=row["why"],
        members=[
            MemberView(side=one["side"], item=one["item"], amount=money(one["amount"]))
            for one in row["members"]
        ],
    )  # fmt: skip
