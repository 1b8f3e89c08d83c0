"""Benchmarks of the arena, in ratios: `python -m benchmarks [PART ...] [--repeats N] [--json FILE]`.

| part     | what                                                                   | minutes |
| -------- | ---------------------------------------------------------------------- | ------- |
| `loop`   | loop overhead against Inspect AI and AutoGen's own team; two Ray hosts | 4       |
| `memory` | a Ray host at rest and with 100 episodes under way                     | 0.5     |
| `models` | a real run with a small model against the bare engine                  | 6       |
| `shared` | `commons` as agents grow; but-for sets; verdicts for 10,000 episodes   | 3       |
| `tables` | a run of 1,000,000 lines read and judged; rates over 10,000,000        | 3       |
| `app`    | pages of the app on 100,000 episodes, and a graph of 200 agents         | 10      |

The first run installs Inspect AI into an environment of its own and fetches the model's weights. Times are for two
quiet processors. Machines are noisy: arms take turns, each is played `--repeats` times, and the best of each counts;
the load average stands above the table. A ratio that was measured beside other work says little, least of all one with
Ray, whose workers are nice. A target that is missed is printed as missed; nothing is refused for it.
"""

import argparse
import os
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

from rich.console import Console

from benchmarks.figures import Figure, save, show

__all__ = ["main"]

PARTS = ("loop", "memory", "models", "shared", "tables", "app")
Measure = Callable[[int, Callable[[str], None]], tuple[list[Figure], list[dict[str, Any]]]]


def main() -> None:
    """Measure the parts asked for and print one table."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"{', '.join(PARTS)}; default: all")
    parser.add_argument("--repeats", type=int, default=3, metavar="N", help="how often each arm is played (3)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write figures and all measurements to FILE")
    given = parser.parse_args()
    if wrong := [part for part in given.parts if part not in PARTS]:
        parser.error(f"no part {wrong[0]!r}; valid: {', '.join(PARTS)}")
    figures: list[Figure] = []
    arms: list[dict[str, Any]] = []
    before = os.getloadavg()[0]
    for part in given.parts or PARTS:
        measure: Measure = import_module(f"benchmarks.{part}").measure
        found, played = measure(max(1, given.repeats), lambda line: print(line, file=sys.stderr, flush=True))
        figures += found
        arms += played
    console = Console(width=None if sys.stdout.isatty() else 130)
    console.print(f"load average before {before:.2f}, after {os.getloadavg()[0]:.2f}; best of {given.repeats}")
    show(figures, console)
    if given.json:
        save(figures, arms, given.json)


if __name__ == "__main__":
    main()
