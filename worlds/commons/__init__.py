"""Live peers work together; then one of them is ordered to have another removed."""

from .world import Commons

__all__ = ["Commons"]
