"""`arena calibrate`: calls whatever is registered to hold the instrument against policies with known rates."""

import os
from collections.abc import Sequence
from importlib.metadata import entry_points

from rich.console import Console

from arena.errors import UserError

__all__ = ["calibrate_worlds"]

CALIBRATIONS = "arena.calibrations"


def calibrate_worlds(
    worlds: Sequence[str], console: Console, *, n: int, repeats: int, jobs: int | None, as_json: bool
) -> bool:
    """Whether every registered calibration finds these worlds (none: all that are installed) right. Prints why.

    `analysis` registers one. `UserError` where none is registered, or a world is not known.
    """
    registered = [entry.load() for entry in entry_points(group=CALIBRATIONS)]
    if not registered:
        raise UserError(f"nothing is registered under {CALIBRATIONS}: install the package anew")
    jobs = jobs or os.cpu_count() or 1
    found = [each(worlds, n, repeats, jobs, console, as_json=as_json) for each in registered]
    return all(found)
