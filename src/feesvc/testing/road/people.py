"""People: what citizens and clerks do on a road: fees come into being, and are paid."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import httpx

from feesvc.testing.counterpart import Counterpart
from feesvc.testing.road.papers import BANK, Papers
from feesvc.testing.service import OPERATOR, PATIENCE
from feesvc.testing.town import Town, post, told

SINCE = "2020-01-01"


@dataclass
class People:
    """One agency with its people, its bank accounts by purpose, and the papers about them."""

    town: Town
    accounts: Mapping[str, str]
    papers: Papers
    merchants: list[str] = field(default_factory=list)
    """Every merchant account of the agency."""
    _count: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    # What is owed

    def charges(self, code: str, kind: str, amount: int, retained_ppm: int = 0,
                currency: str = "VND") -> str:  # fmt: skip
        """Two officers put an item into the schedule; gives its code."""
        items = f"/fee-schedules/{self.town.schedule}/items"
        item = {
            "code": code, "name_vi": code, "name_en": code, "kind": kind, "currency": currency,
            "rule": {"rule": "flat", "amount": amount}, "effective_from": SINCE,
            "retained_ppm": retained_ppm, "citation": "TT 1/2026/TT-BTC",
        }  # fmt: skip
        told(post(self.town["finance"], items, {"proposal": code, "item": item}), 201)
        told(post(self.town["approver"], f"{items}/{code}/approve"), 200)
        return code

    def halved(self, item: str) -> str:
        """Two officers put a reduction by half into force for one item."""
        reductions = f"/fee-schedules/{self.town.schedule}/reductions"
        reduction = {
            "code": f"HALF-{item}", "items": [item], "currency": "VND", "precedence": 1,
            "effect": {"effect": "percent_off", "ppm": 500_000}, "effective_from": SINCE,
            "citation": "TT 1/2026/TT-BTC",
        }  # fmt: skip
        asked = {"proposal": f"HALF-{item}", "reduction": reduction}
        told(post(self.town["finance"], reductions, asked), 201)
        told(post(self.town["approver"], f"{reductions}/HALF-{item}/approve"), 200)
        return item

    def merchant(self, intermediary: str) -> str:
        """The agency opens another merchant account; its files are read by the first layout."""
        stand_in = self.town.service.stand_ins[intermediary]
        asked = {
            "intermediary": intermediary, "mode": "test", "settings": dict(stand_in.settings),
            "currencies": ["VND"],
        }  # fmt: skip
        path = f"/agencies/{self.town.agency}/merchant-accounts"
        id: str = told(post(self.town["administrator"], path, asked), 201)["id"]
        self.papers.approve_layout(id)
        self.merchants.append(id)
        return id

    def everybody(self, other: People) -> httpx.Client:
        """The administrator of this agency, who administers ``other`` as well from now on."""
        who = {
            "issuer": self.town.service.issuer.url, "sub": f"administrator.{self.town.agency}",
            "roles": ["administrator"],
        }  # fmt: skip
        with self.town.service.person(OPERATOR) as operator:
            told(post(operator, f"/agencies/{other.town.agency}/officers", who), 201)
        return self.town["administrator"]

    def owes(self, kind: str, amount: int, retained_ppm: int = 0) -> Any:
        """A new dossier owes one item of so much; gives the assessment."""
        code = self.charges(f"{kind.upper()}-{next(self._count)}", kind, amount, retained_ppm)
        return self.town.assessment(code)

    # Citizens pay

    def asks(self, *assessments: Any, account: str = "") -> Any:
        """The portal asks for a payment; gives it presented."""
        wish = self.town.paying(*[one["id"] for one in assessments])
        wish |= {"account": account} if account else {}
        return told(post(self.town.portal, "/payments", wish), 201)

    def opens(self, payment: Any) -> None:
        """The citizen opens the intermediary's page: some hear of an order only then."""
        if payment["url"]:
            assert httpx.get(payment["url"], timeout=PATIENCE).is_success

    def paid(self, payment: Any, amount: int | None = None, at: Counterpart | None = None) -> str:
        """The citizen opens the page and pays, and the intermediary notifies us; gives its
        transaction.
        """
        counterpart = at or self.town.stand_in.counterpart
        self.opens(payment)
        transaction = counterpart.pay(payment["reference"], amount)
        self.town.service.await_followers()
        return transaction

    def pays(self, *assessments: Any, amount: int | None = None) -> str:
        return self.paid(self.asks(*assessments), amount)

    def transfer(self, transaction: str, account: str = "") -> Any:
        """How a transfer stands, by its transaction at the intermediary."""
        found = self.transfers(account or self.town.account, transaction)
        return told(self.town["finance"].get(f"/transfers/{found}"))

    def transfers(self, account: str, transaction: str) -> str:
        return str(self.town.service.ids().transfer(UUID(account), transaction))

    def transfers_from_bank(self, payment: Any, amount: int) -> Any:
        """The citizen pays the agency's account and writes the code; gives the transfer."""
        [line] = self.papers.statement((amount, f"NOP PHI {payment['reference']} {payment['id']}"))
        return self.of_the_bank(line)

    def of_the_bank(self, line: str) -> Any:
        """The transfer that a line of the collection account became."""
        number, ids = self.accounts["collection"], self.town.service.ids()
        account = ids.bank_account(self.town.agency, BANK, number, "VND")
        return told(self.town["finance"].get(f"/transfers/{ids.transfer(account, line)}"))

    def takes_cash(self, assessment: Any, amount: int) -> None:
        """The clerk counts it and gives a slip."""
        slip = {"desk": "QUAY-1", "slip": f"S-{next(self._count)}", "amount": amount}
        told(post(self.town["clerk"], f"/assessments/{assessment['id']}/cash", slip), 201)

    def hands_in(self) -> Any:
        """The clerk takes the desk's cash to the bank; gives the deposit."""
        path = f"/agencies/{self.town.agency}/cash-deposits"
        return told(post(self.town["clerk"], path, {"desk": "QUAY-1"}), 201)
