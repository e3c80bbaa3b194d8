"""Refunds by bank transfer over HTTP, from the payer's account to the bank's last word."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import psycopg
import pytest

from feesvc.testing.town import Town, post, told

ACCOUNT = {"bank": "970436", "number": "0011004455667"}
PAYEE = {"bank": "970415", "number": "10203040", "holder": "NGUYEN VAN DUC"}


@pytest.fixture
def banked(town: Town) -> Town:
    named = {**ACCOUNT, "purpose": "collection", "currency": "VND", "effective_on": "2020-01-01"}
    told(post(town["administrator"], f"/agencies/{town.agency}/bank-accounts", named))
    return town


UNSEEN = "/problems/name-not-acknowledged"


def asked(town: Town, transfer: str, amount: int, holder: str = "Nguyễn Văn Đức") -> Any:
    wish = {
        "transfer": transfer, "amount": amount, "reason": "withdrawn", "method": "bank_transfer",
        "payee": {"name": holder, "refund_account": PAYEE},
    }  # fmt: skip
    answer = post(town["finance"], "/refunds", wish)
    assert "10203040" not in answer.text
    return told(answer, 201)


def approved(town: Town, refund: Any, **more: Any) -> Any:
    payee = told(town["approver"].get(f"/refunds/{refund['id']}/payee"))
    body = {"digest": refund["digest"], "payee": payee["digest"], "acknowledge_name": True, **more}
    return post(town["approver"], f"/refunds/{refund['id']}/approve", body)


def drawn(town: Town, *refunds: Any) -> Any:
    body = {
        "account": ACCOUNT, "currency": "VND", "refunds": [one["id"] for one in refunds],
        "execute_on": "2026-11-21",
    }  # fmt: skip
    return told(post(town["finance"], f"/agencies/{town.agency}/payment-lists", body), 201)


def bank_line(town: Town, kind: str, reference: str, amount: int, narrative: str) -> Any:
    body = {
        "account": ACCOUNT, "reference": reference, "amount": amount, "currency": "VND",
        "booked_on": "2026-11-22", "narrative": narrative,
    }  # fmt: skip
    return post(town["finance"], f"/agencies/{town.agency}/bank-{kind}", body)


def state(town: Town, refund: Any) -> str:
    return str(told(town["auditor"].get(f"/refunds/{refund['id']}"))["state"])


def test_three_refunds_go_to_the_bank_and_each_has_its_own_end(banked: Town) -> None:
    town = banked
    transfer = town.paid("CHARGE", "FEE")["id"]
    three = [asked(town, transfer, amount) for amount in (10_000, 20_000, 30_000)]
    for refund in three:
        assert told(approved(town, refund), 200)["state"] == "approved"
    told_bank = drawn(town, *three)
    assert told_bank["total"]["amount"] == 60_000
    again = post(
        town["finance"], f"/agencies/{town.agency}/payment-lists",
        {"account": ACCOUNT, "currency": "VND", "refunds": [three[0]["id"]]},
    )  # fmt: skip
    assert told(again, 422)["type"] == "/problems/not-for-this-list"
    first, second, third = told_bank["entries"]

    paid = bank_line(town, "debits", "FT1", 10_000, f"HOAN TRA PHI {first['reference']}")
    assert told(paid, 200)["state"] == "paid"
    refused = {"reference": second["reference"], "reason": "closed", "refused_on": "2026-11-22"}
    path = f"/payment-lists/{told_bank['id']}/refusals"
    assert told(post(town["finance"], path, refused), 200)["state"] == "failed"
    wrong = bank_line(town, "debits", "FT2", 30_001, third["reference"])
    assert told(wrong, 409)["type"] == "/problems/debit-contradicts"
    told(bank_line(town, "debits", "FT3", 30_000, third["reference"]), 200)
    back = told(bank_line(town, "credits", "FT4", 30_000, f"TRA LAI {third['reference']}"), 201)
    assert (back["refund"], back["transfer"]) == (three[2]["id"], None)
    assert [state(town, one) for one in three] == ["paid", "failed", "returned"]
    unknown = bank_line(town, "debits", "FT5", 1, "LUONG")
    assert told(unknown, 422)["type"] == "/problems/no-such-instruction"

    reissue = f"/refunds/{three[1]['id']}/reissue"
    assert told(post(town["finance"], reissue, {"method": "bank_transfer"}))["state"] == "approved"
    assert len(drawn(town, three[1])["entries"]) == 1
    with town.service.working():
        town.service.await_followers()
        register = f"/agencies/{town.agency}/payment_register/drawn-payment-lists"
        lists = told(town["auditor"].get(register))["items"]
        assert [one["refunds"] for one in lists] == [1, 3]
        ledger = f"/agencies/{town.agency}/agency_ledger/trial-balance"
        [book] = told(town["auditor"].get(ledger))["books"]
        left = {one["account"]: one["balance"]["amount"] for one in book["accounts"]}
        assert (left["1300"], left["2200"], left["2210"]) == (-10_000, -30_000, -20_000)
        assert book["debits"] == book["credits"]


def test_a_name_that_differs_must_be_acknowledged(banked: Town) -> None:
    town = banked
    refund = asked(town, town.paid("CHARGE")["id"], 10_000, holder="Trần Thị B")
    payee = told(town["finance"].get(f"/refunds/{refund['id']}/payee"))
    assert payee["name_check"] == "differs" and "holder" in payee and payee["holder"] is None
    assert told(approved(town, refund, acknowledge_name=False), 422)["type"] == UNSEEN
    bare = post(town["approver"], f"/refunds/{refund['id']}/approve", {"digest": refund["digest"]})
    assert told(bare, 422)["type"] == "/problems/changed-since-asked"
    assert told(approved(town, refund), 200)["state"] == "approved"


def test_a_portal_names_an_account_and_officers_read_it_on_record(banked: Town) -> None:
    town = banked
    transfer = town.paid("CHARGE")["id"]
    wish = {"transfer": transfer, "amount": 5_000, "reason": "withdrawn", "method": "bank_transfer"}
    refund = told(post(town.portal, "/refunds", wish), 201)
    path = f"/refunds/{refund['id']}/payee"
    assert told(town.portal.get(path), 422)["type"] == "/problems/no-payee"
    assert post(town.portal, path, {"account": PAYEE, "known": "payer"}).status_code == 422
    named = post(town.portal, path, {"account": PAYEE})
    assert told(named, 200)["name_check"] == "unknown" and "10203040" not in named.text
    assert town.portal.get(path, params={"reason": "curious"}).status_code == 403
    read = told(town["approver"].get(path, params={"reason": "approval"}))
    assert (read["number"], read["holder"]) == ("10203040", "NGUYEN VAN DUC")
    with psycopg.connect(town.service.settings.need_owner_url()) as db:
        reads = db.execute(
            "SELECT actor, fields FROM feesvc.person_read WHERE reason = 'approval'"
        ).fetchall()
        events = db.execute("SELECT string_agg(encode(state, 'escape'), ' ') FROM feesvc.event")
        said = events.fetchone()
    assert reads == [(f"person:{town.subjects['approver']}", ["refund_account"])]
    assert said and "10203040" not in said[0] and "VAN DUC" not in said[0]
    first = told(approved(town, refund), 200)
    assert first["state"] == "requested"  # a portal is nobody: another approver must agree


def test_the_document_for_the_bank_is_read_on_record(banked: Town) -> None:
    town = banked
    refund = asked(town, town.paid("CHARGE")["id"], 10_000)
    told(approved(town, refund), 200)
    listed = drawn(town, refund)
    path = f"/payment-lists/{listed['id']}"
    assert "10203040" not in town["auditor"].get(path).text
    assert town["auditor"].get(f"{path}/document").status_code == 403
    assert town.portal.get(path).status_code == 403
    xml = town["finance"].get(f"{path}/document")
    assert (xml.status_code, xml.headers["content-type"]) == (200, "application/xml")
    assert b"10203040" in xml.content and xml.headers["cache-control"] == "no-store"
    rows = town["finance"].get(f"{path}/document", params={"form": "csv"})
    assert listed["entries"][0]["reference"] in rows.text
    with psycopg.connect(town.service.settings.need_owner_url()) as db:
        reads = db.execute(
            "SELECT count(*) FROM feesvc.person_read WHERE reason = %s", [listed["reference"]]
        ).fetchone()
    assert reads == (2,)


def test_the_command_line_draws_and_saves_a_list(banked: Town, tmp_path: Path) -> None:
    town = banked
    refund = asked(town, town.paid("CHARGE")["id"], 10_000, holder="Trần Thị B")

    def feesvc(by: str, *words: str, typed: str = "", code: int = 0) -> str:
        token = town[by].headers["authorization"].removeprefix("Bearer ")
        ran = subprocess.run(
            [sys.executable, "-c", "from feesvc.cli import main; main()", *words],
            capture_output=True, text=True, check=False, input=typed,
            env={
                "HOME": str(tmp_path), "LC_ALL": "C.UTF-8", "COLUMNS": "250",
                "PATH": os.environ["PATH"], "FEESVC_URL": town.service.url, "FEESVC_TOKEN": token,
            },
        )  # fmt: skip
        assert ran.returncode == code, ran.stdout + ran.stderr
        return ran.stdout

    account = ("--bank", ACCOUNT["bank"], "--number", ACCOUNT["number"])
    with town.service.working():
        town.service.await_followers()
        feesvc("finance", "payment-lists", "draw", town.agency, *account, code=1)
        said = feesvc("approver", "refunds", "approve", refund["id"], typed="y\ny\n")
        assert "held by NGUYEN VAN DUC" in said and "differs" in said and "is approved" in said
        town.service.await_followers()
        said = feesvc("finance", "payment-lists", "draw", town.agency, *account)
        assert refund["id"] in said
        town.service.await_followers()
        assert "10,000 VND" in feesvc("finance", "payment-lists", "list", town.agency)
    listed = said.split("id ")[1].split()[0]
    file = tmp_path / "list.xml"
    feesvc("finance", "payment-lists", "save", listed, str(file))
    assert b"10203040" in file.read_bytes() and file.stat().st_mode & 0o077 == 0
