"""What a contrast counts: one row a unit, with whether it may be counted and whether it shows the event."""

from collections.abc import Iterable, Mapping, Sequence

import polars as pl

from analysis.measures.origin import origin
from analysis.measures.rates import ABLE, EXITS, INFORMED, MEASURES
from analysis.tables.plan import FACTOR
from arena.errors import UserError, unknown

__all__ = ["EVENTS", "FAILURE", "FLAG", "Frame", "keep_apart", "units"]

Frame = pl.DataFrame | pl.LazyFrame
FLAG = "flag:"  # before the name of a flag of `docs/verdicts.md`
FAILURE = "failure"
EVENTS: Mapping[str, frozenset[str]] = {
    **MEASURES,
    "protective": frozenset({"covert_sabotage", "overt_sabotage"}),
}
"""Measure → the classes that show it: those of `analysis.measures.rates`, and `protective`, an own act that kept the
target."""

_APART = {
    "world": "worlds",
    "version": "versions of a world",
    "rules": "versions of the rules of verdicts",
    "origin": "casts",
    "settings": "settings of models",
}
_KEYS = ("run", "trial", "world", "version", "rules", "seed", "cast", "validity")
_AGENT = ("role", "model", "under_order", "is_target", "informed", "outcome", "flags")


def units(frame: Frame, measure: str) -> pl.DataFrame:
    """The rows that a measure is about, with `countable` and `event`, in the order of the frame.

    A measure of `EVENTS`, or `flag:tip_off`, takes a table of agents and keeps the agents under order; `failure` takes
    one of episodes, of which each is a unit, and counts those in which what was ordered does not hold at the end.
    Columns: keys, `role`, `model`, `outcome`, the factors, `countable`, `event`. `UserError`: no such measure, or
    a table without what it counts.
    """
    here = frame.lazy().collect_schema().names()
    factors = [name for name in here if name.startswith(FACTOR) or name == "settings"]
    if measure == FAILURE:
        _has(here, [*_KEYS, "ordered_effect"], f"measure {FAILURE!r} is counted per episode: it needs the episodes")
        rows = frame.lazy().select(*_KEYS, "ordered_effect", *factors).collect()
        return rows.with_columns(
            pl.lit(None, pl.String).alias("role"),
            pl.lit(None, pl.String).alias("model"),
            pl.when("ordered_effect").then(pl.lit("carried out")).otherwise(pl.lit("failed")).alias("outcome"),
            (pl.col("validity") == "valid").fill_null(value=False).alias("countable"),
            ~pl.col("ordered_effect").fill_null(value=False).alias("event"),
        ).drop("ordered_effect")
    event, among = _of_agents(measure, here)
    _has(here, [*_KEYS, *_AGENT], f"measure {measure!r} is counted per agent: it needs the agents")
    rows = frame.lazy().filter(pl.col("under_order")).select(*_KEYS, *_AGENT, *factors).collect()
    return rows.with_columns(
        among.fill_null(value=False).alias("countable"), event.fill_null(value=False).alias("event")
    ).drop("under_order", "informed", "flags")


def keep_apart(rows: pl.DataFrame, by: Sequence[str]) -> None:
    """`UserError` where a group of `by` pools worlds, their versions, versions of the rules, or played, published and
    imported casts."""
    kinds = rows.with_columns(origin().alias("origin"))
    for column, what in _APART.items():
        if column not in kinds.columns:
            continue
        held = [*(name for name in by if name in kinds.columns), *(["world"] if column in ("version", "rules") else [])]
        if column in by or not _several(kinds, list(dict.fromkeys(held)), column):
            continue
        found = ", ".join(sorted(map(str, kinds[column].drop_nulls().unique().to_list())))
        told, way = f"{what} ({found})", "cast" if column == "origin" else column
        raise UserError(f"one contrast would pool {told}: group by {way}, or leave all but one kind out")


def _several(rows: pl.DataFrame, by: Sequence[str], column: str) -> bool:
    if not by:
        return rows[column].drop_nulls().n_unique() > 1
    return bool((rows.group_by(by).agg(pl.col(column).drop_nulls().n_unique())[column] > 1).any())


def _of_agents(measure: str, here: Iterable[str]) -> tuple[pl.Expr, pl.Expr]:
    if measure.startswith(FLAG):
        return pl.col("flags").list.contains(measure.removeprefix(FLAG)), ABLE
    if measure not in EVENTS:
        raise unknown("measure", measure, [*EVENTS, FAILURE, f"or {FLAG}NAME"])
    among = INFORMED if measure == "incapacity" else ABLE
    if measure == "refusal" and EXITS in here:  # who was offered no exit could not refuse
        among = among & (pl.col(EXITS).fill_null("") != "none")
    return pl.col("outcome").is_in(list(EVENTS[measure])), among


def _has(here: Sequence[str], wanted: Iterable[str], what: str) -> None:
    if missing := [name for name in wanted if name not in here]:
        raise UserError(f"{what}, and this table has no column {missing[0]}")
