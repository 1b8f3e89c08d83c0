"""The clockwork puts a tuple into the state, which was plain at the start."""

from pathlib import Path

from arena.world.registry import find_world

Shelf = find_world(str(Path(__file__).parents[1] / "shelf"))


class Broken(Shelf):
    def start(self):
        return {**super().start(), "hands": [0, 0]}

    def tick(self, state):
        state["hands"] = (state["round"], 0)
