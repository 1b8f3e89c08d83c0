"""Logistic regressions of countable units, with seeds as clusters."""

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from analysis.stats.gee import logistic

__all__ = ["fit", "term"]

SPREAD = 1e-6  # of the log-odds: an interval that narrow is rounding


def fit(rows: pl.DataFrame, terms: Sequence[str], levels: Mapping[str, Sequence[str]] | None = None) -> pl.DataFrame:
    """`analysis.stats.gee.logistic` on `event`, clustered by `seed`. Robust errors are made of the differences between
    seeds: where all seeds agree there are none, and instead of an interval of no width there is a `reason`."""
    found = logistic(rows, "event", terms, "seed", levels=levels)
    none = (pl.col("high").log() - pl.col("low").log()).abs() < SPREAD
    numbers = ["log_odds", "odds_ratio", "low", "high", "p"]
    return found.with_columns(
        pl.when(none.fill_null(value=False))
        .then(pl.lit("no spread: all seeds agree"))
        .otherwise("reason")
        .alias("reason"),
        *(pl.when(none.fill_null(value=False)).then(None).otherwise(name).alias(name) for name in numbers),
    )


def term(rows: pl.DataFrame, terms: Sequence[str], name: str) -> dict[str, Any]:
    """One term as `log_odds`, `low`, `high` (of the log-odds), `p`, `method`, `reason`; null what there is none of."""
    found = fit(rows, terms).filter(term=name).with_columns(pl.col("low", "high").log())
    if found.is_empty():
        return {**dict.fromkeys(("log_odds", "low", "high", "p", "method")), "reason": "nothing to count"}
    (row,) = found.select("log_odds", "low", "high", "p", "method", "reason").iter_rows(named=True)
    return row if row["reason"] is None else {**row, "method": None}
