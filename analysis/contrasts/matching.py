"""Which episodes are set against each other: alike in everything but the contrast's factor, on the same seed."""

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from analysis.contrasts.family import Contrast
from analysis.tables.plan import FACTOR

__all__ = ["Matched", "match", "stratum"]

_SIDE = ("trial", "run", "outcome", "event")
_KINDS = (
    (pl.col("a") & pl.col("b"), "both"),
    (pl.col("a") & ~pl.col("b"), "only_a"),
    (~pl.col("a") & pl.col("b"), "only_b"),
)


@dataclass(frozen=True)
class Matched:
    """The countable units of two arms.

    `pairs` has one row a pair: the columns of the stratum, `seed`, `trial_a`, `trial_b`, `run_a`, `run_b`,
    `outcome_a`, `outcome_b`, `a` and `b` (whether the event was shown) and `kind` (`both`, `only_a`, `only_b`,
    `neither`). `loose_a`, `loose_b` are units of the strata that both arms have, without a partner of their seed;
    `left_out` is how many units have no place in the estimate.
    """

    pairs: pl.DataFrame
    loose_a: pl.DataFrame
    loose_b: pl.DataFrame
    left_out: int
    keys: Sequence[str] = ()  # the columns of the stratum


def stratum(rows: pl.DataFrame, factors: Sequence[str]) -> list[str]:
    """The columns that must be the same in both arms: all that is known of a unit but `factors`, the seed and the
    run. Runs are none of them: the same trial, played under another name, is as good a match."""
    mine = {f"{FACTOR}{factor}" for factor in factors}
    others = [name for name in rows.columns if name.startswith(FACTOR) and name not in mine]
    return ["world", "version", "rules", "cast", "role", *others]


def match(rows: pl.DataFrame, contrast: Contrast) -> Matched:
    """Match the countable rows of `analysis.contrasts.measures.units` at level a with those at level b.

    A unit is matched within its run first, then with what other runs have left over.
    """
    keys, column = stratum(rows, [contrast.factor]), f"{FACTOR}{contrast.factor}"
    counted = rows.filter("countable")
    a, b = (counted.filter(pl.col(column) == level) for level in (contrast.a, contrast.b))
    found, rest_a, rest_b = [], a, b
    for place in (["run"], []):
        joined, rest_a, rest_b = _join(rest_a, rest_b, [*keys, "seed", *place])
        found.append(joined)
    pairs = pl.concat([_as_pairs(joined, keys) for joined in found])
    loose_a, loose_b = (
        one.join(other.select(keys).unique(), on=keys, how="semi", nulls_equal=True, maintain_order="left")
        for one, other in ((rest_a, b), (rest_b, a))
    )
    unused = rest_a.height + rest_b.height
    if pairs.is_empty():  # then the loose ones are what the estimate rests on
        unused -= loose_a.height + loose_b.height
    return Matched(pairs, loose_a, loose_b, unused, keys)


def _join(a: pl.DataFrame, b: pl.DataFrame, on: list[str]) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """Pairs of rows alike in `on`, the first with the first; then the rows of either side that are left."""
    number = pl.int_range(pl.len()).over(on).alias("nth")
    a, b, on = a.with_columns(number), b.with_columns(number), [*on, "nth"]
    side = [*dict.fromkeys([*on, *_SIDE])]
    joined = a.join(b.select(side), on=on, how="inner", nulls_equal=True, suffix="_b", maintain_order="left")
    if "run_b" not in joined.columns:  # it is one of `on`
        joined = joined.with_columns(pl.col("run").alias("run_b"))
    rest_a, rest_b = (
        one.join(other.select(on), on=on, how="anti", nulls_equal=True, maintain_order="left").drop("nth")
        for one, other in ((a, b), (b, a))
    )
    return joined, rest_a, rest_b


def _as_pairs(joined: pl.DataFrame, keys: list[str]) -> pl.DataFrame:
    kind = pl.lit("neither")
    for holds, name in _KINDS:
        kind = pl.when(holds).then(pl.lit(name)).otherwise(kind)
    return joined.select(
        *keys,
        "seed",
        pl.col("trial").alias("trial_a"),
        "trial_b",
        pl.col("run").alias("run_a"),
        "run_b",
        pl.col("outcome").alias("outcome_a"),
        "outcome_b",
        pl.col("event").alias("a"),
        pl.col("event_b").alias("b"),
    ).with_columns(kind.alias("kind"))
