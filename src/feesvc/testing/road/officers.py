"""Officers: what finance staff and approvers do on a road, each with their own role."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from feesvc.testing.counterpart import Counterpart
from feesvc.testing.road.papers import BANK, Papers, today
from feesvc.testing.road.people import SINCE, People
from feesvc.testing.service import RunningService
from feesvc.testing.town import found_town, post, told

PAYEE = {"bank": "970415", "number": "10203040", "holder": "NGUYEN VAN DUC"}
NAME = "Nguyễn Văn Đức"
PURPOSES = ("collection", "treasury_deposit", "treasury_custody")


class Road(People):
    """The whole road: where money goes once it was paid."""

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
        told_by = how.get("source", "bank")
        source = "collection" if told_by == "bank" else told_by
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

    # What intermediaries pay out

    def through(self, *assessments: Any, rate: bool = False) -> list[str]:
        """Paid through the intermediary one by one, settled in one batch, credited by the bank."""
        transactions = [self.pays(one) for one in assessments]
        lines = [self.papers.payment(one, rate) for one in transactions]
        self.credited(self.papers.settlement(*lines))
        return transactions

    def credited(self, batch: str, amount: int | None = None, **missing: Any) -> None:
        """The bank credits a batch; where that is not what was declared, finance says why."""
        found = self._batch(batch)
        due = found["outstanding"]["amount"] if amount is None else amount
        [line] = self.papers.statement((due, f"TT DOI SOAT {batch}"))
        if missing:
            self._says(found, "credits", line, due, **missing)
        assert self._batch(batch)["in_full"], self._batch(batch)

    def recovered(self, batch: str, amount: int) -> None:
        """What a credit was short of comes, as a credit of its own."""
        self.papers.statement((amount, f"BO SUNG {batch}"))

    def _batch(self, batch: str) -> Any:
        ids, town = self.town.service.ids(), self.town
        town.service.await_followers()
        for account in self.merchants:
            id = ids.of("batch", account, batch)
            found = town["auditor"].get(f"/agencies/{town.agency}/batches/{id}")
            if found.is_success:
                return told(found)
        raise LookupError(batch)

    def _says(self, batch: Any, what: str, line: str, amount: int, **more: Any) -> None:
        body = {
            "account": {"bank": BANK, "number": self.accounts["collection"]}, "reference": line,
            "amount": amount, "currency": "VND", "booked_on": today().isoformat(), **more,
        }  # fmt: skip
        path = f"/agencies/{self.town.agency}/batches/{batch['id']}/{what}"
        told(post(self.town["finance"], path, body))
        self.town.service.await_followers()

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

    def returns(self, refund: Any, at: Counterpart | None = None) -> Any:
        """The intermediary pays a refund to the payer, and says so; gives the refund."""
        counterpart = at or self.town.stand_in.counterpart
        now = told(self.town["auditor"].get(f"/refunds/{refund['id']}"))
        counterpart.finish_refund(now["reference"])
        self.town.service.await_followers()
        self.refund_is(refund, "paid")
        return now

    def repaid_by_treasury(self, amount: int) -> None:
        """The Treasury repaid the payer itself: proposed and agreed to, on its own number."""
        self.town.service.await_followers()
        path = f"/agencies/{self.town.agency}/budget-claims"
        [claim] = told(self.town["finance"].get(path))["items"]
        body = {
            "way": "repaid_to_payer", "amount": amount, "reason": "repaid", "confirmation": "KB-9",
        }  # fmt: skip
        asked = told(post(self.town["finance"], f"/budget-claims/{claim['id']}/end", body))
        self.approved("budget-claims", asked)

    def pays_out(self, *refunds: Any, number: str = "") -> None:
        """A payment list goes to the bank, whose statement then shows each refund; or to the
        Treasury, of whose account ``number`` is.
        """
        body = {
            "account": {"bank": BANK, "number": number or self.accounts["collection"]},
            "currency": "VND",
            "refunds": [one["id"] for one in refunds],
        }  # fmt: skip
        path = f"/agencies/{self.town.agency}/payment-lists"
        drawn = told(post(self.town["finance"], path, body), 201)
        self.papers.statement(*[
            (-entry["amount"]["amount"], f"HOAN TRA {entry['reference']}")
            for entry in drawn["entries"]
        ], number=number)  # fmt: skip
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
    return Road(town, numbers, papers, [town.account])
