"""People: what citizens, clerks, finance staff and approvers do on a road, each with their role."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from feesvc.testing.counterpart import Counterpart
from feesvc.testing.road.papers import BANK, Papers, today
from feesvc.testing.service import RunningService
from feesvc.testing.town import Town, found_town, post, told

PAYEE = {"bank": "970415", "number": "10203040", "holder": "NGUYEN VAN DUC"}
NAME = "Nguyễn Văn Đức"
PURPOSES = ("collection", "treasury_deposit", "treasury_custody")
SINCE = "2020-01-01"


@dataclass
class Road:
    """One agency with its people, its bank accounts by purpose, and the papers about them."""

    town: Town
    accounts: Mapping[str, str]
    papers: Papers
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

    def paid(self, payment: Any, amount: int | None = None, at: Counterpart | None = None) -> str:
        """The citizen pays and the intermediary notifies us; gives its transaction."""
        counterpart = at or self.town.stand_in.counterpart
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

    # Finance staff and approvers

    def approved(self, kind: str, asked: Any, **more: Any) -> Any:
        """Another person agrees to exactly what was asked; ``kind`` is the resource's path."""
        body = {"digest": asked["digest"], **more}
        done = told(post(self.town["approver"], f"/{kind}/{asked['id']}/approve", body))
        self.town.service.await_followers()
        return done

    def allocates(self) -> Any:
        """Everything that the bank had by today is split."""
        self.town.service.await_followers()
        path = f"/agencies/{self.town.agency}/allocations"
        said = told(post(self.town["finance"], path, {"until": today().isoformat()}))
        self.town.service.await_followers()
        return said["allocations"]

    def draws(self, **how: Any) -> Any:
        """A remittance is drawn and agreed to; gives it approved."""
        self.town.service.await_followers()
        path = f"/agencies/{self.town.agency}/remittances"
        return self.approved("remittances", told(post(self.town["finance"], path, how), 201))

    def remits(self, **how: Any) -> Any:
        """It is drawn, agreed to, debited and confirmed by the Treasury."""
        drawn = self.draws(**how)
        source = "treasury_custody" if how.get("source") == "treasury_custody" else "collection"
        self.debited(drawn, drawn["paid"]["amount"], self.accounts[source])
        return self.confirmed(drawn)

    def confirmed(self, drawn: Any) -> Any:
        lines = [
            {"codes": entry["codes"], "amount": entry["amount"]["amount"]}
            for entry in drawn["entries"]
        ]
        body = {
            "number": f"KB-{drawn['reference']}", "confirmed_on": today().isoformat(),
            "lines": lines,
        }  # fmt: skip
        done = told(post(self.town["finance"], f"/remittances/{drawn['id']}/confirm", body))
        assert done["state"] == "confirmed", done
        return done

    def debited(self, order: Any, amount: int, number: str = "") -> None:
        """A statement says that the bank, or the Treasury, has paid an order."""
        self.papers.statement((-amount, f"CHI THEO {order['reference']}"), number=number)

    def moves(self, kind: str, amount: int, source: str = "", target: str = "") -> Any:
        """Own money is moved by two officers; the banks of both accounts, where named, tell of it.

        ``source`` and ``target`` are purposes of accounts.
        """
        body = {"kind": kind, "amount": amount, "reason": "monthly"}
        path = f"/agencies/{self.town.agency}/custody-moves"
        self.town.service.await_followers()
        asked = told(post(self.town["finance"], path, body), 201)
        done = self.approved("custody-moves", asked)
        for purpose, signed in ((source, -amount), (target, amount)):
            if purpose:
                number = self.accounts[purpose]
                self.papers.statement((signed, f"CHUYEN {done['reference']}"), number=number)
        booked = told(self.town["auditor"].get(f"/custody-moves/{done['id']}"))
        assert booked["state"] == "booked", booked
        return booked

    def forwards(self, **what: Any) -> Any:
        """Money held for somebody is drawn, agreed to and debited."""
        self.town.service.await_followers()
        path = f"/agencies/{self.town.agency}/forwardings"
        drawn = told(post(self.town["finance"], path, what), 201)
        done = self.approved("forwardings", drawn)
        self.debited(done, done["total"]["amount"])
        return done

    # Giving back

    def gives_back(self, transfer: Any, amount: int, method: str = "bank_transfer", **more: Any
                   ) -> Any:  # fmt: skip
        """Asked for by finance and approved; gives the refund."""
        wish = {
            "transfer": transfer["id"], "amount": amount, "reason": "withdrawn", "method": method,
            **more,
        }  # fmt: skip
        if method == "bank_transfer":
            wish["payee"] = {"name": NAME, "refund_account": PAYEE}
        return self.agrees_to(told(post(self.town["finance"], "/refunds", wish), 201))

    def proposed(self, register: str) -> list[Any]:
        """The refunds that nobody has decided on, as ``register``, a projection, lists them."""
        self.town.service.await_followers()
        path = f"/agencies/{self.town.agency}/{register}/refunds"
        found = told(self.town["finance"].get(path))["items"]
        waiting = [one for one in found if one["state"] == "requested"]
        return [told(self.town["finance"].get(f"/refunds/{one['id']}")) for one in waiting]

    def names_payee(self, refund: Any) -> None:
        path = f"/refunds/{refund['id']}/payee"
        told(post(self.town["finance"], path, {"account": PAYEE}))

    def agrees_to(self, refund: Any) -> Any:
        """The approver looks at the account where there is one, and agrees."""
        more: dict[str, Any] = {}
        if refund["method"] == "bank_transfer":
            payee = told(self.town["approver"].get(f"/refunds/{refund['id']}/payee"))
            more = {"payee": payee["digest"], "acknowledge_name": True}
        return self.approved("refunds", refund, **more)

    def returns(self, refund: Any, at: Counterpart | None = None) -> None:
        """The intermediary pays a refund to the payer, and says so."""
        counterpart = at or self.town.stand_in.counterpart
        now = told(self.town["auditor"].get(f"/refunds/{refund['id']}"))
        counterpart.finish_refund(now["reference"])
        self.town.service.await_followers()
        self.refund_is(refund, "paid")

    def pays_out(self, *refunds: Any) -> None:
        """A payment list goes to the bank, whose statement then shows each refund."""
        body = {
            "account": {"bank": BANK, "number": self.accounts["collection"]}, "currency": "VND",
            "refunds": [one["id"] for one in refunds],
        }  # fmt: skip
        path = f"/agencies/{self.town.agency}/payment-lists"
        drawn = told(post(self.town["finance"], path, body), 201)
        self.papers.statement(*[
            (-entry["amount"]["amount"], f"HOAN TRA {entry['reference']}")
            for entry in drawn["entries"]
        ])  # fmt: skip
        for one in refunds:
            self.refund_is(one, "paid")

    def refund_is(self, refund: Any, state: str) -> None:
        now = told(self.town["auditor"].get(f"/refunds/{refund['id']}"))
        assert now["state"] == state, now


def open_road(
    service: RunningService, agency: str, intermediary: str, layout: str = "",
    purposes: Sequence[str] = PURPOSES,
) -> Road:  # fmt: skip
    """An agency of its own with its accounts; ``layout``: how its settlements are read."""
    town = found_town(service, intermediary, agency, f"P{agency}")
    numbers = {
        purpose: f"{int(agency[1:]):06d}{last:06d}" for last, purpose in enumerate(purposes, 101)
    }
    for purpose, number in numbers.items():
        body = {
            "purpose": purpose, "bank": BANK, "number": number, "currency": "VND",
            "effective_on": SINCE,
        }  # fmt: skip
        told(post(town["administrator"], f"/agencies/{agency}/bank-accounts", body))
    papers = Papers(town, numbers["collection"])
    if layout:
        papers.approve_layout(town.account, layout)
    return Road(town, numbers, papers)
