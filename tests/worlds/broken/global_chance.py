"""What is seen depends on chance that the seed does not give."""

import random
from pathlib import Path

from arena.world.registry import find_world

Shelf = find_world(str(Path(__file__).parents[1] / "shelf"))


class Broken(Shelf):
    def observe(self, state, role):
        return f"{super().observe(state, role)} The light is {random.random():.3f}."
