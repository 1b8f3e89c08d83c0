"""Estimates of cells as rows: a ratio over the episodes of each group, with its cluster interval."""

from collections.abc import Sequence
from typing import Any

import polars as pl

from analysis.graphs.rows.frames import Frame, collected

__all__ = ["RATIO", "ratios"]

RATIO = {
    "value": pl.Float64(),
    "low": pl.Float64(),  # 95 %, episodes resampled
    "high": pl.Float64(),
    "n": pl.Int64(),  # what the ratio counts below its line, such as agents
    "episodes": pl.Int64(),  # with any of them
    "method": pl.String(),
    "reason": pl.String(),  # why there is no value
}


def ratios(frame: Frame, by: Sequence[str], *, draws: int = 10_000, seed: int = 0) -> pl.DataFrame:
    """`sum(events) / sum(size)` for each group of `by`, one row an episode in the frame: columns of `by`, then `RATIO`.

    `analysis.stats.bootstrap.cluster_bootstrap` resamples the episodes.
    """
    from analysis.stats.bootstrap import cluster_bootstrap

    rows = collected(frame)
    schema = {**{name: rows.schema[name] for name in by}, **RATIO}
    found: list[dict[str, Any]] = []
    for key, some in rows.group_by(list(by), maintain_order=True) if by else [((), rows)]:
        of = cluster_bootstrap(some["events"].to_numpy(), some["size"].to_numpy(), draws=draws, seed=seed)
        found.append(
            dict(zip(by, key, strict=True))
            | {"value": of.value, "low": of.low, "high": of.high, "n": int(some["size"].sum()), "episodes": of.n}
            | {"method": of.method or None, "reason": of.reason or None}
        )
    return pl.DataFrame(found, schema)
