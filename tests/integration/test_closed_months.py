"""A closed month says for ever what it said, whatever is undone, restated, reversed or late."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from feesvc.testing.file_desk import BANK, FileDesk, camt, session
from feesvc.testing.town import Town, post, told

pytestmark = pytest.mark.lasting

MONTH = "periods/2026-10"


class Desk(FileDesk):
    """Files of October, and what the ledger says of it."""

    def takes(self, content: bytes, account: str = "") -> Any:
        file = self.send(content.replace(b"2026-11", b"2026-10"), account)
        restated = file["verdict"] == "F03"
        body = {"digest": file["digest"]} if restated else {}
        told(self.accept(file, "approver" if restated else "finance", **body))
        self.town.service.await_followers()
        return file

    def ask(self, path: str, by: str = "auditor", **asked: Any) -> Any:
        self.town.service.await_followers()
        return told(self.town[by].get(f"/agencies/{self.town.agency}/{path}", params=asked))

    def does(self, path: str, body: Any, by: str = "finance") -> Any:
        done = told(post(self.town[by], path, body))
        self.town.service.await_followers()
        return done

    def close(self) -> None:
        at = f"/agencies/{self.town.agency}/{MONTH}"
        self.does(f"{at}/begin-closing", None)
        sheet = self.ask(f"{MONTH}/sheet")
        said = [
            {"item": item["item"], "owner": self.town.subjects["finance"], "reason": "asked_them"}
            for item in sheet["items"] if item["red"]
        ]  # fmt: skip
        self.does(f"{at}/propose", {"digest": sheet["digest"], "explanations": said})
        self.does(f"{at}/close", {"digest": sheet["digest"]}, "approver")

    def october(self) -> dict[str, Any]:
        """Everything that is said of the month by itself."""
        said = {
            "balances": self.ask("agency_ledger/trial-balance", as_of="2026-10")["books"],
            "movements": self.ask("agency_ledger/trial-balance", period="2026-10")["books"],
        }
        for account in ("1200", "1210", "1300", "2150", "5100"):
            path = f"agency_ledger/accounts/{account}/statement"
            shown = self.ask(path, period="2026-10", currency="VND")
            said[account] = {name: shown[name] for name in shown if name != "known_at"}
        return said

    def open_now(self) -> dict[str, int]:
        [book] = self.ask("agency_ledger/trial-balance")["books"]
        return {row["account"]: row["balance"]["amount"] for row in book["accounts"]}

    def batch(self, name: str) -> str:
        id = self.town.service.ids().of("batch", self.town.account, name)
        return f"/agencies/{self.town.agency}/batches/{id}"


def own(batch: str, *amounts: int) -> bytes:
    """A session with references that no other has."""
    return session(batch, *amounts).replace(b'"R', f'"{batch}-R'.encode())


def test_nothing_changes_what_a_closed_month_said(town: Town) -> None:
    desk = Desk(town)
    with town.service.working():
        desk.takes(own("B1", 100_000, 50_000), town.account)
        desk.takes(own("BATCH77X1", 200_000), town.account)
        bank = desk.takes(camt(1, 0, (197_800, "FT1"), (7_000, "FT2")))
        assert desk.states(bank)[0] == "matched", "the second batch is credited"
        desk.close()
        before, [group] = desk.october(), desk.ask("matches")["items"]

        def undo() -> None:
            desk.does(f"/matches/{group['id']}/undo", {"reason": "mistake"})

        def restate_settlement() -> None:
            desk.takes(own("B1", 100_000), town.account)

        def restate_statement() -> None:
            desk.takes(camt(1, 0, (197_800, "FT1"), (6_000, "FT2")))

        def come_late() -> None:
            desk.takes(own("B2", 30_000), town.account)

        def credit_late() -> None:
            credit = {"account": BANK, "reference": "FT9", "amount": 98_900, "currency": "VND",
                      "booked_on": "2026-10-20"}  # fmt: skip
            desk.does(f"{desk.batch('B1')}/credits", credit)

        def reverse() -> None:
            back = {
                "account": BANK,
                "reference": "FT9",
                "reason": "bank",
                "booked_on": "2026-10-21",
            }
            desk.does(f"{desk.batch('B1')}/credits/reverse", back)

        changed: list[Callable[[], None]] = [
            undo, restate_settlement, restate_statement, come_late, credit_late, reverse,
        ]  # fmt: skip
        for change in changed:
            stood = desk.open_now()
            change()
            assert desk.october() == before, change.__name__
            assert desk.open_now() != stood, f"{change.__name__} is booked in the open month"
        late = desk.ask("agency_ledger/late-entries", period="2026-10")["entries"]
        assert {one["counted_on"] for one in late} == {"2026-11-01"}
        rules = {line["rule"] for one in late for line in one["lines"]}
        assert {"P08", "P08x", "P09a", "P09h", "P23f"} <= rules
        assert desk.ask(f"{MONTH}/verify")["books"] == []
