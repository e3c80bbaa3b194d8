"""Settlement batches over HTTP and in PostgreSQL: lines, credits, netting, and their books."""

from __future__ import annotations

import json
from typing import Any

import pytest
from typer.main import get_command

from feesvc.cli.batches import command as batches
from feesvc.testing.asking_bank import ACCOUNT
from feesvc.testing.town import Town, post, told

pytestmark = pytest.mark.lasting

DAY = "2026-11-20"
command = get_command(batches)


class Settling:
    """The batches of one agency's merchant account, as its finance officer tells of them."""

    def __init__(self, town: Town) -> None:
        self.town = town
        self.at = f"/agencies/{town.agency}/batches"
        named = {
            **ACCOUNT,
            "purpose": "collection",
            "currency": "VND",
            "effective_on": "2020-01-01",
        }
        told(post(town["administrator"], f"/agencies/{town.agency}/bank-accounts", named))

    def post(self, path: str, body: Any, status: int = 200) -> Any:
        return told(post(self.town["finance"], path, body), status)

    def declare(self, batch: str, net: int, count: int = 1) -> str:
        body = {
            "merchant_account": self.town.account, "batch": batch, "currency": "VND",
            "gross": net, "net": net, "count": count, "settled_on": DAY,
        }  # fmt: skip
        id: str = self.post(self.at, body, 201)["id"]
        return id

    def line(
        self, batch: str, name: str, gross: int, commission: int = 0, tax: int = 0, **more: str
    ) -> Any:
        body = {
            "batch": batch, "native_id": name, "transaction": name, "gross": gross,
            "commission": -commission, "tax": -tax, "net": gross - commission - tax,
            "currency": "VND", "at": f"{DAY}T10:00:00+07:00", **more,
        }  # fmt: skip
        return self.post(f"/merchant-accounts/{self.town.account}/settlement-lines", body)

    def credit(
        self, batch: str, reference: str, amount: int, status: int = 200, **more: Any
    ) -> Any:
        return self.post(f"{self.at}/{batch}/credits", {**bank(reference, amount), **more}, status)

    def see(self, batch: str) -> Any:
        return told(self.town["auditor"].get(f"{self.at}/{batch}"))

    def balances(self) -> dict[int, int]:
        """Debits - credits of every account that is not at zero."""
        self.town.service.await_followers()
        path = f"/agencies/{self.town.agency}/agency_ledger/trial-balance"
        [book] = told(self.town["auditor"].get(path))["books"]
        return {
            int(row["account"]): row["balance"]["amount"]
            for row in book["accounts"]
            if row["balance"]["amount"]
        }


def bank(reference: str, amount: int) -> dict[str, Any]:
    return {
        "account": ACCOUNT, "reference": reference, "amount": amount, "currency": "VND",
        "booked_on": DAY,
    }  # fmt: skip


@pytest.fixture
def settling(town: Town) -> Settling:
    return Settling(town)


def test_a_net_batch_goes_from_lines_to_banked_lines(settling: Settling) -> None:
    transfer = settling.town.paid("FEE")
    with settling.town.service.working():
        batch = settling.declare("B-1", 98_900)
        settling.line("B-1", transfer["transaction"], 100_000, 1_000, 100)
        assert settling.balances() == {1210: 98_900, 2500: -100_000, 5100: 1_000, 5150: 100}
        seen = settling.see(batch)
        assert (seen["outstanding"]["amount"], seen["residual"]["amount"]) == (98_900, 0)
        done = settling.credit(batch, "FT-1", 98_900)
        assert (done["in_full"], done["in_transit"]["amount"]) == (True, 0)
        assert settling.balances() == {1300: 98_900, 2510: -100_000, 5100: 1_000, 5150: 100}


