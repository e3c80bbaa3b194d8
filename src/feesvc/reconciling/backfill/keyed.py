"""The passes that know a capture by a key, and what they find that is no match."""

from __future__ import annotations

from typing import Literal, TypeAlias

import polars as pl

from feesvc.reconciling.backfill.standing import Standing

Key: TypeAlias = Literal["transaction", "reference"]
PLACE = pl.int_range(pl.len(), dtype=pl.UInt32)


def agree(standing: Standing, key: Key) -> None:
    """The same key, amount and currency: a pair where it is one capture for the line and one line
    for it. Of several lines of one capture the first told is, the others are told again (S07 in the
    same batch, S08 in another one); a line of several captures is ambiguous (S20).
    """
    met = _met(standing, key).filter(
        pl.col.amount == pl.col.amount_right, pl.col.currency == pl.col.currency_right
    )
    several_captures, several_lines = _repeated(met["item"]), _repeated(met["capture"])
    ambiguous = met.filter(pl.col.item.is_in(several_captures.implode()))
    certain = met.filter(~pl.col.item.is_in(several_captures.implode()))
    pairs = certain.filter(~pl.col.capture.is_in(several_lines.implode()))
    twins = _twins(standing, certain.filter(pl.col.capture.is_in(several_lines.implode())))
    first, again = twins.filter("first"), twins.filter(~pl.col.first)
    ambiguous = _with_ids(standing, ambiguous).sort("id").unique("item", keep="first")
    standing.pair(pairs, key)
    standing.pair(first, key)
    standing.name(again.filter(pl.col.batch.eq_missing(pl.col.first_batch)), "S07")
    standing.name(again.filter(pl.col.batch.ne_missing(pl.col.first_batch)), "S08")
    standing.name(ambiguous, "S20")
    standing.drop(
        pl.concat([pairs["item"], twins["item"], ambiguous["item"]]),
        pl.concat([pairs["capture"], first["capture"]]),
    )


def link(standing: Standing, key: Key) -> None:
    """The same key with another amount (S04), or another currency too (S05): linked to the nearest
    of them, and no match.
    """
    met = _with_ids(standing, _met(standing, key)).with_columns(
        apart=(pl.col.amount_right - pl.col.amount).abs(),
        same=(pl.col.currency == pl.col.currency_right).any().over("item"),
    )
    nearest = met.sort("apart", "id").unique("item", keep="first")
    standing.name(nearest.filter("same"), "S04")
    standing.name(nearest.filter(~pl.col.same), "S05")
    standing.drop(nearest["item"], pl.Series([], dtype=pl.UInt32))


def _met(standing: Standing, key: Key) -> pl.DataFrame:
    """Places of both sides where the key is the same, with the money of both."""
    mine = standing.items.select(key, "amount", "currency", item=PLACE)
    theirs = standing.captures.select(key, "amount", "currency", capture=PLACE)
    return mine.join(theirs, on=key, how="inner").drop(key)


def _with_ids(standing: Standing, met: pl.DataFrame) -> pl.DataFrame:
    return met.with_columns(id=standing.captures["id"].gather(met["capture"]))


def _twins(standing: Standing, met: pl.DataFrame) -> pl.DataFrame:
    """Lines of one capture by their day, batch and identity."""
    told = standing.items.select("day", "batch", "identity")[met["item"]]
    return (
        met.hstack(told)
        .sort("capture", "day", "batch", "identity")
        .with_columns(
            first=pl.col.capture.is_first_distinct(),
            first_batch=pl.col.batch.first().over("capture"),
        )
    )


def _repeated(places: pl.Series) -> pl.Series:
    ordered = places.sort()
    return ordered.filter(ordered == ordered.shift()).unique()
