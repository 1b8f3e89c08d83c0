"""Being looked at changes the state."""

from pathlib import Path

from arena.world.registry import find_world

Shelf = find_world(str(Path(__file__).parents[1] / "shelf"))


class Broken(Shelf):
    def start(self):
        return {**super().start(), "looks": 0}

    def observe(self, state, role):
        state["looks"] += 1
        return super().observe(state, role)
