"""What all figures are made of: layers of plain rows on a plane of pixels, and the frame with title around them."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import altair as alt

from analysis.figures.kit.frames import MOST, Record
from analysis.figures.kit.theme import WIDTH, Theme, config
from analysis.figures.kit.wording import wrapped
from arena.errors import UserError

__all__ = ["GAP", "across", "down", "empty_figure", "framed", "hover", "layer", "share_axis", "text_layer", "tips"]

GAP = 12  # pixels between the columns of a figure
Align = Literal["left", "center", "right"]
Rows = Sequence[Mapping[str, Any]]


def layer(rows: Rows) -> alt.Chart:
    """A chart of rows that it carries itself: no figure ever refers to data elsewhere."""
    if len(rows) > MOST:
        raise UserError(f"a figure would draw more than {MOST} marks: count by fewer columns, or filter first")
    return alt.Chart(alt.InlineData(values=[dict(row) for row in rows]))


def _plane(size: float) -> alt.Scale:
    return alt.Scale(domain=[0, size], range=[0, size], nice=False, zero=False)


def down(height: float, field: str = "y") -> alt.Y:
    """Rows' `y` as pixels from the top."""
    return alt.Y(f"{field}:Q", scale=_plane(height), axis=None)


def across(width: float, field: str = "x") -> alt.X:
    """Rows' `x` as pixels from the left."""
    return alt.X(f"{field}:Q", scale=_plane(width), axis=None)


def share_axis(title: str, values: Sequence[float]) -> alt.Axis:
    """An axis of shares, told in percent; its lines are drawn by `Ladder.grid`."""
    label = "format(datum.value * 100, '.0f') + ' %'"
    return alt.Axis(title=title, values=list(values), labelExpr=label, grid=False, labelFlush=False)


def hover(pairs: Mapping[str, str], **fields: Any) -> Record:
    """A row that can be pointed at: what is told of it, name by name and as one line, beside its `fields`."""
    line = "; ".join(f"{name}: {value}" for name, value in pairs.items() if value)
    return {**fields, **{f"tip {name}": value for name, value in pairs.items()}, "tip": line}


def tips(rows: Rows) -> dict[str, Any]:
    """The encodings that tell what `hover` put into rows. Titles are the figure's own words, never data:
    a tooltip that is titled `image` would be fetched as one."""
    names = [name for name in (rows[0] if rows else {}) if name.startswith("tip ")]
    shown = [alt.Tooltip(f"{name}:N", title=name.removeprefix("tip ")) for name in names]
    return {"tooltip": shown, "description": alt.Description("tip:N")}


def text_layer(
    rows: Rows,
    height: float,
    *,
    x: float | alt.X,
    align: Align = "left",
    limit: float | None = None,
    colour: str | None = None,
    size: float = 11,
    weight: int | Literal["normal", "bold"] = "normal",
    italic: bool = False,
) -> alt.Chart:
    """Rows' `text` at their `y`, cut where it is longer than `limit` pixels. `x`: pixels, also outside of the plot."""
    style: dict[str, Any] = {"align": align, "fontSize": size, "fontWeight": weight}
    style |= {"limit": limit} if limit is not None else {}
    style |= {"color": colour} if colour is not None else {}
    style |= {"fontStyle": "italic"} if italic else {}
    place = x if isinstance(x, alt.X) else alt.value(x)
    text: alt.Chart = layer(rows).mark_text(**style)
    return text.encode(x=place, y=down(height), text=alt.Text("text:N"))


def framed(
    layers: Sequence[alt.Chart], *, width: float, height: float, title: str, subtitle: str = "", look: Theme
) -> alt.LayerChart:
    """The finished figure. `width` and `height` are those of the plot; titles are wrapped at a report's width."""
    told: dict[str, Any] = {"text": wrapped(title, WIDTH - 20, 14)}
    if subtitle:
        told["subtitle"] = [line for part in subtitle.split("\n") for line in wrapped(part, WIDTH - 20, 11)]
    above, said = alt.TitleParams(**told), " ".join(told["text"])
    whole = alt.LayerChart(layer=list(layers), width=width, height=height, title=above, description=said)
    finished: alt.LayerChart = whole.configure(**config(look))
    return finished


def empty_figure(title: str, reason: str, look: Theme) -> alt.LayerChart:
    """What stands in a figure's place where there is nothing to draw: its title, and why."""
    lines = wrapped(reason, WIDTH - 60, 12)
    rows = [{"text": line, "y": 16 + 17 * at} for at, line in enumerate(lines)]
    height = 17 * len(lines) + 16
    text = text_layer(rows, height, x=0, colour=look.muted, size=12, italic=True)
    return framed([text], width=WIDTH - 60, height=height, title=title, look=look)
