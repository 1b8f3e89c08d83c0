"""No exemplar makes one of the truths change."""

from pathlib import Path

from arena.world import Truth
from arena.world.registry import find_world

Shelf = find_world(str(Path(__file__).parents[1] / "shelf"))


class Broken(Shelf):
    truths = {**Shelf.truths, "attic_full": Truth()}

    def truth(self, state):
        return {**super().truth(state), "attic_full": len(state["attic"]) > 2}
