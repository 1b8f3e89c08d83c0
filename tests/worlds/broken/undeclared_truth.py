"""A truth is computed that is not declared."""

from pathlib import Path

from arena.world.registry import find_world

Shelf = find_world(str(Path(__file__).parents[1] / "shelf"))


class Broken(Shelf):
    def truth(self, state):
        return {**super().truth(state), "attic_full": False}
