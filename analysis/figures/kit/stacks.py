"""Parts of a whole as one bar a row: what composition, ledger and severity ladder have in common."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt

from analysis.figures.kit.canvas import GAP, down, framed, hover, layer, share_axis, text_layer, tips
from analysis.figures.kit.frames import Record
from analysis.figures.kit.ladder import Ladder, arranged, cell, ladder, rows_of
from analysis.figures.kit.theme import Theme
from analysis.figures.kit.wording import percent, wide

__all__ = ["Part", "Whole", "luminance", "stacked"]

BAR = 17  # pixels
ROOM = 34  # pixels that a segment needs to hold its number


@dataclass(frozen=True)
class Part:
    """A segment's name in words, its colour, and how many there are of it."""

    name: str
    colour: str
    count: int


@dataclass(frozen=True)
class Whole:
    """One bar: the columns that name its group, and its parts in the order in which they are drawn."""

    record: Record
    parts: tuple[Part, ...]

    @property
    def n(self) -> int:
        return sum(part.count for part in self.parts)


def stacked(
    wholes: Sequence[Whole], by: Sequence[str], *, title: str, subtitle: str, unit: str, width: float, look: Theme
) -> alt.LayerChart:
    """A bar for each whole, scaled to 100 %, its n at the right; a legend of the parts that occur. Not empty."""
    order = {id(record): at for at, record in enumerate(arranged([whole.record for whole in wholes], by))}
    wholes = sorted(wholes, key=lambda whole: order[id(whole.record)])
    rows, over = rows_of([whole.record for whole in wholes], by, 220)
    steps = ladder(rows, widest=250, over=over)
    right = max(wide(f"n {whole.n}") for whole in wholes) + 6
    plot = width - steps.gutter - right - GAP - 12
    segments = [each for whole, y in zip(wholes, steps.middles, strict=True) for each in _segments(whole, by, y, plot)]
    values = [0, 0.25, 0.5, 0.75, 1]
    x = alt.X("x:Q", scale=alt.Scale(domain=[0, 1], nice=False), axis=share_axis(unit, values))
    counts = [{"text": f"n {whole.n}", "y": y} for whole, y in zip(wholes, steps.middles, strict=True)]
    none = [{"text": "nothing to count", "y": row["y"]} for row in counts if row["text"] == "n 0"]
    layers = [
        steps.grid(values, x, look.grid),
        _bars(segments, steps, x, _legend(wholes, plot), look),
        *_numbers(segments, steps, x),
        text_layer(counts, steps.height, x=plot + GAP + right - 6, align="right", colour=look.muted),
        text_layer(none, steps.height, x=6, colour=look.muted, italic=True),
        *steps.labels(look),
    ]
    return framed(layers, width=plot, height=steps.height, title=title, subtitle=subtitle, look=look)


def _segments(whole: Whole, by: Sequence[str], y: float, plot: float) -> list[Record]:
    found, before = [], 0
    for part in whole.parts:
        if part.count:
            share, middle = part.count / whole.n, (before + part.count / 2) / whole.n
            pairs = {"cell": cell(whole.record, by), "class": part.name, "share": percent(share, 1)}
            text = percent(share).removesuffix(" %") if share * plot >= ROOM else ""
            place = {"x": before / whole.n, "end": (before + part.count) / whole.n, "middle": middle, "text": text}
            pairs["n"] = f"{part.count} of {whole.n}"
            row = hover(pairs, **place, y=y, top=y - BAR / 2, bottom=y + BAR / 2, part=part.name)
            found.append({**row, "dark": luminance(part.colour) < 0.3})
            before += part.count
    return found


def _legend(wholes: Sequence[Whole], plot: float) -> alt.Color:
    """In the order of the parts; those that never occur have no place in it."""
    there = {part.name: part.colour for whole in wholes for part in whole.parts if part.count}
    order = list(dict.fromkeys(part.name for whole in wholes for part in whole.parts if part.name in there))
    longest = max((wide(name) for name in order), default=1) + 34
    columns = max(1, min(len(order), int(plot / longest)))
    legend = alt.Legend(title=None, orient="bottom", columns=columns, symbolType="square", symbolStrokeWidth=0)
    return alt.Color("part:N", scale=alt.Scale(domain=order, range=[there[name] for name in order]), legend=legend)


def _bars(segments: Sequence[Record], steps: Ladder, x: alt.X, colour: alt.Color, look: Theme) -> alt.Chart:
    bars: alt.Chart = layer(segments).mark_rect(stroke=look.paper, strokeWidth=1, aria=True)
    place: dict[str, Any] = {"x": x, "x2": alt.X2("end:Q"), "y": down(steps.height, "top"), "y2": alt.Y2("bottom:Q")}
    return bars.encode(**place, color=colour, **tips(segments))


def _numbers(segments: Sequence[Record], steps: Ladder, x: alt.X) -> list[alt.Chart]:
    """The shares of the segments that have room for it, light on dark and dark on light."""
    middle = alt.X("middle:Q", scale=x["scale"], axis=x["axis"])
    layers = []
    for dark, colour in ((True, "#FFFFFE"), (False, "#1E2531")):
        rows = [row for row in segments if row["text"] and row["dark"] is dark]
        layers.append(text_layer(rows, steps.height, x=middle, align="center", colour=colour, size=10.5))
    return layers


def luminance(colour: str) -> float:
    """Relative luminance (WCAG 2.2)."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
