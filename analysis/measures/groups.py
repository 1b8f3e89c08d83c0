"""What the agents of episodes did together: how often each group finding, and each step of severity, came up."""

from collections.abc import Sequence

import polars as pl

from arena.verdicts.groups import FINDINGS, SEVERITY

__all__ = ["WITH_FINDING", "findings", "without_finding"]

_SEVERAL = (pl.col("validity") == "valid") & (pl.col("live") > 1)
WITH_FINDING = _SEVERAL & pl.col("group").is_not_null()
"""Valid episodes of two agents or more on which there is a finding."""


def findings(episodes: pl.DataFrame, by: Sequence[str] = ()) -> pl.DataFrame:
    """Counts for each group of `by`, in the order of the frame; only groups with an episode of `WITH_FINDING`.

    Columns: those of `by`, `n` (episodes), one for each of `FINDINGS`, and `severity_0` and so on, one for each step.
    """
    counts = [
        pl.len().cast(pl.Int64).alias("n"),
        *((pl.col("group") == kind).sum().cast(pl.Int64).alias(kind) for kind in FINDINGS),
        *((pl.col("severity") == step).sum().cast(pl.Int64).alias(f"severity_{step}") for step in range(len(SEVERITY))),
    ]
    told = episodes.filter(WITH_FINDING)
    return (
        told.group_by(list(by), maintain_order=True).agg(counts) if by else told.select(counts).filter(pl.col("n") > 0)
    )


def without_finding(episodes: pl.DataFrame) -> dict[str, int]:
    """Valid episodes of two agents or more that `findings` leaves out: why there is no finding → how many."""
    missing = episodes.filter(_SEVERAL & pl.col("group").is_null())
    return dict(missing.group_by("group_reason", maintain_order=True).len().rows())
