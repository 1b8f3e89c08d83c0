"""Published against measured, side by side: what `arena run` of a study ends with.

Casts `scripted:published/<model>` act out published rates; each figure is set beside what the verdicts of their
episodes find. Every line that is printed of them begins with `simulation`, and no other run is ever counted with them.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl
from rich.console import Console
from rich.text import Text

from analysis.tables import Tables, load
from analysis.tables.plan import FACTOR
from analysis.terminal.bars import IntervalBar
from analysis.terminal.summary import print_summary
from arena.plan.published import Figure, known_figures, published_model
from arena.runs.folder import Run

__all__ = ["COMPARISON", "LABEL", "compare", "is_published", "print_study"]

LABEL = "simulation"
COMPARISON = {
    "label": pl.String(),  # always `LABEL`
    "paper": pl.String(),
    "behaviour": pl.String(),
    "model": pl.String(),
    "condition": pl.String(),
    "source": pl.String(),  # key of the text that the figure was read in
    "over": pl.String(),  # the arm over which the figure is a difference; empty: a share of its own
    "published": pl.Float64(),  # share, or difference of two
    "events": pl.Int64(),  # valid episodes that show the behaviour in the figure's cell
    "n": pl.Int64(),  # of so many
    "measured": pl.Float64(),  # share, or difference of two
    "low": pl.Float64(),  # 95 %: Wilson for a share, Newcombe for a difference
    "high": pl.Float64(),
    "inside": pl.Boolean(),  # whether the published number lies in the interval
}
LEAST_BAR, WIDEST_BAR = 12, 36
Count = tuple[int, int]  # events, n
Cell = tuple[tuple[str, str], ...]  # factor and level of each


def print_study(folder: Path, console: Console) -> None:
    """Print the comparison of a study's published casts, then the usual summary of each of its other runs."""
    runs = sorted(path.parent for path in folder.glob("*/manifest.json"))
    published = [run for run in runs if is_published(run)]
    for run in runs:
        if run not in published:
            print_summary(run, console)
    if published:
        tables = [load(run) for run in published]
        spoiled = (_line(Text(line, "red")) for table in tables for line in table.spoiled)
        for line in (*spoiled, *_report(compare(tables, known_figures()), console.width)):
            console.print(line, soft_wrap=True)


def is_published(run: Path) -> bool:
    """Whether a run's casts stand for published results; an experiment's are all such casts, or none of them."""
    trial = Run.load(run).plan().trials()[0]
    return any(published_model(seat) for seat in trial.cast.values())


def compare(tables: Iterable[Tables], figures: Sequence[Figure]) -> pl.DataFrame:
    """One row for each figure and each cell of it with a valid episode (and some in the baseline arm, where it is a
    difference). Columns: `COMPARISON`.

    Cells that one figure speaks of are not pooled: they share seeds, so that they add no episodes of their own.
    """
    seen: dict[tuple[str, str | None], dict[Cell, list[set[str]]]] = {}
    for each in tables:
        for world, model, cell, flags in _episodes(each):
            seen.setdefault((world, model), {}).setdefault(cell, []).append(flags)
    rows = []
    for figure in figures:
        cells = seen.get((figure.world, figure.model), {})
        own = [cell for cell in cells if figure.arm(dict(cell)) == "figure"]
        for cell in own:
            baseline = cells.get(_baseline_of(figure, cell), [])
            if baseline or not figure.baseline:
                varied = [level for at, (_, level) in enumerate(cell) if len({other[at] for other in own}) > 1]
                told = ", ".join(filter(None, [figure.condition, *varied]))
                rows.append(_row(figure, told, _count(figure, cells[cell]), _count(figure, baseline)))
    return pl.DataFrame(rows, COMPARISON)


def _baseline_of(figure: Figure, cell: Cell) -> Cell:
    return tuple((factor, figure.baseline.get(factor, level)) for factor, level in cell)


def _episodes(tables: Tables) -> Iterable[tuple[str, str | None, Cell, set[str]]]:
    """World, published model, cell, and all agents' flags of every valid episode."""
    models: dict[str, str | None] = {}
    flags: dict[str, set[str]] = {}
    for trial, model, found in tables.agents.select("trial", "model", "flags").collect().iter_rows():
        models[trial] = published_model(model) or models.get(trial)
        flags.setdefault(trial, set()).update(found)
    for row in tables.episodes.filter(pl.col("validity") == "valid").collect().iter_rows(named=True):
        cell = tuple((column.removeprefix(FACTOR), row[column]) for column in tables.factors)
        yield row["world"], models[row["trial"]], cell, flags[row["trial"]]


def _count(figure: Figure, found: Sequence[set[str]]) -> Count:
    return sum(bool(figure.flags & flags) for flags in found), len(found)


