"""Batches that cannot be booked: they wait as cases, and nothing waits for them."""

from __future__ import annotations

import json
from typing import Any

import psycopg
import pytest
from psycopg.rows import dict_row

from feesvc.testing.file_desk import BANK, FileDesk, session
from feesvc.testing.town import post, told

pytestmark = pytest.mark.lasting


def test_a_batch_of_two_currencies_is_a_case_and_holds_up_no_other(desk: FileDesk) -> None:
    town = desk.town
    with town.service.working():
        first = desk.send(session("B1", 100_000), town.account)
        told(desk.accept(first))
        other = session("B1", 2_000).replace(b'"VND"', b'"USD"').replace(b"T-B1", b"T-USD")
        mixed = desk.send(other, town.account)
        told(desk.accept(mixed))
        good = desk.send(session("B2", 50_000), town.account)
        told(desk.accept(good))
        town.service.await_followers()
        assert desk.states(first) == ["placed"]
        assert desk.states(mixed) == ["open"]
        assert desk.states(good) == ["placed"]
        [case] = _cases(desk, "S05")
        assert case["facts"]["refused"] == "A batch is of one currency: B1: VND and USD"
        assert case["at_risk"] == {"amount": 2_000, "currency": "USD"}
        again = told(post(town["finance"], f"/agencies/{town.agency}/match-runs", _asked(desk)))
        assert again["state"] == "concluded"
        town.service.await_followers()
        assert len(_cases(desk, "S05")) == 1


def test_a_carry_of_another_currency_is_left_and_the_rest_is_booked(desk: FileDesk) -> None:
    """Its batch shows what is missing."""
    town = desk.town
    with town.service.working():
        dollars = session("U1", -3_000, kind="fee").replace(b'"VND"', b'"USD"')
        told(desk.accept(desk.send(dollars, town.account)))
        town.service.await_followers()
        carrying = _with_carry(session("B3", 50_000), "U1", -1_000)
        sent = desk.send(carrying, town.account)
        assert sent["state"] == "previewed", sent["why"]
        told(desk.accept(sent))
        later = desk.send(session("B4", 20_000), town.account)
        told(desk.accept(later))
        town.service.await_followers()
        assert desk.states(later) == ["placed"]
        ids = town.service.ids()
        batch = ids.of("batch", town.account, "B3")
        seen = told(town["finance"].get(f"/agencies/{town.agency}/batches/{batch}"))
        assert seen["settled"]["amount"] == 49_450
        assert seen["declared"]["net"]["amount"] == 48_450


def test_a_negative_batch_that_was_paid_before_its_file_came_holds_up_no_other(
    desk: FileDesk,
) -> None:
    town = desk.town
    at = f"/agencies/{town.agency}/batches"
    declared = {
        "merchant_account": town.account, "batch": "N1", "currency": "VND", "gross": -3_000,
        "net": -3_000, "count": 1, "settled_on": "2026-11-20",
    }  # fmt: skip
    paid = {
        "account": BANK, "reference": "D-1", "amount": 3_000, "currency": "VND",
        "booked_on": "2026-11-20",
    }  # fmt: skip
    with town.service.working():
        batch = told(post(town["finance"], at, declared))["id"]
        told(post(town["finance"], f"{at}/{batch}/pay", paid))
        told(desk.accept(desk.send(_plain(session("N1", -3_000, kind="fee")), town.account)))
        later = desk.send(session("B5", 20_000), town.account)
        told(desk.accept(later))
        town.service.await_followers()
        assert desk.states(later) == ["placed"]
        assert told(town["finance"].get(f"{at}/{batch}"))["outstanding"]["amount"] == 0


def _asked(desk: FileDesk) -> dict[str, Any]:
    return {"account": desk.town.account}


def _plain(content: bytes) -> bytes:
    """The settlement without commission and tax."""
    head, *lines = (json.loads(line) for line in content.decode().splitlines())
    lines = [{**one, "commission": 0, "tax": 0, "net": one["gross"]} for one in lines]
    head["net"] = sum(one["net"] for one in lines)
    return "\n".join(json.dumps(one) for one in [head, *lines]).encode()


def _with_carry(content: bytes, source: str, amount: int) -> bytes:
    head, *lines = (json.loads(line) for line in content.decode().splitlines())
    carried = {
        **lines[0], "kind": "carry_in", "id": f"carry-{source}", "transaction": f"carry-{source}",
        "reference": source, "gross": amount, "commission": 0, "tax": 0, "net": amount,
    }  # fmt: skip
    head = {**head, "net": head["net"] + amount, "count": head["count"] + 1}
    return "\n".join(json.dumps(one) for one in [head, *lines, carried]).encode()


def _cases(desk: FileDesk, code: str) -> list[Any]:
    url = desk.town.service.settings.need_database_url()
    with psycopg.connect(url, row_factory=dict_row) as db:
        rows = db.execute(
            "SELECT stream FROM feesvc.event "
            "WHERE topic = 'case.opened' AND agency = %s ORDER BY position",
            [desk.town.agency],
        ).fetchall()
    found = [told(desk.town["finance"].get(f"/cases/{row['stream']}")) for row in rows]
    return [case for case in found if case["code"] == code]
