"""What one batch carries into the next, and settlements of another day."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from uuid import uuid4

import pytest

from feesvc.testing.file_desk import FileDesk, camt, session, settled, settlement
from feesvc.testing.service import running_service
from feesvc.testing.town import found_town, post, told


def test_a_line_carried_in_that_nothing_was_booked_of_is_told(desk: FileDesk) -> None:
    with desk.town.service.working():
        two = settlement(
            "B2", settled("payment", "p1", 100_000), settled("carry_in", "c1", -30_000)
        )
        desk.take(two, desk.town.account)
        assert desk.seen_batch("B2")["residual"]["amount"] == -30_000
        assert ("S17", "line", 30_000) in desk.open_cases()


def test_a_line_carried_in_is_booked_once_its_batch_is_known(desk: FileDesk) -> None:
    with desk.town.service.working():
        desk.take(
            settlement(
                "B2",
                settled("payment", "p1", 100_000),
                settled("carry_in", "c1", -30_000, reference="B1"),
            ),
            desk.town.account,
        )
        desk.take(settlement("B1", settled("fee", "f1", -30_000)), desk.town.account)
        desk.take(session("B3", 1_000), desk.town.account)
        assert desk.seen_batch("B1")["outstanding"]["amount"] == 0
        assert desk.seen_batch("B2")["residual"]["amount"] == 0
        assert [case for case in desk.open_cases() if case[0] == "S17"] == []


def test_a_settlement_whose_payout_arrives_tomorrow_is_matched_tomorrow(
    furnished: str, database_server: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = database_server.create(f"feesvc_test_{uuid4().hex[:12]}", template=furnished)
    real = datetime.now(UTC)
    evening = real.astimezone(timezone(timedelta(hours=7))).replace(hour=23, minute=50)
    ahead = [evening - real]

    def clock() -> datetime:
        return datetime.now(UTC) + ahead[0]

    with running_service(database, now=clock) as service:
        kind = type(service.issuer)
        sign = kind.sign
        monkeypatch.setattr(kind, "sign", lambda self, sub: sign(self, sub, at=clock()))
        desk = FileDesk(found_town(service, "sandbox"), books="agency_ledger/trial-balance")
        name = desk.town.paid()["transaction"]
        with service.working():
            service.await_followers()
            arrives = (clock() + timedelta(hours=12)).isoformat()
            file = desk.take(
                settlement(
                    "BATCH77X1", settled("payment", "p1", 115_000, name), arrives_on=arrives
                ),
                desk.town.account,
            )
            ahead[0] += timedelta(minutes=15)  # it is tomorrow
            desk.take(camt(1, 0, (115_000, "FT1")))
            assert (desk.states(file), desk.balances()) == (
                ["matched"],
                {"1300": 115_000, "2510": -115_000},
            )
    database_server.drop(database.name)


def test_no_two_lines_are_matched_with_one_payment_whichever_pass_comes_first(
    desk: FileDesk,
) -> None:
    town = desk.town
    paid = town.paid()
    passes = [
        "reference", "transaction", "original", "linked", "similarity", "batch", "split_merged",
        "window", "exclusions",
    ]  # fmt: skip
    body = {"terms": {"passes": passes}, "valid_from": "2026-01-01"}
    rules = told(post(town["finance"], f"/agencies/{town.agency}/match-rules", body), 201)
    agree = {"number": 1, "digest": rules["versions"][0]["digest"]}
    told(post(town["approver"], f"/match-rules/{rules['id']}/approve", agree))
    with town.service.working():
        town.service.await_followers()
        file = desk.take(
            settlement(
                "B1",
                settled("payment", "p1", 115_000, "OTHER", paid["reference"]),
                settled("payment", "p2", 115_000, paid["transaction"]),
            ),
            town.account,
        )
        assert sorted(desk.states(file)) == ["matched", "open"]
