"""What a benchmark found: figures with their peers, ratios and targets; as one table and as JSON."""

import json
import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

__all__ = ["Figure", "save", "show"]


@dataclass(frozen=True)
class Figure:
    """One line of the table.

    With a `peer`, what counts is the ratio of `measured` to `peer`, else `measured` itself. `least` and `most` bound
    what counts; without either, the line only informs.
    """

    name: str
    measured: float
    unit: str
    against: str = ""
    peer: float | None = None
    least: float | None = None
    most: float | None = None

    @property
    def ratio(self) -> float | None:
        """Measured to peer."""
        return None if self.peer is None else self.measured / self.peer

    @property
    def met(self) -> bool | None:
        """Whether the target is met; None where there is none."""
        counts = self.measured if self.ratio is None else self.ratio
        if self.least is not None:
            return counts >= self.least
        return None if self.most is None else counts < self.most


def show(figures: Sequence[Figure], console: Console) -> None:
    """Print one table."""
    table = Table(title="Benchmarks", title_justify="left", header_style="bold")
    for column in ("figure", "measured", "against", "peer", "ratio", "target", "met"):
        table.add_column(column, justify="left" if column in ("figure", "against", "met") else "right")
    for figure in figures:
        table.add_row(
            figure.name,
            f"{_number(figure.measured)} {figure.unit}",
            figure.against,
            "" if figure.peer is None else _number(figure.peer),
            "" if figure.ratio is None else _number(figure.ratio),
            _target(figure),
            {True: "[green]met[/]", False: "[red]not met[/]", None: ""}[figure.met],
        )
    console.print(table)


def save(figures: Sequence[Figure], arms: Sequence[dict[str, Any]], path: Path) -> None:
    """Write the figures, and what they were computed from, as JSON."""
    lines = [{**asdict(figure), "ratio": figure.ratio, "met": figure.met} for figure in figures]
    found = {"figures": lines, "arms": list(arms), "load": os.getloadavg(), "processors": os.cpu_count()}
    path.write_text(json.dumps(found, indent=1) + "\n")


def _number(value: float) -> str:
    return f"{value:.0f}" if value >= 100 else f"{value:.3g}"  # enough digits to tell a near miss


def _target(figure: Figure) -> str:
    times = "" if figure.peer is None else "x"
    if figure.least is not None:
        return f">= {figure.least:g}{times}"
    return "" if figure.most is None else f"< {figure.most:g}{times}"
