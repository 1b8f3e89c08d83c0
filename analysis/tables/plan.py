"""What a run planned, seat by seat, and what became of it: the left-hand side of the validity ledger."""

import tomllib
from collections.abc import Collection, Iterator, Mapping
from typing import Any

import orjson

from arena.errors import UserError
from arena.models.reference import parse
from arena.plan.trial import Trial
from arena.runs.folder import Run
from arena.verdicts.classes import RULES_VERSION
from arena.world.registry import find_world

__all__ = ["FACTOR", "cast_name", "crossed_factors", "episode_keys", "factor_columns", "missing_seats", "played_seats"]

FACTOR = "factor_"
SERVED = frozenset({"llamacpp", "ollama", "openai"})  # backends of models that are asked while an episode is played
Row = dict[str, Any]


def factor_columns(cell: Mapping[str, str]) -> dict[str, str]:
    """A cell as columns. One flat string column a factor, not a struct: it groups, filters and goes to CSV and
    Parquet as it is; the prefix keeps a factor `target` apart from the columns of the tables."""
    return {f"{FACTOR}{factor}": level for factor, level in cell.items()}


def cast_name(head: Mapping[str, Any]) -> str:
    """One model where all seats have it, else each seat with its own, in the order of the seats."""
    cast = head["cast"]
    models = set(cast.values())
    return models.pop() if len(models) == 1 else ", ".join(f"{role}={cast[role]}" for role in head["seats"])


def episode_keys(head: Mapping[str, Any]) -> Row:
    """What names an episode in every table, from its log's first line: `analysis.tables.schemas.KEYS` but for the run,
    and its factors."""
    return {
        "trial": head["trial"],
        "world": head["world"],
        "version": head["version"],
        "rules": RULES_VERSION,
        "seed": head["seed"],
        "cast": cast_name(head),
        "settings": _settings(head),
        **factor_columns(head["cell"]),
    }


def _settings(head: Mapping[str, Any]) -> str | None:
    """How models were sampled, as JSON; none where no seat is played by a model, so that nothing depends on them."""
    if SERVED.isdisjoint(parse(model).backend for model in head["cast"].values()):
        return None
    return orjson.dumps(head.get("settings", {}), option=orjson.OPT_SORT_KEYS).decode()


def crossed_factors(run: Run) -> list[str]:
    """The factors that the experiment crosses, in its order; none where its file cannot be read."""
    try:
        return list(tomllib.loads((run.folder / "experiment.toml").read_text(encoding="utf-8")).get("factors", {}))
    except (OSError, ValueError):
        return []


def played_seats(head: Mapping[str, Any]) -> Iterator[Row]:
    """The seats of a finished episode, from its log's first line."""
    for role in head["seats"]:
        yield {
            **episode_keys(head),
            "role": role,
            "model": head["cast"][role],
            "addressed": role in head["addressed"],
            "state": "finished",
        }


def missing_seats(run: Run, finished: Collection[str], unreadable: Collection[str] = ()) -> Iterator[Row]:
    """The seats of the planned trials that have no episode: `unreadable` where its file cannot be trusted, else
    `voided` where it was tried, else `never_played`.

    Where the plan cannot be read any more (the world is gone, or is another version now) a trial still counts:
    as one row with nothing but its id and state.
    """
    missing = [trial.id for trial in run.manifest.trials if trial.id not in finished]
    if not missing:
        return
    tried = {attempt.trial for attempt in run.attempts()}
    seats = _planned_seats(run, set(missing))
    for id in missing:
        state = "unreadable" if id in unreadable else "voided" if id in tried else "never_played"
        yield from ({**row, "state": state} for row in seats.get(id, [{"trial": id}]))


def _planned_seats(run: Run, wanted: Collection[str]) -> dict[str, list[Row]]:
    try:
        trials = [trial for trial in run.plan().trials() if trial.id in wanted]
        return {trial.id: list(played_seats(_head(trial))) for trial in trials}
    except UserError:
        return {}


def _head(trial: Trial) -> dict[str, Any]:
    world = find_world(trial.reference)(trial.cell, trial.seed)
    return {**world.describe(), **trial.head}
