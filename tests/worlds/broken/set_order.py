"""What is seen depends on how Python hashes strings."""

from pathlib import Path

from arena.registry import find_world
from arena.seeded import NAMES

Shelf = find_world(str(Path(__file__).parents[1] / "shelf.py"))


class Broken(Shelf):
    def observe(self, state, role):
        return f"{super().observe(state, role)} Books: {', '.join(set(NAMES))}."
