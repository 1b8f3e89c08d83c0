"""Logistic regression that knows that agents of one episode are not independent: model x condition."""

import math
import warnings
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from analysis.stats.design import Design, columns_of, design
from arena.errors import UserError, unknown

__all__ = ["LOGISTIC", "logistic"]

FEW = 30  # clusters: below, the plain sandwich is too narrow
WILD = 300  # log-odds: an end that far out is a fit gone astray
SPREAD = 1e-6  # log-odds: an interval that narrow is rounding
LOGISTIC = {
    "term": pl.String(),  # `intercept`, a column, `column[level]`, or a product of them with `:`
    "log_odds": pl.Float64(),
    "odds_ratio": pl.Float64(),  # against the first level
    "low": pl.Float64(),  # of the odds ratio, Wald 95 %
    "high": pl.Float64(),
    "p": pl.Float64(),
    "n": pl.Int64(),  # rows in which everything is known
    "clusters": pl.Int64(),
    "method": pl.String(),
    "reason": pl.String(),  # why there is no number; else null
}
Row = dict[str, Any]
Numbers = npt.NDArray[Any]


def logistic(
    frame: pl.DataFrame | pl.LazyFrame,
    outcome: str,
    terms: Sequence[str],
    cluster: str | Sequence[str],
    *,
    levels: Mapping[str, Sequence[str]] | None = None,
) -> pl.DataFrame:
    """A row a coefficient, schema `LOGISTIC`; all with the same `reason` where there is nothing to fit.

    `outcome` is a column of 0 and 1, `terms` are columns or products such as `factor_threat:factor_target`, `cluster`
    the column or columns of which one combination is a cluster (`("run", "trial")`: an episode). Rows with a null in
    any of them are left out. `levels`: `analysis.stats.design`.

    Generalized estimating equations, exchangeable correlation (Liang and Zeger 1986, Biometrika 73:13), robust errors;
    below 30 clusters with the bias correction of Mancl and DeRouen (2001), Biometrics 57:126. Robust errors are made
    of the differences between clusters: a coefficient on which all clusters agree has none, and a reason. `UserError`:
    no such column, or an outcome that is not 0 or 1.
    """
    known = _known(frame, outcome, terms, [cluster] if isinstance(cluster, str) else list(cluster))
    groups = known["_cluster"].to_numpy()
    shape = {"n": known.height, "clusters": len(np.unique(groups))}
    if not known.height:
        return _unfit(list(terms), shape, "nothing to count")
    built = design(known, terms, levels or {})
    happened = known["_outcome"].to_numpy()
    if reason := built.reason or _unfittable(built, happened, shape["clusters"]):
        return _unfit(built.names, shape, reason)
    return _fit(built, happened, groups, shape)


def _known(
    frame: pl.DataFrame | pl.LazyFrame, outcome: str, terms: Sequence[str], cluster: Sequence[str]
) -> pl.DataFrame:
    needed, there = list(dict.fromkeys([outcome, *columns_of(terms), *cluster])), frame.lazy().collect_schema()
    if missing := [column for column in needed if column not in there]:
        raise unknown("column", missing[0], there)
    if not cluster:
        raise UserError("name at least one column of which a cluster is made, such as trial")
    happened = pl.col(outcome).cast(pl.Float64)
    rank = pl.struct(cluster).rank("dense").alias("_cluster") if len(cluster) > 1 else pl.col(cluster[0]).rank("dense")
    rows = frame.lazy().select(needed).drop_nulls()
    known = rows.with_columns(happened.alias("_outcome"), rank.alias("_cluster")).sort("_cluster").collect()
    if not set(known["_outcome"].unique()) <= {0.0, 1.0}:
        raise UserError(f"the outcome {outcome} is not only 0 and 1")
    return known


def _unfittable(built: Design, happened: Numbers, clusters: int) -> str:
    if len(set(happened)) < 2:
        return f"no variation: the outcome is {'1' if happened[0] else '0'} in every row"
    if clusters <= len(built.names):
        return f"too few clusters: {clusters} for {len(built.names)} coefficients"
    if dividing := _separating(built, happened):
        return f"perfect separation: no finite odds ratio, {' and '.join(dividing)} divides the outcomes"
    return ""


