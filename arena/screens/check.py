"""`arena check`: what the conformance kit found."""

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

from arena.check import CHECKS, Finding
from arena.world import World

__all__ = ["show_findings"]


def show_findings(world: type[World], findings: Sequence[Finding], console: Console) -> bool:
    """Print a line a check; whether the world is sound."""
    table = Table("check", "result", title=f"{world.name}, version {world.version}")
    for check, _ in CHECKS:
        problems = [f"{finding.where}: {finding.problem}" for finding in findings if finding.check == check]
        table.add_row(check, "[red]" + "\n".join(problems) if problems else "[green]sound")
    console.print(table)
    return not findings
