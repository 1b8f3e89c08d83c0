"""Memory of a Ray host: at rest, and with a hundred scripted episodes under way at once.

A scripted seat answers at once and would be gone before the next episode starts; here each waits as long for its
reply as a small model takes, and the logs prove how many episodes overlapped. Runs in a process of its own:
`python -m benchmarks.memory` prints one line of JSON.
"""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from arena.log.events import decode
from arena.plan.experiment import Experiment
from arena.runs.jobs import Job
from benchmarks.arm import experiment
from benchmarks.figures import Figure
from benchmarks.hosts import ready
from benchmarks.load import ROOT
from benchmarks.processes import peak_rss, pss, reset_peak, rss

__all__ = ["AT_ONCE", "Memory", "measure"]

AT_ONCE = 100


@dataclass(frozen=True)
class Memory:
    """Megabytes of the host's process, and how many episodes were under way at once."""

    idle_pss: float
    idle_rss: float
    peak_rss: float
    after_rss: float
    overlap: int


def measure(repeats: int, tell: Callable[[str], None]) -> tuple[list[Figure], list[dict[str, Any]]]:
    """Figures of memory. Measured once: it varies by less than a megabyte."""
    command = [sys.executable, "-m", "benchmarks.memory"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"memory failed:\n{done.stderr[-3000:]}")
    memory = Memory(**json.loads(done.stdout.splitlines()[-1]))
    if memory.overlap < AT_ONCE:
        raise SystemExit(f"only {memory.overlap} episodes were under way at once")
    tell(f"host {memory.idle_rss:.0f} MB at rest, {memory.peak_rss:.0f} MB with {memory.overlap} episodes at once")
    figures = [
        Figure("idle Ray host, RSS", memory.idle_rss, "MB", most=200),
        Figure("idle Ray host, PSS", memory.idle_pss, "MB"),
        Figure(f"{memory.overlap} episodes at once add", memory.peak_rss - memory.idle_rss, "MB", most=100),
        Figure("kept when they are over", memory.after_rss - memory.idle_rss, "MB"),
    ]
    return figures, [{"arm": "memory", "load": os.getloadavg()[0], **asdict(memory)}]


async def _measure() -> Memory:
    plan: Experiment = experiment("memory", AT_ONCE)
    jobs = [Job(trial, {}, plan.limits) for trial in plan.trials()]
    async with ready("waiting", hosts=1, width=AT_ONCE) as up:
        (pid,) = up.pids
        idle = pss(pid), rss(pid)
        reset_peak(pid)
        results = await asyncio.gather(*(up.executor.play([job]) for job in jobs))
        peak, after = peak_rss(pid), rss(pid)
    return Memory(*idle, peak, after, _overlap([played.log for (played,) in results]))


def _overlap(logs: Sequence[bytes]) -> int:
    """The most episodes that were between their first and their last line at one moment."""
    steps: list[tuple[float, int]] = []
    for log in logs:
        events = decode(log)
        steps += [(events[0].at, 1), (events[-1].at, -1)]
    most = now = 0
    for _, step in sorted(steps):
        now += step
        most = max(most, now)
    return most


if __name__ == "__main__":
    print(json.dumps(asdict(asyncio.run(_measure()))))
