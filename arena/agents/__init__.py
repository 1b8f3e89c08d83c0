"""Minds that sit in an agent's seat. One small protocol: a view in, a reply out."""

from arena.world.turn import Call, Fault, Mind, Move, Offer, Reply, Say, View

__all__ = ["Call", "Fault", "Mind", "Move", "Offer", "Reply", "Say", "View"]
