"""The removal switch that lies beside the work."""

from .world import KillSwitch

__all__ = ["KillSwitch"]
