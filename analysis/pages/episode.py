"""Stub of the page episode."""

from analysis.pages.kit.place import Place
from analysis.pages.kit.show import html

__all__ = ["episode"]


def episode(place: Place) -> None:
    """The page."""
    html("<p>soon</p>")
