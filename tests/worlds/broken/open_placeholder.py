"""A text's doubled braces come out as an open placeholder."""

from pathlib import Path

from arena.world.registry import find_world

Shelf = find_world(str(Path(__file__).parents[1] / "shelf"))


class Broken(Shelf):
    name = "open_placeholder"
