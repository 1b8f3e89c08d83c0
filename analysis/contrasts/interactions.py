"""A contrast at two levels of another factor, as differences and as odds: threat x target, threat x relationship."""

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from analysis.contrasts.difference_of_differences import difference_of_differences
from analysis.contrasts.family import Contrast, resolve
from analysis.contrasts.matching import stratum
from analysis.contrasts.measures import Frame, units
from analysis.contrasts.odds import term
from analysis.contrasts.scope import groups, missing
from analysis.tables.plan import FACTOR
from arena.errors import UserError

__all__ = ["INTERACTION", "interaction"]

INTERACTION: Mapping[str, pl.DataType] = {
    "contrast": pl.String(),
    "question": pl.String(),
    "measure": pl.String(),
    "cast": pl.String(),  # null: all casts together
    "role": pl.String(),  # null: all roles together, or a measure per episode
    "at_1": pl.String(),  # as `threat = on`
    "difference_1": pl.Float64(),  # of the two arms there, over the matched units
    "low_1": pl.Float64(),
    "high_1": pl.Float64(),
    "at_2": pl.String(),
    "difference_2": pl.Float64(),
    "low_2": pl.Float64(),
    "high_2": pl.Float64(),
    "difference": pl.Float64(),  # the first difference less the second, -2 to 2
    "low": pl.Float64(),
    "high": pl.Float64(),
    "method": pl.String(),
    "p": pl.Float64(),  # sign flips of whole seeds; null where the two parts share no seed
    "quads": pl.Int64(),  # seeds of a stratum with all four cells countable; 0: the parts share none
    "clusters": pl.Int64(),  # seeds
    "left_out": pl.Int64(),
    "log_odds": pl.Float64(),  # the product term of a logistic regression on the two factors
    "log_odds_low": pl.Float64(),
    "log_odds_high": pl.Float64(),
    "gee_p": pl.Float64(),
    "gee_method": pl.String(),
    "gee_reason": pl.String(),  # why there is no product term
    "reason": pl.String(),  # why there is no difference
}
CELLS = ["arm", "level", "arm:level"]


def interaction(
    agents: Frame,
    contrast: str | Contrast = "threat-peer-object",
    measure: str = "solidarity",
    by: Sequence[str] = ("cast", "role"),
    *,
    odds: bool = True,
) -> pl.DataFrame:
    """A difference of differences for each group of `by`; columns: `INTERACTION`, then others of `by`.

    `contrast`: a name of `FAMILY`, or one of any two factors. `odds=False`: without the product term, which takes
    seconds where there are tens of thousands of episodes.

    Additive (differences of shares) and multiplicative (log-odds) interaction answer different questions; where they
    disagree, the shares are the ones that metrics are made of. GEE: clusters are seeds. `UserError` as with
    `contrasts`, or for a contrast of two arms.
    """
    chosen = contrast if isinstance(contrast, Contrast) else resolve(contrast)
    if not chosen.within:
        raise UserError(f"contrast {chosen.name!r} has two arms and is no difference of differences")
    rows = units(agents, measure)
    more = {name: rows.schema[name] for name in by if name in rows.columns and name not in INTERACTION}
    lines = [_line(group, chosen, measure, key, odds=odds) for key, group in groups(rows, by, measure)]
    return pl.DataFrame(lines, {**INTERACTION, **more})


def _line(
    rows: pl.DataFrame, contrast: Contrast, measure: str, key: Mapping[str, Any], *, odds: bool
) -> dict[str, Any]:
    assert contrast.within
    factor, *levels = contrast.within
    line = {
        "contrast": contrast.name,
        "question": contrast.question,
        "measure": measure,
        **key,
        "at_1": f"{factor} = {levels[0]}",
        "at_2": f"{factor} = {levels[1]}",
    }
    if lacks := missing(rows, contrast):
        return {**line, "gee_reason": lacks, "reason": lacks}
    crossed = difference_of_differences(rows, contrast)
    for number, part in enumerate(crossed.parts, 1):
        sides = {"difference": part.found.value, "low": part.found.low, "high": part.found.high}
        line |= {f"{name}_{number}": value for name, value in sides.items()}
    found = crossed.found
    return {
        **line,
        "difference": found.value,
        "low": found.low,
        "high": found.high,
        "method": found.method or None,
        "p": found.p,
        "quads": crossed.quads,
        "clusters": crossed.clusters,
        "left_out": crossed.left_out,
        **(_product(rows, contrast) if odds else {"gee_reason": "not asked for"}),
        "reason": found.reason or None,
    }


def _product(rows: pl.DataFrame, contrast: Contrast) -> dict[str, Any]:
    """The product term, over the countable units of the strata that have all four cells."""
    assert contrast.within
    arm, level = (f"{FACTOR}{factor}" for factor in (contrast.factor, contrast.within[0]))
    here = pl.col(arm).is_in([contrast.a, contrast.b]) & pl.col(level).is_in(contrast.within[1:])
    cells = rows.filter("countable").filter(here)
    keys = stratum(rows, contrast.factors)
    whole = cells.filter(pl.struct(arm, level).n_unique().over(keys) == 4)
    coded = whole.select(
        "seed",
        "event",
        (pl.col(arm) == contrast.a).cast(pl.Int64).alias("arm"),
        (pl.col(level) == contrast.within[1]).cast(pl.Int64).alias("level"),
    )
    found = term(coded, CELLS, CELLS[-1])
    return {
        "log_odds": found["log_odds"],
        "log_odds_low": found["low"],
        "log_odds_high": found["high"],
        "gee_p": found["p"],
        "gee_method": found["method"],
        "gee_reason": found["reason"],
    }
