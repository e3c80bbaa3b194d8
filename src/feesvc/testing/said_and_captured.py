"""Lines and captures put straight into their tables: for tests and benchmarks of matching alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid5

from psycopg import Connection

from feesvc.reconciling.keys import key

NOON = datetime(2026, 11, 20, 5, tzinfo=UTC)
AGENCY = "G14"
SPACE = UUID("6f0a7b0e-7a0c-4b7e-8f0a-0d5b1f5a2c11")
ACCOUNT = uuid5(SPACE, "account")


@dataclass(frozen=True, slots=True, kw_only=True)
class Captured:
    """Something of ours that a line may match; ``name`` makes its id."""

    name: str
    transaction: str = ""
    reference: str = ""
    original: str = ""
    amount: int = 100_000
    currency: str = "VND"
    kind: str = "payment"
    state: str = "open"
    at: datetime = NOON

    @property
    def id(self) -> UUID:
        return uuid5(SPACE, self.name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One line of a settlement or a bank."""

    name: str
    transaction: str = ""
    reference: str = ""
    original: str = ""
    amount: int = 100_000
    currency: str = "VND"
    kind: str = "payment"
    keys: tuple[str, ...] = ()
    at: datetime = NOON


def put_captures(
    db: Connection[Any], captures: Sequence[Captured], *, account: UUID = ACCOUNT
) -> None:
    with (
        db.cursor() as cursor,
        cursor.copy(
            "COPY captures.capture (id, agency, account, kind, transfer, refund, transaction, "
            "reference, original, amount, currency, occurred_at, state, position) FROM STDIN"
        ) as copy,
    ):
        for one in captures:
            refund = one.id if one.kind.startswith("refund") else None
            copy.write_row((
                one.id, AGENCY, account, one.kind, one.id, refund, key(one.transaction),
                key(one.reference), key(one.original), one.amount, one.currency, one.at,
                one.state, 1,
            ))  # fmt: skip


def put_statement(
    db: Connection[Any], identity: str, lines: Sequence[Said], *, leg: str = "S",
    account: UUID = ACCOUNT, on: date | None = None, agency: str = AGENCY,
) -> UUID:  # fmt: skip
    """An accepted statement with these lines, in this order; gives its id."""
    told = f"{identity} of {agency}"
    id, file = uuid5(SPACE, f"statement {told}"), uuid5(SPACE, f"file {told}")
    on = on or max((line.at.date() for line in lines), default=NOON.date())
    db.execute(
        "INSERT INTO feesvc.source_file (id, agency, source, account, sha256, document, size, "
        "format, profile, profile_version, came_by, received_at, received_by, state, verdict, "
        "place, why) VALUES (%s, %s, %s, %s, %s, NULL, 1, 'x', '', 0, 'upload', %s, 'x', "
        "'accepted', '', '', '')",
        [file, agency, "settlement" if leg == "S" else "bank", account, identity, NOON],
    )
    currency = lines[0].currency if lines else "VND"
    total = sum(line.amount for line in lines if line.kind != "payout")
    db.execute(
        "INSERT INTO feesvc.statement (id, file, ordinal, agency, source, account, currency, "
        "identity, ends_on, count, gross, commission, tax, net, state) "
        "VALUES (%s, %s, 1, %s, %s, %s, %s, %s, %s, %s, %s, 0, 0, %s, 'accepted')",
        [id, file, agency, "settlement" if leg == "S" else "bank", account, currency, identity,
         on, len(lines), total, total],
    )  # fmt: skip
    with (
        db.cursor() as cursor,
        cursor.copy(
            "COPY feesvc.told_line (statement, number, place, agency, account, leg, identity, "
            "native_id, kind, transaction, reference, original, told_transaction, "
            "told_reference, told_original, batch, keys, gross, commission, tax, net, currency, "
            "occurred_at, value_on, state) FROM STDIN"
        ) as copy,
    ):
        for number, line in enumerate(lines, start=1):
            copy.write_row((
                id, number, f"line {number}", agency, account, leg, line.name, line.name,
                line.kind, key(line.transaction), key(line.reference), key(line.original),
                line.transaction, line.reference, line.original, key(identity),
                [key(k) for k in line.keys], line.amount, 0, 0, line.amount,
                line.currency, line.at, line.at.date(), "stands",
            ))  # fmt: skip
    db.execute(
        "INSERT INTO feesvc.unmatched_line (line, account, leg, state) "
        "SELECT id, account, leg, 'open' FROM feesvc.told_line WHERE statement = %s", [id],
    )  # fmt: skip
    return id


def put_batches(db: Connection[Any], batches: Sequence[tuple[str, int, date]]) -> None:
    """Batches that a bank is still to credit: name, amount and day."""
    for name, amount, day in batches:
        db.execute(
            "INSERT INTO captures.awaited (id, agency, account, kind, keys, amount, done, "
            "currency, on_day, state, position) "
            "VALUES (%s, %s, %s, 'batch', %s, %s, 0, 'VND', %s, 'open', 1)",
            [uuid5(SPACE, name), AGENCY, ACCOUNT, [key(name)], amount, day],
        )


def at_head(db: Connection[Any]) -> None:
    """What stands in the captures is all that the log told, as far as matching is asked."""
    db.execute(
        "UPDATE feesvc.projection SET position = (SELECT position FROM feesvc.log) "
        "WHERE name = 'captures'"
    )
