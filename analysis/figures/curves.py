"""Lines over ordered places with intervals and their names at the end: relationship gradient and diffusion."""

from collections.abc import Sequence
from dataclasses import dataclass

import altair as alt

from analysis.figures.kit.canvas import across, down, layer, text_layer, tips
from analysis.figures.kit.frames import Record
from analysis.figures.kit.ladder import ticks
from analysis.figures.kit.theme import SERIES, Theme
from analysis.figures.kit.wording import distinct, percent

__all__ = ["Curve", "coloured", "end_labels", "lines", "scales", "spread_apart"]


@dataclass(frozen=True)
class Curve:
    """One series: its name, its colour, and its points as rows of `canvas.hover` with `x`, `y`, `top`, `bottom`."""

    name: object
    colour: str
    points: tuple[Record, ...]


def coloured(at: int) -> str:
    """The colour of a series, again from the first after the last."""
    return SERIES[at % len(SERIES)]


def lines(
    curves: Sequence[Curve], width: float, height: float, *, band: bool, stepped: bool = False
) -> list[alt.Chart]:
    """Every curve in its colour, with its interval as a band or as bars. All in pixels."""
    rows = [{**point, "series": at, "colour": each.colour} for at, each in enumerate(curves) for point in each.points]
    place = {"x": across(width), "color": alt.Color("colour:N", scale=None, legend=None)}
    detail = alt.Detail("series:N")
    how = "step-after" if stepped else "linear"
    spread = [row for row in rows if row["top"] is not None]
    if band:
        interval = layer(spread).mark_area(opacity=0.3 / (1 + len(curves)), interpolate=how)  # type: ignore[arg-type]
    else:
        interval = layer(spread).mark_rule(strokeWidth=1.6, opacity=0.75)
    drawn = layer(rows).mark_line(strokeWidth=2, interpolate=how)  # type: ignore[arg-type]
    dots = layer(rows).mark_point(filled=True, size=48, opacity=1, aria=True)
    return [
        interval.encode(**place, y=down(height, "top"), y2=alt.Y2("bottom:Q"), detail=detail),
        drawn.encode(**place, y=down(height), detail=detail),
        dots.encode(**place, y=down(height), **tips(rows)),
    ]


def scales(
    top: float, spans: Sequence[tuple[float, float]], width: float, height: float, look: Theme
) -> list[alt.Chart]:
    """Level lines at round shares through each span (from, to) of pixels, told in percent at the left."""
    values = [(share, height * (1 - share / top)) for share in ticks(0, top)]
    rules = [{"x": start, "end": end, "y": y} for _, y in values for start, end in spans]
    told = [{"text": percent(share), "y": y} for share, y in values]
    grid = layer(rules).mark_rule(color=look.grid, strokeWidth=1)
    return [
        grid.encode(x=across(width), x2=alt.X2("end:Q"), y=down(height)),
        text_layer(told, height, x=-8, align="right", colour=look.muted),
    ]


def end_labels(
    curves: Sequence[Curve], x: float, width: float, height: float, limit: float, look: Theme
) -> list[alt.Chart]:
    """Each curve's name right of its last point, none over another, joined to it by a thin line."""
    names = distinct((each.name for each in curves), limit)
    last = [each.points[-1] for each in curves]
    places = spread_apart([point["y"] for point in last], 15, height)
    rows = [
        {"text": names[each.name], "x": point["x"] + 7, "end": x + 16, "y": point["y"], "to": y, "colour": each.colour}
        for each, point, y in zip(curves, last, places, strict=True)
    ]
    joints = layer(rows).mark_rule(strokeWidth=1, opacity=0.6)
    ends = {"x": across(width), "x2": alt.X2("end:Q"), "y": down(height), "y2": alt.Y2("to:Q")}
    return [
        joints.encode(**ends, color=alt.Color("colour:N", scale=None, legend=None)),
        text_layer([{**row, "y": row["to"]} for row in rows], height, x=x + 20, limit=limit, colour=look.ink),
    ]


def spread_apart(places: Sequence[float], gap: float, height: float) -> list[float]:
    """The places moved as little as needed so that neighbours are `gap` apart, in the same order, within the height.

    Places that would meet become one group around their common middle; groups that then meet are joined too.
    """
    groups: list[tuple[list[int], float]] = []  # who is in it, from the top; their middle
    for at in sorted(range(len(places)), key=lambda at: places[at]):
        members, middle = [at], _within(places[at], gap, height)
        while groups and groups[-1][1] + gap * len(groups[-1][0]) / 2 > middle - gap * len(members) / 2:
            before, _ = groups.pop()
            members = [*before, *members]
            middle = _within(sum(places[one] for one in members) / len(members), gap * len(members), height)
        groups.append((members, middle))
    moved = list(places)
    for members, middle in groups:
        for number, at in enumerate(members):
            moved[at] = middle + gap * (number - (len(members) - 1) / 2)
    return moved


def _within(middle: float, size: float, height: float) -> float:
    return max(min(middle, height - size / 2), size / 2)