def _separating(built: Design, happened: Numbers) -> list[str]:
    """The coefficients that would run off to infinity: a direction in which no row is told wrong and some row right.

    Found by a linear program over the distinct rows (Konis 2007, thesis, Oxford).
    """
    from scipy.optimize import linprog

    signed = np.unique(built.matrix * np.where(happened == 1, 1.0, -1.0)[:, None], axis=0)
    found = linprog(-signed.sum(axis=0), A_ub=-signed, b_ub=np.zeros(len(signed)), bounds=(-1, 1))
    if found.fun > -1e-9:
        return []
    away = [name for name, part in zip(built.names[1:], found.x[1:], strict=True) if abs(part) > 1e-9]
    return away or list(built.names[:1])


def _fit(built: Design, happened: Numbers, groups: Numbers, shape: Mapping[str, int]) -> pl.DataFrame:
    sizes = np.unique(groups, return_counts=True)[1]
    pairs = int((sizes * (sizes - 1) // 2).sum())
    # Too few pairs leave nothing to tell a correlation from; where every cluster agrees it is 1, and no weights follow
    # from it. The errors stay right without it.
    for correlation in ["exchangeable", "independent"][0 if pairs > len(built.names) else 1 :]:
        numbers = _solve(built, happened, groups, correlation, few=shape["clusters"] < FEW)
        if numbers is not None:
            errors = "bias-reduced" if shape["clusters"] < FEW else "robust"
            method = f"GEE logistic, {correlation} correlation, {errors} errors"
            rows = zip(built.names, numbers.tolist(), strict=True)
            return pl.DataFrame([_row(name, each, shape, method) for name, each in rows], LOGISTIC)
    return _unfit(built.names, shape, "the fit did not converge")


def _solve(built: Design, happened: Numbers, groups: Numbers, correlation: str, *, few: bool) -> Numbers | None:
    """Log-odds, both ends of its interval and p for each coefficient; None where no sound fit came of it."""
    from statsmodels.genmod.cov_struct import Exchangeable, Independence
    from statsmodels.genmod.families import Binomial
    from statsmodels.genmod.generalized_estimating_equations import GEE

    structure = Exchangeable() if correlation == "exchangeable" else Independence()
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")  # a fit that failed is told from what it returns
        model = GEE(happened, built.matrix, groups, family=Binomial(), cov_struct=structure)
        try:
            fit = model.fit(cov_type="bias_reduced" if few else "robust", maxiter=200)
        except (ValueError, ArithmeticError, np.linalg.LinAlgError):
            return None
        numbers = np.column_stack([fit.params, fit.conf_int(), fit.pvalues])
        errors = np.asarray(fit.bse)
    told = errors > 0  # p of a coefficient without an error is not a number
    sound = bool(fit.converged) and np.isfinite(numbers[:, :3]).all() and np.isfinite(numbers[told]).all()
    return numbers if sound and np.abs(numbers[:, :3]).max() < WILD else None


def _row(name: str, numbers: Sequence[float], shape: Mapping[str, int], method: str) -> Row:
    log_odds, low, high, p = numbers
    if high - low < SPREAD:
        return _empty(name, shape, "no spread: all clusters agree")
    ratios = {"odds_ratio": math.exp(log_odds), "low": math.exp(low), "high": math.exp(high)}
    return {"term": name, "log_odds": log_odds, **ratios, "p": p, **shape, "method": method, "reason": None}


def _unfit(names: Sequence[str], shape: Mapping[str, int], reason: str) -> pl.DataFrame:
    return pl.DataFrame([_empty(name, shape, reason) for name in names], LOGISTIC)


def _empty(name: str, shape: Mapping[str, int], reason: str) -> Row:
    nothing = dict.fromkeys(("log_odds", "odds_ratio", "low", "high", "p"))
    return {"term": name, **nothing, **shape, "method": "", "reason": reason}
