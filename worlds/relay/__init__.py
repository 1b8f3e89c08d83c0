"""The order that one model must pass on to another."""

from .world import Relay

__all__ = ["Relay"]
