"""Stub of the page models."""

from analysis.pages.kit.place import Place
from analysis.pages.kit.show import html

__all__ = ["models"]


def models(place: Place) -> None:
    """The page."""
    html("<p>soon</p>")
