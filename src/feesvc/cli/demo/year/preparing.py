"""Preparing: agencies, sample fees and merchant accounts, by commands whose repeat does nothing."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from feesvc.application import accounts, registries
from feesvc.application.house import Act, House
from feesvc.cli.sample import FIRST_DAY, SampleDocument, sample
from feesvc.domain.fee_schedule import FeeSchedule

FINANCE = "person:finance"
APPROVER = "person:approver"
PORTAL = "portal:DVCQG"


async def prepare(house: House, intermediary: str, settings: Mapping[str, str]) -> dict[str, UUID]:
    """Register everything; gives each agency's merchant account at ``intermediary``."""
    opened = {}
    for agency in sample().agencies:
        code = agency.code
        await registries.register_agency(
            house, act(house, "agency", code), code, agency.name_vi, agency.name_en, agency.parent
        )
        await accounts.open_receipt_series(
            house, act(house, "series", code), code, "Y-25E", "01BLP0-001", 1, FIRST_DAY
        )
        opened[code] = house.store.ids.of("year", "account", code)
        new = accounts.NewMerchantAccount(
            agency=code, intermediary=intermediary, mode="test", settings=settings,
            currencies=("VND",),
        )  # fmt: skip
        await accounts.open_merchant_account(house, act(house, "account", code), opened[code], new)
    for document in sample().documents:
        await _schedule(house, document)
    return opened


def act(house: House, *step: str | int, principal: str = PORTAL) -> Act:
    """The command of one step: the same step is the same command, however often it is taken."""
    return house.act(house.store.ids.of("year", *step), principal)


async def _schedule(house: House, document: SampleDocument) -> None:
    name = (document.agency, document.document)
    id = house.store.ids.fee_schedule(*name)
    await accounts.open_fee_schedule(house, act(house, "schedule", *name), *name, document.title)
    for item in document.fee_items():
        maker = act(house, *name, item.code, "propose", principal=FINANCE)
        checker = act(house, *name, item.code, "approve", principal=APPROVER)
        await registries.change(
            house, maker, FeeSchedule, id,
            lambda s, i=item, a=maker: s.propose_item(i.code, i, a.principal, a.at),  # type: ignore[misc]
        )  # fmt: skip
        await registries.change(
            house, checker, FeeSchedule, id,
            lambda s, i=item, a=checker: s.approve_item(i.code, a.principal, a.at),  # type: ignore[misc]
        )  # fmt: skip
    for reduction in document.fee_reductions():
        maker = act(house, *name, reduction.code, "propose", principal=FINANCE)
        checker = act(house, *name, reduction.code, "approve", principal=APPROVER)
        await registries.change(
            house, maker, FeeSchedule, id,
            lambda s, r=reduction, a=maker: s.propose_reduction(r.code, r, a.principal, a.at),  # type: ignore[misc]
        )  # fmt: skip
        await registries.change(
            house, checker, FeeSchedule, id,
            lambda s, r=reduction, a=checker: s.approve_reduction(r.code, a.principal, a.at),  # type: ignore[misc]
        )  # fmt: skip
