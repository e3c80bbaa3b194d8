"""Open items: what has not come to zero on an account, by assessment, transfer, refund, batch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple, TypeAlias
from uuid import UUID

from feesvc.projecting import Db
from feesvc_agency_ledger.chart import CHART
from feesvc_agency_ledger.posting import Posting
from feesvc_agency_ledger.statements import statement

Key: TypeAlias = tuple[str, str, int, UUID]
"""Agency, currency, account, item."""
KEPT = {account: facts.item for account, facts in CHART.items() if facts.item}


class Open(NamedTuple):
    since: date
    """The effective day of the posting that opened it: age counts from there."""
    amount: int
    """Minor units, debits - credits; 0 for what is not open."""
    intermediary: str
    """Of the posting that opened it."""


NOTHING = Open(date.min, 0, "")


def write_open_items(db: Db, postings: Sequence[Posting], new: Mapping[int, UUID]) -> None:
    """Bring open items up to date. Folded in log order, so that batches of any size agree.

    ``new`` names, by position, streams whose first posting is made there: nothing of them is open
    before, so that most of a batch is not looked up at all.
    """
    before = _load(db, postings, new)
    after = dict(before)
    for posting in postings:
        key = _key(posting)
        if key is not None:
            held = after[key]
            if not held.amount:
                held = Open(posting.effective_on, 0, posting.about.intermediary)
            after[key] = held._replace(amount=held.amount + posting.amount)
    gone = [key for key, held in after.items() if before[key].amount and not held.amount]
    changed = [(*key, *held) for key, held in after.items() if held.amount and held != before[key]]
    if gone:
        db.execute(statement("close_items"), _columns(gone))
    if changed:
        db.execute(statement("save_items"), _columns(changed))


def _load(db: Db, postings: Sequence[Posting], new: Mapping[int, UUID]) -> dict[Key, Open]:
    keys: dict[Key, Open] = {}
    wanted: list[Key] = []
    for posting in postings:
        key = _key(posting)
        if key is not None and key not in keys:
            keys[key] = NOTHING
            if new.get(posting.position) != key[-1]:
                wanted.append(key)
    if wanted:
        for row in db.execute(statement("items"), _columns(wanted), binary=True):
            key = (row["agency"], row["currency"], row["account"], row["item"])
            keys[key] = Open(row["since"], row["amount"], row["intermediary"])
    return keys


def _key(posting: Posting) -> Key | None:
    """The item that a posting opens or closes, if its account has items."""
    by = KEPT.get(posting.account)
    item: UUID | None = getattr(posting.about, by) if by else None
    return (posting.agency, posting.currency, posting.account, item) if item else None


def _columns(rows: Sequence[tuple[object, ...]]) -> list[list[object]]:
    return [list(column) for column in zip(*rows, strict=True)]
