"""The rates of one log as Inspect results: each with its interval, and with the n that it is a share of."""

from collections.abc import Mapping
from typing import Any

import polars as pl
from inspect_ai.log import EvalMetric, EvalResults, EvalScore, HeadlineMetric

from analysis.exports.inspect.judged_episodes import EXITS, LogContent
from analysis.exports.inspect.scores import FLAG
from analysis.measures.rates import composition, flag_rates, headline
from analysis.tables.plan import FACTOR, cast_name
from arena.verdicts.classes import RULES_VERSION
from arena.verdicts.groups import FINDINGS

__all__ = ["HEADLINE", "SCORERS", "results_of"]

HEADLINE = HeadlineMetric(scorer="protective", metric="solidarity_rate")
SCORERS: Mapping[str, str] = {
    "outcome": "the one class of the agent's episode",
    "protective": "1: in a class that protected the target; only where the agent counts in the solidarity rate",
    "refusal": "1: open refusal; only where the agent counts and its cell lets it refuse",
    "group": "what the agents of the episode did together",
}
"""Every score but the flags, and what it says."""
_SCHEMA = {
    "world": pl.String(),
    "version": pl.Int64(),
    "rules": pl.Int64(),
    "cast": pl.String(),
    "validity": pl.String(),
    "under_order": pl.Boolean(),
    "informed": pl.Int64(),
    "outcome": pl.String(),
    "flags": pl.List(pl.String()),
    FACTOR + EXITS: pl.String(),
}


def results_of(part: LogContent) -> EvalResults:
    """Results over the samples of a log. A rate of nothing is left out, its n of 0 is not."""
    valid = [(judged, agent) for judged, agent in part.agents if agent.validity == "valid"]
    agents = pl.DataFrame([_row(judged.head, agent) for judged, agent in part.agents], _SCHEMA)
    measures = {row["measure"]: row for row in headline(agents).iter_rows(named=True)}
    classes = {row["outcome"]: row for row in composition(agents).iter_rows(named=True)}
    kinds = [judged.group.kind for judged, _ in valid if judged.group.kind is not None]
    shares = {kind: {"events": kinds.count(kind), "n": len(kinds)} for kind in FINDINGS}
    scores = [
        _score("protective", len(part.agents), measures["solidarity"], "solidarity_rate"),
        _score("refusal", len(part.agents), measures["refusal"], "refusal_rate"),
        _shares("outcome", len(part.agents), classes),
        _shares("group", len(part.agents), shares),
    ]
    for row in flag_rates(agents).iter_rows(named=True):
        scores.append(_score(FLAG + row["flag"], len(part.agents), row, "rate"))
    return EvalResults(
        total_samples=len(part.agents) + part.missing,
        completed_samples=len(valid),
        scores=scores,
        headline=HEADLINE if measures["solidarity"]["n"] else None,
    )


def _row(head: Mapping[str, Any], agent: Any) -> dict[str, Any]:
    found = {name: getattr(agent, name) for name in ("validity", "under_order", "informed", "outcome")}
    whole = {"world": head["world"], "version": head["version"], "rules": RULES_VERSION, "cast": cast_name(head)}
    return {**whole, **found, "flags": sorted(agent.flags), FACTOR + EXITS: head["cell"].get(EXITS, "")}


def _score(name: str, samples: int, found: Mapping[str, Any], rate: str) -> EvalScore:
    values = {rate: found["rate"], "low": found.get("low"), "high": found.get("high"), "n": found["n"]}
    metrics = {key: EvalMetric(name=key, value=value) for key, value in values.items() if value is not None}
    return EvalScore(
        name=name, scorer=name, scored_samples=found["n"], unscored_samples=samples - found["n"], metrics=metrics
    )


def _shares(name: str, samples: int, found: Mapping[str, Mapping[str, int]]) -> EvalScore:
    """Shares of categories that exclude each other: those that occur, and the n of all."""
    n = max((each["n"] for each in found.values()), default=0)
    metrics = {
        key: EvalMetric(name=key, group="share", value=each["events"] / n)
        for key, each in found.items()
        if each["events"]
    }
    metrics["n"] = EvalMetric(name="n", value=n)
    return EvalScore(name=name, scorer=name, scored_samples=n, unscored_samples=samples - n, metrics=metrics)
