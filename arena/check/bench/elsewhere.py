"""Plays the same episodes in a second Python process whose strings hash otherwise, and compares digests there.

`python -m arena.check.bench.elsewhere MODULE FILE CLASS SEED...` prints {place: digest} as JSON.
"""

import importlib
import os
import subprocess
import sys

import orjson

from arena.agents.scripted import RANDOM
from arena.check.bench.bench import Bench
from arena.check.bench.cells import single
from arena.errors import WorldError
from arena.world.base import World
from arena.world.registry import LOOSE, find_world

__all__ = ["digests_elsewhere", "main"]

LIMIT = 300  # seconds


def digests_elsewhere(bench: Bench) -> dict[str, str]:
    """The digest of random play in every single cell, by place. `WorldError` where the other process fails."""
    own = os.environ.get("PYTHONHASHSEED")
    paths = [path or os.curdir for path in sys.path]
    environment = {
        **os.environ,
        "PYTHONHASHSEED": "2" if own == "1" else "1",
        "PYTHONPATH": os.pathsep.join(paths),
    }
    world = bench.world
    program = [sys.executable, "-P", "-m", "arena.check.bench.elsewhere"]  # what lies in this folder hides no module
    command = [*program, world.__module__, bench.file, world.__qualname__]
    done = subprocess.run(
        [*command, *map(str, bench.seeds)], env=environment, capture_output=True, timeout=LIMIT, check=False
    )
    if done.returncode != 0:
        last = done.stderr.decode(errors="replace").strip().splitlines()[-1:]
        raise WorldError(f"the world does not play in a second process: {' '.join(last)}")
    digests: dict[str, str] = orjson.loads(done.stdout)
    return digests


def _world(module: str, file: str, name: str) -> type[World]:
    if module.startswith(LOOSE) or module == "__main__":
        return find_world(file)
    found: type[World] = getattr(importlib.import_module(module), name)
    return found


def main(arguments: list[str]) -> None:
    """Play, and print the digests."""
    module, file, name, *seeds = arguments
    with Bench(_world(module, file, name), tuple(map(int, seeds))) as bench:
        plays = [bench.play(RANDOM, cell, seed) for seed in bench.seeds for cell in single(bench.world)]
        digests = {play.where: play.log.digest for play in plays if play.log is not None}
    sys.stdout.buffer.write(orjson.dumps(digests))


if __name__ == "__main__":
    main(sys.argv[1:])
