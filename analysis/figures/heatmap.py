"""Factor heat map: a rate for every combination of two columns."""

from typing import Any

import altair as alt

from analysis.figures.kit.canvas import empty_figure, hover
from analysis.figures.kit.frames import Frame, Record, records
from analysis.figures.kit.ladder import cell, level
from analysis.figures.kit.theme import WIDTH, theme
from analysis.figures.kit.tiles import Tile, tiles
from analysis.figures.kit.wording import humane, interval, percent, plain
from arena.errors import UserError

__all__ = ["heatmap"]


def heatmap(
    frame: Frame,
    x: str,
    y: str,
    *,
    title: str = "How often, by two factors",
    subtitle: str = "Share of valid, informed agent-episodes.",
    dark: bool = False,
    width: float = WIDTH,
) -> alt.LayerChart:
    """A frame of `analysis.measures.rates.rate` by the columns `x` and `y`. `UserError`: several rows a cell."""
    look = theme(dark)
    rows = records(frame, (x, y, "events", "n", "rate", "low", "high", "reason"), "a heat map")
    if not rows:
        return empty_figure(title, "There is no cell to count.", look)
    there = {(row[x], row[y]): row for row in rows}
    if len(there) < len(rows):
        raise UserError(f"a heat map has one row a cell: count by {x} and {y} alone")
    columns, lines = (list(dict.fromkeys(row[name] for row in rows)) for name in (x, y))
    cells = [_tile(there.get((column, line)), {x: column, y: line}, (x, y)) for line in lines for column in columns]
    heads = (humane(x), humane(y))
    return tiles(cells, heads=heads, title=title, subtitle=subtitle, width=width, look=look)


def _tile(row: Record | None, place: dict[str, Any], by: tuple[str, str]) -> Tile:
    found = row or {"events": 0, "n": 0, "rate": None, "low": None, "high": None, "reason": "never played"}
    some = found["rate"] is not None
    pairs = {
        "cell": cell(place, by),
        "rate": percent(found["rate"], 1) if some else "",
        "interval": interval(found["low"], found["high"]),
        "n": f"{found['events']} of {found['n']}",
        "reason": "" if some else plain(found["reason"] or "nothing to count"),
    }
    column, line = (level(name, place[name]) for name in by)
    return Tile(_named(column), _named(line), found["rate"], found["n"], hover(pairs))


def _named(value: object) -> object:
    return "all" if value is None else value
