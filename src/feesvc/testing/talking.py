"""Talking: an intermediary whose notifications mean what a test says, and a reception for them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import ClassVar
from uuid import UUID

import httpx

from feesvc.application.desk import Desk
from feesvc.application.receiving import Reception
from feesvc.application.verifying import verify
from feesvc.domain.merchant_account import MerchantAccount
from feesvc.intermediary import (
    Facts,
    Forged,
    Notification,
    Outcome,
    PaymentOrder,
    Received,
    Reply,
    Setting,
    Verdict,
)
from feesvc.money import Money
from feesvc.people.inbox import Arrival, Wanted
from feesvc.testing.scenario import Sayso, Scenario


class Talker(Sayso):
    """Authentic is what is signed with its key; it means what the test says it means."""

    settings: ClassVar[tuple[Setting, ...]] = (Setting(name="key", secret=True),)
    meaning: ClassVar[Callable[[bytes], Sequence[Outcome]]]

    def __init__(self, settings: Mapping[str, str], http: httpx.Client) -> None:
        super().__init__(settings, http)
        self.keys = [settings["key"], settings.get("key_previous", settings["key"])]
        self.looks: list[str] = []

    def read_notification(self, notification: Notification) -> Sequence[Outcome]:
        if notification.headers.get("signature") not in self.keys:
            raise Forged
        return type(self).meaning(notification.body)

    def look_up(self, order: PaymentOrder) -> Sequence[Outcome]:
        self.looks.append(order.reference)
        return super().look_up(order)

    def acknowledge(self, notification: Notification, verdict: Verdict) -> Reply:
        if notification.body == b"no words":
            raise KeyError(verdict)
        return Reply(status=200, body=verdict.value.encode())


class Hinter(Talker):
    facts: ClassVar[Facts] = replace(Sayso.facts, trust="hint")


def nothing(body: bytes) -> Sequence[Outcome]:
    return ()


class Stage:
    """A scenario with one account at a talker, and the reception before it."""

    def __init__(self, s: Scenario) -> None:
        self.s = s
        self.secrets = {"env:KEY": "k1", "env:OTHER": "k2"}
        kinds = {"talker": Talker, "hinter": Hinter}
        desk = Desk(kinds, resolve=self.secrets.__getitem__)
        s.house = replace(s.house, desk=desk)
        self.reception = Reception(s.house)
        self.account = UUID(int=0)

    async def open(self, intermediary: str = "talker") -> Stage:
        self.account = await self.s.agency("G14", intermediary)
        await self.rekey({"key": "env:KEY"})
        return self

    async def rekey(self, settings: Mapping[str, str]) -> None:
        merchant = await self.s.house.one(MerchantAccount, self.account, "")
        merchant.rekey(settings, frozenset({"key"}), self.s.now)
        await self.s.keep(merchant)

    @property
    async def adapter(self) -> Talker:
        found = self.s.house.desk.adapter(await self.s.house.see(MerchantAccount, self.account, ""))
        assert isinstance(found, Talker)
        return found

    async def tell(self, body: bytes = b"", key: str = "k1", **headers: str) -> Reply:
        notification = Notification(
            method="POST", query=b"q=1", headers={"signature": key, **headers}, body=body,
            received_at=self.s.now, source="203.0.113.9",
        )  # fmt: skip
        return await self.reception.receive(self.account, notification)

    async def inbox(self, limit: int = 10_000) -> list[Arrival]:
        wanted = Wanted(account=self.account, limit=limit)
        return await self.s.house.people.inbox.arrivals(wanted)

    async def verified(self, arrival: Arrival) -> str:
        merchant = await self.s.house.see(MerchantAccount, self.account, "")
        return (await verify(self.s.house, merchant, arrival)).finding


def means(*outcomes: Outcome) -> None:
    Talker.meaning = staticmethod(lambda body: outcomes)


def breaks(error: Exception) -> None:
    def meaning(body: bytes) -> Sequence[Outcome]:
        raise error

    Talker.meaning = staticmethod(meaning)


async def paid(stage: Stage, amount: int = 50_000) -> Received:
    """Somebody is asked to pay; gives what the intermediary will say of it."""
    fee = await stage.s.assessment("G14", ("fee", amount))
    payment = await stage.s.payment(stage.account, fee)
    return Received(
        reference=payment.reference, transaction="T-1", amount=Money(amount, "VND"), at=stage.s.now
    )
