"""Proofs: what must hold of an agency's books wherever its road has led."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from feesvc.testing.town import Town, told


@dataclass(frozen=True)
class Proofs:
    """Reads one agency's books as its auditor does; the names are of projections."""

    town: Town
    ledger: str
    case_book: str

    def balances(self, currency: str = "VND") -> dict[int, int]:
        """Debits - credits of every account that is not at zero."""
        found = self._book(currency)
        left = {int(row["account"]): row["balance"]["amount"] for row in found}
        return {account: amount for account, amount in left.items() if amount}

    def adds_up(self, currency: str = "VND") -> None:
        """Every column of the trial balance sums to zero, or to what the other one does."""
        book = self._book(currency)
        assert sum(row["balance"]["amount"] for row in book) == 0, book

    def rules(self, currency: str = "VND") -> set[str]:
        """The rules that entries of the book were posted by; a minus says: undone."""
        asked = {"currency": currency, "limit": 500}
        said = self._asked(f"{self.ledger}/journal", **asked)
        assert said["next"] is None, "a road of so many entries is read page by page"
        return {line["rule"] for entry in said["entries"] for line in entry["lines"]}

    def open_items(self, account: int) -> Mapping[str, int]:
        """What has not come to zero on a control account, by what it is about."""
        asked = {"account": str(account)}
        items = self._asked(f"{self.ledger}/open-items", **asked)["items"]
        return {str(sorted(item.items())): item["amount"]["amount"] for item in items}

    def covered(self, short: int = 0) -> Mapping[str, Any]:
        """What is owed to others is in the accounts, but for exactly ``short`` đồng; gives the
        cover by currency.
        """
        covers = self._asked("custody/cover")["items"]
        for cover in covers:
            assert cover["surplus"] >= 0 or cover["surplus"] == -short, cover
        return {cover["currency"]: cover for cover in covers}

    def cases(self) -> list[str]:
        """The codes of the cases that are open."""
        found = self._asked(f"{self.case_book}/cases", limit=200, state="not_closed")["items"]
        return sorted(one["code"] for one in found)

    def _book(self, currency: str) -> list[dict[str, Any]]:
        books = self._asked(f"{self.ledger}/trial-balance")["books"]
        return next((b["accounts"] for b in books if b["currency"] == currency), [])

    def _asked(self, what: str, **params: Any) -> Any:
        self.town.service.await_followers()
        path = f"/agencies/{self.town.agency}/{what}"
        return told(self.town["auditor"].get(path, params=params))
