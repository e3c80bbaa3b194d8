"""Agency: who owns a book. Its dated names, parent, bank and merchant accounts, and its choices.

A code is never reused: its stream exists for good, and the application refuses a second one.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Self
from uuid import UUID

from eventsourcing.domain import event

from feesvc.domain import agency_terms as terms
from feesvc.domain.accounts import AcceptedThrough, BankAccount, Mode, Purpose, checked_account
from feesvc.domain.agency_code import agency_code
from feesvc.domain.aggregate import Aggregate, FirstEvent
from feesvc.domain.dated import Dated
from feesvc.domain.line import Kind
from feesvc.money import Money


class Agency(Aggregate):
    TOPIC = "agency"

    class Registered(FirstEvent):
        """An agency opens its book under a code that is its own for good."""

        TOPIC = "agency.registered"
        code: str
        name_vi: str
        name_en: str
        parent: str
        """The code of the agency above it, or empty."""

    class Renamed(Aggregate.Event):
        """It bears another name from a day on."""

        TOPIC = "agency.renamed"
        name_vi: str
        name_en: str
        effective_on: date

    class Moved(Aggregate.Event):
        """It stands under another agency from a day on; under none when ``parent`` is empty."""

        TOPIC = "agency.moved"
        parent: str
        effective_on: date

    class Succeeded(Aggregate.Event):
        """Another agency takes up its duties from a day on; what is on its book stays there."""

        TOPIC = "agency.succeeded"
        successor: str
        effective_on: date

    class BankAccountSet(Aggregate.Event):
        """Money of one purpose and currency stands in this account from a day on."""

        TOPIC = "agency.bank_account_set"
        purpose: Purpose
        bank: str
        number: str
        currency: str
        effective_on: date

    class MerchantAccountAdded(Aggregate.Event):
        """It takes payments through this account of an intermediary."""

        TOPIC = "agency.merchant_account_added"
        account: UUID
        intermediary: str
        mode: Mode
        currencies: tuple[str, ...]

    class MerchantAccountRemoved(Aggregate.Event):
        """It asks for no more payments there; what was asked before may still arrive."""

        TOPIC = "agency.merchant_account_removed"
        account: UUID

    class FeeScheduleAdded(Aggregate.Event):
        """Its fees under one legal document are kept in this schedule."""

        TOPIC = "agency.fee_schedule_added"
        schedule: UUID
        document: str

    class FillingOrderSet(Aggregate.Event):
        """Part money fills its lines in this order of kinds from a day on."""

        TOPIC = "agency.filling_order_set"
        order: tuple[Kind, ...]
        effective_on: date

    class ReceiptSeriesChosen(Aggregate.Event):
        """Its receipts are numbered in this series from a day on."""

        TOPIC = "agency.receipt_series_chosen"
        series: str
        effective_on: date

    class ApprovalLimitSet(Aggregate.Event):
        """From a day on one person reclassifies up to this amount; above it two decide."""

        TOPIC = "agency.approval_limit_set"
        limit: Money
        effective_on: date

    @event(Registered)
    def __init__(self, code: str, name_vi: str, name_en: str, parent: str) -> None:
        self.agency = code
        self.merchant_accounts: dict[UUID, AcceptedThrough] = {}
        self.ever_accepted: dict[UUID, AcceptedThrough] = {}
        self.fee_schedules: dict[UUID, str] = {}
        self._first_name = terms.AgencyName(name_vi, name_en)
        self._first_parent = parent
        self._names: Dated[terms.AgencyName] = Dated()
        self._parents: Dated[str] = Dated()
        self._successors: Dated[str] = Dated()
        self._filling_orders: Dated[tuple[Kind, ...]] = Dated()
        self._series: Dated[str] = Dated()
        self._approval_limits: dict[str, Dated[int]] = {}
        self._bank_accounts: dict[tuple[Purpose, str], Dated[BankAccount | None]] = {}

    # What held on a day, Asia/Ho_Chi_Minh

    def name_on(self, day: date) -> terms.AgencyName:
        return self._names.on(day, self._first_name)

    def parent_on(self, day: date) -> str:
        """The code of the agency above it, or empty."""
        return self._parents.on(day, self._first_parent)

    def successor_on(self, day: date) -> str:
        """The code of the agency that took up its duties, or empty."""
        return self._successors.on(day, "")

    def filling_order_on(self, day: date) -> tuple[Kind, ...]:
        return self._filling_orders.on(day, terms.FILLING_ORDER)

    def series_on(self, day: date) -> str:
        """The receipt series, or empty when none was chosen yet."""
        return self._series.on(day, "")

    def approval_limit_on(self, currency: str, day: date) -> int:
        """Minor units up to which one person decides; nothing while none was set."""
        return self._approval_limits.get(currency, Dated()).on(day, 0)

    def bank_account_on(self, purpose: Purpose, currency: str, day: date) -> BankAccount | None:
        return self._bank_accounts.get((purpose, currency), Dated()).on(day, None)

    def bank_accounts_on(self, day: date) -> list[tuple[Purpose, BankAccount]]:
        """Every account that holds on ``day``, with what it is for."""
        held = [(use, dated.on(day, None)) for (use, _), dated in self._bank_accounts.items()]
        return [(use, account) for use, account in held if account is not None]

    def ever_held(self, purpose: Purpose) -> set[BankAccount]:
        """Every account that was ever named for this: money may come to an old one still."""
        return {
            account
            for (held_for, _), dated in self._bank_accounts.items()
            for _, account in dated.steps
            if held_for == purpose and account is not None
        }

    # Commands decide. A repeated command changes nothing.

    @classmethod
    def register(
        cls, id: UUID, code: str, name_vi: str, name_en: str, parent: str, at: datetime
    ) -> Self:
        """Open an agency's book; ``id`` is ``Ids.agency(code)``. Raises ``WrongAgencyCode``."""
        code = agency_code(code)
        parent = agency_code(parent) if parent else ""
        if parent == code:
            raise terms.OwnRelative(code)
        vi, en = terms.named(name_vi, name_en)
        return cls.first(cls.Registered, id, at, code=code, name_vi=vi, name_en=en, parent=parent)

    def rename(self, name_vi: str, name_en: str, effective_on: date, at: datetime) -> None:
        vi, en = terms.named(name_vi, name_en)
        if self.name_on(effective_on) != (vi, en):
            self.record(self.Renamed, at, name_vi=vi, name_en=en, effective_on=effective_on)

    def move(self, parent: str, effective_on: date, at: datetime) -> None:
        parent = self._relative(parent) if parent else ""
        if self.parent_on(effective_on) != parent:
            self.record(self.Moved, at, parent=parent, effective_on=effective_on)

    def succeed(self, successor: str, effective_on: date, at: datetime) -> None:
        successor = self._relative(successor)
        if self.successor_on(effective_on) != successor:
            self.record(self.Succeeded, at, successor=successor, effective_on=effective_on)

    def set_bank_account(
        self, purpose: Purpose, account: BankAccount, effective_on: date, at: datetime
    ) -> None:
        account = checked_account(account)
        if self.bank_account_on(purpose, account.currency, effective_on) != account:
            self.record(
                self.BankAccountSet, at, purpose=purpose, bank=account.bank,
                number=account.number, currency=account.currency, effective_on=effective_on,
            )  # fmt: skip

    def add_merchant_account(
        self, account: UUID, intermediary: str, mode: Mode, currencies: tuple[str, ...],
        at: datetime,
    ) -> None:  # fmt: skip
        """Take payments there. The account's own stream is opened in the same append."""
        if account not in self.merchant_accounts:
            self.record(
                self.MerchantAccountAdded, at, account=account, intermediary=intermediary,
                mode=mode, currencies=currencies,
            )  # fmt: skip

    def remove_merchant_account(self, account: UUID, at: datetime) -> None:
        if account not in self.merchant_accounts:
            raise terms.UnknownMerchantAccount(f"{account} of {self.agency}")
        self.record(self.MerchantAccountRemoved, at, account=account)

    def add_fee_schedule(self, schedule: UUID, document: str, at: datetime) -> None:
        """Name a schedule as this agency's. Its own stream is opened in the same append."""
        if schedule not in self.fee_schedules:
            self.record(self.FeeScheduleAdded, at, schedule=schedule, document=document)

    def set_filling_order(self, order: tuple[Kind, ...], effective_on: date, at: datetime) -> None:
        if sorted(order) != sorted(terms.FILLING_ORDER):
            raise terms.WrongFillingOrder(", ".join(order))
        if self.filling_order_on(effective_on) != order:
            self.record(self.FillingOrderSet, at, order=order, effective_on=effective_on)

    def choose_receipt_series(self, series: str, effective_on: date, at: datetime) -> None:
        if self.series_on(effective_on) != series:
            self.record(self.ReceiptSeriesChosen, at, series=series, effective_on=effective_on)

    def set_approval_limit(self, limit: Money, effective_on: date, at: datetime) -> None:
        if self.approval_limit_on(limit.currency, effective_on) != limit.amount:
            self.record(self.ApprovalLimitSet, at, limit=limit, effective_on=effective_on)

    def _relative(self, code: str) -> str:
        code = agency_code(code)
        if code == self.agency:
            raise terms.OwnRelative(code)
        return code

    # Mutators record. They run again on every replay, so they never decide and never refuse.

    @event(Renamed)
    def _renamed(self, name_vi: str, name_en: str, effective_on: date) -> None:
        self._names = self._names.since(effective_on, terms.AgencyName(name_vi, name_en))

    @event(Moved)
    def _moved(self, parent: str, effective_on: date) -> None:
        self._parents = self._parents.since(effective_on, parent)

    @event(Succeeded)
    def _succeeded(self, successor: str, effective_on: date) -> None:
        self._successors = self._successors.since(effective_on, successor)

    @event(BankAccountSet)
    def _bank_account_set(
        self, purpose: Purpose, bank: str, number: str, currency: str, effective_on: date
    ) -> None:
        account = BankAccount(bank=bank, number=number, currency=currency)
        before = self._bank_accounts.get((purpose, currency), Dated())
        self._bank_accounts[purpose, currency] = before.since(effective_on, account)

    @event(MerchantAccountAdded)
    def _merchant_account_added(
        self, account: UUID, intermediary: str, mode: Mode, currencies: tuple[str, ...]
    ) -> None:
        accepted = AcceptedThrough(
            account=account, intermediary=intermediary, mode=mode, currencies=currencies
        )
        self.merchant_accounts[account] = self.ever_accepted[account] = accepted

    @event(MerchantAccountRemoved)
    def _merchant_account_removed(self, account: UUID) -> None:
        self.merchant_accounts.pop(account, None)

    @event(FeeScheduleAdded)
    def _fee_schedule_added(self, schedule: UUID, document: str) -> None:
        self.fee_schedules[schedule] = document

    @event(FillingOrderSet)
    def _filling_order_set(self, order: tuple[Kind, ...], effective_on: date) -> None:
        self._filling_orders = self._filling_orders.since(effective_on, order)

    @event(ReceiptSeriesChosen)
    def _receipt_series_chosen(self, series: str, effective_on: date) -> None:
        self._series = self._series.since(effective_on, series)

    @event(ApprovalLimitSet)
    def _approval_limit_set(self, limit: Money, effective_on: date) -> None:
        before = self._approval_limits.get(limit.currency, Dated())
        self._approval_limits[limit.currency] = before.since(effective_on, limit.amount)
