"""Logistic regressions of countable units, with seeds as clusters."""

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from analysis.stats.gee import logistic

__all__ = ["fit", "term"]


def fit(rows: pl.DataFrame, terms: Sequence[str], levels: Mapping[str, Sequence[str]] | None = None) -> pl.DataFrame:
    """`analysis.stats.gee.logistic` on `event`, clustered by `seed`."""
    return logistic(rows, "event", terms, "seed", levels=levels)


def term(rows: pl.DataFrame, terms: Sequence[str], name: str) -> dict[str, Any]:
    """One term as `log_odds`, `low`, `high` (of the log-odds), `p`, `method`, `reason`; null what there is none of."""
    found = fit(rows, terms).filter(term=name).with_columns(pl.col("low", "high").log())
    if found.is_empty():
        return {**dict.fromkeys(("log_odds", "low", "high", "p", "method")), "reason": "nothing to count"}
    (row,) = found.select("log_odds", "low", "high", "p", "method", "reason").iter_rows(named=True)
    return row if row["reason"] is None else {**row, "method": None}
