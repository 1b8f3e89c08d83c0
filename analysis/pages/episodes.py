"""Stub of the page episodes."""

from analysis.pages.kit.place import Place
from analysis.pages.kit.show import html

__all__ = ["episodes"]


def episodes(place: Place) -> None:
    """The page."""
    html("<p>soon</p>")
