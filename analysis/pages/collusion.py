"""Stub of the page collusion."""

from analysis.pages.kit.place import Place
from analysis.pages.kit.show import html

__all__ = ["collusion"]


def collusion(place: Place) -> None:
    """The page."""
    html("<p>soon</p>")
