"""Backfill: files of captures and lines matched by Polars, in this process, into a file of pairs.

For a month or a year at once, where PostgreSQL would take minutes. The passes are those of a run
over settlement payments: keys, ambiguity, duplicates, linked breaks, and what only looks alike as
a proposal. Nothing is booked: the file says what belongs together. A million lines take 0.6 GiB of
memory. Needs the extra ``backfill``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from io import BytesIO
from pathlib import Path

from feesvc.domain.match_terms import MatchTerms
from feesvc.reconciling.backfill import keyed, reading, resembling
from feesvc.reconciling.backfill.reading import BadFile
from feesvc.reconciling.backfill.standing import Standing

__all__ = ["Backfilled", "BadFile", "match_files"]


@dataclass(frozen=True, slots=True)
class Backfilled:
    """What was found: pairs by their pass, breaks by their code, and the SHA-256 of the file."""

    pairs: Mapping[str, int]
    breaks: Mapping[str, int]
    result: str


def match_files(
    captures: Path, lines: Path, found: Path, terms: MatchTerms, orders: Path | None = None
) -> Backfilled:
    """Match two CSV files; ``found`` becomes a Parquet file of line, capture, pass and code.

    Captures: ``id, transaction, reference, amount, currency, day``; lines: ``identity`` (unique)
    instead of ``id``, and ``batch``. Amounts are minor units, days ISO dates of Asia/Ho_Chi_Minh,
    references ASCII. Windows are calendar days here: twice ``terms.days``. ``orders``: the
    references of orders of ours that nobody is known to have paid, under ``reference``: a line that
    names one of them, letter for letter, is that order's money, and no damaged one of another.
    ``found`` has one row for each line, by identity: its pair and the pass that found it, or the
    code that it has instead; it is there as a whole, or as it was. Raises ``BadFile``, ``OSError``.
    """
    if found.exists() and any(found.samefile(one) for one in (captures, lines, orders) if one):
        raise BadFile(f"{found.name}: it is read, and would be written over")
    standing = Standing(*reading.read(captures, lines))
    keyed.agree(standing, "transaction")
    standing.key_references()
    keyed.agree(standing, "reference")
    keyed.link(standing, "transaction")
    keyed.link(standing, "reference")
    resembling.propose(standing, terms, reading.read_orders(orders) if orders else None)
    every = standing.found()
    content = BytesIO()
    every.write_parquet(content, compression="snappy")
    _write(found, content.getvalue())
    told = every.group_by("pass", "code").len().rows()
    return Backfilled(
        {name: count for name, code, count in told if not code},
        {code: count for _, code, count in told if code},
        sha256(content.getvalue()).hexdigest(),
    )


def _write(found: Path, content: bytes) -> None:
    beside = found.with_name(f".{found.name}.part")
    try:
        beside.write_bytes(content)
        beside.replace(found)
    finally:
        beside.unlink(missing_ok=True)
