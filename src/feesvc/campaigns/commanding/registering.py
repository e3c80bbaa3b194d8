"""Steps that set an agency up: every command of the registries and of accounts, but closing one."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from feesvc.application import accounts, registries
from feesvc.application.house import Act
from feesvc.campaigns.commanding import Everything, Steps, told
from feesvc.domain.agency import Agency
from feesvc.domain.amounts import Flat
from feesvc.domain.fee_item import FeeItem
from feesvc.domain.fee_schedule import FeeSchedule
from feesvc.domain.merchant_account import SettlementTerm

REGISTERING = Steps()


def schedule(e: Everything) -> UUID:
    return e.s.store.ids.fee_schedule(e.code, "TT 1/2026")


@REGISTERING.of(registries.register_agency)
async def register_agency(e: Everything, act: Act) -> object:
    return await registries.register_agency(e.s.house, act, e.code, "Cơ quan", "Agency", "", told)


@REGISTERING.of(registries.begin)
async def begin(e: Everything, act: Act) -> object:
    def make() -> Agency:
        code = f"{e.code}.1"
        return Agency.register(e.s.store.ids.agency(code), code, "Phòng", "Unit", e.code, act.at)

    id = e.s.store.ids.agency(f"{e.code}.1")
    return await registries.begin(e.s.house, act, id, make, told)


@REGISTERING.of(registries.change)
async def rename(e: Everything, act: Act) -> object:
    def how(agency: Agency) -> None:
        agency.rename("Tên mới", "New name", date(2026, 11, 20), act.at)

    return await registries.change(e.s.house, act, Agency, e.s.store.ids.agency(e.code), how, told)


@REGISTERING.of(registries.register_procedure)
async def procedure(e: Everything, act: Act) -> object:
    return await registries.register_procedure(
        e.s.house, act, e.code, "1.004379", "Thủ tục", "Procedure", told
    )


@REGISTERING.of(registries.register_portal)
async def portal(e: Everything, act: Act) -> object:
    new = registries.NewPortal(
        code=f"P-{e.code}", agency=e.code, name="Cổng", agencies=(e.code,), scopes=(),
        return_urls=("https://portal.example",),
    )  # fmt: skip
    return await registries.register_portal(e.s.house, act, new, told)


@REGISTERING.of(registries.issue_key)
async def key(e: Everything, act: Act) -> object:
    return await registries.issue_key(e.s.house, act, f"P-{e.code}", "k", "secret", None, told)


@REGISTERING.of(registries.appoint_officer)
async def appoint(e: Everything, act: Act) -> object:
    return await registries.appoint_officer(
        e.s.house, act, e.code, e.id("officer"), ("clerk", "finance"), told
    )


@REGISTERING.of(registries.revoke_officer)
async def revoke(e: Everything, act: Act) -> object:
    return await registries.revoke_officer(
        e.s.house, act, e.code, e.id("officer"), ("clerk",), "left", told
    )


@REGISTERING.of(registries.appoint_operator)
async def operator(e: Everything, act: Act) -> object:
    return await registries.appoint_operator(e.s.house, "https://issuer.example", e.code)


@REGISTERING.of(accounts.open_merchant_account)
async def account(e: Everything, act: Act) -> object:
    new = accounts.NewMerchantAccount(
        agency=e.code, intermediary="settling", mode="test", settings={}, currencies=("VND",)
    )
    return await accounts.open_merchant_account(e.s.house, act, e.id("account"), new, told)


@REGISTERING.of(accounts.rekey_merchant_account)
async def rekey(e: Everything, act: Act) -> object:
    return await accounts.rekey_merchant_account(e.s.house, act, e.id("account"), {}, told)


@REGISTERING.of(accounts.set_settlement_term)
async def set_term(e: Everything, act: Act) -> object:
    term = SettlementTerm(settled_within=1, credited_within=2)
    account = e.id("account")
    return await accounts.set_settlement_term(e.s.house, act, account, term, date(2026, 1, 1), told)


@REGISTERING.of(accounts.open_receipt_series)
async def series(e: Everything, act: Act) -> object:
    return await accounts.open_receipt_series(
        e.s.house, act, e.code, "BI-26T", "01BLP0-001", 1, date(2026, 1, 1), told
    )


@REGISTERING.of(accounts.open_fee_schedule)
async def open_schedule(e: Everything, act: Act) -> object:
    return await accounts.open_fee_schedule(e.s.house, act, e.code, "TT 1/2026", "Phí", told)


@REGISTERING.of(registries.change)
async def propose(e: Everything, act: Act) -> object:
    item = FeeItem(
        code="FEE", name_vi="Phí", name_en="Fee", kind="fee", currency="VND",
        rule=Flat(amount=100_000), effective_from=date(2026, 1, 1), citation="TT 1/2026",
        retained_ppm=900_000,
    )  # fmt: skip

    def how(schedule: FeeSchedule) -> None:
        schedule.propose_item("FEE", item, "person:a", act.at)

    return await registries.change(
        e.s.house, act, FeeSchedule, e.s.store.ids.fee_schedule(e.code, "TT 1/2026"), how, told
    )


@REGISTERING.of(registries.change)
async def approve_item(e: Everything, act: Act) -> object:
    def how(schedule: FeeSchedule) -> None:
        schedule.approve_item("FEE", "person:b", act.at)

    return await registries.change(
        e.s.house, act, FeeSchedule, e.s.store.ids.fee_schedule(e.code, "TT 1/2026"), how, told
    )
