"""Relationship gradient: a rate along ordered levels, a line for each series, a panel for each level of another."""

from collections.abc import Sequence
from dataclasses import dataclass

import altair as alt

from analysis.figures.curves import Curve, coloured, end_labels, lines, scales
from analysis.figures.kit.canvas import across, empty_figure, framed, hover, text_layer
from analysis.figures.kit.frames import Frame, Record, grouping, records
from analysis.figures.kit.ladder import cell, level
from analysis.figures.kit.theme import WIDTH, Theme, theme
from analysis.figures.kit.wording import distinct, heading, humane, interval, percent
from analysis.figures.rates import reach

__all__ = ["gradient"]

OWN = ("events", "n", "rate", "low", "high", "reason")
HEIGHT, AXIS, NAMES, BETWEEN, DODGE, LABEL = 220, 44, 210, 34, 9, 16  # pixels


@dataclass(frozen=True)
class _Panel:
    name: object
    left: float
    step: float
    height: float

    def x(self, place: int, shift: float) -> float:
        return self.left + self.step * (place + 0.5) + shift

    def y(self, share: float | None, top: float) -> float | None:
        return None if share is None else self.height * (1 - share / top)


def gradient(
    frame: Frame,
    along: str,
    *,
    order: Sequence[str] | None = None,
    panel: str | None = None,
    title: str = "How often, along the relationship",
    dark: bool = False,
    width: float = WIDTH,
) -> alt.LayerChart:
    """A frame of `analysis.measures.rates.rate` by the ordered column `along`, by `panel` if given, and by series.

    `order`: the levels of `along` from left to right; None: as they first occur. Levels left out of it are left out.
    """
    look, what = theme(dark), "a figure of a gradient"
    grouping(frame, [along, *([panel] if panel else [])], (), what)
    by = grouping(frame, None, (along, *((panel,) if panel else ()), *OWN), what)
    rows = [row for row in records(frame, (along, *OWN), what) if order is None or row[along] in order]
    if not any(row["rate"] is not None for row in rows):
        return empty_figure(title, f"No level of {humane(along)} has anything to count.", look)
    levels = list(order) if order is not None else list(dict.fromkeys(row[along] for row in rows))
    names = list(dict.fromkeys(row[panel] for row in rows)) if panel else [None]
    series = list(dict.fromkeys(tuple(row[name] for name in by) for row in rows))
    side = NAMES if len(series) > 1 else 0
    plot = width - AXIS - side - 24
    each = (plot - BETWEEN * (len(names) - 1)) / len(names)
    top, height = reach(rows), max(HEIGHT, LABEL * len(series))
    panels = [_Panel(name, at * (each + BETWEEN), each / len(levels), height) for at, name in enumerate(names)]
    drawn: list[alt.Chart] = []
    for at, one in enumerate(panels):
        mine = [row for row in rows if panel is None or row[panel] == one.name]
        curves = _curves(mine, (along, by, panel), (levels, series), one, top)
        drawn += lines(curves, plot, height, band=False)
        if side and at == len(panels) - 1:
            drawn += end_labels(curves, plot, plot, height, side - 24, look)
    spans = [(one.left, one.left + each) for one in panels]
    layers = [*scales(top, spans, plot, height, look), *drawn, *_heads(panels, levels, (along, panel), plot, look)]
    subtitle = "Share with its 95 % interval (Wilson)." + (f" Lines: {heading(by)}." if side else "")
    return framed(layers, width=plot, height=height, title=title, subtitle=subtitle, look=look)


def _curves(
    rows: Sequence[Record],
    columns: tuple[str, Sequence[str], str | None],
    places: tuple[Sequence[object], Sequence[tuple[object, ...]]],
    panel: _Panel,
    top: float,
) -> list[Curve]:
    (along, by, split), (levels, series) = columns, places
    found = []
    for at, key in enumerate(series):
        shift = min(DODGE, 0.8 * panel.step / len(series)) * (at - (len(series) - 1) / 2)
        mine = [row for row in rows if tuple(row[name] for name in by) == key and row["rate"] is not None]
        points = []
        for row in sorted(mine, key=lambda row: levels.index(row[along])):
            pairs = {
                "cell": cell(row, [along, *([split] if split else []), *by]),
                "rate": percent(row["rate"], 1),
                "interval": interval(row["low"], row["high"]),
                "n": f"{row['events']} of {row['n']}",
            }
            y, up, low = (panel.y(row[name], top) for name in ("rate", "high", "low"))
            points.append(hover(pairs, x=panel.x(levels.index(row[along]), shift), y=y, top=up, bottom=low))
        if points:
            name = " · ".join(str(level(column, value)) for column, value in zip(by, key, strict=True)) or "all"
            found.append(Curve(name, coloured(at), tuple(points)))
    return found


def _heads(
    panels: Sequence[_Panel], levels: Sequence[object], columns: tuple[str, str | None], plot: float, look: Theme
) -> list[alt.Chart]:
    (along, split), height = columns, panels[0].height
    names = distinct((level(along, each) for each in levels), panels[0].step - 4)
    below = [
        {"text": names[level(along, each)], "x": panel.x(at, 0), "y": height + 14}
        for panel in panels
        for at, each in enumerate(levels)
    ]
    each = panels[0].step * len(levels)
    title = [{"text": humane(along), "x": panel.left + each / 2, "y": height + 34} for panel in panels]
    over = [
        {"text": f"{humane(split)}: {level(split, panel.name)}", "x": panel.left, "y": -14} for panel in panels if split
    ]
    return [
        text_layer(below, height, x=across(plot), align="center"),
        text_layer(title, height, x=across(plot), align="center", colour=look.muted),
        text_layer(over, height, x=across(plot), weight=600, limit=each),
    ]
