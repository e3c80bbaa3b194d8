"""Mornings: what finance staff do with yesterday: load, match, split, pass on, pay out, close."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from feesvc.cli.demo.month.offices import Country, Desk, Office
from feesvc.cli.demo.script import script

OUT, INTO = -1, 1


@dataclass
class Mornings:
    """``said`` counts what was done. Bank orders of a morning are booked on that day."""

    country: Country
    said: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    drawn: dict[tuple[str, str], list[str]] = field(default_factory=lambda: defaultdict(list))
    """By agency, its remittances and payment lists."""
    _unconfirmed: list[tuple[Office, str]] = field(default_factory=list)
    """Remittances that the bank was told of, to be confirmed by the Treasury."""
    _sent: int = 0

    def load(self, yesterday: date) -> None:
        """What intermediaries and banks say of ``yesterday``: files, by command line."""
        offices = self.country.offices.values()
        for office in offices:
            self._load_settlements(office, yesterday)
        self.country.service.await_followers()
        for office in offices:
            self._load_statements(office, yesterday)
        self.country.service.await_followers()

    def pass_on(self, yesterday: date, today: date) -> None:
        """What the bank has is split, and what is others' goes to them."""
        offices = self.country.offices.values()
        for office in offices:
            self.confirm(office, yesterday)
            office["finance"].types("allocations", "make", office.code, "--until", yesterday)
            self.country.service.await_followers()
            self.forward(office, today)
            self.pay_refunds(office, today)
            self.make_whole(office, today)
            self.remit(office, today)
        for office in offices:
            for teller in office.tellers.values():
                teller.pay_out(today)

    # Files

    def _load_settlements(self, office: Office, day: date) -> None:
        for desk in self.country.desks_of(office):
            layout = desk.counterpart.settles
            if layout is None:
                continue
            batch = desk.counterpart.settle_session(day, currency=desk.till.currency)
            if not batch.movements:
                continue
            name = f"{office.code}-{batch.identity}.{layout.suffix}"
            self._file(office, desk.account, name, desk.counterpart.document(batch))
            office.tellers[desk.till.currency].payouts.append(batch)

    def _load_statements(self, office: Office, day: date) -> None:
        for currency, teller in office.tellers.items():
            for desk in self.country.desks_of(office):
                self._credit_direct(desk, office)
            name = f"{office.code}-{currency}-{day}.{teller.suffix}"
            self._file(office, teller.id, name, teller.statement(day))

    def _credit_direct(self, desk: Desk, office: Office) -> None:
        teller = office.tellers[desk.till.currency]
        for credit in desk.counterpart.credits():
            if credit.native_id not in teller.seen:
                teller.seen.add(credit.native_id)
                teller.account.book(
                    credit.amount.amount, credit.value_date, credit.narrative,
                    name=credit.counterparty_name, account=credit.counterparty_account,
                )  # fmt: skip

    def _file(self, office: Office, account: str, name: str, content: bytes) -> None:
        file = self.country.folder / name
        file.write_bytes(content)
        said = office["finance"].types(
            "files", "load", file, "--agency", office.code, "--account", account, "--accept",
            exits=(0, 2),
        )  # fmt: skip
        self.said["files"] += 1
        if said["state"] != "accepted":
            why = f"{said['verdict']} {said['place']} {said['why']}"
            self.faults.append(f"{name} is {said['state']}: {why}")

    # Orders

    def forward(self, office: Office, today: date) -> None:
        """What was collected for the unit below goes on, and arrives on the same day."""
        waiting = office["finance"].types("forwardings", "waiting", office.code)["items"]
        for to in sorted({one["beneficiary"] for one in waiting if one["since"]}):
            drawn = office["finance"].types("forwardings", "draw", office.code, "--to", to)
            office["approver"].types("forwardings", "approve", drawn["id"])
            self._order(office, drawn, OUT, today)
            self._order(self.country.offices[to], drawn, INTO, today)
            self.said["forwardings"] += 1

    def make_whole(self, office: Office, today: date) -> None:
        """Commission kept from money that is passed on whole comes out of the budget estimate."""
        for cover in self.covers(office):
            if cover["to_make_whole"] > 0:
                self.move(office, "whole_from_estimate", cover, cover["to_make_whole"], INTO, today)

    def keep_retained(self, office: Office, today: date) -> None:
        """What the agency may keep goes to its own account, as far as what is owed stays."""
        for cover in self.covers(office):
            amount = min(cover["retained_to_move"], cover["surplus"])
            if amount > 0:
                self.move(office, "retained_to_deposit", cover, amount, OUT, today)
                office.deposits[cover["currency"]].book(amount, today, "phi duoc de lai")

    def move(
        self, office: Office, kind: str, cover: Mapping[str, Any], amount: int, way: int, day: date
    ) -> None:
        move = office["finance"].types(
            "custody", "move", office.code, kind, amount, "--reason", "monthly", "--currency",
            cover["currency"],
        )  # fmt: skip
        office["approver"].types("custody", "approve", move["id"])
        self._order(office, move, way, day)
        self.said[kind] += 1

    def remit(self, office: Office, today: date) -> None:
        """Budget shares go to the State Treasury, where what is owed is in the accounts."""
        for cover in self.covers(office):
            if cover["surplus"] < 0:
                self.said["days that a shortfall held remittances"] += 1
            elif self._remittable(office, cover["currency"]):
                drawn = office["finance"].types(
                    "remittances", "draw", office.code, "--currency", cover["currency"],
                    "--set-off",
                )  # fmt: skip
                office["approver"].types("remittances", "approve", drawn["id"])
                self.said["remittances"] += 1
                self.drawn[office.code, "remittances"].append(drawn["id"])
                if drawn["paid"]["amount"]:
                    self._order(office, {**drawn, "total": drawn["paid"]}, OUT, today)
                    self._unconfirmed.append((office, drawn["id"]))

    def _remittable(self, office: Office, currency: str) -> bool:
        """Whether a budget share is allocated and not remitted: 2400 less what is in flight."""
        books = office["auditor"].types("ledger", "trial-balance", office.code)["books"]
        return any(
            row["account"] == "2400" and row["balance"]["amount"] < 0
            for book in books if book["currency"] == currency for row in book["accounts"]
        )  # fmt: skip

    def confirm(self, office: Office, day: date) -> None:
        """The Treasury confirms what the bank debited."""
        for one in [one for one in self._unconfirmed if one[0] is office]:
            self._unconfirmed.remove(one)
            self._sent += 1
            said = office["finance"].types(
                "remittances", "confirm", one[1], "--number", f"KB{self._sent:06d}",
                "--confirmed-on", day,
            )  # fmt: skip
            if said["state"] != "confirmed":
                self.faults.append(f"remittance {said['reference']} is {said['state']}")

    def pay_refunds(self, office: Office, today: date) -> None:
        """Approved refunds by bank transfer go on a list, line by line."""
        for currency, teller in office.tellers.items():
            at = f"/agencies/{office.code}/{script().register}/refunds"
            asked = office["finance"].get(at, state="approved", limit=200)["items"]
            ready = [
                one["id"] for one in asked
                if one["method"] == "bank_transfer" and one["amount"]["currency"] == currency
            ]  # fmt: skip
            if not ready:
                continue
            drawn = office["finance"].types(
                "payment-lists", "draw", office.code, "--bank", teller.account.bank, "--number",
                teller.account.number, "--currency", currency,
                *(word for id in ready for word in ("--refund", id)),
            )  # fmt: skip
            self.drawn[office.code, "payment-lists"].append(drawn["id"])
            for entry in drawn["entries"]:
                teller.order(-entry["amount"]["amount"], entry["reference"], today)
            self.said["refunds by bank transfer"] += len(ready)

    def covers(self, office: Office) -> Iterator[Mapping[str, Any]]:
        self.country.service.await_followers()
        said = office["finance"].types("custody", "cover", office.code, exits=(0, 1))
        yield from said["items"]

    def _order(self, office: Office, order: Mapping[str, Any], way: int, on: date) -> None:
        money = order.get("amount") or order["total"]
        teller = office.tellers[money["currency"]]
        teller.order(way * money["amount"], order["reference"], on)
