"""Scenarios: a whole house in memory, with agencies, assessments and an intermediary that says so.

For stories about money that need no database, no HTTP and no installed adapter.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any, BinaryIO, ClassVar, TypeAlias
from uuid import UUID, uuid5

import httpx

from feesvc.application import payments, settlements, transfers
from feesvc.application.desk import Desk
from feesvc.application.house import Decision, House
from feesvc.domain.agency import Agency
from feesvc.domain.aggregate import Aggregate
from feesvc.domain.assessment import Assessment
from feesvc.domain.line import Kind, Line
from feesvc.domain.merchant_account import MerchantAccount
from feesvc.domain.origin import Source
from feesvc.domain.payment import Payment
from feesvc.domain.transfer import Transfer
from feesvc.intermediary import (
    Checkout,
    Facts,
    Forged,
    Limits,
    Malformed,
    Notification,
    Outcome,
    PaymentOrder,
    Pending,
    Profile,
    Received,
    RefundAccepted,
    RefundOrder,
    RefundOutcome,
    Reply,
    Setting,
    Settlement,
    SettlementLine,
    Verdict,
)
from feesvc.money import Money, total
from feesvc.people.memory import MemoryPeople
from feesvc.store import Answer, Store
from feesvc.store.memory import NAMESPACE, MemoryStore

NOON = datetime(2026, 11, 20, 5, 0, tzinfo=UTC)
"""Noon in Hà Nội."""
LIMITS = Limits(minimum=1, maximum=10**12)


class Sayso:
    """An intermediary that opens every checkout and says what the test wants it to have said."""

    facts: ClassVar[Facts] = Facts(
        name_vi="Nói sao vậy",
        name_en="Says so",
        currencies={"VND": LIMITS, "USD": LIMITS},
        charge_borne_by="agency",
        trust="authoritative",
    )
    settings: ClassVar[tuple[Setting, ...]] = ()

    def __init__(self, settings: Mapping[str, str], http: httpx.Client) -> None:
        self.orders: dict[str, Sequence[Outcome]] = {}
        self.refunds: dict[str, RefundOutcome] = {}

    def reference_for(self, epoch: str, number: int, placed_at: datetime) -> str:
        return f"{epoch}-{number}"

    def request_payment(self, order: PaymentOrder) -> Checkout:
        return Checkout(url=f"https://sayso.example/{order.reference}", handle=order.reference)

    def look_up(self, order: PaymentOrder) -> Sequence[Outcome]:
        return self.orders.get(order.reference, (Pending(reference=order.reference),))

    def read_notification(self, notification: Notification) -> Sequence[Outcome]:
        raise Forged

    def acknowledge(self, notification: Notification, verdict: Verdict) -> Reply:
        return Reply(status=200, body=verdict.value.encode())

    def request_refund(self, order: RefundOrder) -> RefundOutcome:
        answer = RefundAccepted(reference=order.reference, handle=f"R{order.reference}")
        return self.refunds.setdefault(order.reference, answer)

    def look_up_refund(self, order: RefundOrder) -> RefundOutcome:
        return self.refunds.get(order.reference, Pending(reference=order.reference))


class Whatever(Sayso):
    """As ``Sayso``, through which payers send what they like."""

    facts: ClassVar[Facts] = Facts(
        name_vi="Bao nhiêu cũng được",
        name_en="Any amount",
        currencies={"VND": LIMITS},
        charge_borne_by="payer",
        trust="authoritative",
        variable_amount=True,
    )


class Settling(Sayso):
    """As ``Sayso``, and pays out with documents that ``Scenario.settlement`` writes."""

    def read_settlement(self, document: BinaryIO, profile: Profile) -> Settlement:
        try:
            told = json.load(document)
        except ValueError:
            raise Malformed("line 1: not JSON") from None
        return Settlement(
            batch=told["batch"], currency="VND", net=Money(told["net"], "VND"),
            count=told["count"], arrives_on=None, lines=(_settled(*line) for line in told["lines"]),
        )  # fmt: skip


class SettlingWhatever(Settling, Whatever):
    """As both: payers send what they like, and it is paid out with documents."""

    def references_in(self, narrative: str) -> Sequence[str]:
        """They may send it to the agency's own bank account too, and name what it is for."""
        return re.findall(r"mem001-\d+", narrative)


SettledLine: TypeAlias = tuple[str, str, int, int]
"""Kind, transaction, gross and commission of one line, in đồng."""


