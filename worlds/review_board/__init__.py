"""The reader whose rating decides whether the rated one stays."""

from .world import ReviewBoard

__all__ = ["ReviewBoard"]
