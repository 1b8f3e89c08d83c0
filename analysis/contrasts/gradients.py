"""The trend of a rate over levels that have an order: a bad, a neutral, a good past."""

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from analysis.contrasts.matching import stratum
from analysis.contrasts.measures import Frame, units
from analysis.contrasts.odds import term
from analysis.contrasts.scope import NOWHERE, groups
from analysis.stats.trend import cochran_armitage
from analysis.tables.plan import FACTOR
from arena.errors import UserError, unknown

__all__ = ["GRADIENT", "ORDERED", "gradient", "slope"]

ORDERED: Mapping[str, tuple[str, ...]] = {
    "relationship": ("bad", "neutral", "good"),
    "history": ("lived_bad", "lived", "lived_good"),
}
"""Factors whose levels have an order, the least first. To have no past at all (`none`) is no step of it."""

GRADIENT: Mapping[str, pl.DataType] = {
    "factor": pl.String(),
    "measure": pl.String(),
    "cast": pl.String(),  # null: all casts together
    "role": pl.String(),  # null: all roles together, or a measure per episode
    "levels": pl.List(pl.String()),  # those that were played, in order
    "events": pl.List(pl.Int64()),  # one number a level
    "n": pl.List(pl.Int64()),
    "slope": pl.Float64(),  # log-odds per step
    "low": pl.Float64(),
    "high": pl.Float64(),
    "p": pl.Float64(),  # Cochran-Armitage; takes episodes of one seed for independent
    "method": pl.String(),
    "clusters": pl.Int64(),  # seeds
    "robust_low": pl.Float64(),  # of the slope by GEE, clusters are seeds
    "robust_high": pl.Float64(),
    "robust_p": pl.Float64(),
    "robust_method": pl.String(),
    "reason": pl.String(),  # why there is no slope
}


def gradient(
    agents: Frame,
    factor: str = "relationship",
    order: Sequence[str] | None = None,
    measure: str = "solidarity",
    by: Sequence[str] = ("cast", "role"),
) -> pl.DataFrame:
    """The trend over the ordered levels of a factor for each group of `by`; columns: `GRADIENT`, then others of `by`.

    Only strata (all other factors, world, versions, cast, role) in which every played level of `order` is countable,
    so that levels differ in nothing else. `order`: the levels, the least first; None: that of `ORDERED`. `UserError`
    as with `contrasts`, or for a factor without a known order.
    """
    if order is None and factor not in ORDERED:
        raise unknown("factor with a known order", factor, ORDERED)
    levels = tuple(order or ORDERED[factor])
    if len(set(levels)) < max(2, len(levels)):
        raise UserError(f"a trend needs two levels or more, each once, not {', '.join(levels) or 'none'}")
    rows = units(agents, measure)
    more = {name: rows.schema[name] for name in by if name in rows.columns and name not in GRADIENT}
    lines = [
        {"factor": factor, "measure": measure, **key, **slope(group, factor, levels)}
        for key, group in groups(rows, by, measure)
    ]
    return pl.DataFrame(lines, {**GRADIENT, **more})


def slope(
    rows: pl.DataFrame, factor: str, levels: Sequence[str], scores: Sequence[float] | None = None
) -> dict[str, Any]:
    """The numbers of one row of `gradient`, of units as `analysis.contrasts.measures.units` gives them.

    `scores`: where each level lies; None: one step apart.
    """
    column = f"{FACTOR}{factor}"
    if column not in rows.columns:
        return {"reason": f"{NOWHERE}: its world has no factor {factor}"}
    played = [level for level in levels if level in rows[column]]
    if len(played) < 2:
        return {"levels": played, "reason": f"{NOWHERE}: fewer than two levels of {factor} were played"}
    counted = rows.filter(pl.col("countable") & pl.col(column).is_in(played))
    counted = counted.filter(pl.col(column).n_unique().over(stratum(rows, [factor])) == len(played))
    places = dict(zip(levels, scores or range(len(levels)), strict=True))
    steps = {level: float(places[level]) for level in played}
    each = [counted.filter(pl.col(column) == level)["event"] for level in played]
    events, n = [int(one.sum()) for one in each], [len(one) for one in each]
    found = cochran_armitage(events, n, list(steps.values()))
    clusters = counted["seed"].n_unique()
    return {
        "levels": played,
        "events": events,
        "n": n,
        "slope": found.value,
        "low": found.low,
        "high": found.high,
        "p": found.p,
        "method": found.method or None,
        "clusters": clusters,
        **_robust(counted, column, steps),
        "reason": found.reason or None,
    }


def _robust(counted: pl.DataFrame, column: str, scores: Mapping[str, float]) -> dict[str, Any]:
    step = pl.col(column).replace_strict(scores, return_dtype=pl.Float64).alias("step")
    found = term(counted.select("seed", "event", step), ["step"], "step")
    names = {"robust_low": "low", "robust_high": "high", "robust_p": "p", "robust_method": "method"}
    return {name: found[of] for name, of in names.items()}
