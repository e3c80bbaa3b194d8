"""Merchant accounts over HTTP: opened, rekeyed, closed; and the settlements that they bring."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID, uuid4

from fastapi import APIRouter, Depends, Request, Response
from pydantic import Field

from feesvc.api.agency_forms import AcceptedView, accepted_views
from feesvc.api.callers import FINANCE, Caller, caller_of
from feesvc.api.idempotency import act_of, respond
from feesvc.api.telling import made, shown
from feesvc.api.wire import AgencyCode, Body, Code, Currency, MoneyView, View, text
from feesvc.application import accounts as commands
from feesvc.application import settlements
from feesvc.application.desk import UnknownIntermediary
from feesvc.application.house import Decision, Done
from feesvc.domain.accounts import Mode
from feesvc.domain.agency import Agency
from feesvc.domain.merchant_account import PREVIOUS, MerchantAccount
from feesvc.intermediary import Profile
from feesvc.store import Answer

router = APIRouter(tags=["merchant accounts"])
Who = Annotated[Caller, Depends(caller_of)]

Settings = dict[
    Annotated[str, Field(pattern="^[a-z0-9_]{1,64}$")], Annotated[str, Field(max_length=2000)]
]
"""Plain values; where the adapter calls a setting secret, a reference: env:NAME or file:PATH."""


class OpenBody(Body):
    """``mode`` test takes no real money."""

    intermediary: text(40, 1, "^[a-z0-9_-]+$")  # type: ignore[valid-type]
    mode: Mode
    settings: Settings = Field(default={}, max_length=40)
    currencies: list[Currency] = Field(min_length=1, max_length=20)


class RekeyBody(Body):
    """All of the settings; what is left out is not kept."""

    settings: Settings = Field(max_length=40)


class AccountView(View):
    """``settings`` without the secret ones, of which only the names are told."""

    id: UUID
    agency: str
    intermediary: str
    mode: Mode
    currencies: list[str]
    settings: dict[str, str]
    secret_settings: list[str]
    closed: bool
    notification_url: str
    """Where the intermediary reports. Nobody can guess it; tell it to nobody else."""


class AccountsView(View):
    merchant_accounts: list[AcceptedView]


class BatchBody(Body):
    """What the intermediary calls the batch, such as the id of a payout."""

    batch: Code


class TakenView(View):
    """Lines by kind: ``taken`` were booked, ``repeated`` were before, ``left`` are for matching."""

    batch: str
    net: MoneyView
    taken: dict[str, int]
    repeated: int
    left: dict[str, int]


@router.post("/agencies/{agency}/merchant-accounts", status_code=201, response_model=AccountView)
async def open_account(request: Request, agency: AgencyCode, body: OpenBody, who: Who) -> Response:
    """Take payments through an intermediary. The new id is random, and a repeat tells the same."""
    await who.require_administrator(agency)
    new = commands.NewMerchantAccount(
        agency=agency, intermediary=body.intermediary, mode=body.mode, settings=body.settings,
        currencies=tuple(body.currencies),
    )  # fmt: skip

    def answer(account: MerchantAccount) -> Answer:
        return made(_view(who, account), f"/v1/merchant-accounts/{account.id}")

    # Each try draws an id, and only the first one that is recorded counts: nobody can guess it,
    # not even from the request, and its repeat is told the recorded one.
    done = await commands.open_merchant_account(
        who.house, act_of(request, who, body), uuid4(), new, answer
    )

    async def again() -> Answer:
        id = await who.house.made_by(done.appended)
        return answer(await who.house.see(MerchantAccount, id, ""))

    return await respond(who, done, answer, again)


@router.get("/agencies/{agency}/merchant-accounts", response_model=AccountsView)
async def list_accounts(request: Request, agency: AgencyCode, who: Who) -> Response:
    """Through which intermediaries the agency takes payments."""
    await who.require_reader(agency, "payments:read")
    found = await who.house.see(Agency, who.house.store.ids.agency(agency), f"agency {agency}")
    return shown(request, AccountsView(merchant_accounts=accepted_views(found)))


@router.get("/merchant-accounts/{id}", response_model=AccountView)
async def see(request: Request, id: UUID, who: Who) -> Response:
    account = await _account(who, id)
    await who.require_reader(account.agency)
    return shown(request, _view(who, account), account)


@router.post("/merchant-accounts/{id}/rekey", response_model=AccountView)
async def rekey(request: Request, id: UUID, body: RekeyBody, who: Who) -> Response:
    """Replace all settings. ``NAME_previous`` keeps a secret from before for what is under way."""
    await who.require_administrator((await _account(who, id)).agency)
    act = act_of(request, who, body)

    def answer(account: MerchantAccount) -> Answer:
        return made(_view(who, account), f"/v1/merchant-accounts/{id}", 200)

    async def again() -> Answer:
        return answer(await _account(who, id))

    done = await commands.rekey_merchant_account(who.house, act, id, body.settings, answer)
    return await respond(who, done, answer, again)


@router.post("/merchant-accounts/{id}/close", response_model=AccountView)
async def close(request: Request, id: UUID, who: Who) -> Response:
    """Ask for nothing more there. What was asked before may still arrive, and is booked."""
    await who.require_administrator((await _account(who, id)).agency)
    act = act_of(request, who, None)

    def answer(account: MerchantAccount) -> Answer:
        return made(_view(who, account), f"/v1/merchant-accounts/{id}", 200)

    async def again() -> Answer:
        return answer(await _account(who, id))

    done = await commands.close_merchant_account(who.house, act, id, answer)
    return await respond(who, done, answer, again)


@router.post("/merchant-accounts/{id}/settlements", response_model=TakenView)
async def fetch(request: Request, id: UUID, body: BatchBody, who: Who) -> Response:
    """Fetch what the intermediary says it paid out in one batch, and book it line by line."""
    await who.require((await _account(who, id)).agency, roles=FINANCE)
    return await _taken(request, who, id, body, None)


LARGEST_DOCUMENT = 64 * 1024 * 1024
"""Bytes: a day of millions of lines."""
DOCUMENT: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}


@router.post(
    "/merchant-accounts/{id}/settlement-documents",
    max_body_size=LARGEST_DOCUMENT,
    response_model=TakenView,
    openapi_extra=DOCUMENT,
)  # fmt: skip
async def upload(request: Request, id: UUID, who: Who) -> Response:
    """Take a settlement document as the intermediary sent it, and book it line by line."""
    await who.require((await _account(who, id)).agency, roles=FINANCE)
    return await _taken(request, who, id, None, await request.body())


async def _taken(
    request: Request, who: Caller, id: UUID, body: BatchBody | None, document: bytes | None
) -> Response:
    """Lines are booked one by one, each once; the request is put on record when all are."""
    act = act_of(request, who, body, document or b"")
    done: Done[settlements.SettlementTaken] | None = await who.house.before(act)

    async def take() -> Decision[settlements.SettlementTaken]:
        read = document
        if body is not None:
            read = await settlements.fetch_settlement(who.house, id, body.batch)
        taken = await settlements.take_settlement(
            who.house, id, read or b"", Profile(), who.principal
        )
        return Decision(taken)

    def answer(taken: settlements.SettlementTaken) -> Answer:
        said = TakenView(
            batch=taken.batch, net=MoneyView.of(taken.net), taken=dict(taken.taken),
            repeated=taken.repeated, left=dict(taken.left),
        )  # fmt: skip
        return made(said, f"/v1/merchant-accounts/{id}", 200)

    async def again() -> Answer:
        return answer((await take()).result)

    done = done or await who.house.settle(act, take, answer)
    return await respond(who, done, answer, again)


async def _account(who: Caller, id: UUID) -> MerchantAccount:
    return await who.house.see(MerchantAccount, id, "")


def _view(who: Caller, account: MerchantAccount) -> AccountView:
    try:
        secret = who.house.desk.secrets(account.intermediary)
    except UnknownIntermediary:  # no longer installed: what is secret, nobody can say
        secret = frozenset(account.settings)
    hidden = [name for name in account.settings if name.removesuffix(PREVIOUS) in secret]
    return AccountView(
        id=account.id, agency=account.agency, intermediary=account.intermediary,
        mode=account.mode, currencies=list(account.currencies),
        settings={name: value for name, value in account.settings.items() if name not in hidden},
        secret_settings=sorted(hidden), closed=account.closed,
        notification_url=f"{who.house.public_url}/v1/notifications/{account.id}",
    )  # fmt: skip
