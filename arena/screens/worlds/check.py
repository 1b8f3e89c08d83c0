"""`arena check`: what the conformance kit found."""

import re
from collections.abc import Iterable, Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from arena.check import CHECKS, Finding
from arena.world.base import World

__all__ = ["show_findings"]

_STOPPED = re.compile(r"^(?:cannot run|.* cannot be played|.* ends in an error): (.+?)(?: \(line \d+ of [^)]*\))?$")


def show_findings(world: type[World], findings: Sequence[Finding], console: Console) -> bool:
    """Print a line a check; whether the world is sound. What stops several checks is told at the first of them."""
    table = Table(title=f"{world.name}, version {world.version}")
    table.add_column("check", no_wrap=True)
    table.add_column("result", overflow="fold")
    told: set[str] = set()
    for check, _ in CHECKS:
        lines = list(_lines([finding for finding in findings if finding.check == check], told))
        table.add_row(check, Text("\n".join(lines), "red") if lines else Text("sound", "green"))
    console.print(table)
    return not findings


def _lines(findings: Iterable[Finding], told: set[str]) -> Iterable[str]:
    """Each problem once: those in `told` stood at an earlier check, and those of this one are added to it."""
    here: dict[str, str] = {}
    for finding in findings:
        here.setdefault(_core(finding.problem), f"{finding.where}: {finding.problem}")
    yield from (line for core, line in here.items() if core not in told)
    if told & here.keys():
        yield "stopped by the same problem as above"
    told.update(here)


def _core(problem: str) -> str:
    """The error that stopped a check, without who met it on which line."""
    stopped = _STOPPED.match(problem)
    return stopped[1] if stopped else problem
