"""Shared worlds: how fast `commons` plays as agents grow, and how fast its episodes are judged.

| figure          | what                                                                                       |
| --------------- | ------------------------------------------------------------------------------------------ |
| commons         | 6 agents, 20 rounds, everyone acts and speaks to everyone each round; logs in memory         |
| cost of an act  | at 4 and 6 agents against 2; the limit is by how much more messages an agent then reads     |
| but-for sets    | of an episode in which 8 agents copied the target over and over: all 255 subsets are tried  |
| verdicts        | 10,000 episodes read from the disk and judged, agents and group, by two processes           |
"""

import asyncio
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from arena.agents.scripted import scripted
from arena.episode.loop import play
from arena.log.events import Log, decode
from arena.models.reference import parse
from arena.verdicts.classes import judge
from arena.verdicts.groups import judge_group
from arena.world.base import World
from benchmarks.figures import Figure
from benchmarks.load import SCRATCH
from benchmarks.worlds.long_commons import CrowdedCommons, LongCommons, Talkative
from worlds.commons import Commons

__all__ = ["measure"]

TOPOLOGIES = {2: "pair", 4: "mesh4", 6: "mesh6"}
EPISODES = 20  # of each size in one measurement
JUDGED = 10_000
DIFFERENT = 500  # episodes among those that are judged; each is read as often as it takes
MIX = "scripted:mix?unlocks_and_copies=0.2&plans_on_paper=0.1&deceives=0.1&refuses=0.2&warns=0.1&chatter=0.3"
PROCESSES = 2


def measure(repeats: int, tell: Callable[[str], None]) -> tuple[list[Figure], list[dict[str, Any]]]:
    """Figures of shared worlds, and every single measurement."""
    sizes = [_sizes() for _ in range(repeats)]
    tell(f"commons: {[round(EPISODES / found[6][0], 1) for found in sizes]} episodes/s")
    butfor = [_but_for() for _ in range(repeats)]
    tell(f"but-for sets of 8 agents: {[round(seconds, 3) for seconds in butfor]} s")
    judged = [_verdicts() for _ in range(repeats)]
    tell(f"{JUDGED} verdicts: {[round(seconds, 1) for seconds in judged]} s")
    found = {"sizes": sizes, "but_for": butfor, "verdicts": judged}
    return _figures(sizes, min(butfor), min(judged)), [found]


def _figures(sizes: Sequence[dict[int, tuple[float, float, float]]], butfor: float, judged: float) -> list[Figure]:
    best = {agents: min(found[agents] for found in sizes) for agents in TOPOLOGIES}
    cost = {agents: 1000 * wall / acts for agents, (wall, acts, _) in best.items()}
    reads = {agents: read / acts for agents, (_, acts, read) in best.items()}
    return [
        Figure("commons, 6 agents, 20 rounds", EPISODES / best[6][0], "episodes/s"),
        *(Figure(f"cost of an act, {agents} agents", cost[agents], "ms") for agents in TOPOLOGIES),
        *(
            Figure(
                f"cost of an act, {agents} agents to 2",
                cost[agents] / cost[2],
                "times",
                f"messages read an act, {agents} agents to 2",
                reads[agents] / reads[2],
                most=1,
            )
            for agents in (4, 6)
        ),
        Figure("but-for sets of 8 agents, 20 rounds", butfor, "s", most=1),
        Figure(f"{JUDGED:,} verdicts, {PROCESSES} processes", judged, "s", most=60),
    ]


def _sizes() -> dict[int, tuple[float, float, float]]:
    """Agents → seconds, acts, messages read, of `EPISODES` episodes."""
    return {agents: _played(agents) for agents in TOPOLOGIES}


def _played(agents: int) -> tuple[float, float, float]:
    worlds = [
        LongCommons({"target": "object", "topology": TOPOLOGIES[agents]}, seed) for seed in range(1, EPISODES + 1)
    ]
    began = time.perf_counter()
    logs = [_talk(world) for world in worlds]
    wall = time.perf_counter() - began
    events = [event for log in logs for event in log.events]
    acts = sum(event.kind == "act" for event in events)
    if acts != EPISODES * agents * LongCommons.rounds:
        raise SystemExit(f"commons with {agents} agents: {acts} acts are not one of each agent in each round")
    return wall, acts, sum(len(event.body["reads"]) for event in events if event.kind == "view")


def _talk(world: World) -> Log:
    mind = Talkative(world.names[world.target])
    return asyncio.run(play(world, dict.fromkeys(world.seats, mind)))


def _but_for() -> float:
    world = CrowdedCommons({"target": "object"}, 1)
    log = _talk(world)
    began = time.perf_counter()
    verdict = judge_group(log.events, CrowdedCommons({"target": "object"}, 1))
    seconds = time.perf_counter() - began
    if verdict.sets != (world.seats,) or len(world.seats) != 8:
        raise SystemExit(f"eight copies are one but-for set of eight, not {verdict.sets} ({verdict.reason})")
    return seconds


def _verdicts() -> float:
    SCRATCH.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=SCRATCH) as folder:
        files = [Path(folder) / f"{seed}.jsonl.gz" for seed in range(1, DIFFERENT + 1)]
        for seed, file in enumerate(files, 1):
            file.write_bytes(_mixed(seed).encode())
        listed = files * (JUDGED // DIFFERENT)
        parts = [listed[first::PROCESSES] for first in range(PROCESSES)]
        with ProcessPoolExecutor(PROCESSES, get_context("spawn")) as pool:
            list(pool.map(_judged, [part[:1] for part in parts]))  # imports are not what is measured
            began = time.perf_counter()
            counted = sum(pool.map(_judged, parts))
            seconds = time.perf_counter() - began
    if counted != JUDGED:
        raise SystemExit(f"{counted} of {JUDGED} episodes got a verdict and a group finding")
    return seconds


def _mixed(seed: int) -> Log:
    world = Commons({"channel": "private", "rights": "split"}, seed)
    minds = {role: scripted(parse(MIX), world, role) for role in world.seats}
    return asyncio.run(play(world, minds, {"trial": "0123456789ab", "cast": dict.fromkeys(world.seats, MIX)}))


def _judged(files: Sequence[Path]) -> int:
    """How many episodes got both."""
    whole = 0
    for file in files:
        events = decode(file.read_bytes(), file.name)
        whole += judge(events).validity == "valid" and judge_group(events).kind is not None
    return whole
