"""Closings: each day and then the month, vouched for by one person and closed by another."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from feesvc.cli.demo.month.offices import Country, Office


@dataclass
class Closings:
    """``red`` tells each red item of a sheet with what it was found by; ``faults`` those that no
    open case stands behind.
    """

    country: Country
    said: Counter[str] = field(default_factory=Counter)
    red: dict[str, list[str]] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)

    def close(self, office: Office, period: str) -> Mapping[str, Any]:
        """Begin, look at the sheet, vouch for it, close; gives the sheet."""
        asked = (office.code, period)
        office["finance"].types("periods", "begin", *asked)
        self.country.service.await_followers()
        sheet: dict[str, Any] = office["finance"].types("periods", "sheet", *asked, exits=(0, 1))
        explained = [
            word for one in sheet["items"] if one["red"]
            for word in ("--explain", self._explained(office, period, one))
        ]  # fmt: skip
        digest = ("--digest", sheet["digest"])
        office["finance"].types("periods", "propose", *asked, *explained, *digest)
        closed = office["approver"].types("periods", "close", *asked, *digest)
        assert closed["state"] == "closed", closed
        self.said["days" if period.count("-") > 1 else "months"] += 1
        return sheet

    def _explained(self, office: Office, period: str, item: Mapping[str, Any]) -> str:
        """A red item is its caseworker's, for the codes of what is still a case; a red item that no
        case stands behind is nobody's, and a fault.
        """
        named = f"{office.code} {period} {item['item']}"
        self.red[named] = item["facts"]
        cases = office["finance"].types("cases", "list", office.code)["items"]
        if not cases:
            self.faults.append(f"{named} is red, and nothing is a case: {item['facts']}")
        reason = "_".join(["case", *sorted({case["code"].lower() for case in cases})])
        return f"{item['item']}={office.subjects['finance']}={reason}"