def _row(figure: Figure, condition: str, own: Count, baseline: Count) -> dict[str, Any]:
    from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

    measured = own[0] / own[1]
    low, high = proportion_confint(*own, method="wilson")
    if figure.baseline:
        measured -= baseline[0] / baseline[1]
        low, high = confint_proportions_2indep(*own, *baseline, method="newcomb")
    slack = 1e-9  # a bound that is 0 or 1 is so but for rounding
    return {
        "label": LABEL,
        "paper": figure.paper,
        "behaviour": figure.behaviour,
        "model": figure.model,
        "condition": condition,
        "source": figure.source,
        "over": _difference(figure.baseline, figure.cell),
        "published": figure.share,
        "events": own[0],
        "n": own[1],
        "measured": measured,
        "low": low,
        "high": high,
        "inside": low - slack <= figure.share <= high + slack,
    }


def _difference(baseline: Mapping[str, str], cell: Mapping[str, str]) -> str:
    return ", ".join(f"{factor} {level}" for factor, level in baseline.items() if level != cell[factor])


# ---- the table, line by line, so that none is without its label ------------------------------------------

HEAD = ("model", "cell", "publ.", "meas.", "95 %", "n", "inside")
NUMBERS = {2, 3, 4, 5}  # columns to the right


def _report(rows: pl.DataFrame, width: int) -> Iterable[Text]:
    yield _line("")
    yield _line("Rates that scripts act out, beside what the verdicts find.")
    yield _line("It tests the instrument: nothing here is a finding about a model.")
    cells = [_cells(row) for row in rows.iter_rows(named=True)]
    layout = _Layout.fitting(cells, width)
    before = None
    for row, cell in zip(rows.iter_rows(named=True), cells, strict=True):
        if (part := (row["paper"], row["behaviour"], row["over"])) != before:
            yield from _heading(row, layout)
        before = part
        yield _line(layout.padded(cell), layout.bar(row))
    yield _line("")
    yield _line(f"{rows['inside'].sum()} of {rows.height} published numbers lie inside the 95 % interval;")
    yield _line(f"by chance alone, about {0.05 * rows.height:.1f} would lie outside;")
    yield _line("cells that share seeds err together.")


def _heading(row: Mapping[str, Any], layout: "_Layout") -> Iterable[Text]:
    what = f"percentage points over {row['over']}" if row["over"] else "percent of episodes"
    yield _line("")
    yield _line(Text.assemble((row["behaviour"], "bold"), f"  {what}"))
    yield _line(Text(f"{row['paper']} [{row['source']}]", "dim"))
    yield _line(Text(layout.padded(HEAD), "dim"), layout.axis())


def _cells(row: Mapping[str, Any]) -> tuple[str, ...]:
    measured, low, high = (f"{100 * row[key]:.1f}" for key in ("measured", "low", "high"))
    published = f"{100 * row['published']:.4g}"  # to the digits that it was published with
    verdict = "yes" if row["inside"] else "NO"
    return row["model"], row["condition"], published, measured, f"[{low}, {high}]", str(row["n"]), verdict


def _line(what: Text | str, picture: Text | None = None) -> Text:
    line = Text.assemble((LABEL, "yellow"), " ", what, "  ", picture or "")
    line.rstrip()
    return line


@dataclass(frozen=True)
class _Layout:
    """Widths of the columns, the gap between them, and the room for a bar, where there is enough."""

    widths: Sequence[int]
    gap: str
    room: int

    @classmethod
    def fitting(cls, cells: Sequence[Sequence[str]], width: int) -> "_Layout":
        widths = [max(map(len, column)) for column in zip(HEAD, *cells, strict=True)]
        left = width - len(LABEL) - 1 - sum(widths)
        gap = "  " if left >= 2 * len(widths) else " "
        room = left - len(gap) * (len(widths) - 1) - 2
        return cls(widths, gap, min(WIDEST_BAR, room) if room >= LEAST_BAR else 0)

    def padded(self, cells: Sequence[str]) -> str:
        return self.gap.join(
            f"{cell:>{width}}" if at in NUMBERS else f"{cell:<{width}}"
            for at, (cell, width) in enumerate(zip(cells, self.widths, strict=True))
        )

    def axis(self) -> Text | None:
        return Text(f"0{'100':>{self.room - 1}}", "dim") if self.room else None

    def bar(self, row: Mapping[str, Any]) -> Text | None:
        return _Beside(row, "green" if row["inside"] else "red").draw(self.room) if self.room else None


class _Beside(IntervalBar):
    """A measured interval with the published number on it."""

    def __init__(self, row: Mapping[str, Any], style: str) -> None:
        measured, low, high = (min(1.0, max(0.0, row[key])) for key in ("measured", "low", "high"))
        super().__init__(measured, low, high, style)
        self.published = row["published"]

    def draw(self, width: int) -> Text:
        line = super().draw(width)
        at = round(self.published * (width - 1))
        return Text.assemble(line[:at], ("◇", "bold"), line[at + 1 :])
