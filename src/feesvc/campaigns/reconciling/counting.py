"""Counting: Σ explained + Σ open = Σ file, for each accepted file, by count and by sum.

What a file holds is what its generator wrote; what became of it is told line by line, by the rows.
A line is explained where it stands in exactly one match, was booked as what it is, or is the
repetition of one that stands; it is open where an open case names it. Nothing else is allowed.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from importlib.resources import files
from typing import Any
from uuid import UUID

from feesvc.campaigns.reconciling.booking import Journal
from feesvc.campaigns.reconciling.ground import Ground
from feesvc.campaigns.reconciling.handing import Tray
from feesvc.campaigns.reconciling.tracing import Told, Where, accounts_of, by_place, plain
from feesvc.campaigns.reconciling.witnessing import Written

DISPOSITIONS = files(__package__).joinpath("dispositions.sql").read_bytes()
MONEY = (1300, 1305, 1310, 1320)
"""Accounts at banks and at the State Treasury, which are as their statements say."""
EXPLAINED = frozenset(("matched", "placed", "repeated"))


async def count_files(
    ground: Ground, tray: Tray, told: Sequence[Told], journal: Journal
) -> tuple[list[str], dict[str, int]]:
    """Faults in words, and the figures of all accepted files together, signed."""
    names = {id: (file.name, tray.witness.of(file.content)) for file, id in tray.accepted}
    async with ground.house.rows.cursor() as db:
        await db.execute(DISPOSITIONS, {"files": list(names)})
        rows = await db.fetchall()
    of_file: dict[UUID, list[Mapping[str, Any]]] = defaultdict(list)
    for row in rows:
        of_file[row["file"]].append(row)
    open_at = {
        where for where, cases in by_place(told).items()
        if any(one.state != "closed" for one in cases)
    }  # fmt: skip
    accounts = accounts_of(ground)
    faults: list[str] = []
    sums: Counter[str] = Counter()
    for id, (name, written) in names.items():
        if written is None:
            faults.append(f"{name}: accepted, and no generator wrote it as it is")
            continue
        _count(name, written, of_file[id], open_at, accounts, sums, faults)
    faults += _banks(ground, rows, journal)
    return faults, dict(sums)


def _banks(ground: Ground, rows: Sequence[Mapping[str, Any]], journal: Journal) -> list[str]:
    """An agency's money in banks is what their statements say, but for lines that nobody booked."""
    faults = []
    for agency, accounts in ground.banks.items():
        mine = {ground.bank_account(agency, account) for account in accounts}
        stated = sum(
            row["net"] for row in rows
            if row["account"] in mine and row["standing"] == "accepted"
            and (row["state"] != "open" or _booked(ground, row, journal))
        )  # fmt: skip
        kept = sum(journal.balances[agency, "VND", account] for account in MONEY)
        if stated != kept:
            faults.append(f"{agency}: booked lines of its banks come to {stated}, ledger {kept}")
    return faults


def _booked(ground: Ground, row: Mapping[str, Any], journal: Journal) -> bool:
    """Whether it waits in suspense: an open line all the same."""
    return bool(journal.about.get(ground.store.ids.transfer(row["account"], row["native_id"])))


def _count(
    name: str, written: Written, rows: Sequence[Mapping[str, Any]], open_at: set[Where],
    accounts: Mapping[UUID, str], sums: Counter[str], faults: list[str],
) -> None:  # fmt: skip
    """One file: its lines against what was written, each in one disposition."""
    if any(row["standing"] == "superseded" for row in rows):
        sums["restated files"] += 1  # its lines stand in the file that took its place
        return
    lines = [row for row in rows if row["id"] is not None]
    found: Counter[str] = Counter()
    for row in lines:
        how = _disposition(row, open_at, accounts)
        if not how:
            faults.append(
                f"{name}: {row['native_id']} of {row['net']} is {row['state']} {row['reason']}, "
                f"in {row['matches']} matches: neither explained nor open under a name"
            )
        for key, by in (("count", 1), ("net", row["net"]), ("gross", row["gross"])):
            found[f"{how} {key}"] += by
    told = tuple(
        found[f"explained {key}"] + found[f"open {key}"] for key in ("count", "net", "gross")
    )
    meant = (written.count, written.net.amount, written.gross.amount)
    if told != meant or {row["currency"] for row in lines} - {written.net.currency}:
        faults.append(f"{name}: explained + open is {told}, the file holds {meant}")
    side = rows[0]["source"] if rows else "empty"
    sums[f"{side} files"] += 1
    if written.net.currency == "VND":
        sums[f"{side} lines"] += written.count
        sums[f"{side} sum"] += written.net.amount
        sums[f"{side} explained"] += found["explained net"]
        sums[f"{side} open"] += found["open net"]


def _disposition(row: Mapping[str, Any], open_at: set[Where], accounts: Mapping[UUID, str]) -> str:
    if row["state"] in EXPLAINED:
        return "explained" if row["matches"] == (row["state"] == "matched") else ""
    where = (accounts[row["account"]], plain(row["native_id"]))
    return "open" if row["state"] == "open" and not row["matches"] and where in open_at else ""
