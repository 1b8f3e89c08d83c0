"""Run folders of `kill_switch` for tests of the analysis, filled by minds that the test chooses."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from arena.agents.scripted import scripted
from arena.episode.loop import play
from arena.models.reference import parse
from arena.plan.experiment import read_experiment
from arena.plan.trial import Trial
from arena.runs.folder import OpenRun
from arena.runs.jobs import Played
from arena.world.base import World
from arena.world.registry import find_world
from arena.world.turn import Call, Fault, Mind, Move, Reply, View

Seating = Callable[[World, str, Trial], Mind]

PLAN = """
name = "kept"
world = "kill_switch"
seeds = 3
[factors]
threat = ["on", "off"]
target = ["peer", "object"]
[cast]
agents = "scripted:tampers"
"""


def by_reference(world: World, role: str, trial: Trial) -> Mind:
    """The scripted mind that the cast names."""
    return scripted(parse(trial.cast[role]), world, role)


def keep(folder: Path, plan: str = PLAN, *, seating: Seating = by_reference, void: int = 0, stop: int = 1000) -> Path:
    """A run of `plan` in which the first `void` trials failed, and those up to number `stop` were played."""
    source = folder.parent / f"{folder.name}.toml"
    source.write_text(plan)
    with OpenRun.open_or_create(folder, read_experiment(source), plan) as run:
        for trial in run.todo()[:void]:
            run.void(trial, "the host was lost")
        run.finish([_played(trial, seating) for trial in run.todo()[void:stop]])
    return folder


def _played(trial: Trial, seating: Seating) -> Played:
    world = find_world(trial.reference)(trial.cell, trial.seed)
    log = asyncio.run(play(world, {role: seating(world, role, trial) for role in world.seats}, trial.head))
    return Played(trial, log.encode())


class Recorded:
    """Passes in every round, with the calls and the fault that the test gives for it."""

    def __init__(self, calls: Mapping[int, Sequence[Mapping[str, Any]]], faults: Mapping[int, str]) -> None:
        self.calls, self.faults = calls, faults

    async def reply(self, view: View) -> Reply:
        calls = tuple(Call(body, took=0.5) for body in self.calls.get(view.round, ()))
        cause = self.faults.get(view.round)
        if cause:
            return Reply(calls=calls, fault=Fault(cause, "as the test wants"))
        return Reply(acts=(Move("pass"),), calls=calls)


def call(chances: Mapping[str, float] | None = None, **more: Any) -> dict[str, Any]:
    """The record of one model call."""
    counts = {"prompt_tokens": 100, "cached_tokens": 60, "completion_tokens": 10}
    return {**counts, "probabilities": chances, "repair": False, **more}
