"""Rates as dots with their Wilson intervals, counts and numbers beside them."""

from collections.abc import Sequence

import altair as alt

from analysis.figures.kit.canvas import GAP, down, empty_figure, framed, hover, layer, share_axis, text_layer, tips
from analysis.figures.kit.frames import Frame, Record, grouping, records
from analysis.figures.kit.ladder import Ladder, arranged, cell, ladder, rows_of, ticks
from analysis.figures.kit.theme import WIDTH, Theme, theme
from analysis.figures.kit.wording import interval, percent, plain

__all__ = ["rates", "reach"]

OWN = ("events", "n", "rate", "low", "high", "reason")
COUNTS, NUMBERS = 64, 118  # pixels of the columns


def rates(
    frame: Frame,
    by: Sequence[str] | None = None,
    *,
    title: str = "How often",
    subtitle: str = "Share with its 95 % interval (Wilson).",
    dark: bool = False,
    width: float = WIDTH,
) -> alt.LayerChart:
    """A frame of `analysis.measures.rates.rate`, `headline` or `flag_rates`. `by`: what names a row; None: all else."""
    look, what = theme(dark), "a figure of rates"
    by = grouping(frame, by, OWN, what)
    rows = arranged(records(frame, (*by, *OWN), what), by)
    if not rows:
        return empty_figure(title, "There is no group to count.", look)
    lines, over = rows_of(rows, by, 270)
    steps = ladder(lines, widest=300, over=over)
    plot = width - steps.gutter - COUNTS - NUMBERS - 2 * GAP - 12
    placed = [_placed(row, by, y) for row, y in zip(rows, steps.middles, strict=True)]
    layers = [*_plot(placed, steps, look, reach(rows)), *_columns(placed, steps, look, plot), *steps.labels(look)]
    return framed(layers, width=plot, height=steps.height, title=title, subtitle=subtitle, look=look)


def reach(rows: Sequence[Record]) -> float:
    """The right end of an axis of shares: the whole, unless all intervals end far below."""
    top = max([0.0, *(row[name] for row in rows for name in ("high", "rate") if row[name] is not None)])
    return next(end for end in (0.1, 0.25, 0.5, 1.0) if top <= end)


def _placed(row: Record, by: Sequence[str], y: float) -> Record:
    some = row["rate"] is not None
    pairs = {
        "cell": cell(row, by) or "all",
        "rate": percent(row["rate"], 1) if some else "",
        "interval": interval(row["low"], row["high"]),
        "n": f"{row['events']} of {row['n']}",
        "reason": "" if some else plain(row["reason"] or "nothing to count"),
    }
    numbers = f"{percent(row['rate'])} [{interval(row['low'], row['high'])}]" if some else ""
    return hover(pairs, y=y, x=row["rate"], low=row["low"], high=row["high"], text=numbers, some=some)


def _plot(rows: Sequence[Record], steps: Ladder, look: Theme, top: float) -> list[alt.Chart]:
    values = ticks(0, top)
    axis = share_axis("share", values)
    x = alt.X("x:Q", scale=alt.Scale(domain=[0, top], nice=False), axis=axis)
    some = [row for row in rows if row["some"]]
    bars = layer([row for row in some if row["low"] is not None]).mark_rule(color=look.ink, strokeWidth=1.8, aria=True)
    dots = layer(some).mark_point(filled=True, opacity=1, size=64, color=look.ink, aria=True)
    told = {"y": down(steps.height), **tips(rows)}
    return [
        steps.grid(values, x, look.grid),
        bars.encode(x=alt.X("low:Q", axis=axis), x2=alt.X2("high:Q"), **told),
        dots.encode(x=x, **told),
    ]


def _columns(rows: Sequence[Record], steps: Ladder, look: Theme, plot: float) -> list[alt.Chart]:
    height, right = steps.height, plot + GAP + COUNTS
    counts = [{"text": row["tip n"].replace(" of ", "/"), "y": row["y"]} for row in rows]
    numbers = [{"text": row["text"], "y": row["y"]} for row in rows if row["some"]]
    missing = [{"text": row["tip reason"], "y": row["y"]} for row in rows if not row["some"]]
    return [
        text_layer([{"text": "n", "y": -12}], height, x=right, align="right", colour=look.muted),
        text_layer(
            [{"text": "share [95 %]", "y": -12}], height, x=right + GAP + NUMBERS, align="right", colour=look.muted
        ),
        text_layer(counts, height, x=right, align="right", colour=look.muted),
        text_layer(numbers, height, x=right + GAP + NUMBERS, align="right"),
        text_layer(missing, height, x=4, limit=plot, colour=look.muted, italic=True),
    ]
