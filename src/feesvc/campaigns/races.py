"""Races: many do at once what only one may do, over HTTP; exactly one wins, and nothing is lost."""

from __future__ import annotations

import random
import threading
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import httpx

from feesvc import plugins
from feesvc.campaigns import Finding, Trial
from feesvc.campaigns.database import Durable
from feesvc.testing.service import running_service
from feesvc.testing.town import Town, found_town, post, told

SHORT, LONG = 1, 40
CROWD = 50
MORE_THAN_IS_LEFT = "/problems/more-than-is-left"
Ask = Callable[[], httpx.Response]


@dataclass
class Races:
    """``said`` counts answers by status; a fault is said with the race that it was found in."""

    town: Town
    chance: random.Random
    found: Finding
    said: Counter[str]

    def at_once(self, asks: Sequence[Ask]) -> list[httpx.Response]:
        """Ask all at the same moment; whoever is told to ask again later does so."""
        start = threading.Barrier(len(asks))

        def ask(one: Ask) -> httpx.Response:
            start.wait()
            while True:
                answer = one()
                self.said[f"answers {answer.status_code}"] += 1
                if answer.status_code not in {409, 503} or "Retry-After" not in answer.headers:
                    return answer

        with ThreadPoolExecutor(len(asks)) as pool:
            return list(pool.map(ask, asks))

    def expect(self, race: str, is_so: bool, what: object) -> None:
        if not is_so:
            self.found.faults.append(f"{race}: {what}")

    def one_key(self) -> None:
        """One request, fifty times: one payment, and one answer byte for byte."""
        body = self.town.paying(self.town.assessment("CHARGE")["id"])
        key, before = str(uuid4()), self.town.service.head()
        answers = self.at_once([lambda: post(self.town.portal, "/payments", body, key=key)] * CROWD)
        told_all = {(answer.status_code, answer.content) for answer in answers}
        self.expect("one key", len(told_all) == 1, told_all)
        recorded = self.town.service.head() - before
        self.expect("one key", recorded == 3, f"{recorded} events")

    def refunds(self) -> None:
        """Fifty refunds of one transfer: what is granted is what is no longer free."""
        transfer = self.town.paid("CHARGE", "FEE")
        received = transfer["amount"]["amount"]
        amounts = [self.chance.randrange(1, received // 3) for _ in range(CROWD)]
        answers = self.at_once([self._refund(transfer, amount) for amount in amounts])
        granted = sum(
            amount for amount, answer in zip(amounts, answers, strict=True) if answer.is_success
        )
        others = {answer.json()["type"] for answer in answers if not answer.is_success}
        self.expect("refunds", others <= {MORE_THAN_IS_LEFT}, others)
        free = self._free(transfer)
        self.expect("refunds", free == received - granted >= 0, f"{granted} granted, {free} free")
        left = [n for n, a in zip(amounts, answers, strict=True) if not a.is_success and n <= free]
        self.expect("refunds", not left, f"{left} were refused though {free} was left")

    def payments(self) -> None:
        """Several payments of one assessment, heard of and looked up at once: one pays it.

        Each closed the one before it, whose money was on its way already.
        """
        assessment = self.town.assessment("FEE")
        asked = [self.town.payment(assessment["id"]) for _ in range(5)]
        pay = self.town.stand_in.counterpart.pay
        transactions = [pay(payment["reference"], late=True) for payment in asked]
        looking = [self._look_up(payment) for payment in asked for _ in range(4)]
        for answer in self.at_once(looking):
            self.expect("payments", answer.is_success, answer.text)
        places = [
            (place["to"], place["amount"]["amount"])
            for transaction in transactions
            for place in self.town.transfer(transaction)["placements"]
        ]
        wanted = Counter({("credit", 100_000): len(asked) - 1, ("line", 100_000): 1})
        self.expect("payments", Counter(places) == wanted, places)

    def decisions(self) -> None:
        """One refund approved and rejected by many: one decision stands, and only once."""
        transfer = self.town.paid("CHARGE")
        refund = told(self._refund(transfer, 40_000)(), 201)
        path, approver = f"/refunds/{refund['id']}", self.town["approver"]
        asks: list[Ask] = [
            *[lambda: post(approver, f"{path}/approve", {"digest": refund["digest"]})] * 10,
            *[lambda: post(approver, f"{path}/reject", {"reason": "race"})] * 10,
        ]
        self.chance.shuffle(asks)
        won = [answer.json()["state"] for answer in self.at_once(asks) if answer.is_success]
        self.expect("decisions", len(won) == 1, won)
        free = self._free(transfer)
        wanted = 115_000 if won == ["rejected"] else 75_000
        self.expect("decisions", free == wanted, f"{won}, {free} free")

    def reversal(self) -> None:
        """Refunds asked for while the intermediary takes the money back: never both of it."""
        transfer = self.town.paid("FEE")
        counterpart = self.town.stand_in.counterpart
        payment = {"id": transfer["payment"]}

        def take_back() -> httpx.Response:
            counterpart.reverse(transfer["transaction"])
            return self._look_up(payment)()

        answers = self.at_once([take_back, *[self._refund(transfer, 30_000) for _ in range(10)]])
        granted = sum(30_000 for answer in answers[1:] if answer.is_success)
        now = self.town.transfer(transfer["transaction"])
        told_so = now["reversed"] and now["free"]["amount"] == 0
        self.expect("reversal", told_so and granted <= 100_000, f"{granted} granted, {now}")
        later = self._refund(transfer, 1)()
        self.expect("reversal", not later.is_success, later.text)

    def _refund(self, transfer: dict[str, Any], amount: int) -> Ask:
        wish = {"transfer": transfer["id"], "amount": amount, "reason": "race"}
        key = str(uuid4())
        return lambda: post(self.town.portal, "/refunds", wish, key=key)

    def _look_up(self, payment: dict[str, Any]) -> Ask:
        return lambda: post(self.town.portal, f"/payments/{payment['id']}/look-up")

    def _free(self, transfer: dict[str, Any]) -> int:
        return int(self.town.transfer(transfer["transaction"])["free"]["amount"])


def run(trial: Trial) -> Finding:
    """Every race, in a new order each round."""
    found, said = Finding(), Counter[str]()
    chance = random.Random(trial.seed)  # noqa: S311 the same again, not secret
    kinds = (Races.one_key, Races.refunds, Races.payments, Races.decisions, Races.reversal)
    name = next(name for name, kind in plugins.counterparts().items() if kind.announces_refunds)
    with (
        Durable(trial.folder / "postgres") as database,
        running_service(database.create("races"), in_flight_seconds=5) as service,
    ):
        races = Races(found_town(service, name), chance, found, said)
        for turn in range(SHORT if trial.short else LONG):
            for kind in chance.sample(kinds, len(kinds)):
                kind(races)
            trial.say(f"round {turn + 1}: {said.total()} answers")
    failed = [status for status in said if status.startswith("answers 5") and "503" not in status]
    found.faults += [f"{said[status]} {status}" for status in failed]
    found.figures |= dict(sorted(said.items()))
    return found
