"""Payers: dossiers of a day are raised and paid; some not, some wrongly, some given back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import httpx

from feesvc.cli.demo.month.content import Dossier, Story
from feesvc.cli.demo.month.offices import RETURN_URL, Country, Desk, Office
from feesvc.intermediary import Refunds
from feesvc.plugins import intermediaries
from feesvc.testing.books import No

PAYER_BANK = "970422"


@dataclass(frozen=True, slots=True)
class Paid:
    """A payment that a payer made, and what we call its transfer."""

    dossier: Dossier
    assessment: str
    payment: str
    transaction: str
    desk: Desk


@dataclass
class Payers:
    """``said`` counts what happened; ``paid`` is every payment in order."""

    country: Country
    said: Counter[str] = field(default_factory=Counter)
    paid: list[Paid] = field(default_factory=list)
    left: list[tuple[Dossier, str]] = field(default_factory=list)
    """Dossiers that nobody paid, with their assessments."""

    def __post_init__(self) -> None:
        self._desks = {desk.till: desk for desk in self.country.desks}
        self._refunding = {n for n, kind in intermediaries().items() if issubclass(kind, Refunds)}

    def live(self, dossiers: Iterable[Dossier]) -> None:
        for dossier in dossiers:
            STORIES[self._possible(dossier)](self, dossier)

    def _possible(self, dossier: Dossier) -> Story:
        """What an intermediary cannot do does not happen there."""
        layout = self._desks[dossier.till].counterpart.settles
        if layout is None or dossier.till.currency != "VND":
            return "paid" if dossier.story in ("returned", "short") else dossier.story
        if dossier.story != "returned":
            return dossier.story
        able = dossier.till.intermediary in self._refunding and "refund" in layout.kinds
        return "returned" if able else "paid"

    def pay(self, dossier: Dossier) -> Paid:
        assessment = self.raised(dossier)
        return self._paid(dossier, assessment, self._asked(dossier, assessment))

    def leave(self, dossier: Dossier) -> None:
        self.left.append((dossier, self.raised(dossier)))
        self.said["left"] += 1

    def pay_short(self, dossier: Dossier) -> None:
        """One đồng less than was asked; an order of a fixed amount takes none of it as paid.

        Some intermediaries let nobody pay so: there the whole is paid.
        """
        assessment = self.raised(dossier)
        payment = self._asked(dossier, assessment)
        try:
            self._paid(dossier, assessment, payment, dossier.item.amount - 1)
            self.said["short"] += 1
        except No:
            self._paid(dossier, assessment, payment)

    def pay_twice(self, dossier: Dossier) -> None:
        """The second attempt closed the first, whose money was on its way already."""
        assessment = self.raised(dossier)
        first, second = (self._asked(dossier, assessment) for _ in range(2))
        self._paid(dossier, assessment, first, late=True)
        self._paid(dossier, assessment, second, late=True)
        self.said["twice"] += 1

    def pay_and_return(self, dossier: Dossier) -> None:
        """Paid, and given back in part on the same day, through the intermediary: by two people."""
        paid = self.pay(dossier)
        self.country.service.await_followers()
        office = self.country.offices[dossier.till.agency]
        refund = self.refund(office, paid, dossier.item.amount // 5, "intermediary")
        office["approver"].post(f"/refunds/{refund['id']}/approve", {"digest": refund["digest"]})
        self.country.service.await_followers()
        self.finish_refunds()
        self.said["refunds through intermediaries"] += 1

    def pay_rest(self, assessments: Iterable[str]) -> None:
        """Who was told that some of it is still to be paid pays that, where they paid before."""
        by_assessment = {paid.assessment: paid.dossier for paid in self.paid}
        for assessment in assessments:
            dossier = by_assessment[assessment]
            self._paid(dossier, assessment, self._asked(dossier, assessment))
            self.said["rests paid"] += 1

    def finish_refunds(self) -> None:
        """What intermediaries took on reaches the payers."""
        for desk in self.country.desks:
            for refund in desk.counterpart.returned():
                if refund.state == "accepted":
                    desk.counterpart.finish_refund(refund.reference)
        self.country.service.await_followers()

    def refund(self, office: Office, paid: Paid, amount: int, method: str) -> Any:
        found = self.country.service.ids().transfer(
            UUID(paid.desk.account), paid.transaction
        )  # fmt: skip
        wish = {
            "transfer": str(found), "amount": amount, "method": method, "reason": "paid_too_much",
        }  # fmt: skip
        return office["finance"].post("/refunds", wish)

    def raised(self, dossier: Dossier) -> str:
        """What the dossier owes is put on record; gives the assessment."""
        number = dossier.code.replace("-", "")[-10:]
        name = f"NGUYEN VAN {number}"
        account = {"bank": PAYER_BANK, "number": number, "holder": name}
        said = self.country.portal.post(
            "/assessments",
            {
                "dossier": dossier.code,
                "shares": [{"agency": dossier.agency, "lines": [{"item": dossier.item.code}]}],
                "circumstances": {
                    "channel": "online", "submitted_on": str(self.country.service.now().date()),
                },
                "payer": {"name": name, "refund_account": account},
            },
        )  # fmt: skip
        self.said["dossiers"] += 1
        return str(said["assessments"][0]["id"])

    def _asked(self, dossier: Dossier, assessment: str) -> Mapping[str, Any]:
        """A payment is asked for, and its page opened or its code scanned."""
        desk = self._desks[dossier.till]
        body = {
            "assessments": [assessment], "account": desk.account, "return_url": RETURN_URL
        }  # fmt: skip
        payment: dict[str, Any] = self.country.portal.post("/payments", body)
        if payment["url"]:
            httpx.get(payment["url"], timeout=30).raise_for_status()
        if payment["qr"]:
            desk.counterpart.scan(payment["qr"])
        return payment

    def _paid(
        self, dossier: Dossier, assessment: str, payment: Mapping[str, Any],
        amount: int | None = None, *, late: bool = False,
    ) -> Paid:  # fmt: skip
        desk = self._desks[dossier.till]
        transaction = desk.counterpart.pay(payment["reference"], amount, late=late)
        found = Paid(dossier, assessment, payment["id"], transaction, desk)
        self.paid.append(found)
        self.said["payments"] += 1
        return found


STORIES: Mapping[Story, Callable[[Payers, Dossier], object]] = {
    "paid": Payers.pay,
    "left": Payers.leave,
    "short": Payers.pay_short,
    "twice": Payers.pay_twice,
    "returned": Payers.pay_and_return,
}
