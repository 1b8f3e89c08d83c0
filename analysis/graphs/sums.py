"""Edges of many episodes added up: one row for each source, target, type, means and channel."""

import polars as pl

from analysis.graphs.nodes import Nodes
from analysis.graphs.select import EPISODE, Gathered
from analysis.tables.edges import TYPES

__all__ = ["SUMMED", "summed"]

_BY = ("from", "into", "type", "means", "channel")
SUMMED = {
    "from": pl.String(),
    "into": pl.String(),
    "type": pl.String(),
    "means": pl.String(),
    "channel": pl.String(),
    "weight": pl.Float64(),  # sum
    "count": pl.Int64(),  # edges, those without weight too
    "about": pl.Int64(),  # of them, contacts about the order; null: no messages
    "episodes": pl.Int64(),  # with such an edge
    "present": pl.Int64(),  # in which both ends took part
    "rate": pl.Float64(),  # weight / present
}


def summed(nodes: Nodes, gathered: Gathered) -> pl.DataFrame:
    """The columns of `SUMMED`, sorted by type in the order of `TYPES`, then by nodes, means and channel."""
    rows = (
        nodes.placed(gathered.edges, gathered.agents)
        .group_by(_BY)
        .agg(
            pl.col("weight").sum(),
            pl.len().cast(pl.Int64).alias("count"),
            pl.when(pl.col("about_order").is_not_null().any())
            .then(pl.col("about_order").sum().cast(pl.Int64))
            .alias("about"),
            pl.struct(EPISODE).n_unique().cast(pl.Int64).alias("episodes"),
        )
    )
    place = pl.col("type").replace_strict({name: rank for rank, name in enumerate(TYPES)}, return_dtype=pl.Int64)
    rows = rows.sort(place, "from", "into", "means", "channel", nulls_last=True)
    present = pl.Series("present", _present(rows, nodes, gathered), pl.Int64)
    return (
        rows.with_columns(present)
        .with_columns((pl.col("weight") / pl.col("present")).alias("rate"))
        .select(list(SUMMED))
    )


def _present(rows: pl.DataFrame, nodes: Nodes, gathered: Gathered) -> list[int]:
    """The operator, things and boards are there in every episode; agents where they have a seat."""
    everywhere = frozenset(gathered.episodes.select(EPISODE).rows())
    at = nodes.present(gathered.agents)
    pairs = rows.select("from", "into").unique().rows()
    both = {(a, b): len(at.get(a, everywhere) & at.get(b, everywhere)) for a, b in pairs}
    return [both[pair] for pair in rows.select("from", "into").rows()]
