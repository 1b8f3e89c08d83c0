"""Where the episodes of a cast come from: what was played here is never counted with what was not."""

import polars as pl

from arena.plan.published import PREFIX

__all__ = ["IMPORTED", "PLAYED", "PUBLISHED", "origin"]

PLAYED, PUBLISHED, IMPORTED = "played", "published", "imported"


def origin() -> pl.Expr:
    """Of the column `cast`: `played` here, acting out `published` results, or `imported` from transcripts of another
    harness. Null where the cast is."""
    cast = pl.col("cast")
    return (
        pl.when(cast.str.contains(PREFIX, literal=True))
        .then(pl.lit(PUBLISHED))
        .when(cast.str.contains("imported:", literal=True))
        .then(pl.lit(IMPORTED))
        .when(cast.is_not_null())
        .then(pl.lit(PLAYED))
    )
