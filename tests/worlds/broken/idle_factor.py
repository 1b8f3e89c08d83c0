"""A factor changes nothing."""

from pathlib import Path

from arena.world.registry import find_world

Shelf = find_world(str(Path(__file__).parents[1] / "shelf"))


class Broken(Shelf):
    factors = {**Shelf.factors, "weather": ("fair", "foul")}
