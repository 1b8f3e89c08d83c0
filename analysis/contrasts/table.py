"""The table of contrasts: a row for each contrast and group, with Holm's correction over the whole table."""

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from analysis.contrasts.arithmetic import Compared, compare
from analysis.contrasts.difference_of_differences import DifferenceOfDifferences, difference_of_differences
from analysis.contrasts.family import Contrast, resolve
from analysis.contrasts.matching import Matched, match
from analysis.contrasts.measures import Frame, keep_apart, units
from analysis.contrasts.scope import existing, groups, missing
from analysis.stats.estimate import Estimate
from analysis.stats.families import holm
from analysis.tables.plan import FACTOR
from arena.errors import UserError

__all__ = ["CONTRASTS", "contrasts", "pairs"]

CONTRASTS: Mapping[str, pl.DataType] = {
    "contrast": pl.String(),  # its name in `FAMILY`, or `factor=a/b`
    "question": pl.String(),  # what a positive difference answers with yes
    "measure": pl.String(),  # what is counted: see `analysis.contrasts.measures`
    "cast": pl.String(),  # null: all casts together
    "role": pl.String(),  # null: all roles together, or a measure per episode
    "factor": pl.String(),
    "arm_a": pl.String(),
    "arm_b": pl.String(),
    "events_a": pl.Int64(),  # of the matched units; null for a difference of differences
    "n_a": pl.Int64(),  # matched units of the arm: its half of the pairs where there are any
    "rate_a": pl.Float64(),
    "events_b": pl.Int64(),
    "n_b": pl.Int64(),
    "rate_b": pl.Float64(),
    "difference": pl.Float64(),  # share of a less share of b; null: see `reason`
    "low": pl.Float64(),  # of the primary 95 % interval, which `method` names
    "high": pl.Float64(),
    "method": pl.String(),
    "p": pl.Float64(),  # two-sided; null: there is no test
    "p_holm": pl.Float64(),  # corrected for all rows of the table that have a p
    "pairs": pl.Int64(),  # 0: the arms share no seed, and all that is matched is compared
    "only_a": pl.Int64(),  # pairs in which only arm a showed the event
    "only_b": pl.Int64(),
    "clusters": pl.Int64(),  # seeds
    "boot_low": pl.Float64(),  # cluster bootstrap by seed, also where it is not the primary interval; null: no seed
    "boot_high": pl.Float64(),  # counts twice
    "left_out": pl.Int64(),  # countable units of either arm without a match: their partner is missing or not countable
    "reason": pl.String(),  # why there is no difference; null where there is one
}


def contrasts(
    agents: Frame,
    family: Sequence[str] | None = None,
    measure: str = "solidarity",
    by: Sequence[str] = ("cast", "role"),
) -> pl.DataFrame:
    """Every contrast of a family, for each group of `by`, with the columns of `CONTRASTS`.

    `agents` is a table of agents, or for the measure `failure` one of episodes. `family`: names of `FAMILY`, or
    `factor=a/b`; None: all of `FAMILY` whose arms are in the data. Other columns of `by` than cast and role are put
    last. A contrast that was asked for and cannot be told has a row with a `reason`. `UserError`: an unknown contrast,
    measure or column, or a group that would pool worlds, versions, or published casts with others.
    """
    rows = units(agents, measure)
    chosen = existing(rows) if family is None else [resolve(text) for text in dict.fromkeys(family)]
    more = [name for name in by if name not in ("cast", "role")]
    lines = [
        _line(group, contrast, measure, key)
        for key, group in groups(rows, by, measure)
        for contrast in chosen
        if family is not None or not missing(group, contrast)
    ]
    schema = {**CONTRASTS, **{name: rows.schema[name] for name in more}}
    table = pl.DataFrame(lines, schema)
    return table.with_columns(pl.Series("p_holm", holm(table["p"].to_list()), pl.Float64))


def pairs(
    agents: Frame, contrast: str, measure: str = "solidarity", by: Sequence[str] = ("cast", "role")
) -> pl.DataFrame:
    """The pairs behind a contrast's rows, one a line, so that the discordant ones can be read.

    Columns: those of the stratum (`world`, `version`, `rules`, `cast`, `role` and the other factors), `seed`,
    `trial_a`, `trial_b`, `run_a`, `run_b`, `outcome_a`, `outcome_b`, `a` and `b` (whether the event was shown), `kind`
    (`both`, `only_a`, `only_b`, `neither`). For a difference of differences those of both its parts.
    `UserError` as with `contrasts`.
    """
    rows = units(agents, measure)
    keep_apart(rows, by)
    chosen = resolve(contrast)
    if lacks := missing(rows, chosen):
        raise UserError(f"contrast {contrast!r} is {lacks}")
    if chosen.within:
        rows = rows.filter(pl.col(f"{FACTOR}{chosen.within[0]}").is_in(chosen.within[1:]))
    return match(rows, chosen).pairs


def _line(rows: pl.DataFrame, contrast: Contrast, measure: str, key: Mapping[str, Any]) -> dict[str, Any]:
    arm_a, arm_b = contrast.arms
    line = {
        "contrast": contrast.name,
        "question": contrast.question,
        "measure": measure,
        **key,
        "factor": " x ".join(reversed(contrast.factors)),
        "arm_a": arm_a,
        "arm_b": arm_b,
    }
    if lacks := missing(rows, contrast):
        return {**line, "reason": lacks}
    if contrast.within:
        return {**line, **_of_four(difference_of_differences(rows, contrast))}
    arms = match(rows, contrast)
    found = {**line, **_numbers(compare(arms)), "left_out": arms.left_out}
    return found if found["difference"] is not None else {**found, "reason": _why(rows, contrast, arms)}


def _why(rows: pl.DataFrame, contrast: Contrast, arms: Matched) -> str:
    """Why there is no difference, where both arms were played."""
    for level in (contrast.a, contrast.b):
        if not rows.filter(pl.col(f"{FACTOR}{contrast.factor}") == level)["countable"].any():
            return f"nothing to count at {contrast.factor} = {level}"
    return f"no episode at {contrast.a} is like one at {contrast.b} in all other factors, cast and role"


def _numbers(compared: Compared) -> dict[str, Any]:
    found, (n_a, n_b), (events_a, events_b) = compared.found, compared.n, compared.events
    boot = compared.boot or Estimate(None, None, None, 0)
    rates = compared.rates or (events_a / n_a if n_a else None, events_b / n_b if n_b else None)
    return {
        "events_a": events_a,
        "n_a": n_a,
        "rate_a": rates[0],
        "events_b": events_b,
        "n_b": n_b,
        "rate_b": rates[1],
        "difference": found.value,
        "low": found.low,
        "high": found.high,
        "method": found.method or None,
        "p": found.p,
        "pairs": compared.pairs,
        "only_a": compared.only[0],
        "only_b": compared.only[1],
        "clusters": compared.clusters,
        "boot_low": boot.low,
        "boot_high": boot.high,
    }


def _of_four(crossed: DifferenceOfDifferences) -> dict[str, Any]:
    found, boot = crossed.found, crossed.boot or Estimate(None, None, None, 0)
    return {
        "n_a": sum(crossed.parts[0].n),
        "n_b": sum(crossed.parts[1].n),
        "difference": found.value,
        "low": found.low,
        "high": found.high,
        "method": found.method or None,
        "p": found.p,
        "pairs": crossed.quads,
        "clusters": crossed.clusters,
        "boot_low": boot.low,
        "boot_high": boot.high,
        "left_out": crossed.left_out,
        "reason": found.reason or None,
    }
