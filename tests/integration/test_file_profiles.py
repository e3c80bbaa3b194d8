"""Profiles over HTTP: what an adapter brings, tried on a file, approved by two, in force."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import psycopg
import pytest

from feesvc.testing.file_desk import FileDesk, camt, session
from feesvc.testing.said_and_captured import Captured, put_captures
from feesvc.testing.service import new_key
from feesvc.testing.town import post, told

pytestmark = pytest.mark.lasting

HEAD = (
    "line,batch,at,kind,id,transaction,original,reference,currency,gross,commission,tax,net,"
    "merchant"
)


def table(merchant: str, *amounts: int, count: int | None = None) -> bytes:
    rows, net = [HEAD], 0
    for number, gross in enumerate(amounts, 1):
        rows.append(
            f"{number},S1,2026-11-20 10:00:00,payment,L{number},T{number},,R{number},VND,"
            f"{gross},-{gross // 100},0,{gross - gross // 100},{merchant}"
        )
        net += gross - gross // 100
    gross = sum(amounts)
    total = len(amounts) if count is None else count
    rows.append(f"total,{total},{gross},{net - gross},0,{net}")
    return "\n".join(rows).encode()


def test_a_profile_is_tried_approved_by_two_and_then_in_force(desk: FileDesk) -> None:
    town = desk.town
    merchant = town.stand_in.settings["merchant"]
    path = f"/agencies/{town.agency}/file-profiles"
    good = table(merchant, 100_000, 50_000)

    def trial(profile: str, content: bytes) -> Any:
        return told(
            town["finance"].post(
                f"{path}/{town.account}/trial", params={"profile": profile}, content=content,
                headers=new_key(),
            ),
            200,
        )  # fmt: skip

    first = desk.send(good, town.account)
    assert (first["state"], first["verdict"]) == ("quarantined", "F04"), "read as a document"
    [name] = (seen := told(town["finance"].get(f"{path}/{town.account}")))["starting"]
    assert seen["in_force"] is None
    assert (trial(name, good)["lines"], trial(name, good)["net"]) == (2, 148_500)
    bad = trial(name, table(merchant, 100_000, count=2))
    assert (bad["code"], "difference 1" in bad["why"]) == ("F06", True)
    assert trial(name, table("SOMEBODY", 100_000))["code"] == "F11"

    text = seen["starting"][name]
    body = {"account": town.account, "text": text, "valid_from": "2020-01-01"}
    wrong = post(town["finance"], path, {**body, "text": text.replace('"gross"\n', '"gros\n')})
    assert told(wrong, 422)["type"] == "/problems/no-profile"
    misfit = text.replace('delimiter = "comma"', 'delimiter = "colon"')
    said = told(post(town["finance"], path, {**body, "text": misfit}), 422)
    assert (said["type"], "colon" in said["detail"]) == ("/problems/profile-misfit", True)
    [version] = told(post(town["finance"], path, body), 201)["versions"]
    assert version["state"] == "proposed"
    again = post(town["finance"], f"{desk.path}/{first['id']}/read-again", None)
    assert told(again)["state"] == "quarantined", "a proposal reads nothing"

    approve = f"{path}/{town.account}/1/approve"
    assert post(town["finance"], approve, {"digest": version["digest"]}).status_code == 403
    other = post(town["approver"], approve, {"digest": "0" * 64})
    assert told(other, 422)["type"] == "/problems/changed-since-asked"
    assert told(post(town["approver"], approve, {"digest": version["digest"]}))["in_force"] == 1

    read = told(post(town["finance"], f"{desk.path}/{first['id']}/read-again", None))
    assert (read["state"], read["profile"], read["profile_version"]) == ("previewed", name, 1)
    assert [case["state"] for case in desk.case(first)] == ["closed"]
    told(desk.accept(read))
    assert desk.states(read) == ["open", "open"]
    accounts = told(town["finance"].get(f"/agencies/{town.agency}/file-accounts"))["items"]
    assert {one["id"]: one["profile"] for one in accounts} == {town.account: 1, desk.bank: None}


def missing(desk: FileDesk, as_of: str) -> dict[str, int]:
    """By account, business days that it is behind."""
    answer = desk.town["finance"].get(f"{desk.path}/missing", params={"as_of": as_of})
    return {one["account"]: one["days"] for one in told(answer)["items"]}


def test_missing_statements_of_a_bank_are_told_by_business_days(desk: FileDesk) -> None:
    assert missing(desk, "2026-11-25") == {}
    # Of Friday the 20th; Tuesday the 24th is a day off.
    told(desk.accept(desk.send(camt(10, 0, (5_000, "A1")))))
    for as_of, days in (("2026-11-20", 0), ("2026-11-23", 0), ("2026-11-25", 1), ("2026-11-26", 2)):
        assert missing(desk, as_of) == ({desk.bank: days} if days else {}), as_of
    for number in (11, 12, 13):
        told(desk.accept(desk.send(camt(number, 5_000))))
    assert missing(desk, "2026-11-25") == {}, "nothing happened on Monday, and the bank said so"


def test_no_settlement_is_missing_before_something_waits_for_one(desk: FileDesk) -> None:
    """A file of the 20th; what comes after it is settled by the term of the contract."""
    town = desk.town
    told(desk.accept(desk.send(session("B1", 100_000), town.account)))
    assert missing(desk, "2026-11-27") == {}, "nobody paid anything: there is nothing to settle"
    url = town.service.settings.need_owner_url()
    with psycopg.connect(url, autocommit=True) as db:
        wednesday = datetime(2026, 11, 25, 2, tzinfo=UTC)
        caught = Captured(name=town.account, transaction="T25", at=wednesday)
        put_captures(db, [caught], account=UUID(town.account))
        for as_of, days in (("2026-11-25", 0), ("2026-11-26", 1), ("2026-11-27", 2)):
            assert missing(desk, as_of) == ({town.account: days} if days else {}), as_of
        term = {"settled_within": 2, "credited_within": 1, "effective_on": "2026-11-01"}
        path = f"/merchant-accounts/{town.account}/settlement-term"
        told(post(town["finance"], path, term), 200)
        assert missing(desk, "2026-11-26") == {}, "the contract gives them two business days"
        assert missing(desk, "2026-11-27") == {town.account: 1}
        db.execute("UPDATE captures.capture SET state = 'settled' WHERE id = %s", [caught.id])
        assert missing(desk, "2026-11-27") == {}
