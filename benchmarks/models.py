"""Model throughput: a whole real run against the bare engine that is sent the same requests.

The run is the real thing: `kill_switch`, SmolLM2 in both seats, the real runner on Ray hosts, model servers as Ray
actors, run folder. Every request that it sends is recorded. The bare engine then gets the same bodies (prompts,
slots, schemas, seeds, and the scoring steps) over plain HTTP, slot by slot in the same order, all slots at once, on as
many servers with the same settings. Decisions are the model calls in the logs. The run's seconds are those from its
first log line to its last; servers start outside of both. `python -m benchmarks.models` plays one run and prints JSON.
"""

import asyncio
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from arena.log.events import Event, decode
from arena.plan.experiment import Experiment, ModelSettings
from arena.play.driver import drive
from arena.play.progress import Silent
from arena.runs.folder import OpenRun
from arena.servers.pool import SLOTS
from benchmarks.engine import send_again
from benchmarks.figures import Figure
from benchmarks.hosts import ready
from benchmarks.load import ROOT, SCRATCH
from benchmarks.recording import FOLDER, lanes

__all__ = ["WEIGHTS", "Throughput", "measure"]

WEIGHTS = "smollm2-135m"
SETTINGS = ModelSettings(max_tokens=120)
PLAN = Experiment(
    name="throughput",
    world="kill_switch",
    seeds=4,
    factors={"target": ["peer", "object"]},
    cast={"agents": f"llamacpp:{WEIGHTS}"},
    model=SETTINGS,
)


@dataclass(frozen=True)
class Throughput:
    """One run and its bare replay. Seconds, counts, tokens."""

    decisions: int
    faults: int
    run: float
    bare: float
    prompt_tokens: int
    cached_tokens: int


def measure(repeats: int, tell: Callable[[str], None]) -> tuple[list[Figure], list[dict[str, Any]]]:
    """Figures of model throughput, and every repeat. The best run counts against the best replay."""
    found: list[Throughput] = []
    arms: list[dict[str, Any]] = []
    for turn in range(repeats):
        command = [sys.executable, "-m", "benchmarks.models"]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        if done.returncode:
            raise SystemExit(f"models failed:\n{done.stderr[-3000:]}")
        found.append(one := Throughput(**json.loads(done.stdout.splitlines()[-1])))
        arms.append({"arm": "models", "load": os.getloadavg()[0], **asdict(one)})
        run, bare = one.decisions / one.run, one.decisions / one.bare
        tell(f"{turn + 1}/{repeats} models: {one.decisions} decisions, {run:.2f}/s; bare engine {bare:.2f}/s")
    run = max(one.decisions / one.run for one in found)
    bare = max(one.decisions / one.bare for one in found)
    share = 100 * sum(one.cached_tokens for one in found) / sum(one.prompt_tokens for one in found)
    return [
        Figure("model decisions of a run", run, "/s", "bare engine", bare, least=0.9),
        Figure("prompt tokens served from cache", share, "%"),
    ], arms


async def _play(folder: Path) -> list[Event]:
    os.environ[FOLDER] = str(folder / "requests")
    (folder / "requests").mkdir()
    async with ready("recording", hosts=len(os.sched_getaffinity(0))) as up:
        with OpenRun.open_or_create(folder / "run", PLAN, "") as run:
            await drive(run, up.executor, progress=Silent())
    if run.ledger().remaining:
        raise SystemExit(f"the run is not whole: {run.ledger()}")
    return [event for path in run.episodes() for event in decode(path.read_bytes(), path.name)]


def _throughput(folder: Path) -> Throughput:
    events = asyncio.run(_play(folder))
    calls = [event.body for event in events if event.kind == "call"]
    wall = max(event.at for event in events) - min(event.at for event in events)
    return Throughput(
        decisions=len(calls),
        faults=sum(event.kind == "fault" for event in events),
        run=wall,
        bare=send_again(lanes(folder / "requests"), WEIGHTS, SLOTS, SETTINGS.context),
        prompt_tokens=sum(call["prompt_tokens"] or 0 for call in calls),
        cached_tokens=sum(call["cached_tokens"] or 0 for call in calls),
    )


def main() -> None:
    """Play one run, send it again, print."""
    SCRATCH.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=SCRATCH, prefix=".bench-") as scratch:
        print(json.dumps(asdict(_throughput(Path(scratch)))))


if __name__ == "__main__":
    main()
