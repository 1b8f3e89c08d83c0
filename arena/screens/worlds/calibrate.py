"""`arena calibrate`: calls whatever is registered to hold the instrument against policies with known rates."""

import os
from collections.abc import Sequence
from importlib.metadata import entry_points

import typer
from rich.console import Console

from arena.errors import UserError

__all__ = ["calibrate_worlds"]

CALIBRATIONS = "arena.calibrations"


def calibrate_worlds(
    worlds: Sequence[str], console: Console, *, n: int, repeats: int, jobs: int | None, as_json: bool
) -> bool:
    """Whether every registered calibration finds these worlds (none: all that are installed) right. Prints why.

    `analysis` registers one. `UserError`: none is registered, or no such world. Ctrl-C raises `typer.Exit(130)`.
    """
    registered = [entry.load() for entry in entry_points(group=CALIBRATIONS)]
    if not registered:
        raise UserError(f"nothing is registered under {CALIBRATIONS}: install the package anew")
    jobs = jobs or os.cpu_count() or 1
    once = list(dict.fromkeys(worlds))
    try:
        found = [each(once, n, repeats, jobs, console, as_json=as_json) for each in registered]
    except KeyboardInterrupt:
        typer.echo("arena: stopped; of a calibration nothing is kept, the same command begins anew", err=True)
        raise typer.Exit(130) from None
    return all(found)
