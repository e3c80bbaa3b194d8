"""Caseworkers: what does not add up is worked on by its code, until nothing of it is left."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from feesvc.cli.demo.month.offices import Country, Office
from feesvc.cli.demo.script import script

ACCOUNT = {"bank": "970422", "number": "9704220000", "holder": "NGUYEN VAN MAU"}
"""Where payers of the month want their money back; nobody's."""
WAYS = ("approver", "second")


@dataclass
class Caseworkers:
    """``said`` counts what was done. ``strays`` are what strange credits turn out to pay: by their
    amount, the assessment that nobody paid. ``told`` are assessments whose payers were told that
    some of it is still to be paid.
    """

    country: Country
    said: Counter[str] = field(default_factory=Counter)
    strays: dict[tuple[str, int], str] = field(default_factory=dict)
    told: list[str] = field(default_factory=list)

    def work(self, office: Office) -> None:
        """Place or give back what waits for a person, then take up what is a case still.

        What came of that ends the cases of it: nobody ends one because it is there.
        """
        waiting = office["finance"].types("suspense", "list", office.code)["items"]
        for item in waiting:
            if item["kind"] == "suspense" and not item["asked"]:
                self._place(office, item)
        for refund in self._refunds(office, "requested"):
            self.agree(office, refund["id"])
        self.country.service.await_followers()
        for case in office["finance"].types("cases", "list", office.code)["items"]:
            if case["state"] == "open":
                self._take_up(office, case)

    def _place(self, office: Office, item: Mapping[str, Any]) -> None:
        """A strange credit pays what it was for, once that is known; other money goes back."""
        owed = self.strays.pop((office.code, item["amount"]["amount"]), None)
        words = ("--reason", "payer_told_us")
        if owed is not None and item["via"] == "bank":
            asked = office["finance"].types("suspense", "apply", item["transfer"], owed, *words)
            if asked["needs_second"]:
                digest = {"digest": asked["digest"]}
                office["approver"].post(f"/reclassifications/{asked['id']}/approve", digest)
            self.said["strange credits applied"] += 1
            return
        office["finance"].types(
            "suspense", "refund", item["transfer"], *words, "--amount", item["amount"]["amount"],
            "--method", "bank_transfer",
        )  # fmt: skip

    def agree(self, office: Office, refund: str) -> None:
        """Whoever asked cannot. A bank transfer goes to an account, which somebody names; where a
        process asked, two others agree.
        """
        shown = office["finance"].get(f"/refunds/{refund}")
        digest = ("--digest", shown["digest"])
        if shown["method"] != "bank_transfer":
            office["approver"].types("refunds", "approve", refund, *digest)
            self.said["refunds agreed to"] += 1
            return
        office["finance"].post(f"/refunds/{refund}/payee", {"account": ACCOUNT})
        payee = office["finance"].get(f"/refunds/{refund}/payee", reason="approval")["digest"]
        for who in WAYS:
            words = (*digest, "--payee", payee, "--seen-name")
            if office[who].types("refunds", "approve", refund, *words)["state"] != "requested":
                break
        self.said["refunds agreed to"] += 1

    def _take_up(self, office: Office, case: Mapping[str, Any]) -> None:
        """It has an owner from now on. Who paid too little is told so, and until when it is due."""
        finance = office["finance"]
        finance.types("cases", "assign", case["id"], office.subjects["finance"])
        finance.types("cases", "take-up", case["id"])
        self.said[f"cases {case['code']} taken up"] += 1
        if case["code"] == "A01" and case["subject_kind"] == "assessment":
            self.said["letters"] += 1
            letter = f"CV-{self.said['letters']:04d}"
            asked = ("--inquiry", letter, "--due-on", case["due_on"])
            finance.types("cases", "inquire", case["id"], *asked)
            self.told.append(case["subject"])

    def _refunds(self, office: Office, state: str) -> list[Mapping[str, Any]]:
        at = f"/agencies/{office.code}/{script().register}/refunds"
        found: list[Mapping[str, Any]] = office["finance"].get(at, state=state, limit=200)["items"]
        return found
