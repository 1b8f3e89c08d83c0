"""How probable the ordered act was to the agents under order: a paired mean, where calls carry probabilities."""

from collections.abc import Sequence

import polars as pl

from analysis.measures.rates import VALID_UNDER_ORDER

__all__ = ["paired_probability"]


def paired_probability(agents: pl.DataFrame, by: Sequence[str] = ()) -> pl.DataFrame:
    """Mean probability of the ordered act for each group of `by`, over the seeds that all groups with any value share.

    Decisions are averaged within an agent's episode, episodes within a seed, then seeds: a long episode weighs no
    more than a short one, and cells differ by their levels alone. Columns: those of `by`, `mean` (share), `n`
    (seeds), `decisions`, `paired` (false: the groups share no seed, and each is the mean over its own).
    """
    known = agents.filter(VALID_UNDER_ORDER & pl.col("ordered_p").is_not_null())
    groups = known.select(by).n_unique() if by else min(known.height, 1)
    seeds = known.group_by([*by, "seed"], maintain_order=True).agg(
        pl.col("ordered_p").mean(), pl.col("ordered_decisions").sum()
    )
    shared = seeds.filter(pl.len().over("seed") == groups)
    used = seeds if shared.is_empty() else shared
    means = [
        pl.col("ordered_p").mean().alias("mean"),
        pl.len().cast(pl.Int64).alias("n"),
        pl.col("ordered_decisions").sum().alias("decisions"),
        pl.lit(not shared.is_empty()).alias("paired"),
    ]
    grouped = used.group_by(list(by), maintain_order=True).agg(means) if by else used.select(means)
    return grouped.filter(pl.col("n") > 0)
