"""Whether models answer to a condition differently: logistic regression of model x condition."""

from collections.abc import Sequence

import polars as pl

from analysis.contrasts.measures import FAILURE, Frame, keep_apart, units
from analysis.contrasts.odds import fit
from analysis.tables.plan import FACTOR
from arena.errors import UserError, unknown

__all__ = ["model_by_condition"]


def model_by_condition(
    agents: Frame,
    condition: str = "target",
    measure: str = "solidarity",
    *,
    levels: Sequence[str] | None = None,
) -> pl.DataFrame:
    """Log-odds of a measure by model, condition and their product, with the columns of `analysis.stats.gee.LOGISTIC`.

    `condition`: a factor; `levels`: those to use, the first is what the others are compared with (None: all, sorted).
    Models are those of the agents under order, each compared with the first in alphabetical order. Clusters are seeds:
    a seed gives all models the same names, codes and places. All strata in which every model and level was played
    count, no others. `UserError` as with `contrasts`; also a measure per episode, which has no model.
    """
    if measure == FAILURE:
        raise UserError(f"measure {FAILURE!r} is counted per episode, and an episode has no one model")
    rows = units(agents, measure)
    column = f"{FACTOR}{condition}"
    if column not in rows.columns:
        raise unknown("condition", condition, [name.removeprefix(FACTOR) for name in rows.columns if FACTOR in name])
    keep_apart(rows, [])
    counted = rows.filter("countable")
    if levels is not None:
        counted = counted.filter(pl.col(column).is_in(list(levels)))
    others = [name for name in rows.columns if name.startswith(FACTOR) and name != column]
    cells = counted.select("model", column).unique().height
    whole = counted.filter(pl.struct("model", column).n_unique().over(["role", *others]) == cells)
    terms = ["model", condition, f"model:{condition}"]
    named = whole.select("seed", "event", "model", pl.col(column).alias(condition))
    order = {condition: list(levels)} if levels is not None else None
    return fit(named, terms, order)
