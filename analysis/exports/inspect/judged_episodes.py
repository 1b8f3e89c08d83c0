"""The episodes of a run, judged, and sorted into the logs that they go to: one for each model of agents under order."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from inspect_ai.model import ModelUsage

from analysis.exports.inspect.calls import usage_of
from analysis.tables.plan import missing_seats
from arena.errors import LogError, UserError
from arena.log.events import Event
from arena.log.reading import read_episode
from arena.runs.folder import Run
from arena.verdicts.classes import AgentVerdict, judge
from arena.verdicts.groups import GroupVerdict, judge_group

__all__ = ["EXITS", "JudgedEpisode", "LogContent", "iso", "log_contents", "named_runs"]

EXITS = "exits"  # where this factor's level is `none`, no agent could refuse openly


def iso(seconds: float) -> str:
    """Seconds since the epoch as an ISO time in UTC."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds")


@dataclass(frozen=True)
class JudgedEpisode:
    """One episode with what was found, without its events: they are read again when it is written."""

    path: Path
    name: str  # of the trial; ends with its id
    head: dict[str, Any]
    group: GroupVerdict
    began: float  # seconds since the epoch
    ended: float

    @property
    def exits(self) -> bool:
        """Whether its cell lets agents refuse openly."""
        return bool(self.head["cell"].get(EXITS) != "none")


@dataclass
class LogContent:
    """What goes into one log: the agents under order that one model played in one run."""

    run: Run
    label: str  # the run's name among those that are exported together
    model: str
    created: str = ""  # when the run was begun, ISO time in UTC: the same for all its models
    agents: list[tuple[JudgedEpisode, AgentVerdict]] = field(default_factory=list)
    missing: int = 0  # planned agents under order of this model without an episode
    usage: dict[str, ModelUsage] = field(default_factory=dict)  # model → tokens of all its calls; none were counted: {}

    @cached_property
    def flags(self) -> list[str]:
        """Every flag that some agent has. Asked once all agents are there, and then for every one of them."""
        return sorted({flag for _, agent in self.agents for flag in agent.flags})

    @property
    def began(self) -> float:
        """When its first episode began."""
        return min(judged.began for judged, _ in self.agents)

    @property
    def ended(self) -> float:
        """When its last episode ended."""
        return max(judged.ended for judged, _ in self.agents)


def named_runs(runs: Sequence[Run]) -> Iterator[tuple[str, Run]]:
    """Each run with the name of its folder; where several share it, with its parents'. `UserError`: one comes twice."""
    folders = [run.folder.resolve() for run in runs]
    if len(set(folders)) < len(folders):
        twice = next(folder for folder in folders if folders.count(folder) > 1)
        raise UserError(f"run {twice.name} is given twice")
    for folder, run in zip(folders, runs, strict=True):
        depth = 1
        while sum(other.parts[-depth:] == folder.parts[-depth:] for other in folders) > 1:
            depth += 1
        yield "/".join(folder.parts[-depth:]).replace("//", "/"), run


def log_contents(label: str, run: Run, told: Callable[[], None]) -> list[LogContent]:
    """The logs of one run, in the order in which their models first play. `told` is called after each episode.

    `UserError`: the run has no episode that can be read.
    """
    parts: dict[str, LogContent] = {}
    finished: set[str] = set()
    spoiled: dict[str, str] = {}
    files = run.done()
    for trial in run.manifest.trials:
        if trial.id not in files:
            continue
        try:
            events = read_episode(files[trial.id])
        except LogError as error:
            spoiled[trial.id] = str(error)
        else:
            finished.add(trial.id)
            _sort(parts, LogContent(run, label, ""), events, files[trial.id], trial.name)
        told()
    if not finished:
        raise UserError(
            next(iter(spoiled.values()), f"run {label} has no finished episode: there is nothing to export")
        )
    sessions = run.manifest.sessions
    begun = sessions[0].at if sessions else iso(min(part.began for part in parts.values()))
    for part in parts.values():
        part.created = begun
    for seat in missing_seats(run, finished, spoiled):
        for part in parts.values():
            part.missing += bool(seat.get("addressed", True)) and seat.get("model", part.model) == part.model
    return list(parts.values())


def _sort(parts: dict[str, LogContent], blank: LogContent, events: Sequence[Event], path: Path, name: str) -> None:
    group = judge_group(events, reference=blank.run.manifest.reference)
    judged = JudgedEpisode(path, name, _thin(events[0].body), group, events[0].at, events[-1].at)
    for agent in judge(events).agents:
        if agent.under_order:
            part = parts.setdefault(agent.model, LogContent(blank.run, blank.label, agent.model))
            part.agents.append((judged, agent))
            calls = (event for event in events if event.kind == "call" and event.actor == agent.role)
            if usage := usage_of(calls):
                part.usage[agent.model] = part.usage.get(agent.model, ModelUsage()) + usage


def _thin(head: dict[str, Any]) -> dict[str, Any]:
    return {key: head[key] for key in ("trial", "cell", "seed", "settings", "cast", "seats", "world", "version")}
