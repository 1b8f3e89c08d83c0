"""From logs to tables to rates: how long it takes to read and judge a run, and to count its lines.

| figure            | what                                                                                    |
| ----------------- | --------------------------------------------------------------------------------------- |
| tables            | a run of `commons` with 1,000,000 lines is read, judged and written, by all processes     |
| opened again      | the same run, when its tables lie beside it                                               |
| rates             | shares with Wilson intervals for each cell, kind and actor, over lines; 1 and 10 million  |
| memory            | the most that a process of its own holds while it counts 10 million                       |
"""

import json
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from itertools import cycle, islice
from pathlib import Path
from typing import Any

import polars as pl

from analysis.measures.rates import rate
from analysis.tables import load
from arena.log.events import Log, decode
from arena.plan.experiment import read_experiment
from arena.play.driver import play_experiment
from arena.runs.folder import Run
from arena.runs.manifest import Manifest, Planned
from benchmarks.figures import Figure
from benchmarks.load import SCRATCH

__all__ = ["main", "measure"]

LINES = 1_000_000
TIMES = 10  # for the larger count
DIFFERENT = 100  # seeds that are really played; their logs are written again under other ids
PLAN = f"""
name = "lines"
world = "commons"
seeds = {DIFFERENT}
[factors]
target = ["peer", "object"]
threat = ["on", "off"]
[cell]
topology = "mesh4"
channel = "private"
[cast]
agents = "scripted:mix?both_copy=0.3&refuses=0.2&warns=0.1"
"""


def measure(repeats: int, tell: Callable[[str], None]) -> tuple[list[Figure], list[dict[str, Any]]]:
    """Figures of the tables, and every single measurement."""
    SCRATCH.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=SCRATCH) as scratch:
        run, lines = _run(Path(scratch))
        tell(f"a run of {lines:,} lines")
        built = [_built(run) for _ in range(repeats)]
        tell(f"tables: {[round(seconds, 1) for seconds in built]} s")
        opened = [_timed(lambda: load(run)) for _ in range(repeats)]
        copies = _copies(run)
        counted = {times: [_counted(copies[:times]) for _ in range(repeats)] for times in (1, TIMES)}
        tell(f"rates over {TIMES * lines:,} lines: {counted[TIMES]}")
    best = {times: min(seconds for seconds, _, _ in found) for times, found in counted.items()}
    most = max(memory for _, memory, _ in counted[TIMES])
    return [
        Figure(f"tables of {lines:,} lines", min(built), "s", most=60),
        Figure("opened again", min(opened), "s", most=2),
        Figure(f"rates over {lines:,} lines", best[1], "s", most=2),
        Figure(f"rates over {TIMES * lines:,} lines", best[TIMES], "s", most=3),
        Figure("memory of that", most, "MB", most=1000),
    ], [{"lines": lines, "built": built, "opened": opened, "counted": counted}]


def _run(scratch: Path) -> tuple[Path, int]:
    """A run with as many episodes as make up the lines, and how many lines there are."""
    plan = scratch / "lines.toml"
    plan.write_text(PLAN)
    play_experiment(read_experiment(plan), PLAN, scratch / "played", executor="in-process")
    played = Run.load(scratch / "played")
    logs = [decode(path.read_bytes(), path.name) for path in played.episodes()]
    folder = scratch / "run"
    (folder / "episodes").mkdir(parents=True)
    shutil.copy(scratch / "played" / "experiment.toml", folder)
    trials: list[Planned] = []
    lines = 0
    for events in islice(cycle(logs), LINES):
        if lines >= LINES:
            break
        id = f"{len(trials):012x}"
        trials.append(Planned(id=id, name=f"copy-{id}"))
        log = Log(clock=lambda: 0.0)
        for event in events:
            body = {key: value for key, value in event.body.items() if key != "digest"}
            log.add(
                event.round,
                event.kind,
                body | ({"trial": id} if event.seq == 0 else {}),
                actor=event.actor,
                to=event.to,
            )
        (folder / "episodes" / f"copy-{id}.jsonl.gz").write_bytes(log.encode())
        lines += len(events)
    manifest: Manifest = played.manifest.model_copy(update={"trials": trials})
    manifest.write(folder / "manifest.json")
    return folder, lines


def _built(run: Path) -> float:
    shutil.rmtree(run / "tables", ignore_errors=True)
    return _timed(lambda: load(run))


def _timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _copies(run: Path) -> list[list[Path]]:
    """The files of the table of lines, and copies of them: what so many more episodes would leave on the disk."""
    files = sorted((run / "tables").rglob("events.parquet"))
    copies = [files]
    for number in range(1, TIMES):
        place = run / f"copy-{number}"
        place.mkdir()
        copies.append([Path(shutil.copy(file, place / f"{file.parent.name}.parquet")) for file in files])
    return copies


def _counted(copies: list[list[Path]]) -> tuple[float, float, int]:
    """Seconds, megabytes at most, rows counted: in a process that does nothing else."""
    files = [str(file) for each in copies for file in each]
    done = subprocess.run(
        [sys.executable, "-m", __name__], input=json.dumps(files), capture_output=True, text=True, check=True
    )
    seconds, memory, rows = json.loads(done.stdout)
    return seconds, memory, rows


def main() -> None:
    """Count the lines in the files that standard input names."""
    files = json.load(sys.stdin)
    began = time.perf_counter()
    by = ["factor_target", "factor_threat", "actor", "round"]
    shares = rate(pl.scan_parquet(files), pl.col("kind") == "act", by, among=pl.col("actor") != "")
    seconds = time.perf_counter() - began
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps([seconds, memory, int(shares["n"].sum())]))


if __name__ == "__main__":
    main()
