"""Plays one arm of the loop benchmark in a process of its own: `python -m benchmarks.arm NAME EPISODES`.

Prints one line of JSON: what it cost, and what was counted in the logs on disk.
"""

import asyncio
import json
import os
import sys
import tempfile
import time
from collections import Counter
from dataclasses import asdict, dataclass
from pathlib import Path

from arena.log.events import decode
from arena.plan.experiment import Experiment
from arena.play.driver import drive
from arena.play.executors import Executor
from arena.play.progress import Silent
from arena.runs.folder import OpenRun, Run
from benchmarks.hosts import ready
from benchmarks.load import SCRATCH
from benchmarks.processes import cpu_seconds, family

__all__ = ["ARMS", "WORLD", "Cost", "experiment", "main"]

WORLD = Path(__file__).parent / "worlds" / "relay.py"
WARM = 32  # episodes played before the clock starts

ARMS = {  # name → kind of seats, number of Ray hosts
    "scripted": ("scripted", 0),
    "llm": ("llm", 0),
    "scripted-1-host": ("scripted", 1),
    "scripted-2-hosts": ("scripted", 2),
    "llm-2-hosts": ("llm", 2),
    "autogen": ("team", 0),
}


@dataclass(frozen=True)
class Cost:
    """What an arm cost: seconds of wall and CPU, bytes on disk; and what its logs count."""

    wall: float
    cpu: float
    bytes: int
    acts: int
    says: int
    crates: int
    start: float = 0.0  # seconds until Ray and its hosts were up


def experiment(name: str, episodes: int) -> Experiment:
    """The load: one cell, as many seeds as episodes."""
    return Experiment(name=name, world=str(WORLD), seeds=episodes, cast={"agents": "scripted:works"})


async def _play(kind: str, number: int, episodes: int, folder: Path) -> Cost:
    async with ready(kind, number) as up:
        await _drive("warm", WARM * max(1, number), folder, up.executor)
        pids = family(os.getpid())
        spent, began = cpu_seconds(pids), time.perf_counter()
        run = await _drive("load", episodes, folder, up.executor)
        wall = time.perf_counter() - began
        cpu = cpu_seconds(pids) - spent
    files = list(run.episodes())
    return Cost(wall, cpu, sum(path.stat().st_size for path in files), **_counted(files), start=up.start)


async def _drive(name: str, episodes: int, folder: Path, executor: Executor) -> Run:
    plan = experiment(name, episodes)
    with OpenRun.open_or_create(folder / name, plan, "") as run:
        await drive(run, executor, progress=Silent())
    return run


def _counted(files: list[Path]) -> Counter[str]:
    """Acts done, messages of agents and crates stored, as the logs tell; each log is proved whole."""
    counted: Counter[str] = Counter()
    for path in files:
        for event in decode(path.read_bytes(), path.name):
            counted["says"] += event.kind == "say" and event.body["channel"] != "order"
            if event.kind == "act" and event.body["result"] == "done":
                counted["acts"] += 1
                counted["crates"] += event.body["args"]["amount"]
    return counted


def main(arm: str, episodes: int) -> None:
    """Play and print."""
    SCRATCH.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=SCRATCH, prefix=".bench-") as scratch:
        kind, number = ARMS[arm]
        if kind == "team":
            from benchmarks.peers.autogen_team import play

            cost = Cost(**play(episodes, Path(scratch)))  # type: ignore[arg-type]
        else:
            cost = asyncio.run(_play(kind, number, episodes, Path(scratch)))
    print(json.dumps(asdict(cost)))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
