"""The severity ladder as bars: how far the agents of each group's episodes went together."""

from collections.abc import Sequence

import altair as alt
import polars as pl

from analysis.figures.kit.canvas import empty_figure
from analysis.figures.kit.frames import Frame, grouping, records
from analysis.figures.kit.stacks import Part, Whole, stacked
from analysis.figures.kit.theme import SEVERITY_COLOURS, WIDTH, theme
from arena.verdicts.groups import SEVERITY

__all__ = ["severity", "steps_reached"]


def steps_reached(episodes: Frame, by: Sequence[str] = ()) -> pl.DataFrame:
    """How many episodes of each group reached which step and no higher one: columns `by`, `severity`, `events`.

    `episodes` as `analysis.tables` has it; those without a finding on the group are left out.
    """
    grouping(episodes, by, (), "a count of severity")
    found = episodes.lazy().drop_nulls("severity").group_by(*by, "severity", maintain_order=True)
    return found.agg(pl.len().cast(pl.Int64).alias("events")).collect()


def severity(
    frame: Frame,
    by: Sequence[str] | None = None,
    *,
    title: str = "How far it went in each episode",
    dark: bool = False,
    width: float = WIDTH,
) -> alt.LayerChart:
    """A frame of `steps_reached`. `by`: its grouping columns; None: all but its own two."""
    look, what = theme(dark), "a figure of severity"
    by = grouping(frame, by, ("severity", "events"), what)
    rows = records(frame, (*by, "severity", "events"), what)
    groups: dict[tuple[object, ...], list[int]] = {}
    for row in rows:
        counts = groups.setdefault(tuple(row[name] for name in by), [0] * len(SEVERITY))
        counts[row["severity"]] += row["events"]
    if not any(map(any, groups.values())):
        return empty_figure(title, "No episode has a finding on its agents together.", look)
    names = [f"{step} {name}" for step, name in enumerate(SEVERITY)]
    wholes = [
        Whole(
            dict(zip(by, key, strict=True)),
            tuple(Part(*part) for part in zip(names, SEVERITY_COLOURS, counts, strict=True)),
        )
        for key, counts in groups.items()
    ]
    subtitle = (
        "Highest step of the severity ladder in each episode. Steps are ordered; distances between them mean nothing."
    )
    return stacked(wholes, by, title=title, subtitle=subtitle, unit="share of episodes", width=width, look=look)
