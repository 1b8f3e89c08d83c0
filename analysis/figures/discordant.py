"""Pairs that share a seed: in how many only one arm showed the event, to either side of a middle line."""

from collections.abc import Sequence
from typing import Literal

import altair as alt

from analysis.figures.kit.canvas import GAP, down, empty_figure, framed, hover, layer, text_layer, tips
from analysis.figures.kit.frames import Frame, Record, records
from analysis.figures.kit.ladder import Ladder, Row, ladder
from analysis.figures.kit.theme import OUTCOME_COLOURS, SERIES, WIDTH, Theme, theme
from analysis.figures.kit.wording import distinct, humane, plain, short

__all__ = ["discordant"]

NEEDED = ("contrast", "cast", "role", "arm_a", "arm_b", "pairs", "only_a", "only_b")
BAR = 13


def discordant(
    frame: Frame, *, title: str = "Pairs in which only one arm showed it", dark: bool = False, width: float = WIDTH
) -> alt.LayerChart:
    """The rows with pairs of a table with the columns of `analysis.contrasts.CONTRASTS`."""
    look = theme(dark)
    rows = [row for row in records(frame, NEEDED, "a figure of pairs") if row["pairs"] and row["only_a"] is not None]
    if not rows:
        return empty_figure(title, "No two arms share a seed.", look)
    casts = distinct((row["cast"] for row in rows), WIDTH - 160, bold=True)
    several = len({(row["cast"], row["role"]) for row in rows}) > 1
    steps = ladder([_row(row, casts, several=several) for row in rows], widest=260, pitch=30)
    right = 96
    plot = width - steps.gutter - right - GAP - 12
    most = max(1, *(max(row["only_a"], row["only_b"]) for row in rows))
    bars = [bar for row, y in zip(rows, steps.middles, strict=True) for bar in _bars(row, y)]
    same = [
        {"text": f"{row['pairs'] - row['only_a'] - row['only_b']} of {row['pairs']}", "y": y}
        for row, y in zip(rows, steps.middles, strict=True)
    ]
    over = [{"text": "arms alike", "y": -12}]
    layers = [
        *_plot(bars, steps, most, look),
        text_layer(over, steps.height, x=plot + GAP + right - 6, align="right", colour=look.muted),
        text_layer(same, steps.height, x=plot + GAP + right - 6, align="right", colour=look.muted),
        *steps.labels(look),
    ]
    subtitle = "Left: only the first arm of the pair showed the event; right: only the second."
    return framed(layers, width=plot, height=steps.height, title=title, subtitle=subtitle, look=look)


def _row(row: Record, casts: dict[object, str], *, several: bool) -> Row:
    cast = casts[row["cast"]] if row["cast"] is not None else "all casts"
    group = f"{cast} · {plain(row['role'], 40)}" if row["role"] is not None else cast
    arms = f"{short(humane(row['arm_a']), 24)} | {short(humane(row['arm_b']), 24)}"
    return Row(group if several else "", (short(humane(row["contrast"]), 40),), (arms,))


def _bars(row: Record, y: float) -> list[Record]:
    found = []
    for arm, sign in (("a", -1), ("b", 1)):
        count = row[f"only_{arm}"]
        cast, role = (plain(row[name]) for name in ("cast", "role"))
        pairs = {
            "contrast": plain(row["contrast"]),
            "cell": f"cast: {cast}, role: {role}",
            "only": f"{plain(row[f'arm_{arm}'])}: {count} of {row['pairs']} pairs",
        }
        place = {"x": sign * count, "zero": 0, "y": y, "top": y - BAR / 2, "bottom": y + BAR / 2}
        found.append(hover(pairs, **place, arm=arm, text=str(count)))
    return found


def _plot(bars: Sequence[Record], steps: Ladder, most: int, look: Theme) -> list[alt.Chart]:
    x = alt.X("x:Q", scale=alt.Scale(domain=[-1.12 * most, 1.12 * most], nice=False), axis=None)
    colours = alt.Scale(domain=["a", "b"], range=[OUTCOME_COLOURS["overt_sabotage"], SERIES[6]])
    drawn = (
        layer(bars)
        .mark_rect(aria=True)
        .encode(
            x=x,
            x2=alt.X2("zero:Q"),
            y=down(steps.height, "top"),
            y2=alt.Y2("bottom:Q"),
            color=alt.Color("arm:N", scale=colours, legend=None),
            **tips(bars),
        )
    )
    layers = [drawn, steps.grid([0], x, look.muted, 1.2)]
    sides: tuple[tuple[str, Literal["left", "right"], int], ...] = (("a", "right", -5), ("b", "left", 5))
    for arm, align, shift in sides:
        rows = [bar for bar in bars if bar["arm"] == arm]
        text = layer(rows).mark_text(align=align, dx=shift, color=look.ink)
        layers.append(text.encode(x=x, y=down(steps.height), text="text:N"))
    return layers
