"""Batches that cannot be booked: they wait as cases, and nothing waits for them."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest
from psycopg.rows import dict_row

from feesvc.testing.file_desk import FileDesk, bank_credit, session, settled, settlement
from feesvc.testing.town import post, told

pytestmark = pytest.mark.lasting


def test_a_batch_of_two_currencies_is_a_case_and_holds_up_no_other(desk: FileDesk) -> None:
    town = desk.town
    with town.service.working():
        first = desk.send(session("B1", 100_000), town.account)
        told(desk.accept(first))
        other = session("B1", 2_000).replace(b'"VND"', b'"USD"').replace(b"T-B1", b"T-USD")
        mixed = desk.send(other.replace(b'"R1"', b'"R-dollars"'), town.account)
        told(desk.accept(mixed))
        good = desk.send(_other(session("B2", 50_000)), town.account)
        told(desk.accept(good))
        town.service.await_followers()
        assert desk.states(first) == ["placed"]
        assert desk.states(mixed) == ["open"]
        assert desk.states(good) == ["placed"]
        [case] = _cases(desk, "S05")
        assert case["facts"]["refused"] == "A batch is of one currency: B1: VND and USD"
        assert case["at_risk"] == {"amount": 2_000, "currency": "USD"}
        again = told(
            post(town["finance"], f"/agencies/{town.agency}/match-runs", {"account": town.account})
        )
        assert again["state"] == "concluded"
        town.service.await_followers()
        assert len(_cases(desk, "S05")) == 1


def test_a_carry_of_another_currency_is_left_and_the_rest_is_booked(desk: FileDesk) -> None:
    """Its batch shows what is missing."""
    town = desk.town
    with town.service.working():
        dollars = settlement("U1", settled("fee", "f1", -3_000, currency="USD"))
        desk.take(dollars, town.account)
        carrying = settlement(
            "B3",
            settled("payment", "p1", 50_000),
            settled("carry_in", "c1", -1_000, reference="U1"),
        )
        desk.take(carrying, town.account)
        later = desk.send(_other(session("B4", 20_000)), town.account)
        told(desk.accept(later))
        town.service.await_followers()
        assert desk.states(later) == ["placed"]
        ids = town.service.ids()
        batch = ids.of("batch", town.account, "B3")
        seen = told(town["finance"].get(f"/agencies/{town.agency}/batches/{batch}"))
        assert seen["settled"]["amount"] == 50_000
        assert seen["declared"]["net"]["amount"] == 49_000


def test_a_negative_batch_that_was_paid_before_its_file_came_holds_up_no_other(
    desk: FileDesk,
) -> None:
    town = desk.town
    at = f"/agencies/{town.agency}/batches"
    declared = {
        "merchant_account": town.account, "batch": "N1", "currency": "VND", "gross": -3_000,
        "net": -3_000, "count": 1, "settled_on": "2026-11-20",
    }  # fmt: skip
    with town.service.working():
        batch = told(post(town["finance"], at, declared))["id"]
        told(post(town["finance"], f"{at}/{batch}/pay", bank_credit("D-1", 3_000)))
        told(desk.accept(desk.send(settlement("N1", settled("fee", "f1", -3_000)), town.account)))
        later = desk.send(_other(session("B5", 20_000)), town.account)
        told(desk.accept(later))
        town.service.await_followers()
        assert desk.states(later) == ["placed"]
        assert told(town["finance"].get(f"{at}/{batch}"))["outstanding"]["amount"] == 0


def _other(content: bytes) -> bytes:
    """Of another order than the first line of every settlement here."""
    return content.replace(b'"R1"', b'"R-other"')


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
