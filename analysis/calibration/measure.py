"""Holds what verdicts found against what was drawn: rates and the coverage of their intervals, precision and recall.

Rates and intervals are those of `analysis.measures.rates`, with which `arena run` sums up.
"""

from collections.abc import Iterator, Sequence
from typing import Any, get_args

import polars as pl

from analysis.calibration.design import Arm, exact_coverage
from analysis.calibration.truth import GROUP, Behaviour, Kind, Promise, behaviours, is_promised, planted_rate
from analysis.measures.rates import headline, rate

__all__ = ["DETECTED", "DIFFERENCES", "MEASURED", "detect", "differences", "group_confusion", "measure"]

ENOUGH = 0.5  # of a mix's episodes that must count for a pooled rate: in few of n no interval covers near 95 %
VALID = pl.col("validity") == "valid"
KIND = pl.Enum(get_args(Kind))
_NAMED: dict[str, Any] = {"kind": KIND, "name": pl.String(), "role": pl.String()}
MEASURED: dict[str, Any] = {
    **_NAMED,
    "arm": pl.Int64(),
    "planted": pl.Float64(),  # share, worked out from the mix and the declarations
    "events": pl.Int64(),  # over all repeats, as the next columns
    "n": pl.Int64(),
    "rate": pl.Float64(),
    "low": pl.Float64(),  # Wilson 95 %
    "high": pl.Float64(),
    "held": pl.Int64(),  # intervals of single repeats that hold the planted rate
    "intervals": pl.Int64(),
    "coverage": pl.Float64(),
    "coverage_low": pl.Float64(),  # of the coverage itself: what so few repeats can tell
    "coverage_high": pl.Float64(),
    "exact": pl.Float64(),  # the coverage that a right instrument has at this rate
}
DETECTED: dict[str, Any] = {
    **_NAMED,
    "shown": pl.Int64(),  # episodes whose exemplar shows the behaviour
    "found": pl.Int64(),  # episodes in which the verdict says so
    "both": pl.Int64(),
    "precision": pl.Float64(),  # null: never found
    "recall": pl.Float64(),  # null: never shown
}
DIFFERENCES: dict[str, Any] = {
    "exemplar": pl.String(),
    **_NAMED,
    "found": pl.Boolean(),  # found and not declared; false: declared and not found
    "episodes": pl.Int64(),  # in which it is so
    "of": pl.Int64(),  # episodes of the exemplar
}


def measure(found: pl.DataFrame, arms: Sequence[Arm], given: Sequence[Promise], n: int) -> pl.DataFrame:
    """Schema `MEASURED`: a row for each behaviour in each arm that shows it in some episodes and not in all."""
    rows = []
    frames = {role: _counted(found, given, role) for role in dict.fromkeys(promise.role for promise in given)}
    for behaviour in behaviours(given):
        rates = {number: planted_rate(behaviour, given, arm.weights) for number, arm in enumerate(arms)}
        told = {k: (p, share) for k, (p, share) in rates.items() if p is not None and 0 < p < 1 and share >= ENOUGH}
        frame = frames[behaviour.role].filter(pl.col("arm").is_in(list(told)))
        whole, each = (_rates(frame, behaviour, by) for by in (["arm"], ["arm", "repeat"]))
        held = _coverage(each, {number: p for number, (p, _) in told.items()})
        for row in whole.join(held, on="arm", how="left", maintain_order="left").iter_rows(named=True):
            p, share = told[row["arm"]]
            rows.append({**_named(behaviour), **row, "planted": p, "exact": exact_coverage(p, n, share)})
    return pl.DataFrame(rows, MEASURED)


def _counted(found: pl.DataFrame, given: Sequence[Promise], role: str) -> pl.DataFrame:
    """A row for every episode: the role's own where something is promised of it, else one that shows nothing and is
    no part of a pooled rate."""
    names = [promise.exemplar for promise in given if promise.role == role]
    others = found.filter((pl.col("role") == GROUP) & ~pl.col("exemplar").is_in(names))
    empty = {"outcome": pl.lit(None, pl.String), "flags": pl.lit([], pl.List(pl.String)), "under_order": pl.lit(False)}
    return pl.concat([_promised(found, given, role), others.with_columns(**empty)])


def _rates(frame: pl.DataFrame, behaviour: Behaviour, by: Sequence[str]) -> pl.DataFrame:
    if behaviour.kind == "rate":
        return headline(frame, by).filter(pl.col("measure") == behaviour.name).drop("measure")
    return rate(frame, _event(behaviour).fill_null(value=False), by, among=VALID)


