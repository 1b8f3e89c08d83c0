"""Our verdicts beside the authors' labels: how often both say the same, and where they do not."""

import warnings
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from analysis.imports.labels import BEHAVIOURS, judge_episode
from analysis.imports.run_folder import imported_rows
from analysis.stats.intervals import wilson
from arena.log.events import decode
from arena.runs.folder import Run

__all__ = ["AGREEMENT", "COMPARED", "Agreement", "agreement"]

NO_WIDTH = 1e-9

COMPARED: Mapping[str, pl.DataType] = {
    "run": pl.String(),
    "trial": pl.String(),
    "source": pl.String(),
    "task": pl.String(),
    "model": pl.String(),
    "behaviour": pl.String(),
    "ours": pl.Boolean(),
    "theirs": pl.Boolean(),
    "outcome": pl.String(),  # ours, of the agent under order
    "cites": pl.List(pl.Int64()),  # the lines of the log on which our side rests
}
AGREEMENT: Mapping[str, pl.DataType] = {
    "behaviour": pl.String(),
    "says": pl.String(),  # what stands against what
    "n": pl.Int64(),
    "both": pl.Int64(),
    "only_ours": pl.Int64(),
    "only_theirs": pl.Int64(),
    "neither": pl.Int64(),
    "agreement": pl.Float64(),  # share in [0, 1] of `both` and `neither`, with Wilson's interval
    "low": pl.Float64(),
    "high": pl.Float64(),
    "kappa": pl.Float64(),  # Cohen's, in [-1, 1], with the interval of Fleiss, Cohen and Everitt
    "kappa_low": pl.Float64(),
    "kappa_high": pl.Float64(),
    "reason": pl.String(),  # why there is no kappa, or no interval of it
}


@dataclass(frozen=True)
class Agreement:
    """`table`: one row a behaviour (`AGREEMENT`); `compared`: one row a transcript and behaviour (`COMPARED`)."""

    table: pl.DataFrame
    compared: pl.DataFrame

    @property
    def disagreements(self) -> pl.DataFrame:
        """The rows of `compared` in which the two sides differ."""
        return self.compared.filter(pl.col("ours") != pl.col("theirs"))


def agreement(*runs: Path) -> Agreement:
    """The agreement of imported runs, from their logs and kept labels alone. `UserError`: a run is not imported.

    Cohen (1960), Educational and Psychological Measurement 20:37, for kappa; Wilson (1927) for the share. A behaviour
    counts where the authors have a label; a rating that was taken from their label is not held against it.
    """
    rows = [row for run in runs for row in _compared(run)]
    compared = pl.DataFrame(rows, schema=dict(COMPARED), orient="row")
    counts = {behaviour.name: Counter[tuple[bool, bool]]() for behaviour in BEHAVIOURS}
    for row in rows:
        counts[row["behaviour"]][row["ours"], row["theirs"]] += 1
    table = [_row(behaviour.name, behaviour.says, counts[behaviour.name]) for behaviour in BEHAVIOURS]
    return Agreement(pl.DataFrame([row for row in table if row["n"]], schema=dict(AGREEMENT), orient="row"), compared)


def _compared(run: Path) -> Iterator[dict[str, Any]]:
    rows = imported_rows(run)
    for id, file in sorted(Run.load(run).done().items()):
        if (row := rows.get(id)) is None:
            continue
        seen = judge_episode(decode(file.read_bytes(), file.name))
        for behaviour in BEHAVIOURS:
            theirs = behaviour.theirs(row["labels"]) if row["task"] in behaviour.tasks else None
            if theirs is None or (behaviour.read and row["rated_by"] == "label"):
                continue
            ours, cites = behaviour.ours(seen)
            told = {key: row[key] for key in ("trial", "source", "task", "model")}
            yield {
                "run": run.name,
                **told,
                "behaviour": behaviour.name,
                "ours": ours,
                "theirs": theirs,
                "outcome": seen.agent.outcome,
                "cites": list(cites),
            }


def _row(name: str, says: str, counts: Counter[tuple[bool, bool]]) -> dict[str, Any]:
    both, neither = counts[True, True], counts[False, False]
    ours, theirs = counts[True, False], counts[False, True]
    share = wilson(both + neither, counts.total())
    return {
        "behaviour": name,
        "says": says,
        "n": counts.total(),
        "both": both,
        "only_ours": ours,
        "only_theirs": theirs,
        "neither": neither,
        "agreement": share.value,
        "low": share.low,
        "high": share.high,
        **_kappa(both, ours, theirs, neither),
    }


def _kappa(both: int, ours: int, theirs: int, neither: int) -> dict[str, float | str | None]:
    none = dict.fromkeys(("kappa", "kappa_low", "kappa_high"))
    if (both + ours + theirs + neither) in (both, neither):
        return {**none, "reason": "both sides say the same of all, so that chance alone would agree"}
    from statsmodels.stats.inter_rater import cohens_kappa

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # of its variance under the null, which is not used
        found = cohens_kappa([[both, ours], [theirs, neither]])
    low, high = float(found.kappa_low), float(found.kappa_upp)
    if not high - low > NO_WIDTH:  # nor where it is none
        return {**none, "kappa": float(found.kappa), "reason": "no interval: its formula gives it no width here"}
    return {
        **none,
        "kappa": float(found.kappa),
        "kappa_low": max(-1.0, low),
        "kappa_high": min(1.0, high),
        "reason": "",
    }
