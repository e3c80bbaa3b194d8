"""What an agency works with: merchant accounts, fee schedules, receipt series."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from feesvc.application.desk import LiveRefused
from feesvc.application.house import Act, Decision, Done, House
from feesvc.application.registries import AlreadyRegistered, Tell
from feesvc.domain.accounts import Mode
from feesvc.domain.agency import Agency
from feesvc.domain.fee_schedule import FeeSchedule
from feesvc.domain.merchant_account import MerchantAccount, SettlementTerm
from feesvc.domain.receipt_series import ReceiptSeries


@dataclass(frozen=True, slots=True, kw_only=True)
class NewMerchantAccount:
    """``settings`` are plain values, and references (``env:``, ``file:``) where they are secret."""

    agency: str
    intermediary: str
    mode: Mode
    settings: Mapping[str, str]
    currencies: tuple[str, ...]


async def open_merchant_account(
    house: House, act: Act, id: UUID, new: NewMerchantAccount, answer: Tell[MerchantAccount] = None
) -> Done[MerchantAccount]:
    """``id`` is random: it is the unguessable part of the account's notification URL."""

    async def decide() -> Decision[MerchantAccount]:
        house.desk.check_settings(new.intermediary, new.settings)
        if house.desk.refuse_live and new.mode == "live":
            raise LiveRefused(new.intermediary)
        agency = await _agency(house, new.agency)
        secrets = house.desk.secrets(new.intermediary)
        account = MerchantAccount.open(
            id, new.agency, new.intermediary, new.mode, new.settings, secrets, new.currencies,
            act.at,
        )  # fmt: skip
        agency.add_merchant_account(id, new.intermediary, new.mode, new.currencies, act.at)
        return Decision(account, [account, agency])

    return await house.settle(act, decide, answer)


async def rekey_merchant_account(
    house: House, act: Act, id: UUID, settings: Mapping[str, str],
    answer: Tell[MerchantAccount] = None,
) -> Done[MerchantAccount]:  # fmt: skip
    async def decide() -> Decision[MerchantAccount]:
        account = await house.one(MerchantAccount, id, f"merchant account {id}")
        house.desk.check_settings(account.intermediary, settings)
        account.rekey(settings, house.desk.secrets(account.intermediary), act.at)
        return Decision(account, [account])

    return await house.settle(act, decide, answer)


async def set_settlement_term(
    house: House, act: Act, id: UUID, term: SettlementTerm, effective_on: date,
    answer: Tell[MerchantAccount] = None,
) -> Done[MerchantAccount]:  # fmt: skip
    """Say what the contract promises from a day on: the clocks of what is late run on it."""

    async def decide() -> Decision[MerchantAccount]:
        account = await house.one(MerchantAccount, id, f"merchant account {id}")
        account.set_term(term, effective_on, act.at)
        return Decision(account, [account])

    return await house.settle(act, decide, answer)


async def close_merchant_account(
    house: House, act: Act, id: UUID, answer: Tell[MerchantAccount] = None
) -> Done[MerchantAccount]:
    """Ask for nothing more there; notifications of what was asked are still heard."""

    async def decide() -> Decision[MerchantAccount]:
        account = await house.one(MerchantAccount, id, f"merchant account {id}")
        agency = await _agency(house, account.agency)
        account.close(act.at)
        if id in agency.merchant_accounts:
            agency.remove_merchant_account(id, act.at)
        return Decision(account, [account, agency])

    return await house.settle(act, decide, answer)


async def open_fee_schedule(
    house: House, act: Act, agency_code: str, document: str, title: str,
    answer: Tell[FeeSchedule] = None,
) -> Done[FeeSchedule]:  # fmt: skip
    id = house.store.ids.fee_schedule(agency_code, document)

    async def decide() -> Decision[FeeSchedule]:
        agency = await _agency(house, agency_code)
        if id in await house.store.peek([id]):
            raise AlreadyRegistered(document)
        schedule = FeeSchedule.open(id, agency_code, document, title, act.at)
        agency.add_fee_schedule(id, schedule.document, act.at)
        return Decision(schedule, [schedule, agency])

    return await house.settle(act, decide, answer)


async def open_receipt_series(
    house: House, act: Act, agency_code: str, series: str, form: str, first: int,
    effective_on: date, answer: Tell[ReceiptSeries] = None,
) -> Done[ReceiptSeries]:  # fmt: skip
    """Open a series and number the agency's receipts in it from ``effective_on``."""
    id = house.store.ids.receipt_series(agency_code, series)

    async def decide() -> Decision[ReceiptSeries]:
        agency = await _agency(house, agency_code)
        if id in await house.store.peek([id]):
            raise AlreadyRegistered(series)
        opened = ReceiptSeries.open(id, agency_code, series, form, first, act.at)
        agency.choose_receipt_series(opened.series, effective_on, act.at)
        return Decision(opened, [opened, agency])

    return await house.settle(act, decide, answer)


async def _agency(house: House, code: str) -> Agency:
    return await house.one(Agency, house.store.ids.agency(code), f"agency {code}")
