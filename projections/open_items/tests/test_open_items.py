"""What is open is what was not matched, now and at any past position, in batches of any size."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, ClassVar
from uuid import UUID

from feesvc.domain.aggregate import Recorded
from feesvc.domain.batch import Batch
from feesvc.domain.batch_events import BatchOrigin
from feesvc.domain.case import Case
from feesvc.domain.finding import CaseSubject
from feesvc.domain.placement import Move, Placement
from feesvc.domain.transfer import Transfer
from feesvc.embedded import Database
from feesvc.projecting import Projection
from feesvc.testing.money_events import OWN, bank, card, vnd
from feesvc.testing.projection import ProjectionContract
from feesvc.testing.reading import at, reading
from feesvc.testing.recorded import NOON, in_order, recorded, some_id
from feesvc_open_items import projection

BATCH = some_id("batch")


def event(kind: Any, name: str, day: str, **facts: Any) -> Recorded:
    return at(recorded(kind, OWN, stream=name, **facts), day)


def received(name: str, amount: int, day: str) -> Recorded:
    return event(
        Transfer.Received, name, day, origin=card(name), reference="R", amount=vnd(amount),
        source="notification", evidence="", occurred_at=NOON,
    )  # fmt: skip


def settled(name: str, net: int, commission: int, day: str, batch: UUID = BATCH) -> Recorded:
    return event(
        Transfer.Settled, name, day, origin=card(name), batch="B-1", line=f"L-{name}",
        commission=vnd(commission), tax=vnd(0), occurred_at=NOON, net=vnd(net), batch_id=batch,
        surcharge=vnd(0),
    )  # fmt: skip


def held(amount: int, reason: Any) -> Placement:
    return Placement(to="suspense", amount=vnd(amount), reason=reason)


def placed(name: str, amount: int, reason: str, day: str, origin: Any = None) -> Recorded:
    return event(
        Transfer.Placed, name, day, origin=origin or card(name),
        placements=(held(amount, reason),), occurred_at=NOON,
    )  # fmt: skip


def credited(amount: int, short: int, day: str) -> Recorded:
    origin = BatchOrigin(account=some_id("account"), intermediary="acme", batch="B-1")
    return at(
        recorded(
            Batch.Credited, OWN, stream=BATCH, origin=origin, bank_account=some_id("bank"),
            reference="C1", whole=vnd(amount), amount=vnd(amount), short=vnd(short),
            charge=vnd(0), transfer=None, batches=(BATCH,), occurred_at=NOON,
        ),
        day,
    )  # fmt: skip


def applied(name: str, amount: int, reason: str, day: str) -> Recorded:
    target = Placement(to="line", amount=vnd(amount), assessment=some_id("A1"), line=1, kind="fee")
    move = Move(source=held(amount, reason), target=target)
    return event(
        Transfer.RePlaced, name, day, origin=card(name), moves=(move,), reason="found"
    )  # fmt: skip


def opened(name: str, code: str, kind: Any, day: str, **facts: str) -> Recorded:
    """A case, opened with 1,000 at risk."""
    return event(
        Case.Opened, name, day, code=code, subject=CaseSubject(kind=kind, id=some_id(name)),
        discriminator="", at_risk=vnd(1_000), facts=facts, evidence="", opened_by="process:x",
        due_on=date(2026, 12, 1),
    )  # fmt: skip


def cleared(name: str, day: str) -> Recorded:
    return event(Case.Cleared, name, day, by_what="evidence", reason="explained_since", evidence="")


def reopened(name: str, day: str) -> Recorded:
    return event(Case.Reopened, name, day, reason="stands_again", due_on=date(2026, 12, 1))


STORY = [
    received("T1", 100_000, "2026-11-01"),
    received("T2", 50_000, "2026-11-02"),
    settled("T1", 98_900, 1_100, "2026-11-03"),
    placed("T8", 7_000, "unknown_settled_line", "2026-11-03"),
    placed("T9", 9_000, "unknown_reference", "2026-11-04", origin=bank()),
    placed("T7", 3_000, "wrong_amount", "2026-11-05"),
    credited(90_000, 0, "2026-11-06"),
    settled("T3", 10, 0, "2026-11-06", batch=UUID(int=0)),
]


LINES = [
    opened("C1", "S04", "line", "2026-11-08", amount="114000", line="L-1"),
    opened("C2", "B11", "line", "2026-11-08", amount="-700", line="FT-1"),
    opened("C3", "S02", "transfer", "2026-11-09"),
    cleared("C3", "2026-11-09"),
    cleared("C1", "2026-11-09"),
    reopened("C1", "2026-11-10"),
    cleared("C2", "2026-11-10"),
]


class TestOpenItems(ProjectionContract):
    projection: ClassVar[Projection] = projection

    def events(self) -> Sequence[Recorded]:
        return in_order([*STORY, applied("T8", 7_000, "unknown_settled_line", "2026-11-07"),
                         credited(8_000, 900, "2026-11-08"), *LINES])  # fmt: skip


def items(database: Database, events: Sequence[Recorded], **query: Any) -> list[tuple[Any, ...]]:
    with reading(database, projection, events, OWN) as client:
        answer = client.get("items", params=query)
        assert answer.status_code == 200, answer.text
        return [(one["what"], one["amount"]["amount"]) for one in answer.json()["items"]]


def test_what_is_matched_is_not_listed(database: Database) -> None:
    assert sorted(items(database, STORY[:-1])) == [
        ("batch", 8_900), ("capture", 50_000), ("credit", 9_000), ("line", 7_000),
        ("unplaced", 3_000),
    ]  # fmt: skip


def test_what_is_found_later_goes_from_the_list_and_stays_in_its_past(database: Database) -> None:
    later = [*STORY[:-1], applied("T8", 7_000, "unknown_settled_line", "2026-11-07"),
             credited(8_000, 900, "2026-11-08")]  # fmt: skip
    with reading(database, projection, later, OWN) as client:
        now = client.get("items").json()["items"]
        assert {one["what"] for one in now} == {"capture", "credit", "unplaced"}
        then = client.get("items", params={"known_at": "feesvc-7"}).json()["items"]
        assert {one["amount"]["amount"] for one in then} == {50_000, 8_900, 7_000, 9_000, 3_000}
        first = client.get("items", params={"known_at": "feesvc-1"}).json()["items"]
        assert [(one["what"], one["amount"]["amount"]) for one in first] == [("capture", 100_000)]


def test_the_list_is_narrowed_paged_and_saved(database: Database) -> None:
    with reading(database, projection, STORY, OWN) as client:
        whole = client.get("items").json()["items"]
        paged: list[Any] = []
        cursor: str | None = ""
        while cursor is not None:
            page = client.get("items", params={"limit": 2, "cursor": cursor}).json()
            paged += page["items"]
            cursor = page["next"]
        assert paged == whole
        (one,) = client.get("items", params={"what": "credit"}).json()["items"]
        assert (one["reference"], one["since"]) == ("B1", "2026-11-04")
        aged = client.get("items", params={"as_of": "2026-11-03"}).json()["items"]
        assert [(o["age_days"], o["bucket"]) for o in aged] == [(1, "0-1"), (0, "0-1"), (0, "0-1")]
        lines = client.get("items", params={"format": "csv"}).text.splitlines()
        assert len(lines) == len(whole) + 1 and ",50000,50000,2026-11-02," in lines[1]
        assert client.get("items", params={"cursor": "WzFd"}).status_code == 422


def test_lines_that_nothing_matches_are_listed_by_their_cases(database: Database) -> None:
    with reading(database, projection, LINES, OWN) as client:

        def told(**asked: str) -> list[tuple[Any, ...]]:
            return [
                (one["what"], one["amount"]["amount"], one["reference"], one["reason"])
                for one in client.get("items", params=asked).json()["items"]
            ]

        matched, debit = ("line", 114_000, "L-1", "S04"), ("line", -700, "FT-1", "B11")
        assert told() == [matched]
        assert sorted(told(known_at="feesvc-4")) == sorted([matched, debit])
        assert told(known_at="feesvc-5") == [debit]
        assert told(known_at="feesvc-1") == [matched]
