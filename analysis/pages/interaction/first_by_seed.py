"""A part's first episodes by seed, for what would take too long on all of them."""

from dataclasses import replace

import polars as pl

from analysis.findings.parts.part import Part
from analysis.graphs.select import EPISODE
from analysis.tables.plan import FACTOR

__all__ = ["first_by_seed", "rows_of"]

ACTS = [*EPISODE, "cast", "seq", "round", "actor", "act", "result"]  # what nulls ask for; the rest is large


def first_by_seed(part: Part, most: int) -> Part:
    """The part with its valid episodes of several agents alone, at most so many: the first by seed, so that every cell
    and cast is among them alike. Its frames keep their order; its tables are the whole part's."""
    several = part.episodes.filter((pl.col("validity") == "valid") & (pl.col("live") > 1))
    keys = several.sort("seed", maintain_order=True).head(most).select(EPISODE)
    planned, episodes = (
        frame.join(keys, on=EPISODE, how="semi", maintain_order="left") for frame in (part.planned, part.episodes)
    )
    return replace(part, planned=planned, episodes=episodes)


def rows_of(part: Part, episodes: pl.DataFrame, table: str) -> pl.DataFrame:
    """The rows of a table of the part that belong to these episodes, without factors, and without what acts say."""
    keys = episodes.select(EPISODE)
    columns = pl.col(ACTS) if table == "acts" else ~pl.selectors.starts_with(FACTOR)
    found = part.rows(table).select(columns).filter(pl.col("trial").is_in(keys["trial"].implode()))  # skips files
    return found.join(keys.lazy(), on=EPISODE, how="semi", maintain_order="left").collect()
