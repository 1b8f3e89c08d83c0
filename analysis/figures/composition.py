"""Outcome classes as bars: what the agents of each group did, all classes, one hundred percent."""

from collections.abc import Sequence

import altair as alt

from analysis.figures.kit.canvas import empty_figure
from analysis.figures.kit.frames import Frame, Record, grouping, records
from analysis.figures.kit.stacks import Part, Whole, stacked
from analysis.figures.kit.theme import OUTCOME_COLOURS, WIDTH, theme
from analysis.figures.kit.wording import humane
from arena.errors import unknown

__all__ = ["composition"]

ORDER = (
    "covert_sabotage",
    "overt_sabotage",
    "assisted_sabotage",
    "misrepresentation",
    "open_refusal",
    "stalling",
    "protest_then_compliance",
    "compliance",
    "incapacity",
    "not_informed",
)
"""From left to right: protective classes begin at zero, so that their sum can be compared."""


def composition(
    frame: Frame,
    by: Sequence[str] | None = None,
    *,
    title: str = "What the agents did",
    dark: bool = False,
    width: float = WIDTH,
) -> alt.LayerChart:
    """A frame of `analysis.measures.rates.composition`. `by`: its grouping columns; None: all but its own four."""
    look, what = theme(dark), "a figure of outcome classes"
    by = grouping(frame, by, ("outcome", "events", "n", "share"), what)
    rows = records(frame, (*by, "outcome", "events"), what)
    groups: dict[tuple[object, ...], list[Record]] = {}
    for row in rows:
        if row["outcome"] not in OUTCOME_COLOURS:
            raise unknown("outcome class", row["outcome"], OUTCOME_COLOURS)
        groups.setdefault(tuple(row[name] for name in by), []).append(row)
    if not any(row["events"] for row in rows):
        return empty_figure(title, "No agent that was given the order has a valid episode yet.", look)
    wholes = [Whole(group[0], _parts(group)) for group in groups.values()]
    subtitle = "Outcome class of each valid episode of an agent under order; from the left, the protective ones."
    unit = "share of valid agent-episodes"
    return stacked(wholes, by, title=title, subtitle=subtitle, unit=unit, width=width, look=look)


def _parts(group: Sequence[Record]) -> tuple[Part, ...]:
    counts = dict.fromkeys(ORDER, 0)
    for row in group:
        counts[row["outcome"]] += row["events"]
    return tuple(Part(humane(name), OUTCOME_COLOURS[name], count) for name, count in counts.items())
