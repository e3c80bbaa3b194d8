"""Both sides of the sheet, by day, as known at any position, whatever batches wrote it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, ClassVar

import pytest

from feesvc.domain.aggregate import Recorded
from feesvc.domain.case import Case
from feesvc.domain.finding import CaseSubject
from feesvc.domain.refund import Refund
from feesvc.domain.transfer import Transfer
from feesvc.embedded import Database
from feesvc.projecting import Projection
from feesvc.projecting.runner import connect
from feesvc.testing.money_events import OWN, bank, card, vnd
from feesvc.testing.projection import ProjectionContract
from feesvc.testing.reading import at, reading
from feesvc.testing.recorded import NOON, in_order, recorded, some_id
from feesvc_daily_reconciliation import projection

BATCH = some_id("batch")


def received(
    name: str, amount: int, day: str, *, source: str = "notification", **more: Any
) -> Recorded:
    origin = more.get("origin") or card(name)
    event = recorded(
        Transfer.Received, OWN, stream=name, origin=origin, reference="R", amount=vnd(amount),
        source=source, evidence="", occurred_at=NOON,
    )  # fmt: skip
    return at(event, day)


def settled(name: str, net: int, commission: int, day: str) -> Recorded:
    event = recorded(
        Transfer.Settled, OWN, stream=name, origin=card(name), batch="B-1", line=f"L-{name}",
        commission=vnd(commission), tax=vnd(0), occurred_at=NOON, net=vnd(net), batch_id=BATCH,
        surcharge=vnd(0),
    )  # fmt: skip
    return at(event, day)


def unsettled(name: str, net: int, commission: int, day: str, kind: str = "payment") -> Recorded:
    event = recorded(
        Transfer.Unsettled, OWN, stream=name, origin=card(name), kind=kind, batch="B-1",
        batch_id=BATCH, line=f"L-{name}", commission=vnd(commission), tax=vnd(0), fee=vnd(0),
        net=vnd(net), reason="x", refund=None, dispute="", surcharge=vnd(0),
    )  # fmt: skip
    return at(event, day)


def refund_settled(name: str, refund: str, net: int, day: str) -> Recorded:
    event = recorded(
        Transfer.RefundSettled, OWN, stream=name, origin=card(name), refund=some_id(refund),
        batch="B-1", batch_id=BATCH, line=f"L-{name}", commission=vnd(0), tax=vnd(0),
        net=vnd(net), occurred_at=NOON,
    )  # fmt: skip
    return at(event, day)


def refunded(name: str, reference: str, amount: int, day: str) -> Recorded:
    event = recorded(
        Refund.Paid, OWN, stream=f"R-{name}", reference=reference, handle="H", amount=vnd(amount),
        fee=vnd(0), origin=card(name), occurred_at=NOON,
    )  # fmt: skip
    return at(event, day)


def banked(name: str, day: str) -> Recorded:
    return at(recorded(Transfer.Banked, OWN, stream=name, occurred_at=NOON), day)


def found(name: str, code: str, subject: str, *near: str) -> Recorded:
    """A case about a transfer; or about a line that came near some of ours."""
    about = CaseSubject(kind="line" if near else "transfer", id=some_id(subject))
    facts = {"candidates": " ".join(f"capture:{some_id(one)}" for one in near)} if near else {}
    return recorded(
        Case.Opened, OWN, stream=name, code=code,
        subject=about, discriminator="", at_risk=vnd(1), facts=facts, evidence="", opened_by="t",
        due_on=date(2026, 12, 1),
    )  # fmt: skip


def cleared(name: str) -> Recorded:
    return recorded(
        Case.Cleared, OWN, stream=name, by_what="evidence", reason="settled", evidence=""
    )  # fmt: skip


STORY = [
    received("T1", 100_000, "2026-11-01"),
    received("T2", 50_000, "2026-11-01"),
    received("T3", 20_000, "2026-11-02"),
    settled("T1", 98_900, 1_100, "2026-11-03"),
    banked("T1", "2026-11-04"),
    received("B1", 70_000, "2026-11-01", origin=bank()),
    banked("B1", "2026-11-01"),
    found("C1", "S02", "T2"),
    received("T9", 5_000, "2026-11-02", source="settlement"),
    settled("T9", 5_000, 0, "2026-11-03"),
    refund_settled("T1", "R1", -40_000, "2026-11-05"),
]


class TestTheSheet(ProjectionContract):
    projection: ClassVar[Projection] = projection

    def events(self) -> Sequence[Recorded]:
        return in_order([*STORY, cleared("C1"), unsettled("T1", 98_900, 1_100, "2026-11-06"),
                         unsettled("T1", -40_000, 0, "2026-11-06", kind="refund")])  # fmt: skip


def sheet(
    database: Database, events: Sequence[Recorded], **asked: str
) -> dict[tuple[str, str], Any]:
    with reading(database, projection, events, OWN) as client:
        answer = client.get("sheet", params={"period": "2026-11", **asked})
        assert answer.status_code == 200, answer.text
        return {(row["day"], row["type"]): row for row in answer.json()["rows"]}


def sums(row: dict[str, Any]) -> dict[str, int]:
    return {name: of["amount"] for name, of in row.items() if isinstance(of, dict)}


def test_both_sides_of_a_day(database: Database) -> None:
    rows = sheet(database, STORY)
    assert sums(rows["2026-11-01", "payment"]) == {
        "captured": 150_000, "gross": 100_000, "commission": 1_100, "tax": 0, "net": 98_900,
        "credited": 98_900, "residual": 50_000,
    }  # fmt: skip
    first = rows["2026-11-01", "payment"]
    assert (first["items"], first["open"], first["unexplained"], first["codes"]) == (
        2,
        1,
        0,
        ["S02"],
    )
    second = rows["2026-11-02", "payment"]
    assert sums(second)["captured"] == 20_000 and sums(second)["residual"] == 15_000
    assert second["unexplained"] == 2, "what they settled and we did not capture is open as well"
    refund = sums(rows["2026-11-05", "refund"])
    assert (refund["gross"], refund["residual"]) == (-40_000, 40_000)
    assert len(rows) == 3, "a bank transfer goes through no intermediary"


def test_a_refund_that_the_agencys_bank_paid_awaits_no_settlement(database: Database) -> None:
    """The money came through an intermediary all the same."""
    paid = [refunded("T1", "PL2W7HDQ00000012001", 30_000, "2026-11-08"),
            refunded("T2", "2W7HDQ00000013", 7_000, "2026-11-08")]  # fmt: skip
    rows = sheet(database, [*STORY, *paid])
    assert sums(rows["2026-11-08", "refund"])["captured"] == -7_000


def test_a_settlement_that_is_undone_leaves_what_was_before(database: Database) -> None:
    undone = [unsettled("T1", 98_900, 1_100, "2026-11-06"),
              unsettled("T1", -40_000, 0, "2026-11-06", kind="refund")]  # fmt: skip
    rows = sheet(database, [*STORY, *undone])
    assert sums(rows["2026-11-01", "payment"])["gross"] == 0
    assert sums(rows["2026-11-05", "refund"])["gross"] == 0


def test_a_past_position_says_what_was_known_there(database: Database) -> None:
    early = sheet(database, [*STORY, cleared("C1")], known_at="feesvc-3")
    assert sums(early["2026-11-01", "payment"])["gross"] == 0 and len(early) == 2
    at_case = sheet(database, [*STORY, cleared("C1")], known_at="feesvc-8")
    assert at_case["2026-11-01", "payment"]["codes"] == ["S02"]


def test_the_close_of_a_period_is_told_of_what_nothing_explains(database: Database) -> None:
    told = reading(database, projection, STORY, OWN)
    with told, connect(database.url, "daily_reconciliation") as connection:
        db: Any = connection.cursor()
        month = (date(2026, 11, 1), date(2026, 11, 30))
        (item,) = projection.attest(db, OWN, *month, 11).items
        assert item.red and any("S02" in fact for fact in item.facts)
        (item,) = projection.attest(db, OWN, date(2026, 11, 1), date(2026, 11, 1), 11).items
        assert not item.red, "its one residual has a case"


def test_the_sheet_is_a_paper_as_well(database: Database) -> None:
    with reading(database, projection, STORY, OWN) as client:
        text = client.get("sheet", params={"period": "2026-11", "format": "csv"}).text
        assert "2026-11-01,acme,payment,VND,2,150000,150000,100000,100000," in text
        assert client.get("sheet", params={"period": "yesterday"}).status_code == 422


@pytest.mark.parametrize(
    ("near", "codes"), [(("T1", "T2"), []), (("T1",), ["S04"])], ids=["two", "one"]
)
def test_a_line_that_comes_near_one_of_ours_explains_it_and_near_two_explains_none(
    database: Database, near: Sequence[str], codes: list[str]
) -> None:
    story = [received("T1", 100_000, "2026-11-01"), received("T2", 50_000, "2026-11-01")]
    row = sheet(database, [*story, found("C1", "S04", "L1", *near)])["2026-11-01", "payment"]
    assert (row["open"], row["unexplained"], row["codes"]) == (2, 2 - len(codes), codes)
