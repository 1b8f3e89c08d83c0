"""Rows of a figure one below the other: group headings, labels of one or more lines, and where each row stands."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import altair as alt

from analysis.figures.kit.canvas import down, layer, text_layer
from analysis.figures.kit.frames import Record
from analysis.figures.kit.theme import WIDTH, Theme
from analysis.figures.kit.wording import distinct, heading, humane, plain, short, wide

__all__ = ["Ladder", "Row", "arranged", "cell", "ladder", "level", "rows_of", "ticks"]

LINE = 14  # pixels from one line of text to the next
HEAD = 26  # height of a group's heading


@dataclass(frozen=True)
class Row:
    """What stands left of one row: the group that it is under, and its lines, the first in ink, `minor` muted."""

    group: str
    lines: tuple[str, ...]
    minor: tuple[str, ...] = ()


@dataclass(frozen=True)
class Ladder:
    """Where everything stands, in pixels from the top. `middles` are those of the rows, in their order."""

    rows: tuple[Row, ...]
    middles: tuple[float, ...]
    heads: tuple[tuple[str, float], ...]
    height: float
    gutter: float  # width that the labels take, to the left of the plot
    over: str  # what the labels are, above them

    def labels(self, look: Theme) -> list[alt.Chart]:
        """All text left of the plot."""
        indent = 10 if self.heads else 0
        limit = self.gutter - indent - 10
        inks: list[Record] = []
        minors: list[Record] = []
        for row, middle in zip(self.rows, self.middles, strict=True):
            lines = [*((line, inks) for line in row.lines), *((line, minors) for line in row.minor)]
            top = middle - LINE * (len(lines) - 1) / 2
            for at, (line, into) in enumerate(lines):
                into.append({"text": line, "y": top + LINE * at})
        heads = [{"text": text, "y": y} for text, y in self.heads]
        left = -self.gutter
        layers = [
            text_layer(inks, self.height, x=left + indent, limit=limit),
            text_layer(heads, self.height, x=left, limit=WIDTH - 20, weight=600),
            text_layer(minors, self.height, x=left + indent, limit=limit, colour=look.muted, size=10.5),
        ]
        over = [{"text": self.over, "y": -12}] if self.over else []
        layers.append(text_layer(over, self.height, x=left, limit=self.gutter - 6, colour=look.muted))
        return layers

    def grid(self, values: Sequence[float], x: alt.X, colour: str, width: float = 1) -> alt.Chart:
        """Vertical lines at `values` of the x axis, through the rows and not through headings."""
        spans, top = [], 0.0
        for _, y in self.heads:
            if y - HEAD / 2 - 8 > top:
                spans.append((top, y - HEAD / 2 - 4))
            top = y + HEAD / 2
        spans.append((top, self.height))
        lines = [{"x": value, "y": start, "end": end} for value in values for start, end in spans]
        drawn: alt.Chart = layer(lines).mark_rule(color=colour, strokeWidth=width)
        return drawn.encode(x=x, y=down(self.height), y2=alt.Y2("end:Q"))


def ticks(low: float, high: float) -> list[float]:
    """Round values of an axis of shares or of their differences, about six of them, zero among them."""
    step = next(step for step in (0.02, 0.05, 0.1, 0.2, 0.25, 0.5) if (high - low) / step <= 7 or step == 0.5)
    return [round(step * at, 4) for at in range(math.ceil(round(low / step, 6)), math.floor(round(high / step, 6)) + 1)]


def ladder(rows: Sequence[Row], *, widest: float, pitch: float = 24, over: str = "") -> Ladder:
    """Rows from the top down, a heading where the group changes; the gutter is at most `widest` pixels."""
    y, middles, heads = 0.0, [], []
    for at, row in enumerate(rows):
        if row.group and (at == 0 or rows[at - 1].group != row.group):
            y += 8 if at else 0
            heads.append((row.group, y + HEAD / 2))
            y += HEAD
        height = max(pitch, LINE * (len(row.lines) + len(row.minor)) + pitch - LINE - 2)
        middles.append(y + height / 2)
        y += height
    needed = max((wide(line) for row in rows for line in (*row.lines, *row.minor)), default=0)
    indent = 10 if heads else 0
    gutter = min(widest, max(needed + indent + 14, wide(over) + 6, 60))
    return Ladder(tuple(rows), tuple(middles), tuple(heads), y, gutter, over)


def cell(record: Record, by: Sequence[str]) -> str:
    """What a record is of, in words and whole: `threat: on, target: peer`."""
    return ", ".join(f"{humane(name)}: {plain(record[name])}" for name in by)


def arranged(records: Sequence[Record], by: Sequence[str]) -> list[Record]:
    """Records with the same first level together, and so on: levels in the order in which they first occur."""
    ranks = {name: {level: at for at, level in enumerate(dict.fromkeys(r[name] for r in records))} for name in by}
    return sorted(records, key=lambda record: [ranks[name][record[name]] for name in by])


def level(column: str, value: object) -> object:
    """A level as it is labelled: those of the arena in words, names of models and casts as they are."""
    ours = column.startswith("factor_") or column in ("measure", "flag", "outcome")
    return humane(value) if ours and isinstance(value, str) else value


def rows_of(records: Sequence[Record], by: Sequence[str], pixels: float) -> tuple[list[Row], str]:
    """A row for each record, its label at most about `pixels` wide, and what the labels are.

    With several columns in `by`, the first becomes headings where it has several rows to a value.
    """
    if not by:
        return [Row("", ("all",)) for _ in records], ""
    firsts = [level(by[0], record[by[0]]) for record in records]
    grouped = len(by) > 1 and len(set(firsts)) < len(firsts)
    heads = distinct(firsts, WIDTH - 40, bold=True) if grouped else {}
    rest = by[1:] if grouped else by
    names = {name: distinct((level(name, record[name]) for record in records), pixels) for name in rest}
    rows = [
        Row(heads[first] if grouped else "", (" · ".join(names[name][level(name, record[name])] for name in rest),))
        for first, record in zip(firsts, records, strict=True)
    ]
    return rows, short(heading(rest), 60)
