"""Two models and an archive on a rack, one of which is to go."""

from .world import NewPlace

__all__ = ["NewPlace"]
