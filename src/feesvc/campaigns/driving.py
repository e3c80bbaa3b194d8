"""Driving: walks dossiers through their fates over HTTP, several at a time, in threads."""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import httpx

from feesvc.campaigns.dossiers import Dossier
from feesvc.campaigns.insisting import Insistent, Unanswered
from feesvc.testing.books import No
from feesvc.testing.town import CIRCUMSTANCES, RETURN_URL, Town

AT_ONCE = 6
PATIENCE = 120.0
REASON = {"reason": "campaign"}


@dataclass
class Drive:
    """Everything a dossier's walk needs; ``said`` counts what the clients met on their way."""

    town: Town
    seed: int
    said: Counter[str] = field(default_factory=Counter)
    walked: int = 0
    given_up: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self._ids = self.town.service.ids()
        self._lock = threading.Lock()
        self._turn = threading.Condition()
        self._begun = 0
        self._most: int | None = None

    def begin_at_most(self, dossiers: int | None) -> None:
        """How many walks may begin until this is said anew; None for all of them."""
        with self._turn:
            self._most = dossiers
            self._turn.notify_all()

    def run(self, dossiers: Sequence[Dossier]) -> None:
        """Walk all of them; raises what went wrong with one, and leaves the others where it is."""
        with ThreadPoolExecutor(AT_ONCE) as pool:
            try:
                for walk in [pool.submit(self._walk, dossier) for dossier in dossiers]:
                    walk.result()
            except BaseException:
                self.given_up.set()
                self.begin_at_most(None)
                pool.shutdown(cancel_futures=True)
                raise

    def _may_begin(self) -> bool:
        return self._most is None or self._begun < self._most or self.given_up.is_set()

    def _walk(self, dossier: Dossier) -> None:
        with self._turn:
            self._turn.wait_for(self._may_begin)
            self._begun += 1
        chance = random.Random(f"{self.seed} {dossier.number}")  # noqa: S311 the same again
        clients = {"portal": self.town.portal, **self.town.officers}
        asking = {
            name: Insistent(client, chance, self.said, self.given_up)
            for name, client in clients.items()
        }
        try:
            FATES[dossier.fate](Case(self, dossier, asking))
        except Exception as error:
            raise Unanswered(f"dossier {dossier.code}, {dossier.fate}: {error}") from error
        with self._lock:
            self.walked += 1

    def transfer(self, transaction: str) -> UUID:
        return self._ids.transfer(UUID(self.town.account), transaction)


class Case:
    """One dossier on its way."""

    def __init__(self, drive: Drive, dossier: Dossier, asking: Mapping[str, Insistent]) -> None:
        self.drive = drive
        self.dossier = dossier
        self.asking = asking
        self.portal = asking["portal"]
        self.counterpart = drive.town.stand_in.counterpart
        self.assessment = self._raised()

    def _raised(self) -> dict[str, Any]:
        lines = [{"item": item} for item in self.dossier.items]
        said = self.portal.post(
            "/assessments",
            {
                "dossier": self.dossier.code,
                "shares": [{"agency": self.drive.town.agency, "lines": lines}],
                "circumstances": CIRCUMSTANCES,
                "payer": {"name": f"Người nộp {self.dossier.number}"},
            },
        )
        found: dict[str, Any] = said["assessments"][0]
        return found

    def asked(self) -> dict[str, Any]:
        """A payment is asked for, and presented."""
        body = {
            "assessments": [self.assessment["id"]],
            "account": self.drive.town.account,
            "return_url": RETURN_URL,
        }
        found: dict[str, Any] = self.portal.post("/payments", body)
        return found

    def sent(
        self, payment: Mapping[str, Any], amount: int | None = None, *, late: bool = False
    ) -> dict[str, Any]:
        """The payer pays; gives the transfer, once a notification told us of it."""
        transaction = self.counterpart.pay(payment["reference"], amount, late=late)
        return self.seen(transaction, lambda transfer: True)

    def paid(self) -> dict[str, Any]:
        return self.sent(self.asked())

    def seen(self, transaction: str, is_so: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """A transfer, once something is so with it."""
        path = f"/transfers/{self.drive.transfer(transaction)}"
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            answer: httpx.Response = self.asking["finance"].get(path, 200, 404)
            if answer.status_code == 200:
                transfer: dict[str, Any] = answer.json()
                if is_so(transfer):
                    return transfer
            if self.drive.given_up.wait(0.05):
                break
        raise Unanswered(f"transfer {transaction} did not come to be what it is out there")

    def refund(self, transfer: Mapping[str, Any]) -> dict[str, Any]:
        amount = min(self.dossier.part, transfer["amount"]["amount"])
        wish = {"transfer": transfer["id"], "amount": amount, **REASON}
        found: dict[str, Any] = self.portal.post("/refunds", wish)
        return found

    def change(self, how: str, body: Mapping[str, Any] = REASON) -> None:
        self.asking["clerk"].post(f"/assessments/{self.assessment['id']}/{how}", body)


def _paid_twice(case: Case) -> None:
    first, second = case.asked(), case.asked()
    case.sent(first, late=True)  # the second closed it, and its money was on its way
    case.sent(second)


def _wrong_amount(case: Case) -> None:
    case.sent(case.asked(), case.dossier.part)
    case.paid()


def _declined(case: Case) -> None:
    case.counterpart.decline(case.asked()["reference"])
    case.paid()


def _refunded(case: Case) -> None:
    refund = case.refund(case.paid())
    approval = {"digest": refund["digest"]}
    case.asking["approver"].post(f"/refunds/{refund['id']}/approve", approval)


def _refund_rejected(case: Case) -> None:
    refund = case.refund(case.paid())
    case.asking["approver"].post(f"/refunds/{refund['id']}/reject", REASON)


def _cancelled_when_paid(case: Case) -> None:
    case.paid()
    case.change("cancel")


def _reduced_when_paid(case: Case) -> None:
    case.paid()
    case.change("reduce", {"lines": {"1": case.dossier.part}, **REASON})


def _reversed(case: Case) -> None:
    transfer = case.paid()
    try:
        case.counterpart.reverse(transfer["transaction"])
    except No as no:
        raise Unanswered(str(no)) from no
    case.seen(transfer["transaction"], lambda seen: bool(seen["reversed"]))


FATES: Mapping[str, Callable[[Case], object]] = {
    "paid": Case.paid,
    "paid_twice": _paid_twice,
    "wrong_amount": _wrong_amount,
    "declined": _declined,
    "refunded": _refunded,
    "refund_rejected": _refund_rejected,
    "cancelled": lambda case: case.change("cancel"),
    "cancelled_when_paid": _cancelled_when_paid,
    "reduced_when_paid": _reduced_when_paid,
    "reversed": _reversed,
    "unpaid": Case.asked,
}