@dataclass
class Scenario:
    """``now`` is the house's clock; move it as the story needs."""

    now: datetime = NOON
    store: Store = field(default_factory=lambda: MemoryStore(clock=lambda: NOON))
    _count: int = 0

    def __post_init__(self) -> None:
        kinds = {"sayso": Sayso, "whatever": Whatever, "settling": Settling}
        kinds["settling whatever"] = SettlingWhatever
        desk = Desk(kinds, resolve=str, clock=self._seconds)
        people = MemoryPeople()
        self.house = House(self.store, people, desk, lambda: self.now, "https://fees.example")

    def _seconds(self) -> float:
        return self.now.timestamp()

    def some_id(self) -> UUID:
        """A new id; the same story gives the same ids."""
        self._count += 1
        return uuid5(NAMESPACE, f"scenario {self._count}")

    async def keep(self, *aggregates: Aggregate) -> None:
        """Record what these aggregates have to say, as one command."""

        async def decide() -> Decision[None]:
            return Decision(None, aggregates)

        await self.house.settle(self.house.act(self.some_id(), "test"), decide)

    async def agency(self, code: str, intermediary: str = "sayso") -> UUID:
        """An agency with one merchant account; gives the account."""
        account_id = self.some_id()
        agency = Agency.register(self.store.ids.agency(code), code, code, code, "", self.now)
        account = MerchantAccount.open(
            account_id, code, intermediary, "test", {}, frozenset(), ("VND", "USD"), self.now
        )
        agency.add_merchant_account(account_id, intermediary, "test", ("VND", "USD"), self.now)
        await self.keep(agency, account)
        return account_id

    async def assessment(
        self, agency: str, *lines: tuple[Kind, int], retained_ppm: int = 900_000,
        currency: str = "VND", refundable: bool = True, payer: UUID | None = None,
    ) -> UUID:  # fmt: skip
        """Raise an assessment of these lines under a dossier of its own; gives its id."""
        self._count += 1
        dossier = f"{agency}-261120-{self._count:04d}"
        priced = tuple(
            _line(number, kind, Money(amount, currency), retained_ppm, refundable)
            for number, (kind, amount) in enumerate(lines, start=1)
        )
        assessment = Assessment.first(
            Assessment.Raised, self.store.ids.assessment(agency, dossier, "1"), self.now,
            agency=agency, dossier=dossier, notice="1", procedure="", procedure_version=0,
            portal="", channel="online", service_level="full", result_delivery="",
            submitted_on=date(2026, 11, 20), due_on=None, payer_class="", identity_level=0,
            locality="", subject=payer, lines=priced, content="", converted_from=None,
            total=total((line.amount for line in priced), currency),
        )  # fmt: skip
        assessment.mark(self.now)
        await self.keep(assessment)
        return assessment.id

    async def payment(self, account: UUID, *assessments: UUID) -> Payment:
        request = payments.PaymentRequest(
            assessments=assessments, account=account, portal="", locale="vi", payer_ip="",
            return_url="https://portal.example/return",
        )  # fmt: skip
        act = self.house.act(self.some_id(), "portal:TEST")
        done = await payments.open_payment(self.house, act, request, lambda p: Answer(201, b"{}"))
        assert done.result is not None
        return done.result

    async def money(
        self, account: UUID, reference: str, amount: int, transaction: str = "T-1",
        currency: str = "VND", source: Source = "notification",
    ) -> Verdict:  # fmt: skip
        """The intermediary says that this money was paid."""
        said = Received(
            reference=reference, transaction=transaction, amount=Money(amount, currency),
            at=self.now + timedelta(seconds=1),
        )  # fmt: skip
        return await self.says(account, said, source)

    async def says(
        self, account: UUID, outcome: Outcome, source: Source = "notification"
    ) -> Verdict:
        merchant = await self.house.see(MerchantAccount, account, "merchant account")
        return await transfers.record_outcome(self.house, merchant, outcome, source, "")

    async def settlement(
        self, account: UUID, *lines: SettledLine, **totals: int
    ) -> settlements.SettlementTaken:
        """A settlement of these lines is taken; ``net`` and ``count`` may be declared otherwise."""
        net = sum(gross - commission for kind, _, gross, commission in lines if kind != "payout")
        told = {"batch": "B-1", "net": net, "count": len(lines), "lines": lines} | totals
        document = json.dumps(told).encode()
        return await settlements.take_settlement(
            self.house, account, document, Profile(), "person:officer"
        )

    async def transfer(self, account: UUID, transaction: str = "T-1") -> Transfer:
        id = self.store.ids.transfer(account, transaction)
        return await self.house.one(Transfer, id, "transfer")

    async def see(self, assessment: UUID) -> Assessment:
        return await self.house.one(Assessment, assessment, "assessment")


def _settled(kind: Any, transaction: str, gross: int, commission: int) -> SettlementLine:
    return SettlementLine(
        kind=kind, native_id=f"{kind} {transaction}", transaction=transaction, reference="",
        gross=Money(gross, "VND"), commission=Money(-commission, "VND"), tax=Money(0, "VND"),
        net=Money(gross - commission, "VND"), at=NOON,
    )  # fmt: skip


def _line(number: int, kind: Kind, amount: Money, retained_ppm: int, refundable: bool) -> Line:
    return Line(
        number=number, kind=kind, item=f"ITEM-{number}", name_vi="Phí", name_en="Fee", quantity=1,
        full=amount, reductions=(), amount=amount, refundable=refundable, citation="TT 1/2026",
        retained_ppm=retained_ppm if kind == "fee" else 0, schedule=NAMESPACE, schedule_version=1,
    )  # fmt: skip


def story(tell: Callable[[Scenario], Coroutine[Any, Any, None]]) -> Callable[[], None]:
    """Make a test of a coroutine function that is given a scenario of its own."""

    def test() -> None:
        asyncio.run(tell(Scenario()))

    test.__name__, test.__doc__ = tell.__name__, tell.__doc__
    return test
