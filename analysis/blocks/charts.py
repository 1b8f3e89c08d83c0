"""Charts of `analysis.figures` as figures of a document."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from analysis.blocks.document import Figure, Inline

if TYPE_CHECKING:
    from analysis.figures.kit.files import Figure as Chart

__all__ = ["MOST_ROWS", "chart_figure", "without_schema_checks"]

MOST_ROWS = 60  # rows of a figure: more are read better in the table beside it


@contextmanager
def without_schema_checks() -> Iterator[None]:
    """While charts are made here their parts are not held against Vega-Lite's schema one by one: tests of the figures
    do that, and it takes longer than to draw them."""
    from altair.utils import schemapi

    with schemapi.debug_mode(False):
        yield


def chart_figure(name: str, chart: "Chart", alt: str, caption: Inline = "") -> Figure:
    """A chart, in colours that follow the page by day and by night. `alt` says what is seen."""
    return Figure(name, chart, alt, caption)
