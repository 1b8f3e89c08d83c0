"""Charts of `analysis.figures` as figures of a report."""

from typing import TYPE_CHECKING

from analysis.report.document import Figure, Inline

if TYPE_CHECKING:
    from analysis.figures.files import Figure as Chart

__all__ = ["MOST_ROWS", "drawn"]

MOST_ROWS = 60  # rows of a figure: more are read better in the table beside it


def drawn(name: str, chart: "Chart", alt: str, caption: Inline = "") -> Figure:
    """A chart, in colours that follow the page by day and by night. `alt` says what is seen."""
    from analysis.figures.files import svg

    return Figure(name, svg(chart, adaptive=True), alt, caption)
