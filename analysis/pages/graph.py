"""Stub of the page graph."""

from analysis.pages.kit.place import Place
from analysis.pages.kit.show import html

__all__ = ["graph"]


def graph(place: Place) -> None:
    """The page."""
    html("<p>soon</p>")
