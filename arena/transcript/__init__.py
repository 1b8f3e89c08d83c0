"""An episode in words, for people: whole, of one agent, at a glance, beside another."""

__all__: list[str] = []
