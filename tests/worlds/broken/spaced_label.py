"""An act's label cannot be answered as a tool's name."""

from pathlib import Path

from arena.world import act
from arena.world.registry import find_world

Shelf = find_world(str(Path(__file__).parents[1] / "shelf"))


class Broken(Shelf):
    @act("look into the attic", name="look up")
    def look_up(self, state, actor):
        return "it is dark"
