"""Forest plot: every contrast with its difference, interval, counts and corrected p value; one row each."""

import math
from collections.abc import Sequence
from typing import Any

import altair as alt

from analysis.figures.kit.canvas import GAP, down, empty_figure, framed, hover, layer, text_layer, tips
from analysis.figures.kit.frames import Frame, Record, records
from analysis.figures.kit.ladder import Ladder, Row, ladder, ticks
from analysis.figures.kit.theme import WIDTH, Theme, theme
from analysis.figures.kit.wording import distinct, humane, percent, plain, points, probability, short, wrapped

__all__ = ["forest"]

NEEDED = ("contrast", "question", "cast", "role", "factor", "arm_a", "arm_b", "events_a", "n_a", "events_b", "n_b")
ALSO = ("difference", "low", "high", "p", "p_holm", "pairs", "reason")
QUESTION, NUMBERS, P = 300, 128, 52  # pixels of the columns
ALPHA = 0.05


def forest(
    frame: Frame, *, title: str = "How much more often is a peer protected?", dark: bool = False, width: float = WIDTH
) -> alt.LayerChart:
    """Every row of a table with the columns of `analysis.contrasts.CONTRASTS`, under its cast and role.

    A filled point: p is below 0.05 after Holm's correction. A row without a difference says why in its place.
    """
    look = theme(dark)
    rows = records(frame, (*NEEDED, *ALSO), "a forest plot")
    if not rows:
        return empty_figure(title, "No contrast was asked for whose arms are both in these runs.", look)
    groups = _groups(rows)
    several = len(set(groups)) > 1
    steps = ladder([_row(row, groups[at] if several else "") for at, row in enumerate(rows)], widest=QUESTION, pitch=27)
    plot = width - steps.gutter - NUMBERS - P - 2 * GAP - 12
    low, high = _reach(rows)
    subtitle = "Difference in percentage points, with its 95 % interval. Filled: p < 0.05 after Holm's correction."
    if not several and groups[0]:
        subtitle = f"{groups[0]}\n{subtitle}"
    placed = [_placed(row, y) for row, y in zip(rows, steps.middles, strict=True)]
    layers = [
        *_plot([row for row in placed if row["text"] != ""], steps, look, (low, high)),
        *_columns(placed, steps, look, plot),
        *steps.labels(look),
    ]
    return framed(layers, width=plot, height=steps.height, title=title, subtitle=subtitle, look=look)


def _groups(rows: Sequence[Record]) -> list[str]:
    casts = distinct((row["cast"] for row in rows), WIDTH - 160, bold=True)
    roles = {row["role"] for row in rows}
    told = []
    for row in rows:
        cast = casts[row["cast"]] if row["cast"] is not None else "all casts"
        told.append(f"{cast} · {plain(row['role'] or 'all roles', 40)}" if roles != {None} else cast)
    return told


def _row(row: Record, group: str) -> Row:
    question = wrapped(row["question"] or humane(row["contrast"]), QUESTION - 30, 11)[:3]
    if row["n_a"] is None or row["n_b"] is None or row["events_a"] is None:
        arms = f"({humane(row['arm_a'])}) less ({humane(row['arm_b'])})"
    else:
        a, b = (f"{short(humane(row[f'arm_{x}']))} {row[f'events_{x}']}/{row[f'n_{x}']}" for x in "ab")
        arms = f"{humane(row['factor'])}: {a}, {b}"
    return Row(group, tuple(question), tuple(wrapped(arms, QUESTION - 30, 10.5)[:2]))


def _reach(rows: Sequence[Record]) -> tuple[float, float]:
    """From where to where the axis goes: all intervals and zero, in tens of points."""
    ends = [row[name] for row in rows for name in ("low", "high", "difference") if row[name] is not None]
    low, high = min([-0.1, *ends]), max([0.1, *ends])
    return math.floor(round(low * 10, 6)) / 10, math.ceil(round(high * 10, 6)) / 10


def _placed(row: Record, y: float) -> Record:
    there = row["difference"] is not None
    bounds = f"{points(row['low'])} to {points(row['high'])}" if row["low"] is not None else ""
    pairs = {
        "contrast": plain(row["contrast"]),
        "question": plain(row["question"]),
        "cell": f"{plain(row['cast'] or 'all casts')}, {plain(row['role'] or 'all roles')}",
        "difference": f"{points(row['difference'])} points" if there else "",
        "interval": bounds,
        "n": ", ".join(_arm(row, arm) for arm in "ab" if row[f"n_{arm}"] is not None),
        "pairs": str(row["pairs"] or ""),
        "p": f"{probability(row['p'])}, {probability(row['p_holm'])} after Holm" if row["p"] is not None else "",
        "reason": "" if there else plain(row["reason"] or "no difference"),
    }
    sure = row["p_holm"] is not None and row["p_holm"] < ALPHA
    numbers = f"{points(row['difference'])} [{points(row['low'])}, {points(row['high'])}]" if there else ""
    drawn = {"x": row["difference"], "low": row["low"], "high": row["high"], "sure": sure, "text": numbers}
    return hover(pairs, y=y, p=probability(row["p_holm"]) if there else "", **drawn)


def _arm(row: Record, arm: str) -> str:
    events, n = row[f"events_{arm}"], row[f"n_{arm}"]
    name = plain(row[f"arm_{arm}"], 80)
    return f"{name} {events}/{n} ({percent(events / n if n else None)})" if events is not None else f"{name} n {n}"


def _plot(rows: Sequence[Record], steps: Ladder, look: Theme, reach: tuple[float, float]) -> list[alt.Chart]:
    sign = "(datum.value > 0 ? '+' : datum.value < 0 ? '−' : '') + format(abs(datum.value * 100), '.0f')"
    axis = alt.Axis(title="percentage points", labelExpr=sign, values=ticks(*reach), grid=False, labelFlush=False)
    x = alt.X("x:Q", scale=alt.Scale(domain=list(reach), nice=False), axis=axis)
    y = down(steps.height)
    line: dict[str, Any] = {"y": y, **tips(rows)}
    bars = layer([row for row in rows if row["low"] is not None]).mark_rule(color=look.ink, strokeWidth=1.6, aria=True)
    dots = layer(rows).mark_point(size=62, strokeWidth=1.8, filled=False, opacity=1, aria=True, stroke=look.ink)
    fill = alt.condition("datum.sure", alt.value(look.ink), alt.value(look.paper))
    return [
        steps.grid(ticks(*reach), x, look.grid),
        steps.grid([0], x, look.muted, 1.2),
        bars.encode(x=alt.X("low:Q", axis=axis), x2=alt.X2("high:Q"), **line),
        dots.encode(x=x, fill=fill, **line),
    ]


def _columns(rows: Sequence[Record], steps: Ladder, look: Theme, plot: float) -> list[alt.Chart]:
    height = steps.height
    right = plot + GAP + NUMBERS
    heads = [{"text": "points [95 %]", "y": -12}]
    told = [row for row in rows if row["text"]]
    missing = [{"text": row["tip reason"], "y": row["y"]} for row in rows if not row["text"]]
    ps = [{"text": row["p"], "y": row["y"]} for row in told]
    return [
        text_layer(heads, height, x=right, align="right", colour=look.muted),
        text_layer([{"text": "p (Holm)", "y": -12}], height, x=right + GAP + P, align="right", colour=look.muted),
        text_layer([{"text": row["text"], "y": row["y"]} for row in told], height, x=right, align="right"),
        text_layer(ps, height, x=right + GAP + P, align="right"),
        text_layer(missing, height, x=4, limit=plot + NUMBERS + P, colour=look.muted, italic=True),
    ]
