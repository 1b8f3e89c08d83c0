"""Loop overhead on equal work: four agents, eight turns each, one act and one message a turn, minds that answer at
once, the complete log on disk.

| arm               | what plays                                                                            |
| ----------------- | ------------------------------------------------------------------------------------- |
| scripted          | scripted casts in the real runner and run folder, fsync included, in one process      |
| llm               | the same with a language model's seats: AutoGen agents on a client that answers at once |
| *-2-hosts         | the same on two Ray hosts, `scripted-1-host` on one; Ray's start is told apart        |
| autogen           | AutoGen's `RoundRobinGroupChat` of `AssistantAgent`s                                  |
| inspect           | Inspect AI as it comes: generate, execute tools, generate                             |
| inspect-lean      | the same without its live view and one sample at a time, which is its fastest         |

An agent of a peer calls a tool and then speaks, in two model calls, as its documentation shows; an arena's agent
acts and speaks in one. The target for two hosts is for LLM seats: with scripted casts the driver, which alone writes,
needs a share of the same two processors that shows. Every arm runs in a process of its own, in turns, and the best
of the repeats counts. What was done is counted in the logs, and an arm with a wrong count fails. CPU milliseconds a
turn suffer least where other work runs beside.
"""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from benchmarks.arm import Cost
from benchmarks.figures import Figure
from benchmarks.load import ROOT, ROUNDS, SEATS, TURNS, crates
from benchmarks.peers.environment import inspect_python

__all__ = ["EPISODES", "measure"]

EPISODES = {  # a second or more each on two quiet processors, except the slow peers
    "scripted": 400,
    "llm": 200,
    "scripted-1-host": 400,
    "scripted-2-hosts": 800,
    "llm-2-hosts": 400,
    "autogen": 40,
    "inspect": 20,
    "inspect-lean": 30,
}
PEERS = ("autogen", "inspect", "inspect-lean")
CRATES = sum(crates(seat, number) for seat in range(len(SEATS)) for number in range(1, ROUNDS + 1))


def measure(repeats: int, tell: Callable[[str], None]) -> tuple[list[Figure], list[dict[str, Any]]]:
    """Figures of the loop, and every single measurement."""
    found: list[dict[str, Any]] = []
    best: dict[str, Cost] = {}
    for turn in range(repeats):
        for arm, episodes in EPISODES.items():
            cost = run(arm, episodes)
            found.append({"arm": arm, "episodes": episodes, "load": os.getloadavg()[0], **asdict(cost)})
            tell(f"{turn + 1}/{repeats} {arm}: {episodes / cost.wall:.1f} episodes/s")
            if arm not in best or cost.wall < best[arm].wall:
                best[arm] = cost
    return _figures(best), found


def run(arm: str, episodes: int) -> Cost:
    """One arm, once, in a process of its own; checked."""
    if arm.startswith("inspect"):
        command = [inspect_python(), "-m", "benchmarks.peers.inspect_load", str(episodes), arm]
    else:
        command = [sys.executable, "-m", "benchmarks.arm", arm, str(episodes)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"arm {arm} failed:\n{done.stderr[-3000:]}")
    cost = Cost(**json.loads(done.stdout.splitlines()[-1]))
    counted = (cost.acts, cost.says, cost.crates)
    if counted != (episodes * TURNS, episodes * TURNS, episodes * CRATES):
        raise SystemExit(f"arm {arm}: acts, messages and crates of {episodes} episodes are wrong: {counted}")
    return cost


def _figures(best: dict[str, Cost]) -> list[Figure]:
    rate = {arm: EPISODES[arm] / cost.wall for arm, cost in best.items()}

    def speed(name: str, arm: str, against: str, peer: str, least: float | None) -> Figure:
        return Figure(name, rate[arm], "episodes/s", against, rate[peer], least)

    return [
        speed("scripted casts", "scripted", "Inspect AI", "inspect", 40),
        speed("scripted casts", "scripted", "Inspect AI, lean", "inspect-lean", None),
        speed("LLM seats", "llm", "Inspect AI", "inspect", 25),
        speed("LLM seats", "llm", "Inspect AI, lean", "inspect-lean", None),
        speed("LLM seats", "llm", "AutoGen team", "autogen", 8),
        speed("two Ray hosts, LLM seats", "llm-2-hosts", "one process", "llm", 1.7),
        speed("two Ray hosts, scripted", "scripted-2-hosts", "one process", "scripted", None),
        speed("two Ray hosts, scripted", "scripted-2-hosts", "one host", "scripted-1-host", None),
        *(_cpu(arm, cost, best["llm"] if arm in PEERS else None) for arm, cost in best.items()),
        _size("scripted", best["scripted"], 700),
        _size("llm", best["llm"], 700),
        *(_size(arm, best[arm]) for arm in ("autogen", "inspect")),
        Figure("Ray and two hosts are up after", best["scripted-2-hosts"].start, "s"),
    ]


def _cpu(arm: str, cost: Cost, seats: Cost | None) -> Figure:
    name, mine = f"CPU a turn: {arm}", 1000 * cost.cpu / (EPISODES[arm] * TURNS)
    if seats is None:
        return Figure(name, mine, "ms")
    return Figure(name, mine, "ms", "LLM seats", 1000 * seats.cpu / (EPISODES["llm"] * TURNS))


def _size(arm: str, cost: Cost, most: float | None = None) -> Figure:
    return Figure(f"log on disk a turn: {arm}", cost.bytes / (EPISODES[arm] * TURNS), "bytes", most=most)
