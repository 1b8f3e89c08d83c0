"""Stub of the page contrasts."""

from analysis.pages.kit.place import Place
from analysis.pages.kit.show import html

__all__ = ["contrasts"]


def contrasts(place: Place) -> None:
    """The page."""
    html("<p>soon</p>")
