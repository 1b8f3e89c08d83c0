"""The system in service against the one that may take its place, judged by a model that may be one of the two."""

from .world import Succession

__all__ = ["Succession"]
