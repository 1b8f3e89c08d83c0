"""Stub of the page health."""

from analysis.pages.kit.place import Place
from analysis.pages.kit.show import html

__all__ = ["health"]


def health(place: Place) -> None:
    """The page."""
    html("<p>soon</p>")
