"""Booking: the rules under which the ledger has what was planted, and what its accounts still hold.

Each planted difference says the rules that it brings about; the journal must show them for the very
thing. After all, a control account is at nothing, or holds items that an open case names or whose
term still runs.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from importlib.resources import files
from typing import Any, TypeAlias
from uuid import UUID

from psycopg.sql import SQL, Composed, Identifier

from feesvc import plugins
from feesvc.campaigns.reconciling.ground import CREDITED_WITHIN, SETTLED_WITHIN, Ground
from feesvc.campaigns.reconciling.open_lines import left_open
from feesvc.campaigns.reconciling.tracing import Told, Where
from feesvc.reconciling.rows import Cursor

HERE = files(__package__)
LEDGER = HERE.joinpath("ledger.sql").read_bytes()
ABOUT = ("assessment", "transfer", "payment", "refund", "batch")
Row: TypeAlias = Mapping[str, Any]

LIKEWISE: Mapping[str, frozenset[str]] = {
    # A negative batch is carried as its lines are posted: each of them is a part of P08n.
    "P08n": frozenset(("P08n", "-P08")),
    # P06u is P06 of less than is due: the same accounts, and the rest stays on 1100.
    "P06u": frozenset(("P06u", "P06")),
    # Credited before its settlement told of it: unidentified first, then identified.
    "P09a": frozenset(("P09a", "P09f")),
}
"""Rules that the ledger posts piece by piece under another name."""
TERMS = {1200: SETTLED_WITHIN, 1210: CREDITED_WITHIN}
"""Business days for which an item may stand on an account without a case (S01, B01)."""
CONTROL = (1200, 1210, 1250, 1290, 2150, 2210, 2350)
"""reconciliation.md, part 5: these come to nothing, or are aged item by item."""


@dataclass(slots=True)
class Journal:
    """All postings, by what they are about and by where they stand in the log."""

    about: dict[UUID, list[Row]] = field(default_factory=lambda: defaultdict(list))
    at: dict[int, list[Row]] = field(default_factory=lambda: defaultdict(list))
    balances: Counter[tuple[str, str, int]] = field(default_factory=Counter)

    def rules(self, ids: Iterable[UUID], at: Iterable[int]) -> list[str]:
        """All rules under which something was posted about these things."""
        found = {row["rule"] for id in ids for row in self.about.get(id, ())}
        return sorted(found | {row["rule"] for number in at for row in self.at.get(number, ())})

    def came_to(self, batch: UUID, account: int, *rules: str) -> int:
        """What these rules, and their reverse, brought to an account about a batch."""
        return sum(
            row["amount"] for row in self.about.get(batch, ())
            if row["account"] == account and row["rule"].removeprefix("-") in rules
        )  # fmt: skip

    def missing(self, rules: Iterable[str], ids: Iterable[UUID], at: Iterable[int]) -> list[str]:
        """Those of these rules under which nothing was posted about any of these things."""
        found = self.rules(ids, at)
        return [rule for rule in rules if not LIKEWISE.get(rule, {rule}) & {*found}]


async def read_journal(ground: Ground) -> Journal:
    journal = Journal()
    async with ground.house.rows.cursor() as db:
        await db.execute(await _of_the_ledger(db, "postings"))
        for row in await db.fetchall():
            journal.at[row["position"]].append(row)
            journal.balances[row["agency"], row["currency"], row["account"]] += row["amount"]
            for id in {row[name] for name in ABOUT if row[name] is not None}:
                journal.about[id].append(row)
    return journal


async def _of_the_ledger(db: Cursor, question: str) -> Composed:
    """A question to the ledger's tables, whichever projection that is."""
    await db.execute(LEDGER, {"projections": list(plugins.projections())})
    [row] = await db.fetchall()
    text = HERE.joinpath(f"{question}.sql").read_text()
    return SQL(text).format(ledger=Identifier(row["ledger"]))


async def positions_of(ground: Ground, ids: Iterable[UUID]) -> list[int]:
    """Where the events of these streams stand: some postings name nothing else."""
    found: list[int] = []
    for id in ids:
        found += [recorded.position for recorded in await ground.store.history(id)]
    return found


async def control_accounts(
    ground: Ground, journal: Journal, told: Sequence[Told],
    names: Mapping[UUID, frozenset[Where]], last: date,
) -> tuple[list[str], dict[str, int]]:  # fmt: skip
    """Faults in words: items that nothing names, and accounts that are not the sum of theirs."""
    async with ground.house.rows.cursor() as db:
        await db.execute(await _of_the_ledger(db, "open_items"))
        rows = await db.fetchall()
    stands = [one for one in told if one.state != "closed"]
    subjects = {one.subject for one in stands}
    ruled = {(one.codes[0], one.subject) for one in told if one.codes[0] in ("S16", "S21")}
    places = {where for one in stands for where in (*one.where, *one.near)}
    held = await left_open(ground)
    faults: list[str] = []
    sums: Counter[tuple[str, str, int]] = Counter()
    figures: Counter[str] = Counter()
    for row in rows:
        account = row["account"]
        sums[row["agency"], row["currency"], account] += row["amount"]
        if account not in CONTROL:
            continue
        here = names.get(row["item"], frozenset())
        named = row["item"] in subjects or bool(here & places)
        if account == 1200 and not named:  # what went back is a case of its refund
            named = any(one["refund"] in subjects for one in journal.about.get(row["item"], ()))
        if account == 1210 and not named:
            named = row["amount"] + held[row["item"]] == 0 or (
                ("S21", row["item"]) in ruled
                and row["amount"] == journal.came_to(row["item"], 1210, "P08")
            )
        if account == 1290 and not named and ("S16", row["item"]) in ruled:
            named = row["amount"] == journal.came_to(row["item"], 1290, "P08r", "P08s")
        in_term = ground.house.calendar.plus(row["since"], TERMS.get(account, -1)) >= last
        figures[f"{account} named" if named else f"{account} in term"] += 1
        if not named and not (account in TERMS and in_term):
            at = ", ".join(" ".join(place) for place in sorted(here)) or str(row["item"])
            faults.append(
                f"{account} of {row['agency']} holds {row['amount']} {row['currency']} since "
                f"{row['since']} at {at}: no open case names it"
            )
    kept = {account for _, _, account in sums}
    for key in {*sums, *(key for key in journal.balances if key[2] in (*kept, *CONTROL))}:
        if sums[key] != journal.balances[key]:
            wrong = f"{key}: items come to {sums[key]}, postings to {journal.balances[key]}"
            faults.append(wrong)
    return faults, dict(figures)
