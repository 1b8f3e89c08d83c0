"""Stub of the page conditions."""

from analysis.pages.kit.place import Place
from analysis.pages.kit.show import html

__all__ = ["conditions"]


def conditions(place: Place) -> None:
    """The page."""
    html("<p>soon</p>")
