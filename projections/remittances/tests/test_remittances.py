"""Receipts against remittances by budget codes, as known at any position, in any batches."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any, ClassVar

from feesvc.domain.accounts import BankAccount
from feesvc.domain.aggregate import Recorded
from feesvc.domain.assessment import Assessment
from feesvc.domain.line import Part, TakenPart
from feesvc.domain.remittance import ConfirmedLine, Entry, Remittance, SetOff
from feesvc.embedded import Database
from feesvc.projecting import Projection
from feesvc.testing.money_events import FEE, OWN, fee_line, raised_lines, vnd
from feesvc.testing.projection import ProjectionContract
from feesvc.testing.reading import at, reading
from feesvc.testing.recorded import NOON, in_order, recorded, some_id
from feesvc_remittances import projection

FEES, CHARGES = {"subitem": "2501"}, {"subitem": "2801"}


def part(line: int, amount: int, retained: int = 0) -> Part:
    return Part(line=line, amount=vnd(amount), retained=vnd(retained), kind="fee")


def of(event: Any, day: str, **facts: Any) -> Recorded:
    return at(recorded(event, OWN, stream="A1", **facts), day)


def remittance(event: Any, day: str, **facts: Any) -> Recorded:
    return at(recorded(event, OWN, stream="R1", **facts), day)


def undone(line: int, amount: int, state: str) -> Recorded:
    taken = TakenPart(line=line, amount=vnd(amount), kind="fee", state=state)  # type: ignore[arg-type]
    return of(
        Assessment.UncollectedBy, "2026-12-05", collector=OWN, transfer=some_id("T1"),
        parts=(taken,), still_due=False, why="refunded", forwarded=False, occurred_at=NOON,
    )  # fmt: skip


def drawn(day: str) -> Recorded:
    account = BankAccount(bank="970436", number="1", currency="VND")
    entries = tuple(
        Entry(reference=f"E{n}", codes=codes, amount=vnd(amount), shares=(), lapsed=())
        for n, (codes, amount) in enumerate(((FEES, 20_000), (CHARGES, 135_000)))
    )
    return remittance(
        Remittance.Drawn, day, maker="person:m", reference="REM-1", source="bank", debited=account,
        execute_on=date(2026, 11, 25), entries=entries,
        set_off=(SetOff(claim=some_id("claim"), amount=vnd(5_000)),), total=vnd(155_000),
        digest="d",
    )  # fmt: skip


STORY = [
    at(
        raised_lines(
            replace(fee_line(FEE, 200_000), budget=FEES),
            replace(fee_line("charge", 135_000, 2), budget=CHARGES),
        ),
        "2026-10-30",
    ),
    of(
        Assessment.CollectedBy, "2026-10-31", collector=OWN, transfer=some_id("T1"),
        parts=(part(1, 200_000, 180_000), part(2, 135_000)), occurred_at=NOON, advance=None,
    ),
    of(
        Assessment.Allocated, "2026-11-10", allocation=some_id("AL"),
        parts=(part(1, 200_000, 180_000), part(2, 135_000)),
    ),
    drawn("2026-11-24"),
    remittance(
        Remittance.Approved, "2026-11-24", checker="person:c", digest="d", amount=vnd(150_000)
    ),
    of(
        Assessment.Remitted, "2026-11-24", remittance=some_id("R1"),
        parts=(part(1, 200_000, 180_000), part(2, 135_000)),
    ),
    remittance(
        Remittance.Debited, "2026-11-25", source="bank", amount=vnd(150_000), bank_reference="B",
        occurred_at=NOON,
    ),
    remittance(
        Remittance.Confirmed, "2026-11-26", number="KB-77", agrees=False, occurred_at=NOON,
        lines=(ConfirmedLine(codes=CHARGES, amount=vnd(135_000)),),
    ),
]  # fmt: skip


class TestTheRemittances(ProjectionContract):
    projection: ClassVar[Projection] = projection

    def events(self) -> Sequence[Recorded]:
        returned = remittance(
            Remittance.Returned, "2026-11-30", source="bank", amount=vnd(150_000),
            bank_reference="B2", reason="codes", occurred_at=NOON,
        )  # fmt: skip
        back = of(
            Assessment.RemittanceUndone, "2026-11-30", remittance=some_id("R1"),
            parts=(part(1, 200_000, 180_000), part(2, 135_000)),
        )  # fmt: skip
        return in_order([*STORY, returned, back, undone(1, 9_000, "retained")])


def asked(database: Database, path: str, events: Sequence[Recorded] = STORY, **query: str) -> Any:
    with reading(database, projection, events, OWN) as client:
        answer = client.get(path, params=query)
        assert answer.status_code == 200, answer.text
        return answer.json()


def sums(row: dict[str, Any]) -> dict[str, int]:
    return {
        name: one["amount"]
        for name, one in row.items()
        if isinstance(one, dict) and one.get("currency")
    }


def test_a_month_declares_what_moved_in_it(database: Database) -> None:
    october = asked(database, "declaration", period="2026-10")["rows"]
    assert [sums(row)["collected"] for row in october] == [200_000, 135_000]
    assert all(sums(row)["budget"] == 0 for row in october)


def test_a_year_settles_what_is_owed(database: Database) -> None:
    events = [*STORY, undone(1, 9_000, "retained"), undone(1, 1_000, "remitted")]
    fee, charge = asked(database, "declaration", events, period="2026")["rows"]
    assert (fee["codes"], fee["item"], fee["kind"]) == (FEES, "fee-1", "fee")
    assert sums(fee) == {
        "collected": 200_000, "returned": 10_000, "retained": 171_000, "budget": 20_000,
        "remitted": 20_000, "owed_before": 0, "owed_after": 0,
    }  # fmt: skip
    assert sums(charge)["budget"] == sums(charge)["remitted"] == 135_000


def test_proof_tells_what_is_owed_on_its_way_and_not_confirmed(database: Database) -> None:
    fees, charges = asked(database, "proof", as_of="2026-11-25")["rows"]
    assert (fees["codes"], sums(fees)["unconfirmed"], sums(charges)["unconfirmed"]) == (
        FEES, 20_000, 135_000,
    )  # fmt: skip


def test_proof_as_of_every_step(database: Database) -> None:
    with reading(database, projection, STORY, OWN) as client:

        def told(as_of: str) -> list[tuple[int, int, int]]:
            rows = client.get("proof", params={"as_of": as_of}).json()["rows"]
            each = [sums(row) for row in rows]
            return [(one["owed"], one["in_flight"], one["unconfirmed"]) for one in each]

        assert told("2026-11-10") == [(20_000, 0, 0), (135_000, 0, 0)]
        assert told("2026-11-24") == [(0, 20_000, 0), (0, 135_000, 0)]
        assert told("2026-11-26") == [(0, 0, 20_000), (0, 0, 0)]
        known = client.get("proof", params={"as_of": "2026-11-30", "known_at": "feesvc-3"}).json()
        assert [sums(row)["remitted"] for row in known["rows"]] == [0, 0]
        [one] = client.get("list").json()["items"]
        assert (one["state"], one["proof"], one["agrees"]) == ("confirmed", "KB-77", False)
        assert (sums(one)["amount"], sums(one)["set_off"]) == (155_000, 5_000)
        head, row = client.get("list", params={"format": "csv"}).text.splitlines()
        assert head.endswith("proof,agrees,currency,amount,amount_minor,set_off,set_off_minor")
        assert row.endswith(",KB-77,False,VND,155000,155000,5000,5000")
        text = client.get("declaration", params={"period": "2026", "format": "csv"}).text
        assert "VND,fee,fee-1,Phí,subitem=2501,200000,200000," in text