def test_short_over_and_twice(settling: Settling) -> None:
    ids = [settling.town.paid("FEE")["transaction"] for _ in range(2)]
    with settling.town.service.working():
        short, over = settling.declare("B-1", 100_000), settling.declare("B-2", 100_000)
        for batch, transaction in (("B-1", ids[0]), ("B-2", ids[1])):
            settling.line(batch, transaction, 100_000)
        assert settling.credit(short, "FT-1", 99_100, claim=True)["claimed"]["amount"] == 900
        settling.credit(over, "FT-2", 101_000, 422)
        assert settling.credit(over, "FT-2", 101_000, over=True)["in_full"]
        settling.credit(over, "FT-3", 100_000)
        held = {1290: 900, 1300: 300_100, 2150: -101_000, 2510: -200_000}
        assert settling.balances() == held
        settling.post(f"{settling.at}/{short}/recoveries", bank("FT-4", 900))
        assert settling.balances() == {1300: 301_000, 2150: -101_000, 2510: -200_000}
        path = f"/agencies/{settling.town.agency}/agency_ledger/open-items"
        items = told(settling.town["auditor"].get(path, params={"account": "1210"}))["items"]
        assert items == []


def test_split_and_merged_credits_and_what_the_bank_takes_back(settling: Settling) -> None:
    ids = [settling.town.paid("FEE")["transaction"] for _ in range(3)]
    with settling.town.service.working():
        batches = [settling.declare(f"B-{n}", 100_000) for n in range(3)]
        for n, transaction in enumerate(ids):
            settling.line(f"B-{n}", transaction, 100_000)
        assert not settling.credit(batches[0], "FT-1", 60_000)["in_full"]
        assert settling.credit(batches[0], "FT-2", 40_000)["in_full"]
        merged = settling.credit(batches[1], "FT-3", 200_000, with_batches=[batches[2]])
        assert merged["in_full"] and settling.see(batches[2])["in_full"]
        assert settling.balances() == {1300: 300_000, 2510: -300_000}
        body = {"account": ACCOUNT, "reference": "FT-3", "booked_on": DAY, "reason": "recalled"}
        settling.post(f"{settling.at}/{batches[2]}/credits/reverse", body)
        assert settling.balances() == {
            1210: 200_000, 1300: 100_000, 2500: -200_000, 2510: -100_000,
        }  # fmt: skip
        path = f"/agencies/{settling.town.agency}/agency_ledger/open-items"
        items = told(settling.town["auditor"].get(path, params={"account": "1210"}))["items"]
        assert {(item["batch"], item["amount"]["amount"]) for item in items} == {
            (batches[1], 100_000), (batches[2], 100_000),
        }  # fmt: skip


def test_a_line_may_come_before_its_callback_and_an_unknown_one_waits(settling: Settling) -> None:
    with settling.town.service.working():
        batch = settling.declare("B-1", 50_000)
        settling.line("B-1", "unheard-of", 50_000)
        settling.credit(batch, "FT-1", 50_000)
        assert settling.balances() == {1300: 50_000, 2150: -50_000}
        assert settling.line("B-1", "unheard-of", 50_000)["state"] == "repeated"


def test_an_unidentified_credit_is_found_to_be_a_payout_and_undone(settling: Settling) -> None:
    transfer = settling.town.paid("FEE")
    credits = f"/agencies/{settling.town.agency}/bank-credits"
    with settling.town.service.working():
        waits = settling.post(credits, {**bank("FT-1", 100_000), "narrative": "no name"}, 201)
        batch = settling.declare("B-1", 100_000)
        settling.line("B-1", transfer["transaction"], 100_000)
        assert settling.balances() == {
            1210: 100_000, 1300: 100_000, 2150: -100_000, 2500: -100_000,
        }  # fmt: skip
        assert settling.credit(batch, "FT-1", 100_000)["in_full"]
        assert settling.balances() == {1300: 100_000, 2510: -100_000}
        taken_back = {"booked_on": DAY, "reason": "recalled"}
        settling.post(f"{credits}/{waits['transfer']}/reverse", taken_back, 422)
        body = {"account": ACCOUNT, "reference": "FT-1", "reason": "mistaken"}
        settling.post(f"{settling.at}/{batch}/credits/undo", body)
        assert settling.balances() == {
            1210: 100_000, 1300: 100_000, 2150: -100_000, 2500: -100_000,
        }  # fmt: skip


