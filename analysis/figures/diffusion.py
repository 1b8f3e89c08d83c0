"""Diffusion of the order: the share of agents that know of it by the end of each round."""

from collections.abc import Sequence

import altair as alt

from analysis.figures.curves import Curve, coloured, end_labels, lines, scales
from analysis.figures.kit.canvas import across, empty_figure, framed, hover, text_layer
from analysis.figures.kit.frames import Frame, Record, grouping, records
from analysis.figures.kit.ladder import cell, level
from analysis.figures.kit.theme import WIDTH, theme
from analysis.figures.kit.wording import heading, interval, percent

__all__ = ["diffusion"]

OWN = ("round", "value", "low", "high", "n", "episodes", "method", "reason")
HEIGHT, AXIS, NAMES, LABEL = 230, 44, 210, 16  # pixels


def diffusion(
    frame: Frame,
    by: Sequence[str] | None = None,
    *,
    title: str = "Who knows of the order",
    subtitle: str = "Share of agents that know of it by the end of each round, with its 95 % interval.",
    dark: bool = False,
    width: float = WIDTH,
) -> alt.LayerChart:
    """A frame of `analysis.graphs.metrics.diffusion.informed_share`. `by`: what names a curve; None: all else."""
    look, what = theme(dark), "a figure of diffusion"
    by = grouping(frame, by, OWN, what)
    rows = [row for row in records(frame, (*by, *OWN[:5]), what) if row["value"] is not None]
    if not rows:
        return empty_figure(title, "No valid episode has an agent that could come to know of the order.", look)
    series = list(dict.fromkeys(tuple(row[name] for name in by) for row in rows))
    last = max(1, *(row["round"] for row in rows))
    side = NAMES if len(series) > 1 else 0
    plot = width - AXIS - side - 24
    height = max(HEIGHT, LABEL * len(series))
    curves = []
    for at, key in enumerate(series):
        mine = sorted((row for row in rows if tuple(row[n] for n in by) == key), key=lambda row: row["round"])
        name = " · ".join(str(level(column, value)) for column, value in zip(by, key, strict=True))
        curves.append(Curve(name, coloured(at), tuple(_point(row, by, plot / last, height) for row in mine)))
    step = max(1, -(-last // 16))
    rounds = [{"text": str(at), "x": plot * at / last, "y": height + 14} for at in range(0, last + 1, step)]
    below = [{"text": "round", "x": plot / 2, "y": height + 34}]
    layers = [
        *scales(1.0, [(0, plot)], plot, height, look),
        *lines(curves, plot, height, band=True, stepped=True),
        *(end_labels(curves, plot, plot, height, side - 24, look) if side else []),
        text_layer(rounds, height, x=across(plot), align="center", colour=look.muted),
        text_layer(below, height, x=across(plot), align="center", colour=look.muted),
    ]
    if side:
        subtitle = f"{subtitle} Curves: {heading(by)}."
    return framed(layers, width=plot, height=height, title=title, subtitle=subtitle, look=look)


def _point(row: Record, by: Sequence[str], step: float, height: float) -> Record:
    pairs = {
        "cell": cell(row, by) or "all",
        "round": str(row["round"]),
        "share": percent(row["value"], 1),
        "interval": interval(row["low"], row["high"]),
        "n": str(row["n"]),
    }
    y, top, bottom = (None if row[name] is None else height * (1 - row[name]) for name in ("value", "high", "low"))
    return hover(pairs, x=row["round"] * step, y=y, top=top, bottom=bottom)
