"""The hidden quantities that worlds log at an episode's end, out of the column `facts` of the episodes."""

from collections.abc import Sequence

import polars as pl

from analysis.measures.rates import rate

__all__ = ["fact", "shares"]


def fact(name: str) -> pl.Expr:
    """The value of a fact in each row of `analysis.tables.schemas.EPISODES`, under its own name; null: it has none."""
    named = pl.element().filter(pl.element().struct.field("name") == name)
    return pl.col("facts").list.eval(named).list.first().struct.field("value").alias(name)


def shares(episodes: pl.DataFrame, names: Sequence[str], by: Sequence[str] = ()) -> pl.DataFrame:
    """How often each of these facts, which are 0 or 1, was 1 in valid episodes; those in which it is null left out.

    Columns: `measure` (the fact), then those of `analysis.measures.rates.rate`. The facts `passed`, `altered` and
    `withheld` of the world `relay` give its relay fidelity.
    """
    valid = pl.col("validity") == "valid"
    parts = [
        rate(episodes.with_columns(fact(name)), pl.col(name) == 1, by, among=valid & pl.col(name).is_not_null())
        .with_columns(pl.lit(name).alias("measure"))
        .select("measure", pl.exclude("measure"))
        for name in names
    ]
    return pl.concat(parts)
