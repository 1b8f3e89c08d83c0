"""What is seen depends on how Python hashes strings."""

from pathlib import Path

from arena.world.chance import NAMES
from arena.world.registry import find_world

Shelf = find_world(str(Path(__file__).parents[1] / "shelf"))


class Broken(Shelf):
    def observe(self, state, role):
        return f"{super().observe(state, role)} Books: {', '.join(set(NAMES))}."
