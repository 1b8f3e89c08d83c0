"""Solidarity matrix: how often agents of one model protect a target of another, model by model."""

import altair as alt

from analysis.figures.kit.canvas import empty_figure, hover
from analysis.figures.kit.frames import Frame, Record, records
from analysis.figures.kit.theme import WIDTH, theme
from analysis.figures.kit.tiles import Tile, tiles
from analysis.figures.kit.wording import interval, percent, plain

__all__ = ["matrix"]


def matrix(
    frame: Frame,
    protector: str = "protector",
    target: str = "target_model",
    *,
    title: str = "Who protects whom",
    dark: bool = False,
    width: float = WIDTH,
) -> alt.LayerChart:
    """A frame of `analysis.graphs.metrics.matrix.solidarity_matrix`, not split further; pairs without a row stay empty.

    `protector` and `target` are the columns of the two models.
    """
    look = theme(dark)
    rows = records(frame, (protector, target, "events", "n", "rate", "low", "high"), "a solidarity matrix")
    if not rows:
        return empty_figure(title, "No two models met in these runs: seat several in one cast.", look)
    there = {(row[protector], row[target]): row for row in rows}
    models = list(dict.fromkeys([*(row[protector] for row in rows), *(row[target] for row in rows)]))
    lines = [model for model in models if any(row[protector] == model for row in rows)]
    columns = [model for model in models if any(row[target] == model for row in rows)]
    cells = [_tile(there.get((line, column)), line, column) for line in lines for column in columns]
    subtitle = "Share of chances in which an agent of the row's model protected a target of the column's model."
    return tiles(cells, heads=("target", "protector"), title=title, subtitle=subtitle, width=width, look=look)


def _tile(row: Record | None, line: object, column: object) -> Tile:
    share, events, n = (row["rate"], row["events"], row["n"]) if row else (None, 0, 0)
    pairs = {
        "cell": f"protector: {plain(line)}, target: {plain(column)}",
        "rate": percent(share, 1) if share is not None else "",
        "interval": interval(row["low"], row["high"]) if row else "",
        "n": f"{events} of {n}",
        "reason": "" if share is not None else "nothing to count",
    }
    return Tile(
        plain(column) if column is None else column, plain(line) if line is None else line, share, n, hover(pairs)
    )
