"""Agency forms: what is said over HTTP of an agency and what it has chosen, on a day."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import Field, StrictInt

from feesvc.api.wire import AgencyCode, Body, Code, Currency, Day, MoneyBody, Name, View
from feesvc.domain.accounts import Mode, Purpose
from feesvc.domain.agency import Agency
from feesvc.domain.line import Kind

Series = Annotated[str, Field(pattern="^[0-9A-Za-z][0-9A-Za-z/-]{0,34}$")]


class AgencyBody(Body):
    """``parent`` is the code of the agency above it, or empty."""

    code: AgencyCode
    name_vi: Name
    name_en: Name
    parent: AgencyCode | None = None


class RenameBody(Body):
    """Days are Asia/Ho_Chi_Minh."""

    name_vi: Name
    name_en: Name
    effective_on: Day


class MoveBody(Body):
    """Under no agency when ``parent`` is left out."""

    parent: AgencyCode | None = None
    effective_on: Day


class SucceedBody(Body):
    successor: AgencyCode
    effective_on: Day


class BankAccountBody(Body):
    """``purpose`` says which money stands there, from ``effective_on`` on."""

    purpose: Purpose
    bank: Code
    number: Code
    currency: Currency
    effective_on: Day


class ApprovalLimitBody(Body):
    """One person reclassifies up to this amount from a day on; 0: two always decide."""

    limit: MoneyBody
    effective_on: Day


class FillingOrderBody(Body):
    """Each kind of line once: the order in which part money fills them."""

    order: list[Kind] = Field(min_length=4, max_length=4)
    effective_on: Day


class SeriesBody(Body):
    """A series such as BI-23T of a form such as 01BLP0-001, numbered from ``first`` on."""

    series: Series
    form: Series
    first: Annotated[StrictInt, Field(ge=1, le=99_999_999)] = 1
    effective_on: Day


class AcceptedView(View):
    """A merchant account through which payments are taken; its id is what a payment names."""

    id: UUID
    intermediary: str
    mode: Mode
    currencies: list[str]


class BankAccountView(View):
    purpose: Purpose
    bank: str
    number: str
    currency: str


class AgencyView(View):
    """What holds on the day ``on``. ``bank_accounts`` are shown to people only."""

    code: str
    on: date
    name_vi: str
    name_en: str
    parent: str
    successor: str
    filling_order: list[Kind]
    receipt_series: str
    merchant_accounts: list[AcceptedView]
    fee_schedules: dict[UUID, str]
    """The legal documents, by the id of the schedule that holds the agency's fees under them."""
    bank_accounts: list[BankAccountView]


def accepted_views(agency: Agency) -> list[AcceptedView]:
    return [
        AcceptedView(
            id=one.account, intermediary=one.intermediary, mode=one.mode,
            currencies=list(one.currencies),
        )
        for one in agency.merchant_accounts.values()
    ]  # fmt: skip


def view(agency: Agency, on: date, *, to_a_person: bool = True) -> AgencyView:
    name = agency.name_on(on)
    accounts = agency.bank_accounts_on(on) if to_a_person else []
    return AgencyView(
        code=agency.agency, on=on, name_vi=name.vi, name_en=name.en, parent=agency.parent_on(on),
        successor=agency.successor_on(on), filling_order=list(agency.filling_order_on(on)),
        receipt_series=agency.series_on(on), merchant_accounts=accepted_views(agency),
        fee_schedules=dict(agency.fee_schedules),
        bank_accounts=[
            BankAccountView(
                purpose=purpose, bank=account.bank, number=account.number,
                currency=account.currency,
            )
            for purpose, account in accounts
        ],
    )  # fmt: skip
