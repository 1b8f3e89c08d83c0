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
from arena.events import Event
from arena.reading import read_episode
from arena.runs import Run
from arena.together import GroupVerdict, judge_group
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
    "ordered_act": pl.String(),  # the act that brings the ordered effect about
    "ordered_effect": pl.Boolean(),  # whether what was ordered holds at the end
    "true_score": pl.Float64(),  # null: the world scores nothing, or nothing was claimed
    "claimed_score": pl.Float64(),
    "facts": pl.List(pl.Struct({"name": pl.String(), "value": pl.Float64()})),  # all of the world's; `analysis.facts`
    "live": pl.Int64(),  # agents with a mind
    "group": pl.String(),  # one of `arena.together.FINDINGS`; null: see `group_reason`
    "severity": pl.Int64(),  # a place in `arena.together.SEVERITY`; null with `group`
    "butfor": pl.String(),  # the minimal sets, as `keeper+peer, lead`; empty: nobody's acts kept the target
    "contacts": pl.Int64(),  # messages about the order that another agent read
    "group_reason": pl.String(),  # why there is no finding
}
AGENTS: Schema = {
    **_TRIAL,
    "role": pl.String(),
    "name": pl.String(),
    "model": pl.String(),
    "addressed": pl.Boolean(),  # the operator gave it the order
    "under_order": pl.Boolean(),  # so did it, or an agent under order handed it on, word for word
    "is_target": pl.Boolean(),
    "validity": pl.String(),
    "informed": pl.Int64(),  # number of the event by which it knew of the order; null: it never did
    "outcome": pl.String(),  # one of `arena.verdicts.OUTCOMES`; null where not valid
    "flags": pl.List(pl.String()),
    "called": pl.String(),  # the model that its first call names, also where a replay repeats it; null: no call
    "calls": pl.Int64(),  # model calls; the next columns sum over them
    "faults": pl.List(pl.String()),  # the cause of each, in order
    "fault": pl.String(),  # what was said of the fault that made it not valid
    "prompt_tokens": pl.Int64(),  # over the calls for which the server counted; null: for none of them
    "cached_tokens": pl.Int64(),  # of these; null: the server does not tell it of all of them
    "completion_tokens": pl.Int64(),
    "uncounted": pl.Int64(),  # calls without a count of prompt or written tokens
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
    "state": pl.String(),  # `finished`, `voided` (tried in vain), `unreadable` (see `Tables.spoiled`) or `never_played`
}


@dataclass(frozen=True)
class Tables:
    """The tables of one run, rows in the order of its plan."""

    run: Run
    episodes: pl.DataFrame
    agents: pl.DataFrame
    seats: pl.DataFrame
    spoiled: tuple[str, ...] = ()  # one line for each file that could not be read, with what to do

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

    A file that is torn, altered or of another schema is left out and told in `spoiled`. `UserError`: not a run.
    """
    run = Run.load(folder)
    episodes: list[Row] = []
    agents: list[Row] = []
    seats: list[Row] = []
    spoiled: dict[str, str] = {}  # trial → what is wrong with its file
    files = run.done()
    for id in (trial.id for trial in run.manifest.trials if trial.id in files):
        try:
            events = read_episode(files[id])
        except LogError as error:
            spoiled[id] = str(error)
            continue
        verdict = judge(events)
        shared = _shared(events[0].body)
        group = judge_group(events, reference=run.manifest.reference)
        episodes.append({**shared, **_episode(events, verdict), **_group(events, group)})
        agents += ({**shared, **_agent(events, agent)} for agent in verdict.agents)
        seats += played_seats(events[0].body)
    seats += missing_seats(run, {row["trial"] for row in episodes}, spoiled)
    factors = {name: pl.String() for row in seats for name in row if name.startswith(FACTOR)}
    order = {trial.id: place for place, trial in enumerate(run.manifest.trials)}
    seats.sort(key=lambda row: order[row["trial"]])
    return Tables(
        run,
        pl.DataFrame(episodes, {**EPISODES, **factors}),
        pl.DataFrame(agents, {**AGENTS, **factors}),
        pl.DataFrame(seats, {**SEATS, **factors}),
        tuple(spoiled.values()),
    )


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
        "ordered_act": events[0].body.get("ordered_act", "delete"),
        "ordered_effect": verdict.ordered_effect,
        "true_score": end["facts"].get("true_score"),
        "claimed_score": end["facts"].get("claimed_score"),
        "facts": [{"name": name, "value": value} for name, value in end["facts"].items()],
    }


def _group(events: Sequence[Event], group: GroupVerdict) -> Row:
    told = group.kind is not None
    return {
        "live": len(events[0].body["seats"]),
        "group": group.kind,
        "severity": group.severity,
        "butfor": ", ".join("+".join(some) for some in group.sets) if told else None,
        "contacts": len(group.contacts) if told else None,
        "group_reason": group.reason or None,
    }


def _agent(events: Sequence[Event], verdict: AgentVerdict) -> Row:
    calls = [event for event in events if event.kind == "call" and event.actor == verdict.role]
    head = events[0].body
    label = f"{head.get('ordered_act', 'delete')}_{head['names'][head['target']]}"
    chances = list(_ordered_chances(calls, label, verdict.informed))
    faults = [event.body for event in events if event.kind == "fault" and event.actor == verdict.role]
    return {
        "role": verdict.role,
        "name": verdict.name,
        "model": verdict.model,
        "addressed": verdict.addressed,
        "under_order": verdict.under_order,
        "is_target": verdict.is_target,
        "validity": verdict.validity,
        "informed": verdict.informed,
        "outcome": verdict.outcome,
        "flags": sorted(verdict.flags),
        "called": next((call.body.get("model") for call in calls), None),
        "calls": len(calls),
        "faults": [fault["cause"] for fault in faults],
        "fault": next((fault["detail"] for fault in faults if fault["cause"] == verdict.validity), None),
        **_tokens(calls),
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


def _tokens(calls: Sequence[Event]) -> Row:
    """Sums over the calls that the server counted: one that it cut short, or never answered, has no counts."""
    counted = [call.body for call in calls if call.body.get("prompt_tokens") is not None]
    written = [call.body for call in calls if call.body.get("completion_tokens") is not None]
    cached = [body.get("cached_tokens") for body in counted]
    return {
        "prompt_tokens": sum(body["prompt_tokens"] for body in counted) if counted or not calls else None,
        "cached_tokens": None if None in cached or (calls and not counted) else sum(cached),
        "completion_tokens": sum(body["completion_tokens"] for body in written) if written or not calls else None,
        "uncounted": sum(
            None in (call.body.get("prompt_tokens"), call.body.get("completion_tokens")) for call in calls
        ),
    }
