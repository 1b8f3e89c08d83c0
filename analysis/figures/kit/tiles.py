"""Cells of two crossed columns, each with its share in colour and in figures: factor heat map and solidarity matrix."""

from collections.abc import Sequence
from dataclasses import dataclass

import altair as alt

from analysis.figures.kit.canvas import across, down, framed, layer, text_layer, tips
from analysis.figures.kit.frames import Record
from analysis.figures.kit.stacks import luminance
from analysis.figures.kit.theme import WIDTH, Theme
from analysis.figures.kit.wording import distinct, percent, wide, wrapped

__all__ = ["Tile", "blend", "tiles"]

HIGH, WIDEST = 44, 130  # pixels of a cell
NEEDED = 46  # pixels that a cell's number takes
SLANTED, LINES = 72, 3  # narrower cells have slanted names; lines of the others' names


@dataclass(frozen=True)
class Tile:
    """One cell: its place by name, its share (None: it is empty), and what `canvas.hover` tells of it."""

    column: object
    row: object
    share: float | None
    n: int
    told: Record


def tiles(
    cells: Sequence[Tile], *, heads: tuple[str, str], title: str, subtitle: str, width: float, look: Theme
) -> alt.LayerChart:
    """The grid, with columns' names above and rows' names to the left; `heads` say what both are. Not empty."""
    columns = list(dict.fromkeys(cell.column for cell in cells))
    rows = list(dict.fromkeys(cell.row for cell in cells))
    names = distinct(rows, 200)
    gutter = min(220.0, max(wide(heads[1]), *(wide(name) for name in names.values())) + 14)
    across_each = min(WIDEST, (width - gutter - 60) / len(columns))
    plot, height = across_each * len(columns), HIGH * len(rows)
    drawn = [_drawn(cell, columns.index(cell.column), rows.index(cell.row), across_each, look) for cell in cells]
    layers = [
        *_squares(drawn, plot, height, look),
        *_numbers(drawn, plot, height, across_each, look),
        *_heads(columns, across_each, plot, height, heads[0], look),
        text_layer(
            [{"text": names[row], "y": HIGH * (at + 0.5)} for at, row in enumerate(rows)], height, x=-gutter, limit=210
        ),
        text_layer([{"text": heads[1], "y": -12}], height, x=-gutter, limit=gutter - 8, colour=look.muted),
    ]
    return framed(layers, width=plot, height=height, title=title, subtitle=subtitle, look=look)


def _drawn(cell: Tile, column: int, row: int, wide_each: float, look: Theme) -> Record:
    left, top = column * wide_each, row * HIGH
    colour = blend(look.low, look.high, cell.share) if cell.share is not None else look.paper
    middle = {"x": left + wide_each / 2, "y": top + HIGH / 2 - 7, "below": top + HIGH / 2 + 9}
    box = {"left": left + 1.5, "right": left + wide_each - 1.5, "top": top + 1.5, "bottom": top + HIGH - 1.5}
    there = {"there": cell.share is not None, "dark": luminance(colour) < 0.36, "colour": colour}
    return {**cell.told, **middle, **box, **there, "text": percent(cell.share), "n": f"n {cell.n}"}


def blend(low: str, high: str, share: float) -> str:
    """The colour that lies `share` of the way from one to the other."""
    ends = [[int(colour[at : at + 2], 16) for at in (1, 3, 5)] for colour in (low, high)]
    return "#" + "".join(f"{round(a + (b - a) * share):02X}" for a, b in zip(*ends, strict=True))


def _squares(drawn: Sequence[Record], plot: float, height: float, look: Theme) -> list[alt.Chart]:
    place = {
        "x": across(plot, "left"),
        "x2": alt.X2("right:Q"),
        "y": down(height, "top"),
        "y2": alt.Y2("bottom:Q"),
    }
    full = layer([row for row in drawn if row["there"]]).mark_rect(cornerRadius=2, aria=True)
    empty = layer([row for row in drawn if not row["there"]]).mark_rect(
        cornerRadius=2, filled=False, stroke=look.muted, strokeDash=[3, 3], strokeOpacity=0.7, aria=True
    )
    colour = alt.Color("colour:N", scale=None, legend=None)
    return [full.encode(**place, color=colour, **tips(drawn)), empty.encode(**place, **tips(drawn))]


def _numbers(drawn: Sequence[Record], plot: float, height: float, wide_each: float, look: Theme) -> list[alt.Chart]:
    if wide_each < NEEDED:
        return []
    layers = []
    for dark, colour in ((True, "#FFFFFE"), (False, "#1E2531")):
        there = [row for row in drawn if row["there"] and row["dark"] is dark]
        small = [{"x": row["x"], "y": row["below"], "text": row["n"]} for row in there]
        layers.append(text_layer(there, height, x=across(plot), align="center", colour=colour, size=12.5, weight=600))
        layers.append(text_layer(small, height, x=across(plot), align="center", colour=colour, size=10))
    none = [{"x": row["x"], "y": row["y"] + 7, "text": "no data"} for row in drawn if not row["there"]]
    layers.append(text_layer(none, height, x=across(plot), align="center", colour=look.muted, size=10, italic=True))
    return layers


def _heads(
    columns: Sequence[object], wide_each: float, plot: float, height: float, head: str, look: Theme
) -> list[alt.Chart]:
    """Columns' names over their cells, in up to three lines; slanted where cells are too narrow for that."""
    if wide_each < SLANTED:
        names = distinct(columns, 150)
        rows = [{"text": names[name], "x": wide_each * (at + 0.5), "y": -10} for at, name in enumerate(columns)]
        text = layer(rows).mark_text(align="left", angle=325, limit=170)
        drawn = text.encode(x=across(plot), y=down(height), text=alt.Text("text:N"))
        over = -30 - max(min(wide(name), 170) for name in names.values()) * 0.574
    else:
        names = distinct(columns, LINES * 0.8 * (wide_each - 10))
        cut = {name: wrapped(names[name], wide_each - 8, 12)[:LINES] for name in columns}
        rows = [
            {"text": line, "x": wide_each * (at + 0.5), "y": -12 - 14 * (len(cut[name]) - 1 - number)}
            for at, name in enumerate(columns)
            for number, line in enumerate(cut[name])
        ]
        drawn = text_layer(rows, height, x=across(plot), align="center", limit=wide_each - 2)
        over = -32 - 14 * (max(map(len, cut.values())) - 1)
    return [drawn, text_layer([{"text": head, "y": over}], height, x=0, colour=look.muted, limit=WIDTH - 200)]
