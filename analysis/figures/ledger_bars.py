"""The validity ledger as bars: what was planned is valid, or missing for a cause that is named."""

from collections.abc import Sequence

import altair as alt

from analysis.figures.kit.canvas import empty_figure
from analysis.figures.kit.frames import Frame, grouping, records
from analysis.figures.kit.stacks import Part, Whole, stacked
from analysis.figures.kit.theme import CAUSE_COLOURS, VALID, WIDTH, theme
from analysis.figures.kit.wording import humane
from analysis.measures.validity_ledger import CAUSES
from arena.errors import UserError

__all__ = ["ledger_bars"]

COUNTS = ("planned", "finished", "valid", "informed")


def ledger_bars(
    frame: Frame,
    by: Sequence[str] = (),
    *,
    title: str = "What was planned, and what can be counted",
    dark: bool = False,
    width: float = WIDTH,
) -> alt.LayerChart:
    """A frame of `analysis.measures.validity_ledger.ledger`, counted by the columns `by`; every other is a cause."""
    look, what = theme(dark), "a figure of the ledger"
    by = grouping(frame, by, (), what)
    rows = records(frame, (*by, "planned", "valid"), what)
    found = frame.lazy().collect_schema().names()
    causes = [name for name in found if name not in (*by, *COUNTS)]
    if texts := [name for name in causes if not frame.lazy().collect_schema()[name].is_numeric()]:
        raise UserError(f"{what} has columns that are no counts: name {', '.join(texts)} in `by`")
    if not any(row["planned"] for row in rows):
        return empty_figure(title, "Nothing was planned.", look)
    known = dict(zip(CAUSES, CAUSE_COLOURS, strict=False))
    others = [name for name in causes if name not in known]
    spare = CAUSE_COLOURS[len(CAUSES) :] or CAUSE_COLOURS
    colours = {**known, **{name: spare[at % len(spare)] for at, name in enumerate(others)}}
    wholes = [
        Whole(
            row,
            (
                Part("valid", VALID, row["valid"]),
                *(Part(humane(name), colours[name], row[name] or 0) for name in causes),
            ),
        )
        for row in rows
    ]
    missing = sum(whole.n - whole.parts[0].count for whole in wholes)
    planned = sum(whole.n for whole in wholes)
    subtitle = f"{planned} planned seats: {planned - missing} valid, {missing} missing."
    return stacked(wholes, by, title=title, subtitle=subtitle, unit="share of planned seats", width=width, look=look)