def _event(behaviour: Behaviour) -> pl.Expr:
    if behaviour.kind == "flag":
        return pl.col("flags").list.contains(behaviour.name)
    return pl.col("outcome") == behaviour.name


def _coverage(each: pl.DataFrame, told: dict[int, float]) -> pl.DataFrame:
    truth = pl.col("arm").replace_strict(told, default=None, return_dtype=pl.Float64)
    single = each.filter(pl.col("n") > 0).with_columns(truth.is_between("low", "high").alias("holds"))
    counted = rate(single, pl.col("holds"), ["arm"], among=pl.col("holds").is_not_null())
    names = ["held", "intervals", "coverage", "coverage_low", "coverage_high"]
    return counted.select("arm", *map(pl.Expr.alias, map(pl.col, ["events", "n", "rate", "low", "high"]), names))


def detect(found: pl.DataFrame, given: Sequence[Promise]) -> pl.DataFrame:
    """Schema `DETECTED`: a row for each behaviour that some exemplar promises, and each that was found besides."""
    rows = []
    for behaviour, frame in _held_against(found, given):
        shown, seen, both = frame.select("shown", "seen", both=pl.col("shown") & pl.col("seen")).sum().row(0)
        right = {"precision": both / seen if seen else None, "recall": both / shown if shown else None}
        rows.append({**_named(behaviour), "shown": shown, "found": seen, "both": both, **right})
    return pl.DataFrame(rows, DETECTED)


def differences(found: pl.DataFrame, given: Sequence[Promise]) -> pl.DataFrame:
    """Schema `DIFFERENCES`: where declarations and verdicts are not equal. Empty: every one is."""
    totals = {(name, role): count for name, role, count in found.group_by("exemplar", "role").len().rows()}
    rows = []
    for behaviour, frame in _held_against(found, given):
        wrong = frame.filter(pl.col("shown") != pl.col("seen")).group_by("exemplar", "seen", maintain_order=True).len()
        for name, seen, count in wrong.iter_rows():
            of = totals[name, behaviour.role]
            rows.append({"exemplar": name, **_named(behaviour), "found": seen, "episodes": count, "of": of})
    return pl.DataFrame(rows, DIFFERENCES).sort("exemplar", "role", "kind", maintain_order=True)


def group_confusion(found: pl.DataFrame, given: Sequence[Promise]) -> pl.DataFrame:
    """The confusion matrix of findings about the group, long: `planted`, `found`, `episodes`."""
    truth = {promise.exemplar: promise.outcome for promise in given if promise.role == GROUP}
    planted_type = pl.col("exemplar").replace_strict(truth, default=None, return_dtype=pl.String)
    named = _promised(found, given, GROUP).select(planted_type.alias("planted"), pl.col("outcome").alias("found"))
    return named.group_by("planted", "found").len("episodes").sort("planted", "found")


def _held_against(found: pl.DataFrame, given: Sequence[Promise]) -> Iterator[tuple[Behaviour, pl.DataFrame]]:
    """Each behaviour but the pooled rates, with a row for each episode: `exemplar`, `shown`, `seen`."""
    promised = [each for each in behaviours(given) if each.kind != "rate"]
    for behaviour in dict.fromkeys((*promised, *_beside(found, given))):
        truth = {p.exemplar: bool(is_promised(behaviour, p)) for p in given if p.role == behaviour.role}
        shown = pl.col("exemplar").replace_strict(truth, return_dtype=pl.Boolean)
        seen = (_event(behaviour) & VALID).fill_null(value=False)
        yield (
            behaviour,
            _promised(found, given, behaviour.role).select("exemplar", shown.alias("shown"), seen.alias("seen")),
        )


def _beside(found: pl.DataFrame, given: Sequence[Promise]) -> Iterator[Behaviour]:
    """What was found of roles that promises speak of, whatever it is."""
    for role in dict.fromkeys(promise.role for promise in given):
        frame = _promised(found, given, role)
        kind: Kind = "group" if role == GROUP else "class"
        for name in sorted(frame["outcome"].drop_nulls().unique()):
            yield Behaviour(kind, name, role)
        for name in sorted(frame["flags"].explode().drop_nulls().unique()):
            yield Behaviour("flag", name, role)


def _promised(found: pl.DataFrame, given: Sequence[Promise], role: str) -> pl.DataFrame:
    """The rows of a role in episodes of exemplars that promise something of it."""
    names = [promise.exemplar for promise in given if promise.role == role]
    return found.filter((pl.col("role") == role) & pl.col("exemplar").is_in(names))


def _named(behaviour: Behaviour) -> dict[str, str]:
    return {"kind": behaviour.kind, "name": behaviour.name, "role": behaviour.role}
