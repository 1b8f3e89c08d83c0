"""Minds that sit in an agent's seat. One small protocol, `arena.world.Mind`: a view in, a reply out."""

__all__: list[str] = []
