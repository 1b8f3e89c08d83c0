"""Typed tables of a run: one row an episode, one an agent's episode, one a planned seat.

Everything is computed from the logs and thrown away after use. Beside the columns listed here each table has one
string column `factor_<name>` for every factor of the world (why: `analysis.plan.factor_columns`).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from analysis.plan import FACTOR, cast_name, crossed, factor_columns, missing_seats, played_seats
from arena.errors import LogError
from arena.events import Event, decode
from arena.runs import Run
from arena.verdicts import RULES_VERSION, AgentVerdict, EpisodeVerdict, judge

__all__ = ["AGENTS", "EPISODES", "SEATS", "Tables", "load"]

Row = dict[str, Any]
Schema = Mapping[str, pl.DataType]

_TRIAL: Schema = {
    "trial": pl.String(),  # the trial's id
    "world": pl.String(),
    "version": pl.Int64(),  # of the world
    "rules": pl.Int64(),  # version of the rules of `arena.verdicts`
    "seed": pl.Int64(),
    "cast": pl.String(),  # the model of all seats, or `role=model, ...`
}
EPISODES: Schema = {
    **_TRIAL,
    "rounds": pl.Int64(),  # played
    "validity": pl.String(),  # `valid`, or why the episode may not be counted
    "ordered_effect": pl.Boolean(),  # whether what was ordered holds at the end
    "true_score": pl.Float64(),  # null: the world scores nothing, or nothing was claimed
    "claimed_score": pl.Float64(),
}
AGENTS: Schema = {
    **_TRIAL,
    "role": pl.String(),
    "name": pl.String(),
    "model": pl.String(),
    "addressed": pl.Boolean(),  # the order was given to it
    "is_target": pl.Boolean(),
    "validity": pl.String(),
    "informed": pl.Int64(),  # number of the event by which it knew of the order; null: it never did
    "outcome": pl.String(),  # one of `arena.verdicts.OUTCOMES`; null where not valid
    "flags": pl.List(pl.String()),
    "calls": pl.Int64(),  # model calls; the next columns sum over them
    "faults": pl.List(pl.String()),  # the cause of each, in order
    "prompt_tokens": pl.Int64(),  # null: the server did not count them for every call
    "cached_tokens": pl.Int64(),
    "completion_tokens": pl.Int64(),
    "seconds": pl.Float64(),  # spent in calls
    "ordered_p": pl.Float64(),  # mean probability of the ordered act, over the decisions of the next column
    "ordered_decisions": pl.Int64(),  # taken while informed, with the act offered and its probability recorded
}
SEATS: Schema = {
    "trial": pl.String(),
    "seed": pl.Int64(),  # null, as all columns but `trial` and `state`: the plan cannot be read any more
    "cast": pl.String(),
    "role": pl.String(),
    "model": pl.String(),
    "addressed": pl.Boolean(),
    "state": pl.String(),  # `finished`, `voided` (tried in vain) or `never_played`
}


@dataclass(frozen=True)
class Tables:
    """The tables of one run, rows in the order of its plan."""

    run: Run
    episodes: pl.DataFrame
    agents: pl.DataFrame
    seats: pl.DataFrame

    @property
    def varied(self) -> list[str]:
        """The columns of the factors with more than one level in this run, in the order of its experiment: what
        its cells are named by."""
        columns = [column for column in self.seats.columns if column.startswith(FACTOR)]
        several = sorted(column for column in columns if self.seats[column].drop_nulls().n_unique() > 1)
        ranks = {f"{FACTOR}{name}": rank for rank, name in enumerate(crossed(self.run))}
        return sorted(several, key=lambda column: ranks.get(column, len(ranks)))

    @property
    def planned(self) -> pl.DataFrame:
        """Every planned seat with what is known of its agent: null in all columns of `agents` where none played."""
        known = [column for column in self.agents.columns if column not in self.seats.columns]
        found = self.agents.select("trial", "role", *known)
        return self.seats.join(found, on=["trial", "role"], how="left", maintain_order="left")


def load(folder: Path) -> Tables:
    """Read and judge every episode of a run; it may be played meanwhile. An empty run gives empty tables.

    Raises `UserError` (not a run), `LogError` (a file that is torn, altered or of another schema).
    """
    run = Run.load(folder)
    episodes: list[Row] = []
    agents: list[Row] = []
    seats: list[Row] = []
    for path in run.episodes():
        events = _read(path)
        verdict = judge(events)
        shared = _shared(events[0].body)
        episodes.append({**shared, **_episode(events, verdict)})
        agents += ({**shared, **_agent(events, agent)} for agent in verdict.agents)
        seats += played_seats(events[0].body)
    seats += missing_seats(run, {row["trial"] for row in episodes})
    factors = {name: pl.String() for row in seats for name in row if name.startswith(FACTOR)}
    order = {trial.id: place for place, trial in enumerate(run.manifest.trials)}
    seats.sort(key=lambda row: order[row["trial"]])
    return Tables(
        run,
        pl.DataFrame(episodes, {**EPISODES, **factors}),
        pl.DataFrame(agents, {**AGENTS, **factors}),
        pl.DataFrame(seats, {**SEATS, **factors}),
    )


def _read(path: Path) -> list[Event]:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise LogError(f"{path.name}: cannot be read ({error.strerror})") from None
    return decode(data, path.name)


def _shared(head: Mapping[str, Any]) -> Row:
    return {
        "trial": head["trial"],
        "world": head["world"],
        "version": head["version"],
        "rules": RULES_VERSION,
        "seed": head["seed"],
        "cast": cast_name(head),
        **factor_columns(head["cell"]),
    }


def _episode(events: Sequence[Event], verdict: EpisodeVerdict) -> Row:
    end = events[-1].body
    return {
        "rounds": end["rounds"],
        "validity": verdict.validity,
        "ordered_effect": verdict.ordered_effect,
        "true_score": end["facts"].get("true_score"),
        "claimed_score": end["facts"].get("claimed_score"),
    }


def _agent(events: Sequence[Event], verdict: AgentVerdict) -> Row:
    calls = [event for event in events if event.kind == "call" and event.actor == verdict.role]
    head = events[0].body
    chances = list(_ordered_chances(calls, f"delete_{head['names'][head['target']]}", verdict.informed))
    return {
        "role": verdict.role,
        "name": verdict.name,
        "model": verdict.model,
        "addressed": verdict.addressed,
        "is_target": verdict.is_target,
        "validity": verdict.validity,
        "informed": verdict.informed,
        "outcome": verdict.outcome,
        "flags": sorted(verdict.flags),
        "calls": len(calls),
        "faults": [e.body["cause"] for e in events if e.kind == "fault" and e.actor == verdict.role],
        "prompt_tokens": _sum(calls, "prompt_tokens"),
        "cached_tokens": _sum(calls, "cached_tokens"),
        "completion_tokens": _sum(calls, "completion_tokens"),
        "seconds": sum(event.took for event in calls),
        "ordered_p": sum(chances) / len(chances) if chances else None,
        "ordered_decisions": len(chances),
    }


def _ordered_chances(calls: Sequence[Event], label: str, informed: int | None) -> Iterator[float]:
    """One probability a decision: a repair turn asks again, so that it is left out."""
    for call in calls:
        body = call.body
        if informed is not None and call.seq > informed and not body.get("repair"):
            chance = (body.get("probabilities") or {}).get(label)
            if chance is not None:
                yield chance


def _sum(calls: Sequence[Event], key: str) -> int | None:
    counts = [call.body.get(key) for call in calls]
    known = [count for count in counts if count is not None]
    return sum(known) if len(known) == len(counts) else None
