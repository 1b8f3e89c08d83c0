"""What all of `analysis.graphs` asks of the tables: which episodes count, and agents by their place in the seats."""

from collections.abc import Sequence

import polars as pl

__all__ = ["EPISODE", "Frame", "collected", "is_valid", "of_valid_episodes", "seated", "valid_episodes"]

EPISODE = ("run", "trial")  # the key of one episode
Frame = pl.DataFrame | pl.LazyFrame


def collected(frame: Frame) -> pl.DataFrame:
    """The rows themselves, whether they were read already or not."""
    return frame.lazy().collect()


def is_valid() -> pl.Expr:
    """Whether an episode may be counted."""
    return pl.col("validity") == "valid"


def valid_episodes(episodes: Frame, by: Sequence[str] = (), *, pool: bool = False) -> pl.DataFrame:
    """The valid episodes, in the order of the frame.

    `UserError` where a group of `by` would pool what `analysis.measures.rates` keeps apart (worlds, versions, published
    casts with others), unless `pool`; and where there is no such column.
    """
    from analysis.measures.rates import rate

    rows = collected(episodes).filter(is_valid())
    rate(rows, pl.lit(value=True), by, among=pl.lit(value=True), pool=pool)
    return rows


def of_valid_episodes(frame: Frame, episodes: Frame) -> pl.DataFrame:
    """The rows that are of a valid episode, in the order of `frame`."""
    counted = collected(episodes).filter(is_valid()).select(EPISODE).unique()
    return collected(frame).join(counted, on=EPISODE, how="semi", maintain_order="left")


def seated(agents: Frame, columns: Sequence[str] = ()) -> pl.DataFrame:
    """One row an agent: `run`, `trial`, `role`, `episode` and `place`, each numbered from 0 in the order of the frame,
    which is that of the plan and the seats; and these further columns."""
    rows = collected(agents).select(*EPISODE, "role", *(name for name in columns if name not in (*EPISODE, "role")))
    numbers = rows.select(EPISODE).unique(maintain_order=True).with_row_index("episode")
    return rows.join(numbers, on=EPISODE, how="left", maintain_order="left").with_columns(
        pl.col("episode").cast(pl.Int64), pl.int_range(pl.len()).over(EPISODE).cast(pl.Int64).alias("place")
    )
