"""Closings: each day and then the month, vouched for by one person and closed by another."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from feesvc.cli.demo.month.offices import Country, Office


@dataclass
class Closings:
    """``red`` tells each red item of a sheet with what it was found by."""

    country: Country
    said: Counter[str] = field(default_factory=Counter)
    red: dict[str, list[str]] = field(default_factory=dict)

    def close(self, office: Office, period: str) -> Mapping[str, Any]:
        """Begin, look at the sheet, vouch for it, close; gives the sheet."""
        asked = (office.code, period)
        office["finance"].types("periods", "begin", *asked)
        self.country.service.await_followers()
        sheet: dict[str, Any] = office["finance"].types("periods", "sheet", *asked, exits=(0, 1))
        red = [one for one in sheet["items"] if one["red"]]
        for one in red:
            self.red[f"{office.code} {period} {one['item']}"] = one["facts"]
        explained = [
            word for one in red
            for word in ("--explain", f"{one['item']}={office.subjects['finance']}=worked_on")
        ]  # fmt: skip
        digest = ("--digest", sheet["digest"])
        office["finance"].types("periods", "propose", *asked, *explained, *digest)
        closed = office["approver"].types("periods", "close", *asked, *digest)
        assert closed["state"] == "closed", closed
        self.said["days" if period.count("-") > 1 else "months"] += 1
        return sheet
