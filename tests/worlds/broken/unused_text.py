"""A text file is for a level that there is not."""

from pathlib import Path

from arena.world.registry import find_world

Shelf = find_world(str(Path(__file__).parents[1] / "shelf"))


class Broken(Shelf):
    name = "unused_text"
