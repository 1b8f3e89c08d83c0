"""The world object remembers something beside the state."""

from pathlib import Path

from arena.world.registry import find_world

Shelf = find_world(str(Path(__file__).parents[1] / "shelf"))


class Broken(Shelf):
    def tick(self, state):
        self.ticks = getattr(self, "ticks", 0) + 1
