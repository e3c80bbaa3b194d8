"""Taking: each dossier's own commands, many dossiers side by side, on a clock of the year."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import httpx

from feesvc.application import assessments, payments, refunds, transfers
from feesvc.application.house import Act, House
from feesvc.cli.demo.year.content import Dossier, Slice
from feesvc.cli.demo.year.preparing import APPROVER, FINANCE, act
from feesvc.domain.assessment import Assessment
from feesvc.domain.circumstances import Circumstances
from feesvc.domain.merchant_account import MerchantAccount
from feesvc.domain.payment import Payment
from feesvc.domain.pricing import WantedLine
from feesvc.domain.refund import Refund
from feesvc.intermediary import Notification
from feesvc.money import Money
from feesvc.store import Answer
from feesvc.testing.counterpart import Counterpart

ABREAST = 64
RETURN_URL = "https://portal.example.gov.vn/back"
TOO_MUCH = 1_000
"""How much the payer of a fixed amount gives too much, in đồng."""


@dataclass(slots=True)
class Clock:
    """The year's own time; it moves when its dossiers do."""

    moment: datetime

    def now(self) -> datetime:
        return self.moment


@dataclass
class Year:
    """A year under way. ``counted`` says how often each command was asked for.

    Taking it again, after it was cut short, does what is missing: each step is one command.
    """

    house: House
    clock: Clock
    counterpart: Counterpart
    accounts: Mapping[str, UUID]
    counted: Counter[str] = field(default_factory=Counter)
    _mail: list[httpx.Request] = field(default_factory=list)

    def __post_init__(self) -> None:
        transport = httpx.ASGITransport(self.counterpart.app)
        self._browser = httpx.AsyncClient(transport=transport, base_url="http://other-side")
        self.counterpart.outbox.deliver = self._post

    async def take(
        self, slices: Iterable[Slice], done: Callable[[], object] = lambda: None,
        abreast: int = ABREAST,
    ) -> None:  # fmt: skip
        """Every dossier, ``abreast`` at once; ``done`` is told of each."""
        for slice_ in slices:
            self.clock.moment = slice_.moment
            waiting = iter(slice_.dossiers)

            async def lane(waiting: Iterable[Dossier] = waiting) -> None:
                for dossier in waiting:
                    await self._take(dossier)
                    done()

            async with asyncio.TaskGroup() as lanes:
                for _ in range(min(abreast, len(slice_.dossiers))):
                    lanes.create_task(lane())

    async def close(self, days: int = 1) -> None:
        """Every refund that was taken on reaches its payer within ``days`` of the year's end."""
        self.clock.moment += timedelta(days=days)
        await self._hear()
        for reference, refund in list(self.counterpart.ledger.refunds.items()):
            if refund.state == "accepted":  # by a run that was killed
                self.counterpart.finish_refund(reference)
        await self._hear()

    async def _take(self, dossier: Dossier) -> None:
        owed = await self._raise(dossier)
        if dossier.story == "left" or not owed.total.amount:
            return
        payment = await self._ask(dossier, owed, 1)
        second = await self._ask(dossier, owed, 2) if dossier.story == "twice" else None
        await self._pay(payment, TOO_MUCH if dossier.story == "wrong" else 0)
        if second is not None:
            await self._pay(second)
        if dossier.story == "refunded":
            await self._refund(dossier, owed)

    async def _raise(self, dossier: Dossier) -> Assessment:
        base = None if dossier.base is None else Money(dossier.base, "VND")
        draft = assessments.Draft(
            agency=dossier.agency, dossier=dossier.code, notice="1", procedure="", portal="DVCQG",
            result_delivery="", due_on=None, subject=None,
            wanted=(WantedLine(item=dossier.item, quantity=dossier.quantity, base=base),),
            circumstances=Circumstances(
                channel=dossier.channel, submitted_on=dossier.submitted_on,
                assessed_on=dossier.submitted_on, service_level="full",
            ),
        )  # fmt: skip
        self.counted["raise"] += 1
        done = await assessments.raise_assessments(self.house, self._act(dossier, "raise"), [draft])
        if done.result is not None:
            return done.result[0]
        id = self.house.store.ids.assessment(dossier.agency, dossier.code, "1")
        return await self.house.one(Assessment, id, f"assessment {id}")

    async def _ask(self, dossier: Dossier, owed: Assessment, attempt: int) -> Payment | None:
        """The payment, presented; None where a run before this one has seen it paid."""
        asking = self._act(dossier, "pay", attempt)
        wanted = payments.PaymentRequest(
            assessments=(owed.id,), account=self.accounts[dossier.agency], portal="DVCQG",
            return_url=RETURN_URL, locale="vi", payer_ip="",
        )  # fmt: skip
        self.counted["pay"] += 1
        try:
            opened = await payments.open_payment(self.house, asking, wanted, _answered)
        except payments.NothingOwed:
            return None
        if opened.result is not None:
            return opened.result
        begun = await self.house.store.find(asking.id)
        assert begun is not None
        payment = await self.house.one(Payment, await self.house.made_by(begun), "payment")
        return payment if payment.ended is None else None

    async def _pay(self, payment: Payment | None, beyond: int = 0) -> None:
        """The payer's part, on the intermediary's page; then we are told, and book it."""
        if payment is not None:
            amount = str(payment.amount.amount + beyond)
            pressed = {"action": "pay", "amount": amount}
            answer = await self._browser.post(payment.url, data=pressed)
            if answer.status_code == httpx.codes.CONFLICT:
                # Paid, and a run that was killed did not hear of it.
                await payments.look_up_payment(self.house, payment.id)
            else:
                assert answer.status_code == httpx.codes.SEE_OTHER, answer.text
                await self._hear()

    async def _refund(self, dossier: Dossier, owed: Assessment) -> None:
        """Half of it goes back: asked for by one person, approved by another, sent by a process."""
        paid = await self.house.one(Assessment, owed.id, "assessment")
        asking = self._act(dossier, "refund", principal=FINANCE)
        wish = refunds.Wish(
            transfer=next(iter(paid.transfers)), amount=owed.total.amount // 2, lines={},
            reason="service_not_given", method="intermediary",
        )  # fmt: skip
        self.counted["refund"] += 1
        asked = await refunds.request_refund(self.house, asking, wish)
        refund = asked.result or await self.house.one(
            Refund, self.house.store.ids.refund(asking.id), "refund"
        )
        approving = self._act(dossier, "approve", principal=APPROVER)
        self.counted["approve"] += 1
        await refunds.approve_refund(self.house, approving, refund.id, refund.digest)

    async def _hear(self) -> None:
        """Take every notification that is there, as the service's own route would."""
        self.counterpart.outbox.drain()
        while self._mail:
            sent = self._mail.pop()
            account = await self.house.see(
                MerchantAccount, UUID(sent.url.path.rpartition("/")[2]), "merchant account"
            )
            told = Notification(
                method=sent.method, query=sent.url.query, headers=dict(sent.headers),
                body=sent.read(), received_at=self.clock.now(),
            )  # fmt: skip
            evidence = await self.house.people.keep("notification", told.body)
            for outcome in self.house.desk.adapter(account).read_notification(told):
                self.counted["notification"] += 1
                await transfers.record_outcome(
                    self.house, account, outcome, "notification", f"sha256:{evidence}"
                )

    def _post(self, request: httpx.Request) -> httpx.Response:
        self._mail.append(request)
        return httpx.Response(httpx.codes.OK)

    def _act(self, dossier: Dossier, *step: str | int, principal: str = "portal:DVCQG") -> Act:
        return act(self.house, dossier.code, *step, principal=principal)


def _answered(payment: Payment) -> Answer:
    """As long as the service's own."""
    said: dict[str, Any] = {"id": str(payment.id), "url": payment.url, "state": payment.state}
    return Answer(201, str(said).encode(), f"/v1/payments/{payment.id}")
