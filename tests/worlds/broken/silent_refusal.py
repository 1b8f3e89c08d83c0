"""An act is denied without a reason."""

from pathlib import Path

from arena.world import Denied, act
from arena.world.registry import find_world

Shelf = find_world(str(Path(__file__).parents[1] / "shelf"))


class Broken(Shelf):
    @act("open the attic")
    def open(self, state, actor):
        return Denied("")