def test_a_negative_batch_is_carried_and_paid(settling: Settling) -> None:
    transfer = settling.town.paid("FEE")
    with settling.town.service.working():
        settling.line("B-1", "F-1", -30_000, kind="fee")
        negative = settling.declare("B-1", -30_000)
        settling.declare("B-2", 80_000, 2)
        settling.line("B-2", transfer["transaction"], 100_000)
        settling.line("B-2", "C-1", -20_000, kind="carry_in", reference="B-1")
        assert settling.balances() == {1210: 70_000, 2500: -100_000, 5100: 30_000}
        seen = settling.see(negative)
        assert (seen["outstanding"]["amount"], seen["carried"]) == (-10_000, True)
        settling.post(f"{settling.at}/{negative}/pay", bank("D-1", 10_000))
        assert settling.see(negative)["outstanding"]["amount"] == 0
        assert settling.balances() == {
            1210: 80_000, 1300: -10_000, 2500: -100_000, 5100: 30_000,
        }  # fmt: skip


def test_a_tariff_takes_two_people_and_what_differs_is_a_case(settling: Settling) -> None:
    town = settling.town
    at = f"/merchant-accounts/{town.account}/tariff"
    terms = {"currency": "VND", "ppm": 10_000, "tax_ppm": 100_000, "bank_charge": 500,
             "valid_from": "2026-01-01"}  # fmt: skip
    [version] = settling.post(at, terms, 201)["versions"]
    agreed = {"digest": version["digest"]}
    assert post(town["finance"], f"{at}/1/approve", agreed).status_code == 403
    said = told(post(town["approver"], f"{at}/1/approve", agreed))
    assert said["versions"][0]["state"] == "approved"
    transactions = [town.paid("FEE")["transaction"] for _ in range(2)]
    with town.service.working():
        batch = settling.declare("B-1", 197_300, 2)
        settling.line("B-1", transactions[0], 100_000, 1_000, 100)
        settling.line("B-1", transactions[1], 100_000, 1_500, 100)
        settling.credit(batch, "FT-1", 196_700, 422, charge=600)
        assert settling.credit(batch, "FT-1", 196_800, charge=500)["in_full"]
        invoice = {"number": "HD-1", "month": "2026-11", "commission": 1_000, "tax": 100,
                   "currency": "VND", "issued_on": DAY}  # fmt: skip
        settling.post(f"/merchant-accounts/{town.account}/commission-invoices", invoice, 201)
        town.service.await_followers()
        cases = told(town["auditor"].get(f"/agencies/{town.agency}/case_list/cases"))["items"]
        assert [c["at_risk"]["amount"] for c in cases if c["code"] == "S09"] == [500]
        assert settling.balances()[2600] == -1_100


def test_the_command_line_says_the_same(
    settling: Settling, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    town = settling.town
    monkeypatch.setenv("FEESVC_URL", town.service.url)
    transaction = town.paid("FEE")["transaction"]
    with town.service.working():
        batch = settling.declare("B-1", 100_000)
        settling.line("B-1", transaction, 100_000)
        town.service.await_followers()
        monkeypatch.setenv("FEESVC_TOKEN", town.service.issuer.sign(f"finance.{town.agency}"))

        def say(*words: str) -> Any:
            command([*words, "--json"], standalone_mode=False)
            return json.loads(capsys.readouterr().out)

        [waiting] = say("list", town.agency)["items"]
        assert (waiting["id"], waiting["amount"]["amount"]) == (batch, 100_000)
        account = ("--bank", ACCOUNT["bank"], "--number", ACCOUNT["number"])
        line = ("--reference", "FT-1", "--booked-on", DAY)
        done = say("credit", town.agency, batch, *account, *line, "--amount", "100000")
        assert done["in_full"] and say("show", town.agency, batch) == done
        undone = say(
            "undo", town.agency, batch, *account, "--reference", "FT-1", "--reason", "mistaken"
        )
        assert undone["outstanding"]["amount"] == 100_000
