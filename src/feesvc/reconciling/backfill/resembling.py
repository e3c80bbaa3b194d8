"""What only looks alike: best for each other, and with a margin to the next best, as a proposal."""

from __future__ import annotations

from itertools import repeat

import polars as pl

from feesvc.domain.match_terms import MatchTerms
from feesvc.reconciling.backfill.keyed import PLACE
from feesvc.reconciling.backfill.standing import Standing
from feesvc.reconciling.matching.similarity import apart

MONEY = ("amount", "currency")
LENGTH = pl.col.reference.str.len_chars().cast(pl.Int64)
SHORTEST = 2
"""Letters of a part that say anything: shorter ones stand in every reference."""
NOBODY = 999
"""Further away than any: there is no next best."""


def propose(standing: Standing, terms: MatchTerms, orders: pl.Series | None) -> None:
    """Every line that is left gets its proposal, or S20 where others are as near, or S03.

    ``orders``: a line that names one of them, letter for letter, is not damaged.
    """
    mine = _referring(standing.items, item=PLACE)
    if orders is not None:
        mine = mine.filter(~pl.col.written.is_in(orders.drop_nulls().implode()))
    likely = _likely(mine, _referring(standing.captures, capture=PLACE), terms)
    near = _ranked(_near(likely, standing, terms.distance), standing)
    best = near.filter("best_of_line")
    alone = pl.col.best_of_capture & (
        pl.min_horizontal("next_of_line", "next_of_capture") - pl.col.distance >= terms.margin
    )
    standing.pair(best.filter(alone), "similarity")
    standing.name(best.filter(~alone), "S20")
    standing.drop(best["item"], best.filter(alone)["capture"])
    standing.name(standing.items.select(item=PLACE, capture=pl.lit(None, pl.UInt32)), "S03")


def _referring(frame: pl.DataFrame, **place: pl.Expr) -> pl.DataFrame:
    return frame.with_columns(**place, length=LENGTH).filter(pl.col.length > 0)


def _likely(mine: pl.DataFrame, theirs: pl.DataFrame, terms: MatchTerms) -> pl.DataFrame:
    """Pairs of the same money within the window that are worth measuring.

    Cut into one part more than letters may differ, a reference has one part that stands whole in
    every other that is near to it, moved by no more letters than are too many or too few around it;
    or anywhere in one that holds it all. Of short ones parts say nothing.
    """
    parts = terms.distance + 1
    theirs = theirs.with_columns(size=pl.col.length // parts)
    long = theirs.filter(pl.col.size >= SHORTEST)
    cut = pl.concat(
        [
            _part(long.with_columns(begins=pl.col.length - pl.col.size * number), "capture")
            for number in range(1, parts + 1)
        ]
    )
    moved = pl.col.begins - pl.col.begins_right
    longer = pl.col.length - pl.col.length_right
    by_part = [
        _part(_runs(mine, size), "item")
        .lazy()
        .join(cut.lazy(), on=["part", *MONEY])
        .filter((longer > 0) | (moved.abs() + (longer - moved).abs() <= terms.distance))
        for size in long["size"].unique()
    ]
    alone = mine.lazy().join(theirs.lazy().filter(pl.col.size < SHORTEST), on=MONEY)
    near_by = (pl.col.day - pl.col.day_right).abs() <= pl.duration(days=terms.days * 2)
    pairs = [some.filter(near_by).select("item", "capture") for some in (*by_part, alone)]
    return pl.concat(pairs).unique().collect(engine="streaming")


def _runs(mine: pl.DataFrame, size: int) -> pl.DataFrame:
    """Every place at which so many letters of a reference begin."""
    begins = pl.int_ranges(0, pl.col.length - size + 1)
    return mine.with_columns(begins=begins, size=size).explode("begins")


def _part(cut: pl.DataFrame, whose: str) -> pl.DataFrame:
    part = pl.col.reference.str.slice(pl.col.begins, pl.col.size)
    return cut.select(whose, *MONEY, "day", "length", "begins", part=part)


def _near(likely: pl.DataFrame, standing: Standing, distance: int) -> pl.DataFrame:
    distances = map(
        apart,
        standing.items["reference"].gather(likely["item"]),
        standing.captures["reference"].gather(likely["capture"]),
        repeat(distance),
    )
    near = likely.with_columns(distance=pl.Series(distances, dtype=pl.Int64))
    return near.filter(pl.col.distance <= distance)


def _ranked(near: pl.DataFrame, standing: Standing) -> pl.DataFrame:
    """Which is nearest for its line, which for its capture, and how far away the next one is."""
    named = near.with_columns(
        identity=standing.items["identity"].gather(near["item"]),
        id=standing.captures["id"].gather(near["capture"]),
    )
    of_line = named.sort("item", "distance", "id").with_columns(
        best_of_line=pl.col.item.is_first_distinct(), next_of_line=_next_of("item")
    )
    return of_line.sort("capture", "distance", "identity").with_columns(
        best_of_capture=pl.col.capture.is_first_distinct(), next_of_capture=_next_of("capture")
    )


def _next_of(whose: str) -> pl.Expr:
    mine = pl.col(whose) == pl.col(whose).shift(-1)
    return pl.when(mine).then(pl.col.distance.shift(-1)).otherwise(NOBODY)
